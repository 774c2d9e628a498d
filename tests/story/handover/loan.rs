//! Who has handed things over has nothing to say about their loans any more.

use super::scene::{Scene, code};
use crate::support::ENGINES;
use hufu::{
    clock::Span,
    custody::{
        correction::Verdict,
        loan::{self, LoanRequest, LoanStatus},
        nav_counts,
    },
    domain::Person,
};

#[tokio::test]
async fn a_request_of_the_giver_that_nobody_answered_does_not_bind_the_receiver() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
        let now = s.app().clock.now();
        let item = s.items[0];
        let wish = |borrower: &Person, days: i64| LoanRequest {
            items: vec![item],
            borrower: borrower.id,
            purpose: "出庭示证".to_owned(),
            due_at: now.plus(Span::days(days)),
        };
        assert_eq!(code(loan::ask(s.app(), &zhang, &wish(&zhang, 400)).await), "loan_too_long");
        loan::ask(s.app(), &zhang, &wish(&zhang, 365)).await.unwrap();
        assert_eq!(code(loan::ask(s.app(), &zhang, &wish(&zhang, 3)).await), "asked_for_already");
        let id = s.offered().await;
        s.accept_all(&qian, id, "临检刑诉受〔2026〕3号").await;
        loan::ask(s.app(), &qian, &wish(&qian, 3)).await.unwrap();
        assert_eq!(code(loan::ask(s.app(), &qian, &wish(&qian, 3)).await), "asked_for_already", "its own");
        s.t.close().await;
    }
}

/// What was lent stays with whoever has it, and a yes that nobody used ends with the duty: it is held back while the thing is on offer,
/// and void when another agency answers for it.
#[tokio::test]
async fn a_loan_stays_its_borrowers_and_a_yes_ends_with_the_duty() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
        let (wang, chen) = (s.t.person("wang").await, s.t.person("chen").await);
        let [phones, crystals, _] = s.items;
        let due_at = s.app().clock.now().plus(Span::days(3));
        let wish =
            |item| LoanRequest {
                items: vec![item], borrower: zhang.id, purpose: "辨认".to_owned(), due_at
            };
        let mut approved = Vec::new();
        for item in [phones, crystals] {
            let id = loan::ask(s.app(), &zhang, &wish(item)).await.unwrap();
            loan::answer(s.app(), &wang, id, &Verdict::Approve).await.unwrap();
            approved.push(id);
        }
        loan::check_out(s.app(), &chen, approved[0]).await.unwrap();
        let unused = async |s: &Scene| loan::show(s.app(), &chen, approved[1]).await.unwrap();
        assert!(unused(&s).await.request.may_carry_out);

        let offer = s.offered().await;
        let held = unused(&s).await;
        assert!(
            held.standing == LoanStatus::Approved && held.request.on_offer && !held.request.may_carry_out
        );
        s.accept_all(&qian, offer, "临检刑诉受〔2026〕3号").await;
        let void = unused(&s).await;
        assert!(void.standing == LoanStatus::Lapsed && !void.request.may_carry_out, "{void:?}");
        let waiting = nav_counts::nav_counts(s.app(), &chen).await.unwrap().loans;
        assert_eq!(waiting, 0, "nothing waits for the custodian");
        let out = loan::list(s.app(), &zhang).await.unwrap().out;
        assert_eq!(out.iter().map(|it| it.item.item).collect::<Vec<_>>(), [phones], "whoever has it sees it");
        s.t.close().await;
    }
}
