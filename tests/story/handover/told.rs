//! What both sides are told of a line before they sign: that no store has it, what is open against it, what was said of it before; and
//! what is said of the case.

use super::scene::{Scene, code};
use crate::support::ENGINES;
use hufu::{
    clock::Span,
    custody::{
        conclude,
        handover::{self, LineReceipt},
        inspect,
        offer::{self, NewOffer},
        signed, withdraw,
    },
    id::{HandoverId, SigningId},
    ledger::{Answer, HandoverPurpose, OfferTold, Suggestion},
    store::differences,
};

async fn draft(s: &Scene) -> HandoverId {
    let new =
        NewOffer { case: s.case, purpose: HandoverPurpose::ToProsecution, to_unit: s.t.city.procuratorate };
    offer::draft_offer(s.app(), &s.zhang, new).await.unwrap()
}

async fn signed(s: &mut Scene, id: HandoverId) {
    let (zhang, app) = (s.zhang.clone(), s.t.app.clone());
    offer::request_offer_signature(&app, &zhang, id, None).await.unwrap();
    s.police.answer(&app).await.unwrap();
    app.clock.advance(Span::minutes(5));
}

#[tokio::test]
async fn what_no_store_has_goes_over_by_a_decision_and_says_so() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
        let id = draft(&s).await;
        let view = s.view(&zhang, id).await;
        assert_eq!(view.lines.len(), 2, "the money was never handed in");
        let [left] = &*view.left_out else { panic!("{:?}", view.left_out) };
        assert_eq!((left.item, &left.receipt, left.refused), (s.items[2], &LineReceipt::Nothing, false));
        offer::put_in(s.app(), &zhang, id, left.item).await.unwrap();
        offer::put_in(s.app(), &zhang, id, left.item).await.unwrap();
        signed(&mut s, id).await;
        let seen = s.view(&qian, id).await;
        let receipts: Vec<_> = seen.lines.iter().map(|it| it.receipt.clone()).collect();
        assert_eq!(receipts, [LineReceipt::Whole, LineReceipt::Whole, LineReceipt::Nothing]);
        let seq = seen.handover.offer_seq.unwrap();
        let paper = handover::paper(s.app(), &qian, seq).await.unwrap();
        let told: Vec<_> = paper.lines.iter().map(|it| it.not_received.as_str()).collect();
        assert_eq!(told, ["", "", "未入库：没有交到保管单位，无人验收"]);
        assert!(paper.total.contains("未入库 1 项"), "{}", paper.total);
        s.t.close().await;
    }
}

#[tokio::test]
async fn what_came_in_part_goes_over_as_that_and_not_as_if_nothing_had_come() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
        s.receive_money(400_000).await;
        let id = draft(&s).await;
        let part = LineReceipt::Part { received: "4,000.00 元".to_owned() };
        let [left] = &*s.view(&zhang, id).await.left_out else {
            panic!("the money waits for the giver's word")
        };
        assert_eq!((left.item, &left.receipt), (s.items[2], &part));
        offer::put_in(s.app(), &zhang, id, s.items[2]).await.unwrap();
        offer::request_offer_signature(s.app(), &zhang, id, None).await.unwrap();
        // What stands on the station before the signature.
        let sheet = s.police.shown();
        let said = "部分入库：实到 4,000.00 元，应交 12,000.00 元；其余没有交到保管单位，无人验收";
        assert!(sheet.words.iter().any(|line| line.contains(said)), "{:?}", sheet.words);
        let (key, signature) = s.police.of_asked(s.app(), &sheet).await;
        signed::signed(s.app(), &s.police.station, SigningId(sheet.request), &key, &signature).await.unwrap();
        let seen = s.view(&qian, id).await;
        assert_eq!(seen.lines[2].receipt, part);
        let paper = handover::paper(s.app(), &qian, seen.handover.offer_seq.unwrap()).await.unwrap();
        assert_eq!(paper.lines[2].not_received, said);
        assert!(paper.total.contains("部分入库 1 项") && !paper.total.contains("未入库"), "{}", paper.total);
        s.t.close().await;
    }
}

