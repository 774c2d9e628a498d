//! Every difference ends with somebody who settles it, on what shows it.

use crate::{
    count::{at, heard, shelves},
    support::{ENGINES, TestApp},
};
use hufu::{
    custody::{
        city, count,
        difference::{self, SettlementBar},
    },
    domain::{Person, Role},
    ledger::{Category, Measure, SettlementCause},
};

#[tokio::test]
async fn a_difference_is_settled_by_its_owner_and_by_another_person_than_raised_it() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let things = shelves(&test).await;
        let (chen, lin, zhang) =
            (test.person("chen").await, test.person("lin").await, test.person("zhang").await);
        let id = count::start(&test.app, &chen, test.city.centre, Some("B")).await.unwrap();
        at(&test, &chen, id, test.city.slots_b[0]).await;
        count::finish(&test.app, &chen, id).await.unwrap();
        let result = count::result(&test.app, &lin, id).await.unwrap();
        assert_eq!(result.differences.len(), 1);
        let raised = &result.differences[0];
        assert_eq!((raised.class.as_str(), raised.item), ("missing", Some(things[8].item)));
        let settlement = |finding: &str| difference::Settlement {
            id: test.app.ids.new_id(),
            difference: raised.id,
            finding: finding.to_owned(),
            cause: Some(SettlementCause::FoundAgain),
            entry: None,
            also: Vec::new(),
            paper: None,
        };
        let code = async |me: &Person, it: &difference::Settlement| {
            difference::settle(&test.app, me, it).await.map(|it| it.repeat).map_err(|error| error.code())
        };
        assert_eq!(
            code(&zhang, &settlement("已找到")).await,
            Err("not_found"),
            "not theirs looks like not there"
        );
        let unknown = difference::Settlement { difference: test.app.ids.new_id(), ..settlement("x") };
        assert_eq!(code(&chen, &unknown).await, Err("not_found"));
        assert_eq!(code(&chen, &settlement("已找到")).await, Err("raised_it_yourself"));
        assert_eq!(code(&test.person("zheng").await, &settlement("已找到")).await, Err("not_your_role"));
        assert_eq!(code(&lin, &settlement("  ")).await, Err("reason_missing"));
        let no_cause = difference::Settlement { cause: None, ..settlement("已找到") };
        assert_eq!(code(&lin, &no_cause).await, Err("cause_missing"));
        assert_eq!(code(&lin, &settlement("已找到")).await, Err("settlement_not_shown"));
        let explained = Some(SettlementCause::Explained);
        let by_words = difference::Settlement { cause: explained, ..settlement("没有问题") };
        assert_eq!(code(&lin, &by_words).await, Err("settlement_not_shown"), "a missing thing takes more");
        let before = difference::Settlement { entry: Some(2), ..settlement("已找到") };
        assert_eq!(code(&lin, &before).await, Err("settlement_not_shown"), "that was before it was missed");
        let of_another = test.moved(things[0].item, 1, test.city.slots[0], test.city.slots[3]).await;
        let another = difference::Settlement { entry: Some(of_another), ..settlement("已找到") };
        assert_eq!(code(&lin, &another).await, Err("settlement_not_shown"));
        let seen = test.moved(things[8].item, 1, test.city.slots_b[0], test.city.slots_b[1]).await;
        let found =
            difference::Settlement { entry: Some(seen), ..settlement("在 B-02 后方找到，已放回") };
        assert_eq!(code(&lin, &found).await, Ok(false));
        assert_eq!(code(&lin, &found).await, Ok(true), "sent twice, settled once");
        assert_eq!(code(&lin, &settlement("又一次")).await, Err("difference_settled"));
        let page = difference::reconciliation(&test.app, &chen, None).await.unwrap();
        assert_eq!((page.open, page.settled), (0, 1));
        assert_eq!(page.settled_list[0].settlement.as_deref(), Some("在 B-02 后方找到，已放回"));
        let view = difference::difference(&test.app, &chen, raised.id).await.unwrap();
        assert_eq!((view.bar, view.difference.settled_by_name.as_deref()), (None, Some("林峰")));
        let others = difference::reconciliation(&test.app, &zhang, None).await.unwrap();
        assert_eq!((others.open, others.settled), (0, 0));
        test.close().await;
    }
}

