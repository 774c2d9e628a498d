//! The state as of every entry number of a day is what a fresh ledger shows that holds only the entries up to there.

use crate::{
    handover::scene::Scene,
    support::{
        ENGINES, Engine, TestApp,
        things::{given_back, perished, to_owner},
    },
};
use hufu::{
    clock::{Moment, Span},
    custody::{Error, as_of, balances, cases, conclude, correction, items, stores, withdraw},
    domain::{AsOf, Case, Person},
    id::{ApprovalId, CaseId, DifferenceId, ItemId},
    ledger::{
        Approve, ApprovedAct, ApprovedLine, Body, BoundLabel, Child, Correct, CorrectedLine, DeclareError,
        DifferenceClass, Entry, HeldLine, PaperKind, PaperRef, RaisedDifference, Receive, ReceivedLine,
        Reception, Return, SettleDifference, SettlementCause, Split, StockAccount, Transfer,
    },
    store::{Tx, cases as stored_cases, sums},
};
use serde_json::{Value, json};

const SPLIT_OFF: u128 = 0xfeed;

/// A day with everything that changes what an item is known to be.
pub(crate) async fn day(s: &mut Scene) {
    let (lin, chen, zhang, qian) =
        (s.t.person("lin").await, s.t.person("chen").await, s.zhang.clone(), s.qian.clone());
    let [phones, crystals, cash] = s.items;
    let [a1, a2, a3, ..] = s.t.city.slots[..] else { unreachable!() };
    later(s);
    s.t.moved(phones, 1, a3, a1).await;
    later(s);
    // Of the cash a part comes first and the rest later, with another label and another seal.
    for (quantity, seal) in [(700_000, "F-1"), (500_000, "F-2")] {
        let short = RaisedDifference {
            difference: s.app().ids.new_id(),
            class: DifferenceClass::Short,
            item: Some(cash),
            finding: "还有一部分未送到".to_owned(),
            owner: zhang.unit,
            due_at: s.app().clock.now().plus(Span::days(1)),
            brought_by: None,
            case: None,
            photograph: None,
        };
        let line = ReceivedLine {
            item: cash,
            owed_by: zhang.unit,
            answer: Reception::Accepted {
                quantity,
                slot: s.t.city.vault_slots[0],
                label: BoundLabel { code: format!("W26-0000002-{seal}"), copy: 1 },
                weighing: None,
                seal: Some(seal.to_owned()),
                photographs: vec![s.t.photograph(seal).await],
                damaged: false,
                remark: None,
                second: None,
                denominations: vec![],
            },
            difference: (quantity == 700_000).then(|| short.clone()),
        };
        let receive = Receive { delivered_by: zhang.id, lines: vec![line] };
        s.record(&chen, Body::Receive(receive), Vec::new()).await;
        later(s);
        if quantity == 700_000 {
            let settle = SettleDifference {
                difference: short.difference,
                finding: "余款随后送到".to_owned(),
                cause: Some(SettlementCause::Explained),
                entry: None,
            };
            let report = PaperRef { kind: PaperKind::Report, number: "情况说明 1".to_owned() };
            s.record(&lin, Body::SettleDifference(settle), vec![report]).await;
        }
    }
    s.t.lent(phones, 1, a3).await;
    later(s);
    let back = Return {
        borrower: s.t.person("li").await.id,
        condition: "完好".to_owned(),
        lines: vec![HeldLine { item: phones, quantity: 1, slot: a3 }],
    };
    s.record(&lin, Body::Return(back), Vec::new()).await;
    let loss = s.t.approved(ApprovedAct::DeclareLoss, crystals, 50).await;
    later(s);
    let split = Split {
        item: crystals,
        from: a3,
        quantity: 350,
        lost: 50,
        children: vec![Child {
            item: ItemId(uuid::Uuid::from_u128(SPLIT_OFF)),
            number: "W26-9999999".to_owned(),
            name: "检材".to_owned(),
            quantity: 300,
            slot: a2,
            seal: Some("F-3".to_owned()),
        }],
        reason: "取样".to_owned(),
        approval: Some(loss),
    };
    let report = PaperRef { kind: PaperKind::Report, number: "说明 3".to_owned() };
    s.record(&lin, Body::Split(split), vec![report]).await;
    later(s);
    // Withdrawn once; then offered again, and concluded with one line refused.
    let id = s.offered().await;
    withdraw::withdraw(s.app(), &zhang, id, "清单有误").await.unwrap();
    later(s);
    let id = s.offered().await;
    // Four lines now: the sample is a thing of its own.
    hufu::custody::inspect::accept_rest(s.app(), &qian, id).await.unwrap();
    let refused = hufu::ledger::Answer::Refused("无法查验".to_owned());
    hufu::custody::inspect::answer(s.app(), &qian, id, 3, refused).await.unwrap();
    conclude::request_conclusion_signature(s.app(), &qian, id, "临检刑诉受〔2026〕3号", None).await.unwrap();
    let app = s.app().clone();
    s.procuratorate.answer(&app).await.unwrap();
    later(s);
    // A move that never happened is declared wrong and put right.
    let wrong = s.t.moved(phones, 1, a1, a2).await;
    later(s);
    let entry = s.entries().await.into_iter().find(|entry| entry.seq == wrong).unwrap();
    let error = DeclareError { wrong_seq: wrong, wrong: entry.draft.id, reason: "扫错库位".to_owned() };
    s.record(&chen, Body::DeclareError(error), Vec::new()).await;
    let declaration = wrong + 1;
    let transfer = Transfer::Stock { from: StockAccount::Slot(a2), to: StockAccount::Slot(a1) };
    let lines = vec![CorrectedLine { item: phones, quantity: 1, transfer }];
    let approval = s.t.approved_correction(declaration, &lines).await;
    s.record(
        &lin,
        Body::Correct(Correct { declaration, approval, consents: vec![], lines, descriptions: vec![] }),
        Vec::new(),
    )
    .await;
    later(s);
    let approval = approved(s, "qian", ApprovedAct::Dispose, phones, 1).await;
    let dispose = given_back(approval, vec![HeldLine { item: phones, quantity: 1, slot: a3 }]);
    s.record(&lin, Body::Dispose(dispose), Vec::new()).await;
    let found = RaisedDifference {
        difference: s.app().ids.new_id::<DifferenceId>(),
        class: DifferenceClass::WrongSeal,
        item: Some(crystals),
        finding: "封签破损".to_owned(),
        owner: lin.unit,
        due_at: s.app().clock.now().plus(Span::days(1)),
        brought_by: None,
        case: None,
        photograph: None,
    };
    s.record(&chen, Body::RaiseDifference(found), Vec::new()).await;
}

