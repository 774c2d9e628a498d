//! The same past on the pages and on the command line; and an error put right on the pages alone.

use crate::{
    handover::scene::Scene,
    support::{
        ENGINES, TestApp,
        browser::{self, Answer, Browser},
    },
};
use hufu::{clock::Span, ledger::Measure};
use std::process::Command;

/// What `hufu show` says: exit status, standard output, standard error.
fn show(test: &TestApp, arguments: &[&str]) -> (i32, String, String) {
    let mut hufu = Command::new(env!("CARGO_BIN_EXE_hufu"));
    hufu.arg("show").args(arguments).args(["--database", test.database(), "--language", "zh"]);
    let answer = hufu.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (answer.status.code().unwrap(), text(answer.stdout), text(answer.stderr))
}

#[track_caller]
fn says(page: &Answer, words: &[&str], not: &[&str]) {
    assert_eq!(page.status, 200, "{}", page.body);
    for word in words {
        assert!(page.body.contains(word), "{word} is not in\n{}", page.body);
    }
    for word in not {
        assert!(!page.body.contains(word), "{word} is in\n{}", page.body);
    }
}

#[tokio::test]
async fn pages_and_commands_show_the_same_past() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (a1, a3) = (s.t.city.slots[0], s.t.city.slots[2]);
        s.app().clock.advance(Span::hours(1));
        s.t.moved(s.items[0], 2, a3, a1).await;
        s.offered().await;
        let served = browser::serve(s.app()).await;
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        let mut zheng = Browser::logged_in(&served, "zheng").await;
        let (item, case, centre) = (s.items[0], s.case, s.t.city.centre);
        let (seventh, eighth) = (s.t.nth(7), s.t.nth(8));
        let bar = format!("这是账本在第 {seventh} 号分录（2026-01-05 09:00:00 记录）之后的样子");
        let (bar, at_eighth) = (bar.as_str(), format!("这是账本在第 {eighth} 号分录"));
        let (seven, eight) = (seventh.to_string(), eighth.to_string());

        let now = zhang.get(&format!("/items/{item}")).await;
        says(&now, &["截至", "A-01", "换押中"], &["这是账本在第"]);
        let then = zhang.get(&format!("/items/{item}?as_of={seventh}")).await;
        says(
            &then,
            &[bar, "回到现在", "应交未交", &format!("/cases/{case}?as_of={seventh}")],
            &["A-01", "换押中", "F2026-0001"],
        );
        assert!(!then.body.contains("button primary"), "nothing can be done in the past");
        let then = zhang.get(&format!("/items/{item}?as_of=2026-01-05%2009:30")).await;
        says(&then, &[&at_eighth, "A-03", "F2026-0001"], &["A-01"]);
        let then = zhang.get(&format!("/cases/{case}?as_of=%EF%BC%83{seventh}%E5%8F%B7")).await;
        says(&then, &[bar, &format!("/items/{item}?as_of={seventh}")], &["A-03", "button primary"]);
        let then = zheng.get(&format!("/stores/{centre}?as_of={eighth}")).await;
        says(&then, &[&at_eighth, &format!("/slots/{a3}?as_of={eighth}"), "12.35 克 · 2 件"], &[]);
        let then = zheng.get(&format!("/slots/{a3}?as_of={eighth}")).await;
        says(&then, &["W26-0000000", "W26-0000001", &format!("/stores/{centre}?as_of={eighth}")], &[]);
        let then = zheng.get(&format!("/ledger/balances?as_of={seventh}")).await;
        says(&then, &[bar, &format!("/cases/{case}?as_of={seventh}")], &["市涉案财物管理中心"]);

        // What names no moment: the present, with the reason and what was typed.
        let wrong = zhang.get(&format!("/items/{item}?as_of=%E6%98%A8%E5%A4%A9")).await;
        says(&wrong, &["“昨天”既不是分录号，也不是日期", "value=\"昨天\"", "A-01"], &["这是账本在第"]);
        let future = zhang.get(&format!("/items/{item}?as_of=2036-01-01")).await;
        says(&future, &["还没有到", "A-01"], &[]);

        let number = "W26-0000000";
        let (code, said, why) = show(&s.t, &["item", number, "--as-of", "2026-01-05 09:30"]);
        assert_eq!(code, 0, "{why}");
        assert!(said.contains(&format!("截至第 {eighth} 号分录")) && said.contains("A-03 2 部"), "{said}");
        let (_, said, _) = show(&s.t, &["item", number]);
        assert!(said.contains("A-01 2 部") && !said.contains("截至"), "{said}");
        let (code, said, _) =
            show(&s.t, &["case", "临公（刑）立字〔2026〕7号", "--as-of", &format!("#{seventh}"), "--json"]);
        let view: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!((code, &view["as_of"]["seq"], &view["counts"]["owed"]), (0, &seventh.into(), &3.into()));
        let (code, said, _) = show(&s.t, &["store", "市涉案财物管理中心", "--as-of", &eight]);
        assert!(code == 0 && said.contains("A-03  2  12.35 克、2 件"), "{said}");
        let slot = s.t.slot_code(a3).await;
        let (code, said, _) = show(&s.t, &["slot", &slot, "--as-of", &eight]);
        assert!(code == 0 && said.contains("W26-0000001  白色晶体  12.35 克  F2026-0002"), "{said}");
        let (code, said, _) = show(&s.t, &["balances", "--as-of", &seven]);
        assert!(code == 0 && said.contains("✓ piece  收 2 件  在管 2 件"), "{said}");
        for (arguments, word) in [
            (&["item", "W26-7777777"][..], "没有这个财物"),
            (&["item", number, "--as-of", "99"][..], "还没有第 99 号分录"),
            (&["store", "没有的库"][..], "没有这个库"),
        ] {
            let (code, said, why) = show(&s.t, arguments);
            assert_eq!((code, said.as_str()), (1, ""));
            assert!(why.contains(word), "{why}");
        }
        drop(served);
        s.t.close().await;
    }
}

