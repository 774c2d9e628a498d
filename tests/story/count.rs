//! Counting: blind, while others go on moving things; and every disagreement ends with somebody who must settle it.

use crate::support::{
    ENGINES, TestApp,
    things::{Lying, given_back},
};
use hufu::{
    custody::{
        Error, count,
        moves::{self, MoveRequest},
    },
    domain::{Person, rule::Deadline},
    id::{CountId, SlotId},
    ledger::{ApprovedAct, Body, HeldLine, Measure, Return},
};
use hufu_wire::message::Verdict;
use std::collections::BTreeSet;

pub(crate) async fn heard(test: &TestApp, me: &Person, id: CountId, code: &str) -> Verdict {
    count::observe(&test.app, me, id, code).await.unwrap().verdict
}

async fn refused(test: &TestApp, me: &Person, id: CountId, code: &str) -> &'static str {
    count::observe(&test.app, me, id, code).await.unwrap_err().code()
}

pub(crate) async fn at(test: &TestApp, me: &Person, id: CountId, slot: SlotId) {
    let code = test.slot_code(slot).await;
    count::observe(&test.app, me, id, &code).await.unwrap();
}

/// Eight phones in zone A: four in A-01, three in A-02, one in A-03; one more in zone B.
pub(crate) async fn shelves(test: &TestApp) -> Vec<Lying> {
    let case = test.case("临公（刑）立字〔2026〕7号").await;
    let [a1, a2, a3, _] = test.city.slots[..] else { unreachable!() };
    let b1 = test.city.slots_b[0];
    let piece = |slot| ("手机", Measure::Piece, 1, slot);
    let places = [a1, a1, a1, a1, a2, a2, a2, a3, b1].map(piece);
    test.lying(case, &places).await
}

#[tokio::test]
async fn a_count_while_things_move_misses_nothing_and_counts_nothing_twice() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let things = shelves(&test).await;
        let (chen, lin) = (test.person("chen").await, test.person("lin").await);
        let [a1, a2, a3, a4] = test.city.slots[..] else { unreachable!() };
        let b1 = test.city.slots_b[0];
        test.lent(things[7].item, 1, a3).await;

        let id = count::start(&test.app, &chen, test.city.centre, Some("A")).await.unwrap();
        let joined = count::start(&test.app, &lin, test.city.centre, Some("A")).await.unwrap();
        assert_eq!(id, joined, "two people count one zone together");
        at(&test, &chen, id, a1).await;
        at(&test, &lin, id, a2).await;
        // Seen in the old place, moved then, and seen again in the new place.
        assert_eq!(heard(&test, &chen, id, &things[0].code).await, Verdict::Accepted);
        assert_eq!(heard(&test, &chen, id, &things[0].code).await, Verdict::Repeated);
        let typed = heard(&test, &chen, id, &things[0].number.to_lowercase()).await;
        assert_eq!(typed, Verdict::Repeated, "its number without the check characters is the same thing");
        test.moved(things[0].item, 1, a1, a2).await;
        assert_eq!(
            heard(&test, &lin, id, &things[0].code.to_lowercase().replace('-', "")).await,
            Verdict::Accepted
        );
        // Moved before anybody came by: seen only in the new place.
        test.moved(things[1].item, 1, a1, a4).await;
        at(&test, &chen, id, a4).await;
        assert_eq!(heard(&test, &chen, id, &things[1].code).await, Verdict::Accepted);
        // Moved out of the zone before it was seen: nobody finds it, nothing is missing.
        test.moved(things[2].item, 1, a1, b1).await;
        // Moved into the zone after the start: seen, and no surprise.
        test.moved(things[8].item, 1, b1, a4).await;
        assert_eq!(heard(&test, &chen, id, &things[8].code).await, Verdict::Accepted);
        // Brought back after the start.
        let li = test.person("li").await;
        let lines = vec![HeldLine { item: things[7].item, quantity: 1, slot: a3 }];
        let back = Return { borrower: li.id, condition: "完好".to_owned(), lines };
        test.record(test.draft(lin.id, lin.unit, Body::Return(back))).await;
        at(&test, &lin, id, a3).await;
        assert_eq!(heard(&test, &lin, id, &things[7].code).await, Verdict::Accepted);
        at(&test, &chen, id, a1).await;
        assert_eq!(heard(&test, &chen, id, &things[3].code).await, Verdict::Accepted);
        at(&test, &chen, id, a2).await;
        for thing in &things[4..7] {
            assert_eq!(heard(&test, &chen, id, &thing.code).await, Verdict::Accepted);
        }

        let recorded = count::finish(&test.app, &chen, id).await.unwrap();
        let again = count::finish(&test.app, &lin, id).await.unwrap();
        assert_eq!((again.seq, again.repeat), (recorded.seq, true));
        let result = count::result(&test.app, &chen, id).await.unwrap();
        assert_eq!(result.differences, []);
        assert_eq!((result.expected, result.seen, result.on_loan), (8, 7, 1));
        assert_eq!((result.not_found, result.unexpected), (0, 0));
        let items: BTreeSet<_> = result.lines.iter().map(|line| line.item).collect();
        assert_eq!(items.len(), result.lines.len(), "each thing has one line");
        let view = count::view(&test.app, &chen, id).await.unwrap();
        assert_eq!(view.counters, ["林峰", "陈静"]);
        test.close().await;
    }
}

