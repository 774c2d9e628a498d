//! Things taken in without a server.

use super::{block, code, ordered, other_station, person, phones, told, yesterday};
use crate::{
    counter::scene::{DRUG, PHONES, Scene},
    support::ENGINES,
};
use hufu::{
    clock::Span,
    custody::{
        difference,
        items::{SearchHit, find},
        off_line::{self, EnterOutcome, EnterReceipt, Which},
    },
    domain::off_line::{BlockPurpose, ReceiptState},
    language::Language,
    ledger::{Body, Reception},
    store::journal,
};
use hufu_wire::{
    Day, FromServer,
    message::{Observation, OwnWeight, Receipt, Verdict},
};

async fn wish(it: &Scene, line: usize) -> EnterReceipt {
    let delivered_by = person(it, "zhang").await.id;
    EnterReceipt { item: it.items[line], delivered_by, slot: None, quantity: None, reason: String::new() }
}

#[tokio::test]
async fn what_a_station_took_in_waits_and_is_entered_onto_its_line_once() {
    for engine in ENGINES {
        let mut it = Scene::new(engine).await;
        let (id, codes) = ordered(&it, BlockPurpose::OffLine, 3).await;
        let orders = told(&it).await;
        let kept = orders.iter().find_map(|order| match order {
            FromServer::Blanks { block, labels } => Some((*block, labels.len(), labels[0].code.clone())),
            _ => None,
        });
        assert_eq!(kept, Some((id.0, 3, codes[0].clone())), "the labels travel drawn");
        it.observe(Observation::BlanksKept { block: id.0 }).await;
        assert!(block(&it, id).await.kept_at.is_some());
        assert!(!told(&it).await.iter().any(|order| matches!(order, FromServer::Blanks { .. })));

        let receipt = phones(&it, &codes[1]).await;
        let heard = yesterday(&it, &it.station, 50, Observation::Received(receipt.clone())).await.unwrap();
        assert_eq!(heard.verdict, Verdict::Accepted, "{}", heard.sentence);
        // Sent again, and sent again by a server that stopped before it had answered.
        let again = yesterday(&it, &it.station, 50, Observation::Received(receipt.clone())).await.unwrap();
        assert_eq!(again, heard);
        it.forget_answer(50).await;
        let again = yesterday(&it, &it.station, 50, Observation::Received(receipt)).await.unwrap();
        assert_eq!(again, heard);
        let list = off_line::list(&it.t.app, &it.me).await.unwrap();
        assert_eq!((list.waiting.len(), list.waiting[0].label.as_str()), (1, &codes[1][..11]));

        let which = Which { station: it.station.id, number: 50 };
        let view = off_line::show(&it.t.app, &it.me, which, None).await.unwrap();
        let likely: Vec<_> = view.candidates.iter().filter(|it| it.likely).map(|it| it.item).collect();
        assert_eq!((view.candidates.len(), likely), (4, vec![it.items[PHONES]]));
        assert_eq!(view.likely_deliverer, Some(person(&it, "zhang").await.id));
        assert_eq!(view.slot, Some(it.t.city.slots[0]));

        let wish = wish(&it, PHONES).await;
        let EnterOutcome::Received(done) = off_line::enter(&it.t.app, &it.me, which, &wish).await.unwrap()
        else {
            panic!("no other has it")
        };
        let again = off_line::enter(&it.t.app, &it.me, which, &wish).await.unwrap().recorded();
        assert_eq!((again.seq, again.repeat), (done.seq, true));
        let mut tx = it.t.app.db.read().await.unwrap();
        let entry = journal::entry(&mut tx, done.seq).await.unwrap().unwrap();
        drop(tx);
        assert_eq!(entry.draft.happened_at, it.t.app.clock.now().plus(Span::days(-1)));
        assert_eq!(entry.recorded_at, it.t.app.clock.now());
        let Body::Receive(body) = &entry.draft.body else { panic!() };
        let Reception::Accepted { label, seal, remark, quantity, .. } = &body.lines[0].answer else {
            panic!()
        };
        assert_eq!((label.code.as_str(), seal.as_deref(), *quantity), (codes[1].as_str(), Some("F-77"), 2));
        assert!(remark.as_ref().is_some_and(|it| it.contains("离线收件") && it.contains("屏幕破损")));

        // The label finds the thing, at the counter and on every page.
        let SearchHit::Item { id: found, .. } = find(&it.t.app, &it.me, &codes[1]).await.unwrap() else {
            panic!()
        };
        assert_eq!(found, it.items[PHONES]);
        assert!(it.scan(&codes[1]).await.sentence.contains("手机"));
        let now = block(&it, id).await;
        assert_eq!((now.issued, now.claimed, now.void, now.to_come, now.missing), (3, 1, 0, 1, 1));
        let list = off_line::list(&it.t.app, &it.me).await.unwrap();
        assert_eq!((list.waiting.len(), list.settled[0].state), (0, ReceiptState::Entered));
        it.t.close().await;
    }
}