fn later(s: &Scene) {
    s.app().clock.advance(Span::minutes(7));
}

async fn approved(s: &Scene, approver: &str, act: ApprovedAct, item: ItemId, quantity: i64) -> ApprovalId {
    let (zhang, approver) = (s.t.person("zhang").await, s.t.person(approver).await);
    let approval: ApprovalId = s.app().ids.new_id();
    let approve = Approve {
        approval,
        act,
        requester: zhang.id,
        purpose: "核实".to_owned(),
        expires_at: s.app().clock.now().plus(Span::days(9)),
        lines: vec![ApprovedLine { item, quantity }],
        correction: None,
        disposal: (act == ApprovedAct::Dispose).then(to_owner),
        loss: (act == ApprovedAct::DeclareLoss).then(perished),
    };
    s.record(&approver, Body::Approve(approve), Vec::new()).await;
    approval
}

/// Everything that the faces show about the day's things, without what may be done with them next.
async fn shown(t: &TestApp, me: &Person, things: &[ItemId], of: &[CaseId], at: Option<AsOf>) -> Value {
    fn plain<T: serde::Serialize>(found: Result<T, Error>) -> Value {
        let mut value = match found {
            Ok(found) => serde_json::to_value(found).unwrap(),
            // What is not there yet is, in a ledger that knows nothing later, not there.
            Err(Error::NotYet(_) | Error::NotFound(_)) => json!("not there"),
            Err(error) => panic!("{error}"),
        };
        if let Some(fields) = value.as_object_mut() {
            for field in ["as_of", "next", "may_count", "may_offer", "may_import"] {
                fields.remove(field);
            }
        }
        value
    }
    let app = &t.app;
    let mut all = Vec::new();
    for id in things {
        let item = plain(items::show_as_of(app, me, *id, at).await);
        let there = item != json!("not there");
        all.push(item);
        if there {
            all.push(plain(items::life_as_of(app, me, *id, at).await));
        }
    }
    for id in of {
        all.push(plain(cases::show_as_of(app, me, *id, 0, at).await));
    }
    for store in [t.city.centre, t.city.vault] {
        all.push(plain(stores::store_as_of(app, me, store, at).await));
    }
    for slot in t.city.slots.iter().chain(&t.city.vault_slots) {
        all.push(plain(stores::slot_as_of(app, me, *slot, at).await));
    }
    all.push(plain(balances::balances_as_of(app, me, at).await));
    Value::Array(all)
}

/// A fresh ledger of the same city, in which the same entries are recorded one after the other.
struct Replica {
    t: TestApp,
}

impl Replica {
    async fn new(engine: Engine, case: &Case) -> Replica {
        let t = TestApp::new(engine).await;
        let mut tx = t.app.db.write().await.unwrap();
        stored_cases::add(&mut tx, case).await.unwrap();
        tx.commit().await.unwrap();
        Replica { t }
    }

    async fn record(&self, entry: &Entry) {
        let Moment(now) = self.t.app.clock.now();
        self.t.app.clock.advance(Span(entry.recorded_at.0 - now));
        assert_eq!(self.t.record(entry.draft.clone()).await, entry.seq);
    }
}