#[tokio::test]
async fn every_disagreement_is_raised_with_an_owner_and_a_day() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let things = shelves(&test).await;
        let chen = test.person("chen").await;
        let [a1, a2, a3, _] = test.city.slots[..] else { unreachable!() };
        let case = things[0].case;
        let powder = test.lying(case, &[("白色粉末", Measure::Milligram, 12_350, a1)]).await;

        let id = count::start(&test.app, &chen, test.city.centre, Some("A")).await.unwrap();
        assert_eq!(refused(&test, &chen, id, &things[0].code).await, "slot_first");
        let outside = test.slot_code(test.city.slots_b[0]).await;
        assert_eq!(refused(&test, &chen, id, &outside).await, "slot_outside_the_zone");
        let misread = things[0].code.replace("-0", "-1");
        assert_eq!(refused(&test, &chen, id, &misread).await, "code_misread");
        assert_eq!(refused(&test, &chen, id, " ").await, "nothing_scanned");
        at(&test, &chen, id, a1).await;
        for thing in [&things[0], &things[1], &powder[0]] {
            heard(&test, &chen, id, &thing.code).await;
        }
        let seal = count::Remark { item: things[0].item, seal: Some("X-9".to_owned()), quantity: None };
        count::remark(&test.app, &chen, id, &seal).await.unwrap();
        let weight = count::Remark { item: powder[0].item, seal: None, quantity: Some(12_000) };
        count::remark(&test.app, &chen, id, &weight).await.unwrap();
        let negative = count::Remark { item: powder[0].item, seal: None, quantity: Some(-1) };
        let error = count::remark(&test.app, &chen, id, &negative).await.unwrap_err();
        assert_eq!(error.code(), "remark_unreadable");
        // things[2] lies in A-02 though the book says A-01; things[3] is not there; things[8] is of zone B.
        at(&test, &chen, id, a2).await;
        for thing in [&things[2], &things[4], &things[5], &things[6], &things[8]] {
            assert_eq!(heard(&test, &chen, id, &thing.code).await, Verdict::Accepted, "blind: no scan tells");
        }
        assert_eq!(heard(&test, &chen, id, "6901234567892").await, Verdict::Unknown);
        assert_eq!(heard(&test, &chen, id, "6901234567892").await, Verdict::Repeated);
        at(&test, &chen, id, a3).await;
        heard(&test, &chen, id, &things[7].code).await;

        let open = count::result(&test.app, &chen, id).await.unwrap_err();
        assert_eq!(open.code(), "count_open", "nobody sees what is expected while the count is open");
        let recorded = count::finish(&test.app, &chen, id).await.unwrap();
        assert_eq!(refused(&test, &chen, id, &things[3].code).await, "count_closed");
        let result = count::result(&test.app, &chen, id).await.unwrap();
        assert_eq!(result.expected, result.seen + result.on_loan + result.not_found, "the statement adds up");
        assert_eq!((result.expected, result.not_found, result.unexpected), (9, 1, 2));
        let mut classes: Vec<(&str, Option<&str>)> =
            result.differences.iter().map(|it| (it.class.as_str(), it.item_number.as_deref())).collect();
        classes.sort_unstable();
        assert_eq!(
            classes,
            [
                ("misplaced", Some(things[2].number.as_str())),
                ("missing", Some(&things[3].number)),
                ("surplus", Some(&things[8].number)),
                ("unknown_code", None),
                ("wrong_quantity", Some(&powder[0].number)),
                ("wrong_seal", Some(&things[0].number)),
            ]
        );
        let due = test.app.rules().due(Deadline::SettleCountDifference, test.app.clock.now());
        for it in &result.differences {
            assert_eq!(
                (it.owner, it.due_at, it.raised_seq),
                (test.city.centre_unit, due, recorded.seq.cast_signed())
            );
            assert!(!it.finding.contains('—'), "{}", it.finding);
        }
        let finding = |class| &result.differences.iter().find(|it| it.class == class).unwrap().finding;
        assert_eq!(finding("misplaced"), "盘点市涉案财物管理中心 A：账面在 A-01，实见于 A-02");
        assert_eq!(finding("wrong_quantity"), "盘点市涉案财物管理中心 A：账面 12.35 克，实盘 12 克");
        let surplus = finding("surplus");
        assert!(
            surplus.contains("实见于 A-02") && surplus.ends_with("账面为市涉案财物管理中心 B-01"),
            "{surplus}"
        );
        test.close().await;
    }
}

