//! Everybody at once. A well-known inventory system loses 174 of 200 acknowledged changes of one lot; here all 200 are there.

use crate::{
    client::Client,
    support::{ENGINES, TestApp, browser, things::Lying},
};
use hufu::{
    custody::city,
    domain::{Code, CodeKind, counter::LineDraft},
    id::{CaseId, EntryId, ItemId, SlotId},
    ledger::{
        Body, BoundLabel, Category, Draft, Holding, Measure, Mentions, PaperKind, PaperRef, Seize,
        SeizedLine, StockAccount,
    },
    store::{AppendError, counter, facts, heads, journal},
};
use serde_json::json;
use std::collections::BTreeSet;
use tokio::task::JoinSet;
use uuid::Uuid;

const CLIENTS: i64 = 8;
const CHANGES: i64 = 25;

/// A lot of 200 pieces in the first slot.
async fn lot(test: &TestApp) -> Lying {
    let case = test.case("A-1").await;
    let slot = test.city.slots[0];
    test.lying(case, &[("手机", Measure::Piece, CLIENTS * CHANGES, slot)]).await.remove(0)
}

/// How many pieces lie in each of the first slots, and are answered for.
async fn lies(test: &TestApp, item: ItemId) -> (Vec<i64>, i64) {
    let mut tx = test.app.db.read().await.unwrap();
    let needed = Mentions { items: BTreeSet::from([item]), ..Mentions::default() };
    let state = facts::load(&mut tx, &needed).await.unwrap();
    let in_slot = |slot: &SlotId| state.in_stock(item, StockAccount::Slot(*slot));
    let answered = state.responsible(item).map_or(0, |(_, quantity)| quantity);
    (test.city.slots.iter().map(in_slot).collect(), answered)
}

/// Each acknowledged id stands in the journal under the number that was answered, and nowhere else.
async fn assert_each_once(test: &TestApp, before: u64, acknowledged: &[(EntryId, u64)]) {
    let mut tx = test.app.db.read().await.unwrap();
    let size = heads::size(&mut tx).await.unwrap();
    let before = test.nth(before);
    assert_eq!(size, before + acknowledged.len() as u64, "entries that nobody asked for, or lost ones");
    let numbers: BTreeSet<u64> = acknowledged.iter().map(|(_, seq)| *seq).collect();
    assert_eq!(numbers, (before + 1..=size).collect());
    for (id, seq) in acknowledged {
        let entry = journal::entry_by_id(&mut tx, *id).await.unwrap().unwrap();
        assert_eq!(entry.seq, *seq);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn eight_clients_change_one_lot_200_times_and_all_200_are_there() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let lot = lot(&test).await;
        let lin = test.person("lin").await;
        let before = 2;
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            let to = test.city.slots[1 + usize::try_from(client % 3).unwrap()];
            let from = test.city.slots[0];
            let drafts: Vec<Draft> = (0..CHANGES)
                .map(|_| test.draft(lin.id, lin.unit, test.moving(lot.item, 1, from, to)))
                .collect();
            let sequencer = test.app.sequencer.clone();
            clients.spawn(async move {
                let mut acknowledged = Vec::new();
                for draft in drafts {
                    let id = draft.id;
                    let recorded = sequencer.record(draft).await.unwrap();
                    assert!(!recorded.repeat);
                    acknowledged.push((id, recorded.seq));
                }
                acknowledged
            });
        }
        let acknowledged = clients.join_all().await.concat();
        assert_eq!(acknowledged.len(), 200);
        assert_each_once(&test, before, &acknowledged).await;
        assert_eq!(lies(&test, lot.item).await, (vec![0, 75, 75, 50], 200));
        // The 201st piece is not there.
        let more = test.moving(lot.item, 1, test.city.slots[0], test.city.slots[1]);
        let refused = test.app.sequencer.record(test.draft(lin.id, lin.unit, more)).await.unwrap_err();
        let AppendError::Refused(refusal) = refused else { panic!("{refused}") };
        assert_eq!(refusal.reason.code(), "not_there");
        test.close().await;
    }
}

