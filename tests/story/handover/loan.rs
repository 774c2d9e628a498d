//! Who has handed things over has nothing to say about their loans any more.

use super::scene::{Scene, code};
use crate::support::ENGINES;
use hufu::{
    clock::Span,
    custody::loan::{self, LoanRequest},
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
        assert_eq!(code(loan::ask(s.app(), &zhang, &wish(&zhang, 3)).await), "loan_asked_for");
        let id = s.offered().await;
        s.accept_all(&qian, id, "临检刑诉受〔2026〕3号").await;
        loan::ask(s.app(), &qian, &wish(&qian, 3)).await.unwrap();
        assert_eq!(code(loan::ask(s.app(), &qian, &wish(&qian, 3)).await), "loan_asked_for", "its own");
        s.t.close().await;
    }
}