/// What is on the shelf and not in the book of this zone: the finding says where the book had it when it was seen.
#[tokio::test]
async fn a_surplus_says_where_the_book_has_it() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let things = shelves(&test).await;
        let (chen, lin) = (test.person("chen").await, test.person("lin").await);
        let (a1, b1, v1) = (test.city.slots[0], test.city.slots_b[0], test.city.vault_slots[0]);
        // By the book: one in zone B, one on loan out of zone B, one given back to its owner, one in another store.
        for thing in &things[1..4] {
            test.moved(thing.item, 1, a1, b1).await;
        }
        test.lent(things[1].item, 1, b1).await;
        let approval = test.approved(ApprovedAct::Dispose, things[2].item, 1).await;
        let dispose = given_back(approval, vec![HeldLine { item: things[2].item, quantity: 1, slot: b1 }]);
        test.record(test.draft(lin.id, lin.unit, Body::Dispose(dispose))).await;
        test.moved(things[3].item, 1, b1, v1).await;

        let id = count::start(&test.app, &chen, test.city.centre, Some("A")).await.unwrap();
        at(&test, &chen, id, a1).await;
        for thing in [&things[1], &things[2], &things[3], &things[8]] {
            heard(&test, &chen, id, &thing.code).await;
        }
        // What moves after it was seen does not change what the book said then.
        let seen_at = test.moved(things[8].item, 1, b1, v1).await - 1;
        count::finish(&test.app, &chen, id).await.unwrap();
        let result = count::result(&test.app, &chen, id).await.unwrap();
        for (thing, booked) in [
            (&things[1], "借给李娜"),
            (&things[2], "已发还"),
            (&things[3], "中心保险库 V-01"),
            (&things[8], "市涉案财物管理中心 B-01"),
        ] {
            let line = result.lines.iter().find(|line| line.item == Some(thing.item)).unwrap();
            assert_eq!((line.outcome, line.slot.as_deref()), ("surplus", Some(booked)));
            assert_eq!(line.seen_slot.as_deref(), Some("A-01"));
            let found = result.differences.iter().find(|it| it.item == Some(thing.item)).unwrap();
            let said = format!("账面不在本区：截至第 {seen_at} 号分录，账面为{booked}");
            assert!(found.finding.ends_with(&said), "{}", found.finding);
        }
        test.close().await;
    }
}