/// Things that are owed, each with a label that was scanned back already.
pub(crate) async fn owed(test: &TestApp, case: CaseId, how_many: u64) -> Vec<ItemId> {
    owed_from(test, case, 1..=how_many).await
}

/// The same, with these numbers.
pub(crate) async fn owed_from(
    test: &TestApp,
    case: CaseId,
    numbers: std::ops::RangeInclusive<u64>,
) -> Vec<ItemId> {
    let first = *numbers.start();
    let (zhang, chen) = (test.person("zhang").await, test.person("chen").await);
    let line = |n: u64| SeizedLine {
        item: test.app.ids.new_id(),
        number: Code::new(CodeKind::Item, "26", n).number(),
        paper_line: u32::try_from(n - first).unwrap() + 1,
        name: "手机".to_owned(),
        category: Category::General,
        features: String::new(),
        particulars: Default::default(),
        measure: Measure::Piece,
        quantity: 1,
        counted_as: None,
        holding: Holding::InHand,
    };
    let lines: Vec<SeizedLine> = numbers.map(line).collect();
    let mut tx = test.app.db.write().await.unwrap();
    for (n, line) in (first..).zip(&lines) {
        let code = Code::new(CodeKind::Item, "26", n).to_string();
        let draft = LineDraft { bound: Some(BoundLabel { code, copy: 1 }), ..LineDraft::default() };
        counter::keep_draft(&mut tx, line.item, &draft, chen.id, test.app.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let items = lines.iter().map(|line| line.item).collect();
    let papers = vec![PaperRef { kind: PaperKind::SeizureList, number: "扣〔2026〕1号".to_owned() }];
    let body = Body::Seize(Seize { case, unit: zhang.unit, lines });
    test.record(Draft { papers, ..test.draft(zhang.id, zhang.unit, body) }).await;
    items
}

/// Two custodians at two counters receive the same line into two slots.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_take_the_same_thing_in_the_same_second_one_wins_and_the_other_hears_why() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        let (unit, page) = (test.city.centre_unit, "http://127.0.0.1:9");
        let second = city::add_station(&test.app, unit, "中心二号窗口", page).await.unwrap().0;
        let case = test.case("A-1").await;
        let items = owed(&test, case, 20).await;
        let zhang = test.person("zhang").await.id;
        let mut custodians = Vec::new();
        for (login, station) in [("chen", test.city.counter_station), ("lin", second)] {
            let client = Client::of(served.address, login).await;
            client.put("/api/v1/me/station", json!({"station": station})).await.ok();
            client.put(&format!("/api/v1/counters/{station}/custodian"), json!(null)).await.ok();
            let open = json!({"case": case, "delivered_by": zhang});
            client.put(&format!("/api/v1/counters/{station}/case"), open).await.ok();
            custodians.push((client, station));
        }
        let mut won = [0, 0];
        for item in items {
            let take = async |who: usize| {
                let (client, station) = &custodians[who];
                let path = format!("/api/v1/counters/{station}/items/{item}/receipt");
                let key = Uuid::from_u128(item.0.as_u128() << 8 | who as u128);
                client.post_once(&path, key, json!({"slot": test.city.slots[who]})).await
            };
            let answers: [_; 2] = tokio::join!(take(0), take(1)).into();
            let winners: Vec<usize> = (0..2).filter(|who| answers[*who].is_ok()).collect();
            assert_eq!(winners.len(), 1, "{answers:?}");
            let (winner, loser) = (winners[0], &answers[1 - winners[0]]);
            assert_eq!(loser.status, 409, "{loser:?}");
            assert!(["already_received", "not_there"].contains(&loser.refusal()), "{loser:?}");
            won[winner] += 1;
            let mut expected = vec![0; 4];
            expected[winner] = 1;
            assert_eq!(lies(&test, item).await, (expected, 1));
        }
        assert_eq!(won[0] + won[1], 20);
        drop(served);
        test.close().await;
    }
}
