//! What waits for an approver stands in one list, whatever it is about; the menu, the desk and the list count the same; and who asked sees
//! what became of it.

use crate::{
    count::at,
    support::{
        ENGINES, TestApp,
        browser::{self, Browser},
        keys::registration,
    },
};
use getrandom::SysRng;
use hufu::{
    clock::Span,
    custody::{
        approvals::{self, Matter, Progress},
        correction::{self, CorrectionRequest, Declaration, RequestedLine, Verdict},
        count, keys,
        loan::{self, LoanRequest},
        nav_counts, rules,
    },
    domain::{Person, Rules},
    ledger::{Category, Measure},
};
use hufu_wire::signature::SecretKey;

async fn waiting(test: &TestApp, me: &Person) -> Vec<Matter> {
    let found = approvals::approvals(&test.app, me).await.unwrap().to_answer;
    let counted = nav_counts::nav_counts(&test.app, me).await.unwrap().approvals;
    assert_eq!(counted as usize, found.len(), "the menu says what the list says");
    assert_eq!(approvals::awaited(&test.app, me).await.unwrap(), found, "and so does the desk");
    let due: Vec<_> = found.iter().filter_map(|it| it.due_at).collect();
    assert!(due.is_sorted(), "the nearest deadline first: {found:?}");
    let mut matters: Vec<Matter> = found.into_iter().map(|it| it.matter).collect();
    matters.sort_unstable();
    matters
}

async fn progress(test: &TestApp, me: &Person) -> Vec<(Matter, Progress)> {
    let asked = approvals::approvals(&test.app, me).await.unwrap().asked;
    asked.into_iter().map(|it| (it.matter, it.progress)).collect()
}

#[tokio::test]
async fn everything_that_waits_for_an_approver_is_in_one_list() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let case = test.case("A-95").await;
        let (slot, b1) = (test.city.slots[0], test.city.slots_b[0]);
        let item = test.lying(case, &[("相机", Measure::Piece, 1, slot)]).await[0].item;
        let wrong = test.nth(1);
        let [zhang, li, wang, chen] = [
            test.person("zhang").await,
            test.person("li").await,
            test.person("wang").await,
            test.person("chen").await,
        ];
        assert_eq!(waiting(&test, &wang).await, []);

        let due_at = app.clock.now().plus(Span::days(3));
        let wish = LoanRequest { items: vec![item], borrower: li.id, purpose: "辨认".to_owned(), due_at };
        let asked = loan::ask(app, &zhang, &wish).await.unwrap();
        let declaration = Declaration { id: app.ids.new_id(), wrong, reason: "记错了".to_owned() };
        let declaration = correction::declare(app, &zhang, &declaration).await.unwrap().seq;
        assert_eq!(waiting(&test, &wang).await, [Matter::Loan], "nobody has asked for a correction yet");
        let (from, to) = (format!("slot:{slot}"), format!("owed:{}", zhang.unit));
        let lines = vec![RequestedLine { item, quantity: 1, from, to }];
        let request = CorrectionRequest { reason: "尚未送来".to_owned(), lines, descriptions: vec![] };
        correction::ask(app, &zhang, declaration, &request).await.unwrap();
        let secret = SecretKey::generate(&mut SysRng).unwrap();
        keys::register(app, &zhang, &registration(&zhang, &secret, None)).await.unwrap();
        let day = app.clock.now().plus(Span::days(2)).day().unwrap();
        let text = Rules::SHIPPED.replacen("hours = 24", "hours = 12", 1);
        let admin = test.person("admin").await;
        rules::adopt(app, &admin, (&text, day), "市局文件").await.unwrap();
        test.lying_of(Category::Drug, case, &[("白色晶体", Measure::Milligram, 12_350, b1)]).await;
        let id = count::start(app, &chen, test.city.centre, Some("B")).await.unwrap();
        at(&test, &chen, id, b1).await;
        count::finish(app, &chen, id).await.unwrap();

        let all = [Matter::Loan, Matter::Correction, Matter::Key, Matter::Rules, Matter::Difference];
        assert_eq!(waiting(&test, &wang).await, all);
        for (who, has) in [(&zhang, 0), (&chen, 0), (&admin, 0)] {
            assert_eq!(waiting(&test, who).await.len(), has, "{} is no approver", who.login);
        }
        assert!(progress(&test, &zhang).await.iter().all(|(_, it)| *it == Progress::Waiting));
        assert_eq!(progress(&test, &zhang).await.len(), 3);
        assert_eq!(progress(&test, &admin).await, [(Matter::Rules, Progress::Waiting)]);
        assert_eq!(progress(&test, &li).await, []);
        for nobody in ["zheng", "sun"] {
            let me = test.person(nobody).await;
            let answer = approvals::approvals(app, &me).await;
            assert_eq!(answer.is_err(), nobody == "zheng", "{nobody}");
        }
        let gao = test.person("gao").await;
        assert_eq!(waiting(&test, &gao).await, [Matter::Rules], "another agency's is not theirs");

        let served = browser::serve(app).await;
        let mut approver = Browser::logged_in(&served, "wang").await;
        let page = approver.get("/approvals").await.body;
        for said in
            [&format!("/loans/{asked}"), &format!("/corrections/{declaration}"), "相机", "辨认", "尚未送来"]
        {
            assert!(page.contains(said), "{said}: {page}");
        }
        let desk = approver.get("/").await.body;
        assert!(desk.contains("借用 1 件，等您审批") && desk.contains("href=\"/approvals\""), "{desk}");
        assert_eq!(desk.matches("等您审批").count(), 2, "each stands there once");
        loan::answer(app, &wang, asked, &Verdict::Approve).await.unwrap();
        let no = Verdict::Refuse { reason: "已经送来".to_owned() };
        correction::answer(app, &wang, declaration, &no).await.unwrap();
        assert_eq!(waiting(&test, &wang).await, [Matter::Key, Matter::Rules, Matter::Difference]);
        let now = progress(&test, &zhang).await;
        assert!(now.contains(&(Matter::Loan, Progress::Approved)), "{now:?}");
        assert!(now.contains(&(Matter::Correction, Progress::Refused)), "{now:?}");
        let mut asker = Browser::logged_in(&served, "zhang").await;
        for language in ["en", "zh"] {
            asker.get(&format!("/language?to={language}&back=/")).await;
            approver.get(&format!("/language?to={language}&back=/")).await;
            assert_eq!(approver.get("/approvals").await.status, 200);
            let page = asker.get("/approvals").await;
            assert!(page.status == 200 && page.body.contains("已经送来"), "{}", page.body);
        }
        drop(served);
        test.close().await;
    }
}
