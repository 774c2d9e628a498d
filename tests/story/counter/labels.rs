//! Labels: copies, spoiling, and jobs whose fate nobody knows.

use super::scene::{COAT, PHONES, Scene};
use crate::support::ENGINES;
use hufu::{
    custody::{
        count,
        counter::{
            Print,
            label::{self, CameOut},
            line,
        },
        items::{SearchHit, find},
    },
    domain::{
        Code,
        counter::{PrintState, Step},
    },
    live::ScanAnswer,
    store::{Db, labels},
};
use hufu_wire::message::{JobState, Verdict};

#[tokio::test]
async fn a_reprint_is_a_new_copy_with_a_reason() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let wish = Print { station: it.station.id, item: it.items[PHONES], reason: None };
        let waits = label::print(&it.t.app, &it.me, &wish).await.unwrap_err();
        assert_eq!(waits.code(), "label_on_its_way", "picking printed it already");
        it.printed(PHONES).await;
        let again = label::print(&it.t.app, &it.me, &wish).await.unwrap_err();
        assert_eq!(again.code(), "reprint_needs_reason");
        let torn = Print { reason: Some("撕破".to_owned()), ..wish.clone() };
        assert_eq!(label::print(&it.t.app, &it.me, &torn).await.unwrap().copy, 2);
        it.printed(PHONES).await;
        it.scan_label(PHONES).await;
        it.scan_slot(it.t.city.slots[0]).await;
        let mut tx = it.t.app.db.read().await.unwrap();
        let entry = hufu::store::journal::page(&mut tx, None, Some("receive"), 1).await.unwrap().remove(0);
        drop(tx);
        let body = serde_json::to_value(&entry.draft.body).unwrap();
        assert_eq!(body["body"]["lines"][0]["answer"]["label"]["copy"], 2);
        it.t.close().await;
    }
}

#[tokio::test]
async fn an_unknown_job_is_never_printed_again_by_itself_and_a_person_says_what_became_of_it() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let at = it.at(PHONES);
        let wish = Print { station: it.station.id, item: it.items[PHONES], reason: Some("x".to_owned()) };
        it.job_is(PHONES, JobState::Unknown { why: "断电".to_owned() }).await;
        let asks = label::print(&it.t.app, &it.me, &wish).await.unwrap_err();
        assert_eq!(asks.code(), "look_for_label");
        it.pick(COAT).await;
        it.pick(PHONES).await;
        let mut tx = it.t.app.db.read().await.unwrap();
        let queued = labels::queued_at(&mut tx, it.station.id).await.unwrap();
        drop(tx);
        assert_eq!(queued.len(), 1, "only the coat's waits: {queued:?}");

        label::came_out(&it.t.app, &it.me, CameOut { at, came_out: false }).await.unwrap();
        assert_eq!(it.scan_label(PHONES).await, Verdict::Refused, "there is no such label");
        let printed = label::print(&it.t.app, &it.me, &wish).await.unwrap();
        assert_eq!(printed.copy, 2);
        it.job_is(PHONES, JobState::Unknown { why: "断电".to_owned() }).await;
        // Late news never takes a job back.
        it.job_is(PHONES, JobState::Queued).await;
        assert_eq!(it.view().await.picked.unwrap().label.unwrap().state, PrintState::Unknown);
        assert_eq!(it.scan_label(PHONES).await, Verdict::Accepted, "scanning it proves that it came out");
        assert_eq!(it.view().await.picked.unwrap().label.unwrap().state, PrintState::Confirmed);
        it.t.close().await;
    }
}

/// Whoever keeps the spoiled label in a drawer cannot bind it, move by it or count by it.
/// The label says what came: one that was printed before the shortage was found is dead.
#[tokio::test]
async fn a_shortage_prints_the_label_anew() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.printed(PHONES).await;
        it.scan_label(PHONES).await;
        let set = |quantity, reason: &str| line::SetQuantity {
            at: it.at(PHONES),
            quantity,
            reason: reason.to_owned(),
        };
        let (short, again, whole) = (set(1, "另一部送检"), set(1, "另一部送检，有回执"), set(2, ""));
        line::set_quantity(&it.t.app, &it.me, &short).await.unwrap();
        let copy = async |it: &Scene| it.view().await.picked.and_then(|it| it.label).map(|label| label.copy);
        assert_eq!(copy(&it).await, Some(2));
        it.printed(PHONES).await;
        assert_eq!(it.scan_copy(PHONES, 1).await.verdict, Verdict::Refused);
        line::set_quantity(&it.t.app, &it.me, &again).await.unwrap();
        assert_eq!(copy(&it).await, Some(2), "as many as before");
        line::set_quantity(&it.t.app, &it.me, &whole).await.unwrap();
        assert_eq!(copy(&it).await, Some(3), "and all of it came after all");
        it.t.close().await;
    }
}