#[tokio::test]
async fn what_two_stations_took_is_kept_twice_and_becomes_a_difference() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let (_, codes) = ordered(&it, BlockPurpose::OffLine, 4).await;
        let other = other_station(&it).await;
        let first = phones(&it, &codes[0]).await;
        let second = Receipt { received_by: "林峰".to_owned(), ..phones(&it, &codes[1]).await };
        let heard = yesterday(&it, &it.station, 1, Observation::Received(first)).await.unwrap();
        assert_eq!(heard.verdict, Verdict::Accepted);
        for _ in 0..2 {
            let twice = Observation::Received(second.clone());
            let heard = yesterday(&it, &other, 1, twice).await.unwrap();
            assert_eq!(heard.verdict, Verdict::Refused, "{}", heard.sentence);
        }
        let differences = it.differences().await;
        assert_eq!(differences.len(), 1, "once, however often it is said");
        assert_eq!((differences[0].0.as_str(), differences[0].1), ("taken_twice", Some(it.items[PHONES])));
        let shown = difference::reconciliation(&it.t.app, &it.me, Some("taken_twice")).await.unwrap();
        let finding = &shown.open_list[0].finding;
        for part in [it.station.name.as_str(), other.name.as_str(), "陈静", "林峰", &codes[0][..11]] {
            assert!(finding.contains(part), "{part} is missing in {finding}");
        }
        let list = off_line::list(&it.t.app, &it.me).await.unwrap();
        assert_eq!(list.waiting.len(), 2, "neither is dropped");

        let (one, two) =
            (Which { station: it.station.id, number: 1 }, Which { station: other.id, number: 1 });
        let view = off_line::show(&it.t.app, &it.me, two, None).await.unwrap();
        assert_eq!(view.twin.unwrap().station, it.station.id);
        let wish = wish(&it, PHONES).await;
        let entered = off_line::enter(&it.t.app, &it.me, one, &wish).await.unwrap();
        assert!(matches!(entered, EnterOutcome::Received(_)));
        let entered = off_line::enter(&it.t.app, &it.me, two, &wish).await.unwrap();
        assert!(
            matches!(entered, EnterOutcome::Different(recorded) if recorded.repeat),
            "it was raised before"
        );
        let aside = off_line::set_aside(&it.t.app, &it.me, two, " ").await.unwrap_err();
        assert_eq!(aside.code(), "reason_missing");
        off_line::set_aside(&it.t.app, &it.me, two, "同一部手机登记了两次").await.unwrap();
        let again = off_line::set_aside(&it.t.app, &it.me, two, "再来一次").await.unwrap();
        assert!(again.repeat);
        assert_eq!(off_line::waiting(&it.t.app, &it.me).await.unwrap(), 0);
        let refused = off_line::enter(&it.t.app, &it.me, two, &wish).await.unwrap_err();
        assert_eq!(refused.code(), "receipt_settled");
        it.t.close().await;
    }
}

