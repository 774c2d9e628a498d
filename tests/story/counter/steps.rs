//! The steps that a rule makes binding: no slot is scanned past them; the weight is the list's or a difference; money adds up; a
//! second person says who they are; and what tempts or burns lies by itself, where there is room.

use super::scene::{CASH, COAT, DRUG, PHONES, Scene, stable};
use crate::support::{self, ENGINES, city::PASSWORD};
use hufu::{
    custody::counter::{
        self,
        line::{self, Photograph, SetQuantity, Weighed},
        steps,
    },
    domain::counter::Step,
    ledger::{Body, Denomination, Reception},
    store::journal,
};
use hufu_wire::message::{Observation, Verdict};

impl Scene {
    async fn photograph(&self, line: usize) {
        let content = support::jpeg(&[u8::try_from(line).unwrap() + 1]);
        let photograph = Photograph { at: self.at(line), content: &content };
        line::add_photograph(&self.t.app, &self.me, &photograph).await.unwrap();
    }

    async fn second(&self, line: usize, login: &str, password: &str) -> Result<(), &'static str> {
        let done = steps::confirm_second(&self.t.app, &self.me, self.at(line), (login, password)).await;
        done.map_err(|error| error.code())
    }

    async fn next(&self) -> Step {
        self.view().await.picked.unwrap().next
    }

    async fn missing(&self) -> Vec<&'static str> {
        self.view().await.picked.unwrap().missing
    }

    async fn labelled(&mut self, line: usize) {
        self.pick(line).await;
        self.printed(line).await;
        assert_eq!(self.scan_label(line).await, Verdict::Accepted);
    }

    /// The reading that the server asked for as one of the packing.
    async fn weigh_packing(&mut self, line: usize, milligrams: i64) {
        line::weigh(&self.t.app, &self.me, self.at(line), Weighed::Packing).await.unwrap_err();
        let request = self.view().await.picked.unwrap().draft.weigh_request;
        let device = "scale".to_owned();
        let reading = stable(milligrams);
        self.observe(Observation::Weight { device, request, reading, calibration_due: None }).await.unwrap();
    }

    /// What the newest receipt says of its line.
    async fn received(&self) -> (Reception, Option<String>) {
        let mut tx = self.t.app.db.read().await.unwrap();
        let entry = journal::page(&mut tx, None, Some("receive"), 1).await.unwrap().remove(0);
        let Body::Receive(mut body) = entry.draft.body else { panic!("a receipt") };
        let line = body.lines.remove(0);
        (line.answer, line.difference.map(|it| format!("{}: {}", it.class.word(), it.finding)))
    }
}

#[tokio::test]
async fn no_slot_is_scanned_past_a_binding_step() {
    for engine in ENGINES {
        let mut it = Scene::strict(engine).await;
        it.labelled(DRUG).await;
        assert_eq!(it.missing().await, ["weight", "photograph", "seal", "second_person"]);
        let vault = it.t.city.vault_slots[0];
        let heard = it.scan_slot(vault).await;
        assert_eq!(heard.verdict, Verdict::Refused);
        for step in ["称重", "拍照", "封签", "第二人在场", "511"] {
            assert!(heard.sentence.contains(step), "{}", heard.sentence);
        }
        let typed = counter::receive::ReceiveLine { at: it.at(DRUG), slot: vault, request: None };
        let refused = counter::receive::receive_line(&it.t.app, &it.me, &typed).await.unwrap_err();
        assert_eq!(refused.code(), "steps_missing", "the page passes no step either");

        it.weigh(stable(12_350)).await;
        assert_eq!(it.next().await, Step::Photograph);
        it.photograph(DRUG).await;
        assert_eq!(it.next().await, Step::Seal);
        line::set_seal(&it.t.app, &it.me, it.at(DRUG), "F-1").await.unwrap();
        assert_eq!(it.next().await, Step::SecondPerson);
        assert_eq!(it.scan_slot(vault).await.verdict, Verdict::Refused);
        for (login, password, code) in [
            ("lin", "wrong", "identity_not_proven"),
            ("nobody", PASSWORD, "identity_not_proven"),
            ("chen", PASSWORD, "second_person_is_the_custodian"),
            ("zhang", PASSWORD, "second_person_not_a_custodian"),
        ] {
            assert_eq!(it.second(DRUG, login, password).await, Err(code), "{login}");
        }
        it.second(DRUG, "lin", PASSWORD).await.unwrap();
        assert_eq!(it.next().await, Step::ScanSlot);
        assert_eq!(it.scan_slot(vault).await.verdict, Verdict::Accepted);
        let (answer, difference) = it.received().await;
        let lin = it.t.person("lin").await.id;
        assert!(matches!(answer, Reception::Accepted { second: Some(second), .. } if second == lin));
        assert_eq!(difference, None);
        it.t.close().await;
    }
}

