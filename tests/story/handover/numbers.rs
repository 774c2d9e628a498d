//! A paper's number: without gaps by kind, issuer and year; found by whoever may see the paper; and its own even when somebody
//! writes another into the table.

use super::scene::Scene;
use crate::support::ENGINES;
use hufu::{
    clock::Span,
    custody::{handover, items, items::SearchHit, offer, papers as verb, standing, withdraw},
    ledger::HandoverPurpose,
    store::{papers, verify},
};

/// The numbers of all papers, as their entries follow each other.
async fn numbers(s: &Scene) -> Vec<String> {
    let mut tx = s.app().db.read().await.unwrap();
    let mut numbers = Vec::new();
    for seq in 1..=s.entries().await.len() as u64 {
        numbers.extend(papers::of_entry(&mut tx, seq).await.unwrap().map(|paper| paper.number));
    }
    numbers
}

async fn in_order(s: &Scene) -> Vec<String> {
    let mut tx = s.app().db.read().await.unwrap();
    let report = verify::verify(&mut tx, s.app().settings.suite).await.unwrap();
    report.findings.into_iter().map(|finding| finding.en).collect()
}

/// Offered, taken back and offered anew; then answered.
async fn three_papers(s: &mut Scene) {
    let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
    let first = s.offered().await;
    withdraw::withdraw(s.app(), &zhang, first, "清单有误").await.unwrap();
    let (case, to) = (s.case, s.t.city.procuratorate);
    let id = s.draft(&zhang, case, HandoverPurpose::ToProsecution, to).await;
    offer::request_offer_signature(&s.t.app, &zhang, id, None).await.unwrap();
    s.police.answer(&s.t.app).await.unwrap();
    s.t.app.clock.advance(Span::minutes(5));
    s.accept_all(&qian, id, "临检刑诉〔2026〕7号").await;
}

#[tokio::test]
async fn the_numbers_of_a_kind_run_without_gaps_for_each_issuer() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        three_papers(&mut s).await;
        // The centre received, the police offered twice, the procuratorate concluded.
        assert_eq!(numbers(&s).await, ["R1-26-000001", "Y2-26-000001", "Y2-26-000002", "H3-26-000001"]);
        assert_eq!(in_order(&s).await, Vec::<String>::new());
        s.t.close().await;
    }
}

#[tokio::test]
async fn a_number_put_there_by_hand_is_named() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        three_papers(&mut s).await;
        let other = "update papers set number = 'Y2-26-000003' where number = 'Y2-26-000002'";
        s.t.sql().run(other, &[], "").await;
        let found = in_order(&s).await;
        assert!(
            matches!(&*found, [one] if one.contains("(Y2-26-000002)") && one.contains("papers")),
            "{found:?}"
        );
        s.t.abandon().await;
    }
}

#[tokio::test]
async fn a_paper_is_found_by_its_number_and_its_code_by_those_who_see_it() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        three_papers(&mut s).await;
        let (zhang, zhao) = (s.zhang.clone(), s.t.person("zhao").await);
        let mut tx = s.app().db.read().await.unwrap();
        let entry = papers::entry_of(&mut tx, "H3-26-000001").await.unwrap().unwrap();
        let code = papers::of_entry(&mut tx, entry).await.unwrap().unwrap().check_code;
        drop(tx);
        let drawn = format!("http://hufu.example/check/{code}");
        for text in ["h3-26-000001", "Ｈ３－２６－０００００１", &code, &drawn] {
            let found = items::find(s.app(), &zhang, text).await.unwrap();
            assert!(matches!(found, SearchHit::Paper { entry: it, .. } if it == entry), "{text}: {found:?}");
            let hidden = items::find(s.app(), &zhao, text).await.unwrap();
            assert_eq!(hidden, SearchHit::Unknown, "{text}");
        }
        // The number stands on the paper beside the entry's; the number alone proves nothing to a stranger.
        let paper = handover::paper(s.app(), &zhang, entry).await.unwrap();
        assert_eq!(paper.heading.number, "H3-26-000001");
        assert_eq!(paper.heading.entry_number, entry.to_string());
        assert!(verb::paper(s.app(), &zhang, entry).await.is_ok());
        let refused = standing::standing(s.app(), "H3-26-000001").await.unwrap_err();
        assert_eq!(refused.code(), "paper_number_instead");
        s.t.close().await;
    }
}