#[tokio::test]
async fn the_past_is_what_a_ledger_shows_that_knows_nothing_later() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        day(&mut s).await;
        let zheng = s.t.person("zheng").await;
        let mut entries = s.entries().await;
        entries.reverse();
        // The replica's city is founded like this one.
        entries.retain(|entry| entry.seq > s.t.city.founded);
        let mut tx = s.app().db.read().await.unwrap();
        let case = stored_cases::case(&mut tx, s.case).await.unwrap().unwrap().case;
        drop(tx);
        let receiver = entries.iter().find_map(|entry| match &entry.draft.body {
            Body::Exchange(it) => Some(it.statement.to.party.case),
            _ => None,
        });
        let cases = [s.case, receiver.unwrap()];
        let mut things = s.items.to_vec();
        things.push(ItemId(uuid::Uuid::from_u128(SPLIT_OFF)));

        // Recorded by another program, not asked for here: the view reads it from the ledger.
        let declaration =
            entries.iter().find(|entry| matches!(entry.draft.body, Body::DeclareError(_))).unwrap().seq;
        let view = correction::show(s.app(), &zheng, declaration).await.unwrap();
        assert_eq!((view.standing, view.lines.len()), (correction::CorrectionStatus::Corrected, 1));
        assert_eq!((view.approved_by.as_deref(), view.asked_by.as_deref()), (Some("王强"), Some("张伟")));

        let replica = Replica::new(engine, &case).await;
        for photograph in ["1", "2", "3", "F-1", "F-2"] {
            replica.t.photograph(photograph).await;
        }
        let mut expected = Vec::new();
        for entry in &entries {
            replica.record(entry).await;
            expected.push(shown(&replica.t, &zheng, &things, &cases, None).await);
        }
        replica.t.abandon().await;

        // Without marks, with marks three postings apart, and with those of the job, which finds nothing due.
        for stride in [None, Some(3)] {
            if let Some(stride) = stride {
                for grouping in sums::Grouping::ALL {
                    assert!(sums::keep(&s.app().db, grouping, stride).await.unwrap() > 5, "{grouping:?}");
                    assert_eq!(
                        sums::keep(&s.app().db, grouping, stride).await.unwrap(),
                        0,
                        "safe to run twice"
                    );
                }
                assert_eq!(as_of::keep_sums(s.app()).await.unwrap(), 0);
            }
            for (entry, expected) in entries.iter().zip(&expected) {
                let at = as_of::resolve(s.app(), &zheng, &entry.seq.to_string()).await.unwrap();
                let found = shown(&s.t, &zheng, &things, &cases, at).await;
                for (found, expected) in found.as_array().unwrap().iter().zip(expected.as_array().unwrap()) {
                    assert_eq!(
                        found,
                        expected,
                        "as of {} ({}), {stride:?}",
                        entry.seq,
                        entry.draft.body.kind()
                    );
                }
            }
            // As it stands is as it stood after the newest entry.
            let now = shown(&s.t, &zheng, &things, &cases, None).await;
            assert_eq!(&now, expected.last().unwrap());
        }
        assert!(entries.len() > 18, "a day of everything: {}", entries.len());
        s.t.close().await;
    }
}

/// Two servers keep the sums of one ledger at the same time.
#[tokio::test]
async fn two_servers_write_each_mark_once() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        day(&mut s).await;
        let other = hufu::store::Db::open(s.t.database()).await.unwrap();
        for grouping in sums::Grouping::ALL {
            let (one, two) =
                tokio::join!(sums::keep(&s.app().db, grouping, 4), sums::keep(&other, grouping, 4));
            let mut tx = other.read().await.unwrap();
            let marks = sums::marks(&mut tx, grouping).await.unwrap();
            assert_eq!(u64::from(one.unwrap() + two.unwrap()), marks, "{grouping:?}");
            assert!(marks > 5);
        }
        other.close().await;
        s.t.close().await;
    }
}

/// The sums show what stands in a store now, so a changed one must not go unseen.
#[tokio::test]
async fn a_sum_that_was_changed_is_found() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        day(&mut s).await;
        for grouping in sums::Grouping::ALL {
            sums::keep(&s.app().db, grouping, 3).await.unwrap();
        }
        for damage in [
            "update sums set quantity = quantity + 1 where mark = (select min(mark) from sums)",
            "update sums set items = items + 1 where mark = (select max(mark) from sums)",
            "delete from sums where mark = (select max(mark) from sums)",
            "update sum_keys set measure = 'ul' where id = 1",
            "delete from sum_marks where scope = 'slot' and seq = (select max(seq) from sum_marks where scope = 'slot')",
        ] {
            let mut tx = s.app().db.write().await.unwrap();
            on_either(&mut tx, damage).await;
            assert!(!sums::wrong(&mut tx).await.unwrap().is_empty(), "{damage}");
        }
        s.t.close().await;
    }
}

/// One statement in a transaction that will be dropped.
async fn on_either(tx: &mut Tx, sql: &'static str) {
    match tx {
        Tx::Sqlite(tx) => drop(sqlx::query(sql).execute(&mut **tx).await.unwrap()),
        Tx::Postgres(tx) => drop(sqlx::query(sql).execute(&mut **tx).await.unwrap()),
    }
}