#[tokio::test]
async fn an_older_copy_is_dead_once_another_is_ordered() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.printed(PHONES).await;
        it.scan_label(PHONES).await;
        let torn =
            Print { station: it.station.id, item: it.items[PHONES], reason: Some("撕破".to_owned()) };
        assert_eq!(label::print(&it.t.app, &it.me, &torn).await.unwrap().copy, 2);
        let told = |answer: &ScanAnswer| {
            answer.verdict == Verdict::Refused && answer.sentence.contains("已由第 2 张代替，请销毁")
        };
        let old = it.scan_copy(PHONES, 1).await;
        assert!(told(&old), "ordered is enough: {old:?}");
        it.printed(PHONES).await;
        assert!(told(&it.scan_copy(PHONES, 1).await));
        assert_eq!(it.scan_copy(PHONES, 2).await.verdict, Verdict::Accepted);
        assert!(told(&it.scan_copy(PHONES, 1).await), "bound is the second");
        assert_eq!(it.scan_slot(it.t.city.slots[0]).await.verdict, Verdict::Accepted);

        // At the shelf: the dead one is not held for the slot that comes next, the living one is.
        hufu::custody::counter::close_case(&it.t.app, &it.me, it.station.id).await.unwrap();
        assert!(told(&it.scan_copy(PHONES, 1).await));
        let nothing = it.scan_slot(it.t.city.slots[1]).await;
        assert!(nothing.sentence.contains("请先扫财物"), "{nothing:?}");
        assert_eq!(it.scan_copy(PHONES, 2).await.verdict, Verdict::Accepted);
        assert_eq!(it.scan_slot(it.t.city.slots[1]).await.verdict, Verdict::Accepted);

        // In a count it is no sight of its thing.
        let code = Code::parse(&super::scene::label(PHONES)).unwrap();
        let id = count::start(&it.t.app, &it.me, it.t.city.centre, Some("A")).await.unwrap();
        let at = it.code_of(it.t.city.slots[1]).await;
        count::observe(&it.t.app, &it.me, id, &at).await.unwrap();
        let old = count::observe(&it.t.app, &it.me, id, &code.to_string()).await.unwrap();
        assert!(old.verdict == Verdict::Refused && old.zh.contains("没有记为见到"), "{old:?}");
        let seen = count::observe(&it.t.app, &it.me, id, &code.clone().on_copy(2).printed()).await.unwrap();
        assert_eq!(seen.verdict, Verdict::Accepted);

        let found = find(&it.t.app, &it.me, &code.to_string()).await.unwrap();
        assert!(matches!(found, SearchHit::Replaced { copy: 2, .. }), "{found:?}");
        let found = find(&it.t.app, &it.me, &code.on_copy(2).printed()).await.unwrap();
        assert!(matches!(found, SearchHit::Item { .. }), "{found:?}");
        it.t.close().await;
    }
}

/// Before copies were told apart, each said the code of the first.
#[tokio::test]
async fn a_second_copy_of_before_stays_good() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.printed(PHONES).await;
        let torn =
            Print { station: it.station.id, item: it.items[PHONES], reason: Some("撕破".to_owned()) };
        label::print(&it.t.app, &it.me, &torn).await.unwrap();
        const BEFORE: &str = "update print_jobs set code = substr(code, 1, 14) where copy = 2";
        match &it.t.app.db {
            Db::Sqlite(pool) => drop(sqlx::query(BEFORE).execute(pool).await.unwrap()),
            Db::Postgres(pool) => drop(sqlx::query(BEFORE).execute(pool).await.unwrap()),
        }
        it.printed(PHONES).await;
        assert_eq!(it.scan_copy(PHONES, 1).await.verdict, Verdict::Accepted);
        let bound = it.view().await.picked.unwrap().draft.bound.unwrap();
        assert_eq!((bound.copy, bound.code), (2, super::scene::label(PHONES)));
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_spoiled_label_is_bound_no_more() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.printed(PHONES).await;
        it.scan_label(PHONES).await;
        let at = it.at(PHONES);
        assert_eq!(label::spoil(&it.t.app, &it.me, at, " ").await.unwrap_err().code(), "reason_missing");
        label::spoil(&it.t.app, &it.me, at, "贴歪了").await.unwrap();
        assert_eq!(it.scan_label(PHONES).await, Verdict::Refused);
        assert_eq!(it.scan_slot(it.t.city.slots[0]).await.verdict, Verdict::Refused);
        let picked = it.view().await.picked.unwrap();
        assert_eq!((picked.next, picked.draft.bound), (Step::Photograph, None));
        let wish = Print { station: it.station.id, item: at.item, reason: None };
        assert_eq!(
            label::print(&it.t.app, &it.me, &wish).await.unwrap().copy,
            2,
            "the reason was given already"
        );
        it.t.close().await;
    }
}
