//! What pages say to whoever opens them: the menu leads somewhere, and a deadline names the article that sets it.

use crate::support::{
    ENGINES, TestApp,
    browser::{self, Browser},
};
use hufu::{
    clock::Span,
    custody::{desk, nav_counts},
    domain::rule::Deadline,
    id::DifferenceId,
    ledger::{Body, DifferenceClass, RaisedDifference},
};

#[tokio::test]
async fn every_line_of_the_menu_leads_to_a_page() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        for (login, lines) in [("zhang", 11), ("chen", 14), ("qian", 11), ("zheng", 13), ("admin", 6)] {
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
