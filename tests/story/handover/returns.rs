//! The way back: 退回补充侦查 goes from the procuratorate to the unit that the case came from, at most twice; the court has a way of its own.

use super::scene::{Scene, code};
use crate::support::ENGINES;
use hufu::{
    clock::Span,
    custody::{
        cases, desk,
        handover::HandoverView,
        offer::{self, NewOffer},
    },
    domain::Person,
    id::{CaseId, UnitId},
    ledger::HandoverPurpose,
};

const PROCURATORATE_NUMBER: &str = "临检刑诉〔2026〕7号";

/// Offered, signed and accepted as a whole.
async fn goes(s: &mut Scene, from: &Person, case: CaseId, purpose: HandoverPurpose, to: (&Person, &str)) {
    let (receiver, number) = to;
    let id = s.draft(from, case, purpose, receiver.unit).await;
    offer::request_offer_signature(&s.t.app, from, id, None).await.unwrap();
    let app = s.t.app.clone();
    s.desk(from).answer(&app).await.unwrap();
    s.accept_all(receiver, id, number).await;
}

async fn wish(
    s: &Scene,
    me: &Person,
    case: CaseId,
    purpose: HandoverPurpose,
    to_unit: UnitId,
) -> &'static str {
    code(offer::draft_offer(s.app(), me, NewOffer { case, purpose, to_unit }).await)
}

#[tokio::test]
async fn a_case_is_sent_back_twice_to_where_it_came_from_and_not_a_third_time() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian, zhao) = (s.zhang.clone(), s.qian.clone(), s.t.person("zhao").await);
        let (case, number) = (s.case, "临公（刑）立字〔2026〕7号");
        let (up, back) = (HandoverPurpose::ToProsecution, HandoverPurpose::SentBack);
        goes(&mut s, &zhang, case, up, (&qian, PROCURATORATE_NUMBER)).await;
        let theirs = s.responsible(s.items[0]).await.case;

        // Another police station never had it, and is no choice either.
        assert_eq!(wish(&s, &qian, theirs, back, zhao.unit).await, "not_where_it_came_from");
        let choices = offer::choices(s.app(), &qian).await.unwrap();
        let to: Vec<UnitId> = choices
            .purposes
            .iter()
            .filter(|(it, _)| *it == back)
            .flat_map(|(_, units)| units)
            .map(|it| it.id)
            .collect();
        assert_eq!(to, [zhang.unit]);

        for times in 1..=2 {
            goes(&mut s, &qian, theirs, back, (&zhang, number)).await;
            // The police are told which time it is and until when, on the case and on the desk.
            let told = cases::show(s.app(), &zhang, case, 0).await.unwrap().sent_back.unwrap();
            assert_eq!((told.times, told.most), (times, 2));
            assert_eq!(told.due_at, told.since.plus(Span::days(30)));
            assert!(told.citation.contains("第175条"), "{}", told.citation);
            let desk = desk::desk(s.app(), &zhang).await.unwrap();
            assert_eq!(desk.sent_back.iter().map(|it| it.case).collect::<Vec<_>>(), [case]);
            goes(&mut s, &zhang, case, up, (&qian, PROCURATORATE_NUMBER)).await;
            assert!(cases::show(s.app(), &zhang, case, 0).await.unwrap().sent_back.is_none());
        }
        assert_eq!(wish(&s, &qian, theirs, back, zhang.unit).await, "sent_back_twice");
        // Under another number, it is the same matter all the same.
        let draft: HandoverView = {
            let id = s.draft(&qian, theirs, HandoverPurpose::ToTrial, s.t.city.court).await;
            s.view(&qian, id).await
        };
        assert_eq!(draft.returns, 2);
        s.t.close().await;
    }
}

#[tokio::test]
async fn a_draft_from_before_the_second_return_is_refused_by_the_ledger() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
        let (case, number) = (s.case, "临公（刑）立字〔2026〕7号");
        let (up, back) = (HandoverPurpose::ToProsecution, HandoverPurpose::SentBack);
        goes(&mut s, &zhang, case, up, (&qian, PROCURATORATE_NUMBER)).await;
        let theirs = s.responsible(s.items[0]).await.case;
        goes(&mut s, &qian, theirs, back, (&zhang, number)).await;
        goes(&mut s, &zhang, case, up, (&qian, PROCURATORATE_NUMBER)).await;
        goes(&mut s, &qian, theirs, back, (&zhang, number)).await;
        // All came up again but one thing, which was refused: the draft stands before the rule binds.
        goes(&mut s, &zhang, case, up, (&qian, PROCURATORATE_NUMBER)).await;
        assert_eq!(wish(&s, &qian, theirs, back, zhang.unit).await, "sent_back_twice");
        s.t.close().await;
    }
}

#[tokio::test]
async fn the_court_returns_to_the_procuratorate_by_a_way_of_its_own() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian, zhou) = (s.zhang.clone(), s.qian.clone(), s.zhou.clone());
        let case = s.case;
        goes(&mut s, &zhang, case, HandoverPurpose::ToProsecution, (&qian, PROCURATORATE_NUMBER)).await;
        let theirs = s.responsible(s.items[0]).await.case;
        goes(&mut s, &qian, theirs, HandoverPurpose::ToTrial, (&zhou, "临法刑初〔2026〕11号")).await;
        let courts = s.responsible(s.items[0]).await.case;
        let to = qian.unit;
        assert_eq!(wish(&s, &zhou, courts, HandoverPurpose::SentBack, to).await, "receiver_not_for_purpose");
        let choices = offer::choices(s.app(), &zhou).await.unwrap();
        assert!(choices.purposes.iter().any(|(it, _)| *it == HandoverPurpose::ReturnedToProsecution));
        goes(&mut s, &zhou, courts, HandoverPurpose::ReturnedToProsecution, (&qian, PROCURATORATE_NUMBER))
            .await;
        let again = s.responsible(s.items[0]).await;
        assert_eq!((again.unit, again.case), (qian.unit, theirs));
        s.t.close().await;
    }
}
