//! The way of a case: forward, line by line, back, and forward again; and the offers that end without an exchange.

use super::scene::{Scene, code};
use crate::support::ENGINES;
use hufu::{
    clock::Span,
    custody::{conclude, handover, inspect, offer, withdraw},
    domain::{HandoverState, person::SYSTEM},
    jobs,
    ledger::{Account, Answer, Body, HandoverPurpose, SignerRole, Suggestion, WithdrawCause},
    store::handovers,
};

const PROCURATORATE_NUMBER: &str = "临检刑诉受〔2026〕3号";

#[tokio::test]
async fn accepted_lines_change_duty_when_the_receiver_signs_and_refused_ones_stay() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian, police, procuratorate) =
            (s.zhang.clone(), s.qian.clone(), s.t.city.police, s.t.city.procuratorate);
        let id = s.draft(&zhang, s.case, HandoverPurpose::ToProsecution, procuratorate).await;
        assert_eq!(s.draft(&zhang, s.case, HandoverPurpose::ToProsecution, procuratorate).await, id);
        offer::suggest(s.app(), &zhang, id, &[(2, Suggestion::Destroy)]).await.unwrap();
        offer::request_offer_signature(s.app(), &zhang, id, None).await.unwrap();
        assert_eq!(s.entries_of("offer").await, 0, "nothing is promised before the signature");

        let request = s.police.shown();
        let words = request.words.join("\n");
        for said in [
            "3 项",
            "财物不移动",
            "市涉案财物管理中心 A-03",
            "W26-0000001",
            "12.35 克",
            "F2026-0002",
            "建议销毁",
        ] {
            assert!(words.contains(said), "{said} is not in\n{words}");
        }
        let signature = s.police.sign(&request);
        hufu::custody::signed::signed(
            s.app(),
            &s.police.station,
            hufu::id::SigningId(request.request),
            &s.police.key,
            &signature,
        )
        .await
        .unwrap();
        assert_eq!(s.state(id).await, HandoverState::Offered);
        for item in s.items {
            assert_eq!(s.responsible(item).await.unit, police, "an offer changes nothing yet");
        }

        s.mixed_answers(&qian, id).await;
        conclude::request_conclusion_signature(s.app(), &qian, id, PROCURATORATE_NUMBER, None).await.unwrap();
        assert_eq!(s.responsible(s.items[0]).await.unit, police, "nor do answers that are not signed");
        s.procuratorate.answer(&s.t.app).await.unwrap();

        let exchange = s.entries().await.remove(0);
        assert_eq!(exchange.draft.body.kind(), "exchange");
        assert!(
            exchange.postings.iter().all(|posting| matches!(posting.account, Account::Duty(_))),
            "nothing moves"
        );
        let roles: Vec<SignerRole> = exchange.draft.signatures.iter().map(|it| it.role).collect();
        assert_eq!(roles, [SignerRole::Giver, SignerRole::Receiver]);
        let view = s.view(&qian, id).await;
        assert_eq!(view.handover.state, HandoverState::Concluded);
        let totals = view.totals;
        assert_eq!((totals.lines, totals.accepted, totals.remarked, totals.refused), (3, 2, 1, 1));
        assert_eq!(totals.accepted + totals.refused, totals.lines, "both sums are the original list");
        assert_eq!(view.lines[1].suggestion, Suggestion::Destroy);
        let theirs = s.responsible(s.items[0]).await;
        assert_eq!(theirs.unit, procuratorate);
        assert_eq!(Some(theirs.case), view.handover.to_case);
        assert_eq!(s.responsible(s.items[1]).await.unit, procuratorate);
        assert_eq!(s.responsible(s.items[2]).await.unit, police);

        let difference = view.lines[2].difference.as_ref().unwrap();
        assert_eq!(difference.due_at, s.app().clock.now().plus(Span::hours(72)));
        let Body::Exchange(body) = &exchange.draft.body else { panic!() };
        assert_eq!(body.differences[0].owner, police);
        assert!(body.differences[0].finding.contains("尚未入库，无法查验"));
        s.t.close().await;
    }
}