#[tokio::test]
async fn one_label_on_two_things_and_a_line_that_came_in_at_the_counter() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let (_, codes) = ordered(&it, BlockPurpose::OffLine, 4).await;
        it.receive(PHONES, it.t.city.slots[1]).await;
        // The list says it came in at the counter meanwhile.
        let heard =
            yesterday(&it, &it.station, 100, Observation::Received(phones(&it, &codes[0]).await)).await;
        assert_eq!(heard.unwrap().verdict, Verdict::Refused);
        let found = it.differences().await;
        assert_eq!((found[0].0.as_str(), found[0].1), ("taken_twice", Some(it.items[PHONES])));
        // The same label on the drug, which is on no other list.
        let today = it.t.app.clock.now().0;
        let weight = OwnWeight {
            device: "scale".to_owned(),
            value: "13.02".to_owned(),
            unit: "g".to_owned(),
            milligrams: 13_020,
            read_at: today,
            calibration_due: Some(Day::of(today)),
        };
        let slot = it.code_of(it.t.city.vault_slots[0]).await;
        let drug =
            Receipt { line: "2".to_owned(), weight: Some(weight), slot, ..phones(&it, &codes[0]).await };
        let heard = yesterday(&it, &it.station, 101, Observation::Received(drug.clone())).await.unwrap();
        assert_eq!(heard.verdict, Verdict::Refused, "{}", heard.sentence);
        assert_eq!(it.differences().await.len(), 2);
        // Weighed on a scale past its calibration, which the rules take for no drug: it is weighed again at the counter.
        let due = Some(Day::of(it.t.app.clock.now().plus(Span::days(-2)).0));
        let weight = drug.weight.clone().map(|weight| OwnWeight { calibration_due: due, ..weight });
        let overdue = Receipt { code: codes[2].clone(), weight, ..drug.clone() };
        yesterday(&it, &it.station, 103, Observation::Received(overdue)).await;
        let which = Which { station: it.station.id, number: 103 };
        let refused = off_line::enter(&it.t.app, &it.me, which, &wish(&it, DRUG).await).await.unwrap_err();
        assert_eq!(refused.code(), "scale_overdue");
        off_line::set_aside(&it.t.app, &it.me, which, "须重新称重").await.unwrap();
        // With a label of its own it comes in, with its weight, and less than the list says.
        let drug = Receipt { code: codes[1].clone(), ..drug };
        yesterday(&it, &it.station, 102, Observation::Received(drug)).await;
        let which = Which { station: it.station.id, number: 102 };
        let short = EnterReceipt { quantity: Some("12.00".to_owned()), ..wish(&it, DRUG).await };
        let refused = off_line::enter(&it.t.app, &it.me, which, &short).await.unwrap_err();
        assert_eq!(refused.code(), "reason_missing");
        let unread = EnterReceipt { quantity: Some("一包".to_owned()), ..short.clone() };
        let refused = off_line::enter(&it.t.app, &it.me, which, &unread).await.unwrap_err();
        assert_eq!(refused.code(), "not_a_quantity");
        let short = EnterReceipt { reason: "称重短少".to_owned(), ..short };
        let EnterOutcome::Received(done) = off_line::enter(&it.t.app, &it.me, which, &short).await.unwrap()
        else {
            panic!()
        };
        let mut tx = it.t.app.db.read().await.unwrap();
        let entry = journal::entry(&mut tx, done.seq).await.unwrap().unwrap();
        drop(tx);
        let Body::Receive(body) = &entry.draft.body else { panic!() };
        let Reception::Accepted { weighing, .. } = &body.lines[0].answer else { panic!() };
        assert_eq!(weighing.as_ref().unwrap().gross_mg, 13_020);
        assert!(body.lines[0].difference.is_some(), "short, and said so");
        it.t.close().await;
    }
}

