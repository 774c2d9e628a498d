//! The page on which a list is checked says how the file was read, offers what the list states, and loses nothing of what was
//! typed and ticked when one row cannot be kept.

use crate::support::{ENGINES, TestApp, browser::Browser, browser::serve};
use hufu::{custody::seize, id::ImportId};

const LIST: &str = "扣押清单,,,\n文号：某公（刑）扣字〔2026〕12号,,,\n序号,名称,数量,办案单位\n1,手机,约3部,一队\n2,电脑,约1台,一队\n3,外套,约2件,二队\n合计,,,\n,,,2026年1月3日\n";

async fn uploaded(zhang: &mut Browser) -> (String, ImportId) {
    let fields = [("case", ""), ("number", "B1"), ("name", "盗窃案")];
    let sent = zhang.upload("/import", &fields, "清单.csv", LIST.as_bytes()).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let id = sent.location["/import/".len()..].parse().unwrap();
    (sent.location, id)
}

/// The tag of the element of this name, up to its end.
fn tag<'a>(body: &'a str, name: &str) -> &'a str {
    let at = body.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name} in {body}"));
    let from = body[..at].rfind('<').unwrap();
    &body[from..at + body[at..].find('>').unwrap()]
}

#[tokio::test]
async fn the_page_says_how_the_file_was_read_and_offers_what_it_states() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = serve(&test.app).await;
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        let (page, _) = uploaded(&mut zhang).await;
        let shown = zhang.get(&page).await;
        for words in ["文件是这样读的", "办案单位", "不认识，写入备注", "第 3 行是表头。", "第 7 行是合计。"]
        {
            assert!(shown.body.contains(words), "{words}: {}", shown.body);
        }
        assert!(tag(&shown.body, "paper_number").contains("value=\"某公（刑）扣字〔2026〕12号\""));
        assert!(tag(&shown.body, "seized_at").contains("value=\"\""), "nobody confirms an hour unread");
        assert!(shown.body.contains("清单上写着 2026-01-03"));
        zhang.get("/language?to=en&back=/").await;
        let shown = zhang.get(&page).await;
        for words in
            ["How the file was read", "not understood; kept with the remark", "Column names in row 3."]
        {
            assert!(shown.body.contains(words), "{words}: {}", shown.body);
        }
        drop(served);
        test.close().await;
    }
}

/// Three rows are ticked as checked; one of them says a quantity that is none, another is typed anew.
#[tokio::test]
async fn an_error_in_one_row_keeps_all_other_work() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = serve(&test.app).await;
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        let (page, id) = uploaded(&mut zhang).await;
        let person = test.person("zhang").await;
        let list = seize::show(&test.app, &person, id).await.unwrap();
        let numbers: Vec<String> = list.draft.rows.iter().map(|it| it.row.to_string()).collect();
        let mut fields: Vec<(String, String)> = vec![
            ("act".into(), "confirm".into()),
            ("paper_number".into(), "扣字9号".into()),
            ("seized_at".into(), "2026-01-03T08:15".into()),
            ("accept_list".into(), "yes".into()),
        ];
        for (n, (name, quantity)) in
            numbers.iter().zip([("苹果手机", "3部"), ("电脑", "许多"), ("外套", "0件")])
        {
            fields.push(("row".into(), n.clone()));
            for (field, value) in
                [("name", name), ("quantity", quantity), ("category", "general"), ("accept", "yes")]
            {
                fields.push((format!("{field}-{n}"), value.to_owned()));
            }
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        let stopped = zhang.post(&page, &page, &fields).await;
        assert_eq!(stopped.status, 422, "{}", stopped.body);
        let body = &stopped.body;
        assert!(tag(body, &format!("name-{}", numbers[0])).contains("苹果手机"));
        for n in &numbers {
            assert!(tag(body, &format!("accept-{n}")).contains("checked"), "the tick of row {n} is there");
        }
        assert!(!tag(body, &format!("quantity-{}", numbers[0])).contains("aria-invalid"));
        for (n, typed, said) in
            [(&numbers[1], "许多", "“许多”读不出数量。"), (&numbers[2], "0件", "数量是零")]
        {
            let field = tag(body, &format!("quantity-{n}"));
            assert!(field.contains("aria-invalid=\"true\"") && field.contains(typed), "{field}");
            let message = &body[body.find(&format!("id=\"fault-{n}\"")).unwrap()..];
            assert!(message[..message.find("</p>").unwrap()].contains(said), "{message}");
        }
        assert!(tag(body, "paper_number").contains("扣字9号"));
        assert!(tag(body, "seized_at").contains("2026-01-03T08:15"));
        let kept = seize::show(&test.app, &person, id).await.unwrap();
        assert_eq!(kept.draft, list.draft, "nothing is half kept");
        drop(served);
        test.close().await;
    }
}

/// A doubt that comes up at the confirmation is not ticked beforehand.
#[tokio::test]
async fn what_comes_up_at_the_confirmation_asks_for_its_own_tick() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = serve(&test.app).await;
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        let fields = [("case", ""), ("number", "B1"), ("name", "盗窃案")];
        let list = "文号：扣字12号,\n名称,数量\n手机,1部\n";
        let page = zhang.upload("/import", &fields, "清单.csv", list.as_bytes()).await.location;
        let at = ("seized_at", "2026-01-05T08:00");
        let fields = [("act", "confirm"), ("paper_number", "扣字13号"), ("accept_list", "yes"), at];
        let stopped = zhang.post(&page, &page, &fields).await;
        assert_eq!(stopped.status, 409, "{}", stopped.body);
        assert!(stopped.body.contains("清单上写的文号是“扣字12号”，填写的是“扣字13号”"), "{}", stopped.body);
        assert!(!tag(&stopped.body, "accept_list").contains("checked"));
        let wrong = [("act", "confirm"), ("paper_number", ""), ("seized_at", "昨天")];
        let stopped = zhang.post(&page, &page, &wrong).await;
        assert_eq!(stopped.status, 422, "{}", stopped.body);
        assert!(tag(&stopped.body, "seized_at").contains("aria-invalid"));
        let no_time = [("act", "confirm"), ("paper_number", "扣字13号")];
        let stopped = zhang.post(&page, &page, &no_time).await;
        assert_eq!(stopped.status, 422);
        assert!(tag(&stopped.body, "seized_at").contains("aria-invalid"), "the 24 hours run from it");
        assert!(tag(&stopped.body, "paper_number").contains("扣字13号"));
        let untyped = [("act", "confirm"), ("paper_number", ""), at];
        let stopped = zhang.post(&page, &page, &untyped).await;
        assert_eq!(stopped.status, 422);
        assert!(tag(&stopped.body, "paper_number").contains("aria-invalid"));
        assert_eq!(zhang.post(&page, &page, &fields).await.status, 303);
        drop(served);
        test.close().await;
    }
}
