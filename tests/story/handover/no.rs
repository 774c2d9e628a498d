//! What is refused before anything is signed: permission, separation of duties, what is not there, bad input.

use super::scene::{Scene, code};
use crate::support::ENGINES;
use hufu::{
    custody::{
        conclude,
        correction::{self, Declaration},
        handover, inspect,
        offer::{self, NewOffer},
        roster::NewStanding,
        statement,
    },
    id::{CaseId, EntryId, HandoverId},
    ledger::{Answer, HandoverPurpose, Measure, Suggestion},
    store::journal,
};
use uuid::Uuid;

#[tokio::test]
async fn others_find_nothing_there() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhao, zhou, wang) = (s.t.person("zhao").await, s.zhou.clone(), s.t.person("wang").await);
        let purpose = HandoverPurpose::ToProsecution;
        let to_unit = s.t.city.procuratorate;
        let new = NewOffer { case: s.case, purpose, to_unit };
        assert_eq!(code(offer::draft_offer(s.app(), &zhao, new).await), "not_found");
        let nowhere = NewOffer { case: CaseId(Uuid::from_u128(9_999)), ..new };
        assert_eq!(code(offer::draft_offer(s.app(), &s.zhang, nowhere).await), "not_found");
        assert_eq!(code(offer::draft_offer(s.app(), &wang, new).await), "not_your_role");

        let draft = s.draft(&s.zhang, s.case, purpose, to_unit).await;
        for me in [&s.qian, &zhao, &zhou] {
            assert_eq!(
                code(handover::handover(s.app(), me, draft).await),
                "not_found",
                "a draft is its unit's own"
            );
        }
        let id = s.offered().await;
        for me in [&zhao, &zhou] {
            assert_eq!(code(handover::handover(s.app(), me, id).await), "not_found");
            assert_eq!(code(inspect::answer(s.app(), me, id, 1, Answer::Accepted).await), "not_found");
            assert_eq!(
                code(statement::statement_bytes(s.app(), me, id, statement::Side::Giver).await),
                "not_found"
            );
            assert_eq!(code(statement::take_back(s.app(), me, id).await), "not_found");
        }
        let unknown = HandoverId(Uuid::from_u128(9_999));
        assert_eq!(code(handover::handover(s.app(), &s.zhang, unknown).await), "not_found");
        // The auditor sees and does not touch.
        let zheng = s.t.person("zheng").await;
        handover::handover(s.app(), &zheng, id).await.unwrap();
        assert_eq!(code(inspect::accept_rest(s.app(), &zheng, id).await), "not_your_role");
        s.t.close().await;
    }
}

#[tokio::test]
async fn only_what_the_unit_answers_for_and_has_not_offered_can_be_offered() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
        // A second draft of the same items, made before the first was signed.
        let to_others = s.draft(&zhang, s.case, HandoverPurpose::Jurisdiction, s.t.city.other_police).await;
        let id = s.offered().await;
        assert_eq!(
            code(offer::request_offer_signature(s.app(), &zhang, to_others, None).await),
            "item_on_offer"
        );
        assert_eq!(s.view(&zhang, to_others).await.lines[0].problem, Some("on_offer"));
        let new = NewOffer {
            case: s.case,
            purpose: HandoverPurpose::ToProsecution,
            to_unit: s.t.city.procuratorate,
        };
        assert_eq!(code(offer::draft_offer(s.app(), &zhang, new).await), "nothing_to_offer");
        s.accept_all(&qian, id, "临检〔2026〕3号").await;
        assert_eq!(
            code(offer::request_offer_signature(s.app(), &zhang, to_others, None).await),
            "not_responsible"
        );
        assert_eq!(s.view(&zhang, to_others).await.lines[0].problem, Some("not_responsible"));
        for line in 1..=3 {
            offer::leave_out(s.app(), &zhang, to_others, line).await.unwrap();
        }
        assert_eq!(code(offer::leave_out(s.app(), &zhang, to_others, 1).await), "no_such_line");
        assert_eq!(
            code(offer::request_offer_signature(s.app(), &zhang, to_others, None).await),
            "entry_is_empty"
        );
        offer::discard(s.app(), &zhang, to_others).await.unwrap();
        assert_eq!(code(handover::handover(s.app(), &zhang, to_others).await), "not_found");
        assert_eq!(code(offer::discard(s.app(), &zhang, id).await), "offer_closed");
        s.t.close().await;
    }
}

