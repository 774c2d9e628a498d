//! Many things in one go: labels scanned onto the tray, one slot for all of them, one receipt.

use super::scene::{CASH, COAT, DRUG, PHONES, Scene};
use crate::support::ENGINES;
use hufu::{
    custody::counter::tray::{self, ReceiveTray},
    domain::counter::LineState,
};
use hufu_wire::message::Verdict;

impl Scene {
    /// The tray is in use, and every label is out.
    async fn with_tray(&mut self) {
        let (app, station) = (self.t.app.clone(), self.station.id);
        tray::use_tray(&app, &self.me, station, true).await.unwrap();
        assert_eq!(tray::print_all(&app, &self.me, station).await.unwrap(), 3, "the first is out already");
        for line in [PHONES, DRUG, CASH, COAT] {
            self.printed(line).await;
        }
    }

    async fn on_tray(&self) -> usize {
        self.view().await.tray.unwrap().len()
    }

    async fn every_slot_holds(&self, capacity: i64) {
        let city = &self.t.city;
        self.t.slots_take(city.centre, &city.slots, capacity).await;
    }
}

#[tokio::test]
async fn a_tray_is_received_by_one_scan_of_a_slot_or_not_at_all() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.with_tray().await;
        let [a1, a2, ..] = it.t.city.slots[..] else { unreachable!() };
        assert_eq!(it.scan_label(PHONES).await, Verdict::Accepted);
        assert_eq!(it.scan_label(COAT).await, Verdict::Accepted);
        assert_eq!(it.scan_label(COAT).await, Verdict::Repeated);
        assert_eq!(it.scan_label(DRUG).await, Verdict::Accepted);
        assert_eq!(it.on_tray().await, 3);
        // A drug may not lie there: nothing of the tray is received.
        let answer = it.scan_slot(a1).await;
        assert_eq!(
            (answer.verdict, it.entries("receive").await),
            (Verdict::Refused, 0),
            "{}",
            answer.sentence
        );
        assert_eq!(it.on_tray().await, 3, "it lies there as before");
        tray::use_tray(&it.t.app, &it.me, it.station.id, false).await.unwrap();
        tray::use_tray(&it.t.app, &it.me, it.station.id, true).await.unwrap();
        assert_eq!(it.on_tray().await, 0, "begun anew; what was bound stays bound");
        it.scan_label(PHONES).await;
        it.scan_label(COAT).await;
        it.every_slot_holds(1).await;
        let answer = it.scan_slot(a1).await;
        assert!(answer.sentence.contains("已满") && it.entries("receive").await == 0, "{}", answer.sentence);
        it.every_slot_holds(9).await;
        let answer = it.scan_slot(a1).await;
        assert_eq!(
            (answer.verdict, it.entries("receive").await),
            (Verdict::Accepted, 1),
            "{}",
            answer.sentence
        );
        let view = it.view().await;
        for line in [PHONES, COAT] {
            assert_eq!(view.lines[line].state, LineState::InSlot);
        }
        assert_eq!((view.tray.map(|tray| tray.len()), it.in_hand().await), (Some(0), Some(DRUG)));
        // On the page, for whoever has no scanner.
        let empty = ReceiveTray { station: it.station.id, slot: a2, request: None };
        let refused = tray::receive_tray(&it.t.app, &it.me, &empty).await.unwrap_err();
        assert_eq!(refused.code(), "tray_empty");
        assert_eq!(it.scan_label(CASH).await, Verdict::Accepted);
        let into = ReceiveTray { slot: it.t.city.vault_slots[0], ..empty };
        tray::receive_tray(&it.t.app, &it.me, &into).await.unwrap();
        assert_eq!(it.view().await.lines[CASH].state, LineState::InSlot);
        it.t.close().await;
    }
}

#[tokio::test]
async fn what_misses_a_step_comes_to_hand_and_not_onto_the_tray() {
    for engine in ENGINES {
        let mut it = Scene::strict(engine).await;
        it.with_tray().await;
        let answer = it.scan(&super::scene::label(CASH)).await;
        assert_eq!(answer.verdict, Verdict::Refused, "{}", answer.sentence);
        assert!(answer.sentence.contains("券别"), "{}", answer.sentence);
        assert_eq!((it.on_tray().await, it.in_hand().await), (0, Some(CASH)));
        let foreign = hufu::domain::Code::new(hufu::domain::CodeKind::Item, "26", 999).to_string();
        assert_eq!(it.scan(&foreign).await.verdict, Verdict::Refused);
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_tray_whose_scan_was_not_answered_is_received_once() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.with_tray().await;
        it.scan_label(PHONES).await;
        it.scan_label(COAT).await;
        let code = it.code_of(it.t.city.slots[0]).await;
        let event = it.event(hufu_wire::message::Observation::Scan {
            device: "scanner".to_owned(),
            text: code,
            symbology: None,
            repeat: false,
        });
        let first = hufu::custody::observe(&it.t.app, &it.station, &event).await.unwrap();
        it.forget_answer(event.number).await;
        let again = hufu::custody::observe(&it.t.app, &it.station, &event).await.unwrap();
        assert_eq!(again.map(|it| it.sentence), first.map(|it| it.sentence));
        assert_eq!(it.entries("receive").await, 1);
        it.t.close().await;
    }
}