#[tokio::test]
async fn only_custodians_of_the_store_count_it_and_what_is_not_theirs_is_not_there() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        shelves(&test).await;
        let (chen, zhang, zheng) =
            (test.person("chen").await, test.person("zhang").await, test.person("zheng").await);
        let start = async |me: &Person, zone| {
            count::start(&test.app, me, test.city.centre, zone).await.map_err(|error| error.code())
        };
        assert_eq!(start(&zhang, Some("A")).await, Err("not_your_role"));
        assert_eq!(start(&zheng, Some("A")).await, Err("not_your_role"), "an auditor changes nothing");
        assert_eq!(start(&chen, Some("Z")).await, Err("no_such_zone"));
        let no_store = count::start(&test.app, &chen, test.app.ids.new_id(), None).await.unwrap_err();
        assert_eq!(no_store.code(), "not_found");
        let id = start(&chen, None).await.unwrap();
        let no_count = count::observe(&test.app, &chen, test.app.ids.new_id(), "X").await.unwrap_err();
        let not_theirs = count::observe(&test.app, &zhang, id, "X").await.unwrap_err();
        assert_eq!(no_count.to_string(), not_theirs.to_string());
        assert!(count::view(&test.app, &zhang, id).await.is_err());
        assert!(count::view(&test.app, &zheng, id).await.is_ok(), "an auditor sees every count");
        let change = count::observe(&test.app, &zheng, id, "X").await.unwrap_err();
        assert_eq!(change.code(), "not_your_role");
        assert!(matches!(count::finish(&test.app, &zheng, id).await, Err(Error::Forbidden(_))));
        assert!(matches!(count::finish(&test.app, &zhang, id).await, Err(Error::NotFound(_))));
        assert_eq!(count::counts(&test.app, &zhang).await.unwrap(), []);
        assert_eq!(count::counts(&test.app, &chen).await.unwrap().len(), 1);
        assert_eq!(count::countable(&test.app, &zhang).await.unwrap(), []);
        test.close().await;
    }
}

#[tokio::test]
async fn a_count_that_is_given_up_says_why_and_raises_nothing() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let things = shelves(&test).await;
        let (chen, zhang) = (test.person("chen").await, test.person("zhang").await);
        let id = count::start(&test.app, &chen, test.city.centre, Some("A")).await.unwrap();
        at(&test, &chen, id, test.city.slots[0]).await;
        heard(&test, &chen, id, &things[0].code).await;
        for (me, reason, code) in [(&chen, " ", "reason_missing"), (&zhang, "停电", "not_found")] {
            let error = count::cancel(&test.app, me, id, reason).await.unwrap_err();
            assert_eq!(error.code(), code);
        }
        let seq = count::cancel(&test.app, &chen, id, "停电").await.unwrap().seq;
        let result = count::result(&test.app, &chen, id).await.unwrap();
        assert_eq!((result.cancelled.as_deref(), result.seen, result.not_found), (Some("停电"), 1, 3));
        assert!(result.differences.is_empty());
        assert_eq!(refused(&test, &chen, id, &things[1].code).await, "count_closed");
        let ended = count::finish(&test.app, &chen, id).await.unwrap();
        assert_eq!((ended.seq, ended.repeat), (seq, true), "what was given up is not ended after all");
        let anew = count::start(&test.app, &chen, test.city.centre, Some("A")).await.unwrap();
        assert_ne!(anew, id, "and the zone can be counted again");
        test.close().await;
    }
}

/// The scanners of two people at one zone: nothing lost, nothing doubled.
#[tokio::test]
async fn two_scanners_at_once_lose_no_scan() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let case = test.case("临公（刑）立字〔2026〕8号").await;
        let slot = test.city.slots[0];
        let things = test.lying(case, &vec![("手机", Measure::Piece, 1, slot); 40]).await;
        let (chen, lin) = (test.person("chen").await, test.person("lin").await);
        let id = count::start(&test.app, &chen, test.city.centre, Some("A")).await.unwrap();
        at(&test, &chen, id, slot).await;
        at(&test, &lin, id, slot).await;
        let scan = async |me: &Person| {
            for thing in &things {
                count::observe(&test.app, me, id, &thing.code).await.unwrap();
            }
        };
        tokio::join!(scan(&chen), scan(&lin));
        count::finish(&test.app, &chen, id).await.unwrap();
        let result = count::result(&test.app, &chen, id).await.unwrap();
        assert_eq!((result.expected, result.seen, result.differences.len()), (40, 40, 0));
        let view = count::view(&test.app, &chen, id).await.unwrap();
        assert_eq!(view.count.observations, 40, "the second scan of a thing is a repeat");
        test.close().await;
    }
}