#[tokio::test]
async fn what_is_said_of_the_case_is_signed_and_stands_on_the_paper() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
        let id = draft(&s).await;
        let said = |text: &str| Some(text.to_owned());
        let told = OfferTold {
            suspect: said(" 孙某 "),
            letter: said("临公诉字〔2026〕3号"),
            letter_date: said("2026-01-05"),
            telephone: said(""),
        };
        let long = OfferTold { suspect: Some("孙".repeat(121)), ..OfferTold::default() };
        assert_eq!(code(offer::tell(s.app(), &zhang, id, long).await), "told_too_long");
        let no_letter = OfferTold { letter_date: said("2026-01-05"), ..OfferTold::default() };
        assert_eq!(code(offer::tell(s.app(), &zhang, id, no_letter).await), "letter_missing");
        let no_day =
            OfferTold { letter: said("3号"), letter_date: said("2026-13-01"), ..OfferTold::default() };
        assert_eq!(code(offer::tell(s.app(), &zhang, id, no_day).await), "no_such_day");
        assert_eq!(code(offer::tell(s.app(), &qian, id, OfferTold::default()).await), "not_found");
        offer::tell(s.app(), &zhang, id, told).await.unwrap();
        signed(&mut s, id).await;
        let view = s.view(&qian, id).await;
        assert_eq!(view.handover.told.suspect.as_deref(), Some("孙某"));
        let paper = handover::paper(s.app(), &qian, view.handover.offer_seq.unwrap()).await.unwrap();
        assert_eq!(
            (paper.suspect.as_str(), paper.letter.as_str()),
            ("孙某", "临公诉字〔2026〕3号（2026-01-05）")
        );
        assert_eq!(paper.copies, "一式两份：移送机关留存、移送人民检察院");
        assert!(
            paper.articles.contains("第288条") && paper.state.starts_with("待对方签收，尚未生效"),
            "{}",
            paper.state
        );
        assert_eq!(paper.lines[0].ground, "临公扣〔2026〕7号 第 1 行");
        assert_eq!(paper.photographs.len(), 2, "the first of each thing");
        assert_eq!(paper.further_photographs, "另有 1 张照片存于账本，双方登录后可逐张查看。");
        let sums: Vec<&str> = paper.sums.iter().map(|(_, sum)| sum.as_str()).collect();
        assert_eq!(sums, ["2 项：2 部，12.35 克"]);

        // The next one begins with the same suspect.
        s.accept_all(&qian, id, "检〔2026〕1号").await;
        let paper = handover::paper(s.app(), &qian, view.handover.offer_seq.unwrap()).await.unwrap();
        assert!(paper.state.starts_with("已签收，以换押凭证为准：H"), "{}", paper.state);
        let theirs = s.responsible(s.items[0]).await.case;
        let next = s.draft(&qian, theirs, HandoverPurpose::ToTrial, s.t.city.court).await;
        assert_eq!(s.view(&qian, next).await.handover.told.suspect.as_deref(), Some("孙某"));
        s.t.close().await;
    }
}

