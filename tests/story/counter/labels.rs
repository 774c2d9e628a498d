//! Labels: copies, spoiling, and jobs whose fate nobody knows.

use super::scene::{COAT, PHONES, Scene};
use crate::support::ENGINES;
use hufu::{
    custody::counter::{
        Print,
        label::{self, CameOut},
    },
    domain::counter::{PrintState, Step},
    store::labels,
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