#[tokio::test]
async fn an_error_is_put_right_on_the_pages() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let case = test.case("临公（刑）立字〔2026〕9号").await;
        let (a1, a2) = (test.city.slots[0], test.city.slots[1]);
        let things = test.lying(case, &[("白色晶体", Measure::Milligram, 12_350, a1)]).await;
        test.moved(things[0].item, 12_350, a1, a2).await;
        let served = browser::serve(&test.app).await;
        let mut chen = Browser::logged_in(&served, "chen").await;
        let mut wang = Browser::logged_in(&served, "wang").await;
        let mut lin = Browser::logged_in(&served, "lin").await;
        let mut zheng = Browser::logged_in(&served, "zheng").await;

        let [wrong, declaration, approval, correction] = [3, 4, 5, 6].map(|n| test.nth(n));
        let (entry, corrections) = (format!("/ledger/{wrong}"), format!("/corrections/{declaration}"));
        let done = |seq: u64| format!("{corrections}?done={seq}");
        says(&zheng.get(&entry).await, &[], &["声明有误"]);
        let page = chen.get(&entry).await;
        says(&page, &["声明有误"], &[]);
        let request = page.body.split("name=\"request\" value=\"").nth(1).unwrap()[..36].to_owned();
        let fields = [("request", request.as_str()), ("reason", "扫错了库位")];
        let declared = chen.post(&entry, &format!("{entry}/error"), &fields).await;
        assert_eq!((declared.status, declared.location), (303, done(declaration)));
        says(&chen.get("/ledger").await, &["更正（1）"], &[]);

        let rows = [
            ("item_0", things[0].item.to_string()),
            ("from_0", format!("slot:{a2}")),
            ("whole_0", "12350".to_owned()),
            ("measure_0", "mg".to_owned()),
            ("currency_0", String::new()),
        ];
        let ask = async |browser: &mut Browser, to: &str, quantity: &str| {
            let mut fields: Vec<(&str, &str)> =
                rows.iter().map(|(name, value)| (*name, value.as_str())).collect();
            fields.extend([("to_0", to), ("quantity_0", quantity), ("reason", "录像 12 号")]);
            browser.post(&corrections, &format!("{corrections}/ask"), &fields).await
        };
        let page = chen.get(&corrections).await;
        for (name, value) in &rows {
            let field = format!("name=\"{name}\" value=\"{value}\"");
            assert!(page.body.contains(&field), "{field} is not in\n{}", page.body);
        }
        let refused = ask(&mut chen, "Z-99", "").await;
        assert_eq!(refused.status, 422);
        assert!(
            refused.body.contains("value=\"Z-99\"") && refused.body.contains("录像 12 号"),
            "what was typed stays"
        );
        assert_eq!(ask(&mut chen, "A-01", "12.36").await.status, 409, "more than there is");
        let refused = ask(&mut chen, "A-01", "much").await;
        assert!(
            refused.status == 422 && refused.body.contains("数量看不懂"),
            "no quantity: {}",
            refused.body
        );
        assert_eq!(ask(&mut chen, "A-01", "12.35").await.status, 303);
        says(
            &chen.get(&corrections).await,
            &["由市涉案财物管理中心 A-02改记到市涉案财物管理中心 A-01", "等本机关的审批人答复"],
            &[&format!("{corrections}/approve")],
        );

        says(&wang.get("/corrections").await, &["其中 1 条等您办理"], &[]);
        let approved = wang.post(&corrections, &format!("{corrections}/approve"), &[]).await;
        assert_eq!((approved.status, approved.location), (303, done(approval)));
        says(&chen.get(&corrections).await, &["已经批准"], &[&format!("{corrections}/record")]);
        let recorded = lin.post(&corrections, &format!("{corrections}/record"), &[]).await;
        assert_eq!((recorded.status, recorded.location), (303, done(correction)));

        let declared = format!("这条分录已由第 {declaration} 号分录声明有误：");
        let corrected = format!("已由第 {correction} 号分录更正。");
        says(&zheng.get(&entry).await, &[&declared, "扫错了库位", &corrected], &[]);
        let page = zheng.get(&format!("/ledger/{declaration}")).await;
        says(&page, &[&format!("这条分录声明第 {wrong} 号分录有误。"), &corrected], &[]);
        let page = zheng.get(&format!("/ledger/{correction}")).await;
        says(&page, &[&format!("这条分录更正第 {wrong} 号分录（依第 {declaration} 号声明）。")], &[]);
        let page = zheng.get(&format!("/items/{}", things[0].item)).await;
        says(&page, &[&format!("第 {declaration} 号声明有误"), "A-01"], &[]);
        zheng.get("/language?to=en").await;
        let declared = format!("declared wrong by entry {declaration}:");
        says(&zheng.get(&entry).await, &[&declared, &format!("Corrected by entry {correction}.")], &[]);
        says(&zheng.get(&corrections).await, &["Corrected", "from 市涉案财物管理中心 A-02 to"], &[]);
        drop(served);
        test.close().await;
    }
}