#[tokio::test]
async fn who_may_enter_and_what_is_refused() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let app = &it.t.app;
        let (_, codes) = ordered(&it, BlockPurpose::OffLine, 2).await;
        yesterday(&it, &it.station, 1, Observation::Received(phones(&it, &codes[0]).await)).await;
        let foreign = Receipt { slot: "6901234567892".to_owned(), ..phones(&it, &code("P26-9999999")).await };
        let foreign = Receipt { line: String::new(), paper: String::new(), ..foreign };
        let heard = yesterday(&it, &it.station, 2, Observation::Received(foreign)).await.unwrap();
        assert_eq!(heard.verdict, Verdict::Refused, "kept, and said: {}", heard.sentence);
        let which = Which { station: it.station.id, number: 1 };
        let wish = wish(&it, PHONES).await;
        for (login, code) in
            [("zhang", "not_your_role"), ("qian", "not_your_role"), ("zheng", "not_your_role")]
        {
            let refused = off_line::enter(app, &person(&it, login).await, which, &wish).await.unwrap_err();
            assert_eq!(refused.code(), code, "{login}");
        }
        let zheng = person(&it, "zheng").await;
        assert_eq!(off_line::list(app, &zheng).await.unwrap().waiting.len(), 2, "an auditor sees them");
        let mine = it.me.id;
        for (wrong, code) in [
            (EnterReceipt { delivered_by: mine, ..wish.clone() }, "deliverer_of_another_unit"),
            (
                EnterReceipt { item: hufu::id::ItemId(uuid::Uuid::from_u128(404)), ..wish.clone() },
                "not_found",
            ),
            (
                EnterReceipt {
                    slot: Some(it.t.city.vault_slots[0]),
                    quantity: Some("3".to_owned()),
                    ..wish.clone()
                },
                "more_than_owed",
            ),
        ] {
            let refused = off_line::enter(app, &it.me, which, &wrong).await.unwrap_err();
            assert_eq!(refused.code(), code);
        }
        let two = Which { number: 2, ..which };
        let refused = off_line::enter(app, &it.me, two, &wish).await.unwrap_err();
        assert_eq!(refused.code(), "label_not_usable");
        assert!(refused.remedy(Language::Zh).contains("换贴标签"));
        assert_eq!(it.entries("receive").await, 0);
        off_line::set_aside(app, &it.me, two, "标签不是本中心的").await.unwrap();
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_line_is_likely_by_name_quantity_and_case_and_never_by_its_number() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let (_, codes) = ordered(&it, BlockPurpose::OffLine, 5).await;
        let phones = phones(&it, &codes[0]).await;
        let text = str::to_owned;
        let told = [
            (Receipt { line: text("4"), ..phones.clone() }, Some(PHONES)),
            (Receipt { quantity: text("3"), ..phones.clone() }, None),
            (Receipt { name: text("平板电脑"), ..phones.clone() }, None),
            (Receipt { case_number: text("江公（刑）立字〔2026〕9号"), ..phones.clone() }, None),
            (Receipt { case_number: String::new(), line: String::new(), ..phones.clone() }, Some(PHONES)),
        ];
        for ((number, code), (receipt, likely)) in (50..).zip(&codes).zip(told) {
            let another_case = receipt.case_number.ends_with("9号");
            let receipt = Receipt { code: code.clone(), ..receipt };
            yesterday(&it, &it.station, number, Observation::Received(receipt.clone())).await;
            let which = Which { station: it.station.id, number };
            let view = off_line::show(&it.t.app, &it.me, which, None).await.unwrap();
            let found: Vec<_> = view.candidates.iter().filter(|it| it.likely).map(|it| it.item).collect();
            let likely: Vec<_> = likely.into_iter().map(|line| it.items[line]).collect();
            assert_eq!(found, likely, "{receipt:?}");
            assert!(view.candidates.iter().all(|it| it.another_case == another_case), "{receipt:?}");
        }
        it.t.close().await;
    }
}