#[tokio::test]
async fn a_receiver_sees_what_is_open_and_what_was_said_before_and_suggestions_carry_over() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
        let id = draft(&s).await;
        offer::suggest(s.app(), &zhang, id, &[(1, Suggestion::ReturnToOwner), (2, Suggestion::Destroy)])
            .await
            .unwrap();
        signed(&mut s, id).await;
        inspect::answer(s.app(), &qian, id, 1, Answer::AcceptedWithRemark("外包装有折痕".to_owned()))
            .await
            .unwrap();
        inspect::answer(s.app(), &qian, id, 2, Answer::Refused("封签号不符".to_owned())).await.unwrap();
        conclude::request_conclusion_signature(s.app(), &qian, id, "检〔2026〕1号", None).await.unwrap();
        s.procuratorate.answer(&s.t.app).await.unwrap();
        s.t.app.clock.advance(Span::minutes(5));

        // Again: the difference is open, and the refusal is told to whoever receives now.
        let again = draft(&s).await;
        signed(&mut s, again).await;
        let view = s.view(&qian, again).await;
        let [line] = &*view.lines else { panic!("{}", view.lines.len()) };
        assert_eq!(
            line.doubts.iter().map(|it| it.class.as_str()).collect::<Vec<_>>(),
            ["refused_in_handover"]
        );
        let earlier: Vec<_> =
            line.earlier.iter().map(|it| (it.answer.as_str(), it.note.as_deref())).collect();
        assert_eq!(earlier, [("refused", Some("封签号不符"))]);
        // Accepted now: its own difference closes by its class, and no other.
        s.accept_all(&qian, again, "检〔2026〕1号").await;
        let open = differences::differences(&mut s.app().db.read().await.unwrap(), None, false, None, 10)
            .await
            .unwrap();
        assert_eq!(open, []);
        let settled = differences::differences(&mut s.app().db.read().await.unwrap(), None, true, None, 10)
            .await
            .unwrap();
        assert!(settled[0].settlement.as_deref().is_some_and(|it| it.contains("后来由")), "{:?}", settled[0]);
        assert_eq!(conclude::settle_accepted(s.app()).await.unwrap(), 0, "once is enough");

        // What the police suggested is where the procuratorate begins; a remark is told to the court.
        let theirs = s.responsible(s.items[0]).await.case;
        let next = s.draft(&qian, theirs, HandoverPurpose::ToTrial, s.t.city.court).await;
        let view = s.view(&qian, next).await;
        let mut suggested: Vec<_> = view.lines.iter().map(|it| (it.item, it.suggestion)).collect();
        suggested.retain(|(item, _)| *item == s.items[0]);
        assert_eq!(suggested, [(s.items[0], Suggestion::ReturnToOwner)]);
        let line = view.lines.iter().find(|it| it.item == s.items[0]).unwrap();
        assert_eq!(line.earlier[0].note.as_deref(), Some("外包装有折痕"));
        s.t.close().await;
    }
}

#[tokio::test]
async fn what_was_withdrawn_is_offered_again_as_it_was() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
        let id = draft(&s).await;
        let said = |text: &str| Some(text.to_owned());
        let told = OfferTold { suspect: said("孙某"), letter: said("3号"), ..OfferTold::default() };
        offer::tell(s.app(), &zhang, id, told.clone()).await.unwrap();
        offer::leave_out(s.app(), &zhang, id, 2).await.unwrap();
        offer::put_in(s.app(), &zhang, id, s.items[2]).await.unwrap();
        offer::suggest(s.app(), &zhang, id, &[(1, Suggestion::Destroy)]).await.unwrap();
        signed(&mut s, id).await;
        assert!(offer::offer_again(s.app(), &zhang, id).await.is_err(), "it is open");
        withdraw::withdraw(s.app(), &zhang, id, "写错了电话").await.unwrap();
        assert!(offer::offer_again(s.app(), &qian, id).await.is_err(), "the other side's");

        let again = offer::offer_again(s.app(), &zhang, id).await.unwrap();
        let view = s.view(&zhang, again).await;
        assert_eq!((&view.handover.told, view.handover.receiver.id), (&told, s.t.city.procuratorate));
        let mut lines: Vec<_> = view.lines.iter().map(|it| (it.item, it.suggestion)).collect();
        lines.sort_by_key(|(item, _)| s.items.iter().position(|it| it == item));
        assert_eq!(lines, [(s.items[0], Suggestion::Destroy), (s.items[2], Suggestion::KeepForTrial)]);
        assert_eq!(offer::offer_again(s.app(), &zhang, id).await.unwrap(), again, "one draft");
        s.t.close().await;
    }
}
