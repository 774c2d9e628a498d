//! What the check code on a paper says through a handover's whole life: to anybody, in both languages, and nothing of the case.

use super::scene::Scene;
use crate::support::{
    ENGINES,
    browser::{self, Browser, Served},
};
use hufu::{
    clock::Span,
    custody::{
        correction::{self, Declaration},
        standing::{self, PaperStanding, PaperStatus},
        withdraw,
    },
    domain::HandoverState,
    id::HandoverId,
    jobs,
    ledger::{Body, Correct, CorrectedLine, StockAccount, Transfer},
    store::papers,
};

/// The number and the check code of the paper that this entry made.
async fn printed(s: &Scene, seq: u64) -> (String, String) {
    let paper = papers::of_entry(&mut s.app().db.read().await.unwrap(), seq).await.unwrap().unwrap();
    (paper.number, paper.check_code)
}

/// The entry by which this was offered, and that by which the offer ended.
async fn entries(s: &Scene, id: HandoverId) -> (u64, Option<u64>) {
    let zheng = s.t.person("zheng").await;
    let it = s.view(&zheng, id).await.handover;
    (it.offer_seq.unwrap(), it.end_seq)
}

/// A stranger asks for the paper of this entry, in both languages, and is told this; what else is known comes back.
async fn stands(s: &Scene, seq: u64, wanted: PaperStanding, bar: &str, words: [&str; 2]) -> PaperStatus {
    let (number, code) = printed(s, seq).await;
    let status = standing::standing(s.app(), &code).await.unwrap();
    assert_eq!((status.standing, &status.number, status.entry), (wanted, &number, seq));
    let served: Served = browser::serve(s.app()).await;
    let mut stranger = Browser::new(&served);
    for (language, words) in ["zh", "en"].into_iter().zip(words) {
        stranger.get(&format!("/language?to={language}&back=/check")).await;
        let page = stranger.get(&format!("/check/{code}")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains(&format!("<div class=\"bar {bar}\"")), "{bar}: {}", page.body);
        assert!(page.body.contains(words) && page.body.contains(&number), "{words}: {}", page.body);
        for secret in ["黑色智能手机", "白色晶体", "1·5", "张伟", "钱芳"] {
            assert!(!page.body.contains(secret), "{secret} is nobody's but the case's");
        }
    }
    status
}

#[tokio::test]
async fn an_offer_waits_until_it_is_answered_and_then_the_certificate_holds() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let qian = s.qian.clone();
        let id = s.offered().await;
        let (offer, none) = entries(&s, id).await;
        assert_eq!(none, None);
        let words = ["待对方签收，尚未生效", "Waiting for the receiver; nothing has changed hands"];
        let waiting = stands(&s, offer, PaperStanding::Waiting, "waiting", words).await;
        let zheng = s.t.person("zheng").await;
        assert_eq!(waiting.expires_at, Some(s.view(&zheng, id).await.handover.expires_at));
        assert_eq!((waiting.lines, waiting.followed_by), (3, None));

        s.accept_all(&qian, id, "临检刑诉〔2026〕7号").await;
        let exchange = entries(&s, id).await.1.unwrap();
        let (certificate, _) = printed(&s, exchange).await;
        let words = ["已签收，以换押凭证为准", "Answered: the exchange certificate says how"];
        let concluded = stands(&s, offer, PaperStanding::Concluded, "waiting", words).await;
        assert_eq!((concluded.followed_by, concluded.expires_at), (Some(certificate), None));
        let in_force = stands(&s, exchange, PaperStanding::InForce, "done", ["有效", "In force"]).await;
        assert_eq!((in_force.kind.as_str(), in_force.lines), ("handover_list", 3));
        s.t.close().await;
    }
}

#[tokio::test]
async fn an_offer_that_was_withdrawn_is_in_force_no_more() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, id) = (s.zhang.clone(), s.offered().await);
        withdraw::withdraw(s.app(), &zhang, id, "还需补充鉴定意见").await.unwrap();
        let (offer, _) = entries(&s, id).await;
        let words = ["已撤回，不再有效", "Withdrawn, no longer in force"];
        let withdrawn = stands(&s, offer, PaperStanding::Withdrawn, "refused", words).await;
        assert_eq!((withdrawn.expires_at, withdrawn.followed_by), (None, None));
        s.t.close().await;
    }
}

/// From the moment at which nothing can be answered any more, whether or not the job that ends it has come by.
#[tokio::test]
async fn an_offer_that_nobody_answered_in_time_has_expired() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let id = s.offered().await;
        let (offer, _) = entries(&s, id).await;
        let words = ["已过期，不再有效", "Expired, no longer in force"];
        s.app().clock.advance(Span::hours(72));
        assert_eq!(s.state(id).await, HandoverState::Offered);
        let before = stands(&s, offer, PaperStanding::Expired, "refused", words).await;
        jobs::expire::expire(s.app()).await.unwrap();
        assert_eq!(s.state(id).await, HandoverState::Expired);
        let after = stands(&s, offer, PaperStanding::Expired, "refused", words).await;
        assert_eq!((before.expires_at, after.expires_at), (None, None));
        s.t.close().await;
    }
}

/// A receipt that was declared wrong, and then superseded by a correction, which is named.
#[tokio::test]
async fn a_receipt_that_was_wrong_is_superseded_by_its_correction() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let (chen, lin) = (s.t.person("chen").await, s.t.person("lin").await);
        let entries = s.entries().await;
        let receipt = entries.iter().find(|entry| entry.draft.body.kind() == "receive").unwrap().seq;
        stands(&s, receipt, PaperStanding::InForce, "done", ["在账，未被更改", "in the ledger, unchanged"])
            .await;

        let error =
            Declaration { id: s.app().ids.new_id(), wrong: receipt, reason: "放错了库位".to_owned() };
        let declaration = correction::declare(s.app(), &chen, &error).await.unwrap().seq;
        let words = ["已声明有误，尚未更正", "Declared wrong, not corrected yet"];
        let declared = stands(&s, receipt, PaperStanding::DeclaredWrong, "refused", words).await;
        assert_eq!((declared.declared_wrong_by, declared.corrected_by), (Some(declaration), None));

        let [from, to] = [s.t.city.slots[2], s.t.city.slots[0]].map(StockAccount::Slot);
        let lines =
            vec![CorrectedLine { item: s.items[0], quantity: 2, transfer: Transfer::Stock { from, to } }];
        let approval = s.t.approved_correction(declaration, &lines).await;
        let correct = Correct { declaration, approval, consents: vec![], lines, descriptions: vec![] };
        let correction = s.t.record(s.t.draft(lin.id, lin.unit, Body::Correct(correct))).await;
        let words = ["已被更正，以更正后的为准", "Superseded by a correction"];
        let corrected = stands(&s, receipt, PaperStanding::Corrected, "refused", words).await;
        assert_eq!(
            (corrected.declared_wrong_by, corrected.corrected_by),
            (Some(declaration), Some(correction))
        );
        s.t.close().await;
    }
}