#[tokio::test]
async fn a_case_goes_to_court_comes_back_and_goes_again() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (qian, zhou) = (s.qian.clone(), s.zhou.clone());
        let (procuratorate, court) = (s.t.city.procuratorate, s.t.city.court);
        let first = s.offered().await;
        s.mixed_answers(&qian, first).await;
        conclude::request_conclusion_signature(s.app(), &qian, first, PROCURATORATE_NUMBER, None)
            .await
            .unwrap();
        s.procuratorate.answer(&s.t.app).await.unwrap();
        let their_case = s.responsible(s.items[0]).await.case;

        // Only what the procuratorate accepted is its to give.
        let second = s.draft(&qian, their_case, HandoverPurpose::ToTrial, court).await;
        assert_eq!(s.view(&qian, second).await.handover.lines, 2);
        offer::request_offer_signature(s.app(), &qian, second, None).await.unwrap();
        s.procuratorate.answer(&s.t.app).await.unwrap();
        s.accept_all(&zhou, second, "临法刑初〔2026〕11号").await;
        let courts = s.responsible(s.items[0]).await;
        assert_eq!(courts.unit, court);

        // Sent back: a new exchange the other way, into the case that the procuratorate has already.
        let back = s.draft(&zhou, courts.case, HandoverPurpose::ReturnedToProsecution, procuratorate).await;
        offer::request_offer_signature(s.app(), &zhou, back, None).await.unwrap();
        s.court.answer(&s.t.app).await.unwrap();
        assert_eq!(s.view(&qian, back).await.known_cases, [PROCURATORATE_NUMBER]);
        s.accept_all(&qian, back, PROCURATORATE_NUMBER).await;
        let again = s.responsible(s.items[0]).await;
        assert_eq!((again.unit, again.case), (procuratorate, their_case));

        let third = s.draft(&qian, their_case, HandoverPurpose::ToTrial, court).await;
        assert_ne!(third, second);
        offer::request_offer_signature(s.app(), &qian, third, None).await.unwrap();
        s.procuratorate.answer(&s.t.app).await.unwrap();
        s.accept_all(&zhou, third, "临法刑初〔2026〕11号").await;
        assert_eq!(s.responsible(s.items[1]).await, courts);
        assert_eq!(s.entries_of("exchange").await, 4);
        s.t.close().await;
    }
}

#[tokio::test]
async fn an_offer_is_withdrawn_by_its_giver_and_its_lines_are_free_again() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
        let id = s.offered().await;
        inspect::accept_rest(s.app(), &qian, id).await.unwrap();
        conclude::request_conclusion_signature(s.app(), &qian, id, PROCURATORATE_NUMBER, None).await.unwrap();
        let request = s.procuratorate.shown();
        assert_eq!(code(withdraw::withdraw(s.app(), &qian, id, "x").await), "other_side");
        assert_eq!(code(withdraw::withdraw(s.app(), &zhang, id, "  ").await), "reason_missing");
        let seq = withdraw::withdraw(s.app(), &zhang, id, "还需补充鉴定意见").await.unwrap();
        assert!(s.procuratorate.forgotten(&request), "the request is taken off the receiver's station");
        let signature = s.procuratorate.sign(&request);
        let late = hufu::custody::signed::signed(
            s.app(),
            &s.procuratorate.station,
            hufu::id::SigningId(request.request),
            &s.procuratorate.key,
            &signature,
        );
        assert_eq!(code(late.await), "signing_answered");
        assert_eq!(code(withdraw::withdraw(s.app(), &zhang, id, "再一次").await), "offer_closed");
        assert_eq!(code(inspect::answer(s.app(), &qian, id, 1, Answer::Accepted).await), "offer_closed");
        let view = s.view(&zhang, id).await;
        assert_eq!((view.handover.state, view.handover.end_seq), (HandoverState::Withdrawn, Some(seq)));
        assert_eq!(view.reason.as_deref(), Some("还需补充鉴定意见"));
        let again = s.draft(&zhang, s.case, HandoverPurpose::ToProsecution, s.t.city.procuratorate).await;
        assert_eq!(s.view(&zhang, again).await.handover.lines, 3);
        s.t.close().await;
    }
}