/// Who keeps the vault is asked for moves, receipts, loans and counts; the message says who it is.
#[tokio::test]
async fn a_vault_is_opened_by_its_own_keepers() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let case = test.case("临公（刑）立字〔2026〕10号").await;
        let (a1, v1) = (test.city.slots[0], test.city.vault_slots[0]);
        let things =
            test.lying(case, &[("手表", Measure::Piece, 1, a1), ("项链", Measure::Piece, 1, v1)]).await;
        let (chen, lin) = (test.person("chen").await, test.person("lin").await);
        let moves =
            |item, from, to| vec![MoveRequest { id: None, item, quantity: 1, from, to, reason: None }];
        let code = async |me: &Person, item, from, to| {
            let mut answers = moves::move_all(app, me, moves(item, from, to)).await.unwrap();
            answers.pop().unwrap().map(|_| ()).map_err(|error| error.code())
        };
        assert_eq!(code(&chen, things[0].item, a1, v1).await, Ok(()), "nobody is assigned yet");
        let mut tx = app.db.write().await.unwrap();
        hufu::store::places::assign(&mut tx, lin.id, test.city.vault, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        for (from, to) in [(v1, a1), (v1, test.city.vault_slots[1])] {
            assert_eq!(code(&chen, things[1].item, from, to).await, Err("not_the_stores_keeper"));
        }
        let counted = count::start(app, &chen, test.city.vault, None).await.unwrap_err();
        assert_eq!(counted.code(), "not_the_stores_keeper");
        assert!(counted.sentence(hufu::language::Language::Zh).contains("林峰"), "{counted}");
        assert_eq!(code(&lin, things[1].item, v1, a1).await, Ok(()));
        count::start(app, &lin, test.city.vault, None).await.unwrap();
        count::start(app, &chen, test.city.centre, None).await.unwrap();
        test.close().await;
    }
}

/// One custodian's script: 25,000 moves back and forth, a thousand a request.
#[tokio::test]
async fn nobody_floods_the_journal() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let case = test.case("临公（刑）立字〔2026〕11号").await;
        let [a1, a2, ..] = test.city.slots[..] else { unreachable!() };
        let item = test.lying(case, &[("手机", Measure::Piece, 1, a1)]).await[0].item;
        let chen = test.person("chen").await;
        let back_and_forth = |reason: Option<&str>| -> Vec<MoveRequest> {
            let ways = [(a1, a2), (a2, a1)].into_iter().cycle().take(1_000);
            let reason = reason.map(str::to_owned);
            ways.map(|(from, to)| MoveRequest {
                id: None,
                item,
                quantity: 1,
                from,
                to,
                reason: reason.clone(),
            })
            .collect()
        };
        let size = async || {
            let mut tx = app.db.read().await.unwrap();
            hufu::store::heads::size(&mut tx).await.unwrap()
        };
        let before = size().await;
        for _ in 0..3 {
            let answers = moves::move_all(app, &chen, back_and_forth(None)).await.unwrap();
            let refused = answers.iter().filter_map(|it| it.as_ref().err()).map(|error| error.code());
            assert!(refused.clone().count() >= 998, "a move back needs a reason");
            assert!(
                refused.into_iter().all(|code| ["moved_back_without_reason", "not_there"].contains(&code))
            );
        }
        assert!(size().await - before <= 3, "{} entries", size().await - before);
        let mut recorded = 0;
        let mut full = 0;
        for _ in 0..25 {
            match moves::move_all(app, &chen, back_and_forth(Some("整理货架"))).await {
                Ok(answers) => recorded += answers.iter().filter(|it| it.is_ok()).count(),
                Err(error) => {
                    assert_eq!(error.code(), "too_many_entries");
                    full += 1;
                }
            }
        }
        assert!(recorded <= 3_000 && full >= 22, "{recorded} entries, {full} refused");
        // A colleague goes on, and so does everybody an hour later.
        let lin = test.person("lin").await;
        app.clock.advance(hufu::clock::Span::minutes(61));
        let last = moves::move_all(app, &lin, back_and_forth(None)[..1].to_vec()).await.unwrap();
        assert_eq!(last.len(), 1);
        test.close().await;
    }
}
