//! What pages say to whoever opens them: the menu leads somewhere, and a deadline names the article that sets it.

use crate::support::{
    ENGINES, TestApp,
    browser::{self, Browser},
};
use hufu::{
    clock::Span,
    custody::{
        correction::Verdict,
        desk,
        loan::{self, LoanRequest},
        nav_counts,
    },
    domain::rule::Deadline,
    id::DifferenceId,
    ledger::{Body, DifferenceClass, Measure, RaisedDifference},
};

#[tokio::test]
async fn every_line_of_the_menu_leads_to_a_page() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        for (login, lines) in [("zhang", 14), ("chen", 17), ("qian", 14), ("zheng", 15), ("admin", 7)] {
            let mut browser = Browser::logged_in(&served, login).await;
            let page = browser.get("/").await.body;
            let menu = page.split("data-key=\"").map(|before| before.rsplit("href=\"").next().unwrap());
            let menu: Vec<&str> = menu.filter_map(|it| it.strip_suffix("\" ")).collect();
            assert_eq!(menu.len(), lines, "{login}: {menu:?}");
            for href in menu {
                assert_eq!(browser.get(href).await.status, 200, "{login}: {href}");
            }
        }
        drop(served);
        test.close().await;
    }
}

#[tokio::test]
async fn a_difference_is_shown_with_the_article_of_its_own_class() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (chen, zhang) = (test.person("chen").await, test.person("zhang").await);
        let now = test.app.clock.now();
        // The witness's is due first.
        for (hours, class) in [
            (1, DifferenceClass::WitnessBehind),
            (2, DifferenceClass::WitnessRefused),
            (3, DifferenceClass::Short),
            (4, DifferenceClass::RefusedInHandover),
            (5, DifferenceClass::Missing),
        ] {
            let difference: DifferenceId = test.app.ids.new_id();
            let raised = RaisedDifference {
                difference,
                class,
                item: None,
                finding: "测试".to_owned(),
                owner: zhang.unit,
                due_at: now.plus(Span::hours(hours)),
                brought_by: None,
                case: None,
                photograph: None,
            };
            test.record(test.draft(chen.id, chen.unit, Body::RaiseDifference(raised))).await;
        }
        let law = |deadline| test.app.rules().deadline(deadline, now).unwrap().citation.clone();
        let shown = desk::desk(&test.app, &zhang).await.unwrap().differences;
        let citations: Vec<&str> = shown.iter().map(|it| it.citation.as_str()).collect();
        let witness = law(Deadline::WitnessBehind);
        assert_eq!(
            citations,
            [
                &witness,
                &witness,
                &law(Deadline::SettleCounterDifference),
                &law(Deadline::SettleRefusedLine),
                &law(Deadline::SettleCountDifference)
            ]
        );
        let counts = nav_counts::nav_counts(&test.app, &zhang).await.unwrap();
        let nearest = counts.nearest.unwrap();
        assert_eq!((counts.differences, nearest.deadline), (5, Deadline::WitnessBehind));
        assert_eq!(nearest.citation, witness);

        let served = browser::serve(&test.app).await;
        let mut browser = Browser::logged_in(&served, "zhang").await;
        let page = browser.get("/reconciliation").await.body;
        for article in citations {
            assert!(page.contains(article), "{article}");
        }
        assert!(browser.get("/cases").await.body.contains("了结见证差异"), "above every page");
        drop(served);
        test.close().await;
    }
}

#[tokio::test]
async fn what_waits_for_an_approver_and_a_custodian_stands_on_their_desks() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let case = test.case("A-93").await;
        let slot = test.city.slots[0];
        let things =
            test.lying(case, &[("相机", Measure::Piece, 1, slot), ("手表", Measure::Piece, 1, slot)]).await;
        let (zhang, wang) = (test.person("zhang").await, test.person("wang").await);
        let wish = LoanRequest {
            items: vec![things[0].item],
            borrower: zhang.id,
            purpose: "辨认".to_owned(),
            due_at: test.app.clock.now().plus(Span::days(3)),
        };
        let asked = loan::ask(&test.app, &zhang, &wish).await.unwrap();
        let served = browser::serve(&test.app).await;
        let mut approver = Browser::logged_in(&served, "wang").await;
        let desk = approver.get("/").await.body;
        assert!(desk.contains("借用 1 件，等您审批") && desk.contains("有 1 件事有期限"), "{desk}");
        loan::answer(&test.app, &wang, asked, &Verdict::Approve).await.unwrap();
        let mut custodian = Browser::logged_in(&served, "chen").await;
        for language in ["en", "zh"] {
            custodian.get(&format!("/language?to={language}&back=/")).await;
            let desk = custodian.get("/").await;
            assert!(desk.status == 200 && desk.body.len() < 60_000, "{}", desk.body.len());
        }
        let desk = custodian.get("/").await.body;
        assert!(desk.contains("等您借出") && desk.contains("最近的财物") && desk.contains("手表"), "{desk}");
        assert!(
            !approver.get("/").await.body.contains("等您审批"),
            "answered, it waits for the approver no more"
        );
        drop(served);
        test.close().await;
    }
}

#[tokio::test]
async fn an_error_page_keeps_the_menu_of_whoever_is_logged_in() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        let missing = zhang.get("/nothing-here").await;
        assert!(missing.status == 404 && missing.body.contains("data-key=\"c\""), "{}", missing.body);
        let forbidden = zhang.get("/counter").await;
        assert!(forbidden.status == 403 && forbidden.body.contains("data-key=\"c\""), "{}", forbidden.body);
        let nobody = Browser::new(&served).get("/check/nothing").await;
        assert!(!nobody.body.contains("data-key"), "nobody is logged in");
        drop(served);
        test.close().await;
    }
}