#[tokio::test]
async fn an_offer_whose_time_is_over_is_closed_by_the_clock_once() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let qian = s.qian.clone();
        let id = s.offered().await;
        inspect::accept_rest(s.app(), &qian, id).await.unwrap();
        assert_eq!(jobs::expire::expire(s.app()).await.unwrap(), 0);
        s.app().clock.advance(Span::hours(72));
        // Between the end of its time and the job, nobody can conclude it.
        let late =
            conclude::request_conclusion_signature(s.app(), &qian, id, PROCURATORATE_NUMBER, None).await;
        assert_eq!(code(late), "offer_expired");
        assert_eq!(code(inspect::accept_rest(s.app(), &qian, id).await), "offer_expired");
        assert_eq!(jobs::expire::expire(s.app()).await.unwrap(), 1);
        assert_eq!(jobs::expire::expire(s.app()).await.unwrap(), 0);
        assert_eq!(s.state(id).await, HandoverState::Expired);
        let entry = s.entries().await.remove(0);
        assert_eq!((entry.draft.actor, entry.draft.unit), (SYSTEM, s.t.city.police));
        let Body::Withdraw(body) = entry.draft.body else { panic!() };
        assert_eq!(body.cause, WithdrawCause::Expired);
        s.t.close().await;
    }
}

/// A withdrawal and the clock meet: one of them ends the offer, the other finds it ended.
#[tokio::test]
async fn two_ends_at_once_make_one_entry() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let zhang = s.zhang.clone();
        let id = s.offered().await;
        s.app().clock.advance(Span::hours(72));
        let (withdrawn, expired) =
            tokio::join!(withdraw::withdraw(s.app(), &zhang, id, "撤回"), jobs::expire::expire(s.app()));
        assert_eq!(u32::from(withdrawn.is_ok()) + expired.unwrap(), 1);
        assert_eq!(s.entries_of("withdraw").await, 1);
        s.t.close().await;
    }
}

#[tokio::test]
async fn lists_show_whose_turn_it_is() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian, zheng) = (s.zhang.clone(), s.qian.clone(), s.t.person("zheng").await);
        let id = s.draft(&zhang, s.case, HandoverPurpose::ToProsecution, s.t.city.procuratorate).await;
        let ids = |list: &[hufu::domain::Handover]| list.iter().map(|it| it.id).collect::<Vec<_>>();
        assert_eq!(ids(&handover::lists(s.app(), &zhang).await.unwrap().made), [id]);
        assert!(
            handover::lists(s.app(), &qian).await.unwrap().to_inspect.is_empty(),
            "a draft is its unit's own"
        );
        assert_eq!(s.offered().await, id);
        assert_eq!(ids(&handover::lists(s.app(), &qian).await.unwrap().to_inspect), [id]);
        s.accept_all(&qian, id, PROCURATORATE_NUMBER).await;
        for me in [&zhang, &qian, &zheng] {
            let lists = handover::lists(s.app(), me).await.unwrap();
            assert_eq!(ids(&lists.ended), [id]);
            assert!(lists.made.is_empty() && lists.to_inspect.is_empty());
        }
        let mut tx = s.app().db.read().await.unwrap();
        assert!(
            handovers::expired(&mut tx, s.app().clock.now().plus(Span::days(9))).await.unwrap().is_empty()
        );
        drop(tx);
        s.t.close().await;
    }
}