#[tokio::test]
async fn equal_differences_are_settled_together_or_not_at_all() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let things = shelves(&test).await;
        let (chen, lin) = (test.person("chen").await, test.person("lin").await);
        let looked_at = async |seen: bool| {
            let id = count::start(&test.app, &chen, test.city.centre, Some("A")).await.unwrap();
            at(&test, &chen, id, test.city.slots[0]).await;
            for thing in things[..4].iter().filter(|_| seen) {
                heard(&test, &chen, id, &thing.code).await;
            }
            count::finish(&test.app, &chen, id).await.unwrap();
            count::result(&test.app, &chen, id).await.unwrap()
        };
        let missed = looked_at(false).await;
        let ids: Vec<_> = missed.differences.iter().map(|it| it.id).collect();
        assert_eq!(ids.len(), 4, "{:?}", missed.differences);
        let view = difference::difference(&test.app, &lin, ids[0]).await.unwrap();
        assert_eq!(view.alike.len(), 3);
        let found = looked_at(true).await.seq;
        let together = difference::Settlement {
            id: test.app.ids.new_id(),
            difference: ids[0],
            also: ids[1..].to_vec(),
            finding: "漏扫，复盘时都在原处".to_owned(),
            cause: Some(SettlementCause::FoundAgain),
            entry: Some(found),
            paper: None,
        };
        let open = async || difference::reconciliation(&test.app, &lin, None).await.unwrap().open;
        let code = async |it: &difference::Settlement| {
            difference::settle(&test.app, &lin, it).await.map(|it| it.repeat).map_err(|error| error.code())
        };
        let before = difference::Settlement { entry: Some(1), ..together.clone() };
        assert_eq!(code(&before).await, Err("settlement_not_shown"));
        let with_another =
            difference::Settlement { also: vec![ids[1], test.app.ids.new_id()], ..together.clone() };
        assert_eq!((code(&with_another).await, open().await), (Err("not_found"), 4), "none of them");
        assert_eq!((code(&together).await, open().await), (Ok(false), 0));
        assert_eq!(code(&together).await, Ok(true), "sent twice, settled once");
        test.close().await;
    }
}

/// Drugs that were not found are not settled by a colleague's two words: an approver says what became of them, and shows it.
#[tokio::test]
async fn what_tempts_is_settled_by_an_approver() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let case = test.case("临公（刑）立字〔2026〕9号").await;
        let [b1, b2] = test.city.slots_b[..] else { unreachable!() };
        let thing =
            test.lying_of(Category::Drug, case, &[("白色晶体", Measure::Milligram, 12_350, b1)]).await[0]
                .clone();
        let (chen, lin) = (test.person("chen").await, test.person("lin").await);
        let new = city::NewPerson {
            unit: test.city.centre_unit,
            name: "马骏",
            login: "ma",
            password: "tiger-tally-2026",
            must_change: false,
            roles: &[Role::Approver],
        };
        city::add_person(app, &new).await.unwrap();
        let ma = test.person("ma").await;
        let id = count::start(app, &chen, test.city.centre, Some("B")).await.unwrap();
        at(&test, &chen, id, b1).await;
        count::finish(app, &chen, id).await.unwrap();
        let raised = count::result(app, &lin, id).await.unwrap().differences[0].id;
        let settlement = |entry| difference::Settlement {
            id: app.ids.new_id(),
            difference: raised,
            finding: "已找到".to_owned(),
            cause: Some(SettlementCause::FoundAgain),
            entry,
            also: Vec::new(),
            paper: None,
        };
        let seen = test.moved(thing.item, 12_350, b1, b2).await;
        let colleague = difference::settle(app, &lin, &settlement(Some(seen))).await.unwrap_err();
        assert_eq!(colleague.code(), "settled_by_an_approver");
        let view = difference::difference(app, &lin, raised).await.unwrap();
        assert_eq!(view.bar, Some(SettlementBar::NeedsApprover));
        assert_eq!(difference::difference(app, &ma, raised).await.unwrap().bar, None);
        assert_eq!(
            difference::settle(app, &ma, &settlement(None)).await.unwrap_err().code(),
            "settlement_not_shown"
        );
        let settled = difference::settle(app, &ma, &settlement(Some(seen))).await.unwrap();
        assert!(!settled.repeat);
        let view = difference::difference(app, &lin, raised).await.unwrap();
        let evidence = view.evidence.map(|it| (it.cause, it.entry));
        assert_eq!(evidence, Some((Some(SettlementCause::FoundAgain), Some(seen))));
        test.close().await;
    }
}
