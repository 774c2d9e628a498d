//! A loan and a disposal of a hundred things: asked for, approved and carried out, each step one request of one person.

use crate::{
    name,
    support::{Engine, TestApp, things::Lying},
    table::Table,
};
use hufu::{
    clock::Span,
    custody::{
        correction::Verdict,
        disposal::{self, Departure, NewDisposal},
        loan::{self, LoanRequest},
    },
    id::ItemId,
    ledger::{Collector, Measure, Outcome},
};
use std::time::{Duration, Instant};

const THINGS: usize = 100;
const ROUNDS: usize = 20;

pub async fn measure(table: &mut Table, engine: Engine) {
    let t = TestApp::new(engine).await;
    let case = t.case("江公（刑）立字〔2026〕7号").await;
    let slot = t.city.slots[0];
    let (zhang, wang, chen) = (t.person("zhang").await, t.person("wang").await, t.person("chen").await);
    let mut loans: [Vec<Duration>; 3] = Default::default();
    let mut disposals: [Vec<Duration>; 3] = Default::default();
    for _ in 0..ROUNDS {
        let lying = async || -> Vec<ItemId> {
            let things = t.lying(case, &vec![("手机", Measure::Piece, 1, slot); THINGS]).await;
            things.into_iter().map(|Lying { item, .. }| item).collect()
        };
        let wish = LoanRequest {
            items: lying().await,
            borrower: zhang.id,
            purpose: "辨认".to_owned(),
            due_at: t.app.clock.now().plus(Span::days(1)),
        };
        let now = Instant::now();
        let id = loan::ask(&t.app, &zhang, &wish).await.unwrap();
        loans[0].push(now.elapsed());
        let now = Instant::now();
        loan::answer(&t.app, &wang, id, &Verdict::Approve).await.unwrap();
        loans[1].push(now.elapsed());
        let now = Instant::now();
        loan::check_out(&t.app, &chen, id).await.unwrap();
        loans[2].push(now.elapsed());

        let wish = NewDisposal {
            items: lying().await,
            outcome: Outcome::ReturnedToOwner,
            decision: "江公返字〔2026〕3号".to_owned(),
            recipient: Some("吴秀兰".to_owned()),
            purpose: "与案件无关".to_owned(),
        };
        let collector = Collector {
            name: "吴秀兰".to_owned(),
            document: "居民身份证 330102195001011228".to_owned(),
            authority: None,
        };
        let departure = Departure { collector: Some(collector), witnesses: vec![] };
        let now = Instant::now();
        let id = disposal::ask(&t.app, &zhang, &wish).await.unwrap();
        disposals[0].push(now.elapsed());
        let now = Instant::now();
        disposal::answer(&t.app, &wang, id, &Verdict::Approve).await.unwrap();
        disposals[1].push(now.elapsed());
        let now = Instant::now();
        disposal::carry_out(&t.app, &chen, id, &departure).await.unwrap();
        disposals[2].push(now.elapsed());
    }
    let steps = ["asked for", "approved", "carried out"];
    for (what, times) in [("loan", &mut loans), ("disposal", &mut disposals)] {
        for (step, times) in steps.iter().zip(times) {
            table.times(&format!("{what} of {THINGS} things {step}, {}", name(engine)), times, "one request");
        }
    }
    t.abandon().await;
}