#[tokio::test]
async fn guesses_at_the_second_persons_password_are_counted_as_at_the_login() {
    for engine in ENGINES {
        let it = Scene::strict(engine).await;
        it.pick(DRUG).await;
        let mut locked = false;
        for _ in 0..12 {
            locked = locked || it.second(DRUG, "lin", "guess").await != Err("identity_not_proven");
        }
        assert!(locked, "it is locked after some");
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_weight_is_the_lists_or_a_difference() {
    for engine in ENGINES {
        let mut it = Scene::strict(engine).await;
        it.labelled(DRUG).await;
        it.photograph(DRUG).await;
        line::set_seal(&it.t.app, &it.me, it.at(DRUG), "F-1").await.unwrap();
        it.second(DRUG, "lin", PASSWORD).await.unwrap();
        let vault = it.t.city.vault_slots[0];
        // 12.35 g on the list; with its bag it weighs 14 g.
        it.weigh(stable(14_000)).await;
        let heard = it.scan_slot(vault).await;
        assert_eq!(heard.verdict, Verdict::Refused);
        for figure in ["12.35", "14", "1.65"] {
            assert!(heard.sentence.contains(figure), "{}", heard.sentence);
        }
        it.weigh_packing(DRUG, 1_640).await;
        let picked = it.view().await.picked.unwrap();
        assert_eq!((picked.weight_differs, picked.net.as_deref()), (false, Some("12.36 克")));
        let agrees = steps::accept_weight(&it.t.app, &it.me, it.at(DRUG), "少").await.unwrap_err();
        assert_eq!(agrees.code(), "weight_agrees");
        // Nine grams net instead: a reason is given, and a difference goes with it.
        it.weigh(stable(10_640)).await;
        assert!(it.view().await.picked.unwrap().weight_differs);
        steps::accept_weight(&it.t.app, &it.me, it.at(DRUG), "包装破损").await.unwrap();
        // Another reading asks anew.
        it.weigh(stable(10_650)).await;
        assert_eq!(it.scan_slot(vault).await.verdict, Verdict::Refused);
        steps::accept_weight(&it.t.app, &it.me, it.at(DRUG), "包装破损").await.unwrap();
        assert_eq!(it.scan_slot(vault).await.verdict, Verdict::Accepted);
        let (answer, difference) = it.received().await;
        let Reception::Accepted { weighing: Some(weighing), .. } = answer else { panic!("weighed") };
        assert_eq!((weighing.gross_mg, weighing.tare_mg, weighing.net_mg()), (10_650, Some(1_640), 9_010));
        assert_eq!(difference.as_deref(), Some("wrong_weight: 清单 12.35 克，入库净重 9.01 克：包装破损"));
        it.t.close().await;
    }
}

#[tokio::test]
async fn what_came_short_is_weighed_against_what_came() {
    for engine in ENGINES {
        let mut it = Scene::strict(engine).await;
        it.labelled(DRUG).await;
        it.weigh(stable(9_000)).await;
        assert!(it.view().await.picked.unwrap().weight_differs);
        let short = SetQuantity { at: it.at(DRUG), quantity: 9_000, reason: "送检取样".to_owned() };
        line::set_quantity(&it.t.app, &it.me, &short).await.unwrap();
        assert!(!it.view().await.picked.unwrap().weight_differs);
        it.t.close().await;
    }
}

#[tokio::test]
async fn money_is_counted_by_face_values_that_add_up() {
    for engine in ENGINES {
        let mut it = Scene::strict(engine).await;
        it.labelled(CASH).await;
        it.photograph(CASH).await;
        assert_eq!(it.missing().await, ["second_person", "denominations"]);
        it.second(CASH, "lin", PASSWORD).await.unwrap();
        let set = async |text: &str| {
            let done = steps::set_denominations(&it.t.app, &it.me, it.at(CASH), text).await;
            done.map_err(|error| error.code())
        };
        for (text, code) in [
            ("100×119 50×1", "denominations_differ"),
            ("100×121", "denominations_differ"),
            ("一百二十张", "not_denominations"),
            ("100×120 100×1", "not_denominations"),
        ] {
            assert_eq!(set(text).await, Err(code), "{text}");
        }
        set("100×119 50×2").await.unwrap();
        assert_eq!(it.scan_slot(it.t.city.vault_slots[0]).await.verdict, Verdict::Accepted);
        let (answer, _) = it.received().await;
        let Reception::Accepted { denominations, quantity, .. } = answer else { panic!("accepted") };
        assert_eq!(Denomination::sum(&denominations), Some(quantity));
        it.t.close().await;
    }
}

#[tokio::test]
async fn what_tempts_or_burns_lies_by_itself_where_there_is_room() {
    for engine in ENGINES {
        let mut it = Scene::strict(engine).await;
        let [vault, other] = [it.t.city.vault_slots[0], it.t.city.vault_slots[1]];
        it.labelled(CASH).await;
        it.photograph(CASH).await;
        it.second(CASH, "lin", PASSWORD).await.unwrap();
        steps::set_denominations(&it.t.app, &it.me, it.at(CASH), "100×120").await.unwrap();
        assert_eq!(it.scan_slot(vault).await.verdict, Verdict::Accepted);
        it.labelled(DRUG).await;
        it.photograph(DRUG).await;
        it.weigh(stable(12_350)).await;
        line::set_seal(&it.t.app, &it.me, it.at(DRUG), "F-1").await.unwrap();
        it.second(DRUG, "lin", PASSWORD).await.unwrap();
        let heard = it.scan_slot(vault).await;
        assert_eq!(heard.verdict, Verdict::Refused);
        assert!(heard.sentence.contains("毒品不能与现金"), "{}", heard.sentence);
        let offered: Vec<_> =
            it.view().await.picked.unwrap().stores.into_iter().flat_map(|it| it.slots).collect();
        assert!(offered.iter().all(|(slot, _)| *slot != vault), "it is not offered either");
        assert_eq!(it.scan_slot(other).await.verdict, Verdict::Accepted);

        // A slot for one thing that has one.
        let a1 = it.t.city.slots[0];
        it.t.slots_take(it.t.city.centre, &[a1], 1).await;
        for (line, verdict) in [(PHONES, Verdict::Accepted), (COAT, Verdict::Refused)] {
            it.labelled(line).await;
            it.photograph(line).await;
            let heard = it.scan_slot(a1).await;
            assert_eq!(heard.verdict, verdict, "{}", heard.sentence);
        }
        it.t.close().await;
    }
}