#[tokio::test]
async fn purpose_and_receiver_must_fit() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let city = &s.t.city;
        for (purpose, to_unit, why) in [
            (HandoverPurpose::ToProsecution, city.police, "same_party"),
            (HandoverPurpose::ToProsecution, city.court, "receiver_not_for_purpose"),
            (HandoverPurpose::ToTrial, city.court, "receiver_not_for_purpose"),
            (HandoverPurpose::SentBack, city.procuratorate, "receiver_not_for_purpose"),
            (
                HandoverPurpose::ToProsecution,
                hufu::id::UnitId(Uuid::from_u128(9_999)),
                "receiver_not_for_purpose",
            ),
        ] {
            let new = NewOffer { case: s.case, purpose, to_unit };
            assert_eq!(code(offer::draft_offer(s.app(), &s.zhang, new).await), why, "{purpose:?}");
        }
        let choices = offer::choices(s.app(), &s.zhang).await.unwrap();
        let purposes: Vec<HandoverPurpose> = choices.purposes.iter().map(|(purpose, _)| *purpose).collect();
        assert_eq!(purposes, [HandoverPurpose::ToProsecution, HandoverPurpose::Jurisdiction]);
        assert_eq!(
            choices.purposes[0].1.iter().map(|unit| unit.id).collect::<Vec<_>>(),
            [city.procuratorate]
        );
        assert_eq!((choices.cases[0].id, choices.cases[0].items), (s.case, 3));
        s.t.close().await;
    }
}

#[tokio::test]
async fn answers_need_their_words_and_a_conclusion_needs_every_answer() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
        let id = s.offered().await;
        assert_eq!(code(inspect::answer(s.app(), &zhang, id, 1, Answer::Accepted).await), "other_side");
        assert_eq!(code(offer::suggest(s.app(), &qian, id, &[(1, Suggestion::Sell)]).await), "other_side");
        assert_eq!(
            code(offer::suggest(s.app(), &zhang, id, &[(1, Suggestion::Sell)]).await),
            "offer_already_made"
        );
        let no_reason = Answer::Refused("   ".to_owned());
        assert_eq!(code(inspect::answer(s.app(), &qian, id, 1, no_reason).await), "note_missing");
        let endless = Answer::AcceptedWithRemark("长".repeat(301));
        assert_eq!(code(inspect::answer(s.app(), &qian, id, 1, endless).await), "note_too_long");
        assert_eq!(code(inspect::answer(s.app(), &qian, id, 9, Answer::Accepted).await), "no_such_line");
        inspect::answer(s.app(), &qian, id, 1, Answer::Accepted).await.unwrap();
        let ask = async |number: &str| {
            conclude::request_conclusion_signature(s.app(), &qian, id, number, None).await
        };
        assert_eq!(code(ask("检〔2026〕1号").await), "lines_unanswered");
        // An answer may be changed until it is signed.
        inspect::answer(s.app(), &qian, id, 1, Answer::Refused("封签号不符".to_owned())).await.unwrap();
        assert_eq!(inspect::accept_rest(s.app(), &qian, id).await.unwrap(), 2);
        assert_eq!(code(ask(" ").await), "case_number_missing");
        let other = hufu::custody::opening::NewCase {
            number: "检〔2026〕1号".to_owned(),
            name: "另一案".to_owned(),
            linked_to: None,
        };
        hufu::custody::opening::open_case(s.app(), &qian, &other).await.unwrap();
        assert_eq!(code(ask("检〔2026〕1号").await), "case_number_taken");
        ask("检〔2026〕2号").await.unwrap();
        s.t.close().await;
    }
}

/// Somebody who signed an offer and then changed over to the receiving unit.
#[tokio::test]
async fn the_receiver_is_never_the_giver() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let id = s.offered().await;
        s.t.becomes("zhang", NewStanding::Unit(s.t.city.procuratorate)).await;
        let moved = s.t.person("zhang").await;
        assert_eq!(
            code(inspect::answer(s.app(), &moved, id, 1, Answer::Accepted).await),
            "receiver_is_giver"
        );
        inspect::accept_rest(s.app(), &s.qian, id).await.unwrap();
        let asked = conclude::request_conclusion_signature(s.app(), &moved, id, "检〔2026〕1号", None).await;
        assert_eq!(code(asked), "receiver_is_giver");
        assert!(!s.view(&moved, id).await.can_receive);
        s.t.close().await;
    }
}

/// The ids of the server's own acts can be computed by anybody; a key of the same bytes takes none of them.
#[tokio::test]
async fn no_key_of_one_person_takes_the_id_of_another_act() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let qian = s.qian.clone();
        let id = s.offered().await;
        let lin = s.t.person("lin").await;
        let [a1, a2, ..] = s.t.city.slots[..] else { unreachable!() };
        let thing = s.t.lying(s.case, &[("钥匙", Measure::Piece, 1, a1)]).await[0].item;
        for (label, (from, to)) in
            ["exchange", "withdraw", "expire"].into_iter().zip([(a1, a2), (a2, a1), (a1, a2)])
        {
            let key = EntryId(Uuid::new_v5(&id.0, label.as_bytes()));
            let (wrong, reason) = (s.t.moved(thing, 1, from, to).await, "先占编号".to_owned());
            correction::declare(s.app(), &lin, &Declaration { id: key, wrong, reason }).await.unwrap();
            let mut tx = s.app().db.read().await.unwrap();
            assert!(journal::entry_by_id(&mut tx, key).await.unwrap().is_none(), "{label}");
        }
        s.accept_all(&qian, id, "临检〔2026〕7号").await;
        assert_eq!(s.responsible(s.items[0]).await.unit, qian.unit);
        s.t.close().await;
    }
}
