//! kill -9 of the witness at any moment: what has left it was on its disk before, and it goes on where it was.
//!
//! `HUFU_KILLS` sets how often (24 on each engine); `HUFU_SEED` repeats the moments of an earlier run.

use crate::{
    support::{ENGINES, browser},
    town::Town,
};
use hufu::ledger::Suite;
use std::time::Duration;
use tokio::time::sleep;

fn wish(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_witness_killed_at_any_moment_remembers_everything_it_signed() {
    let kills = wish("HUFU_KILLS", 24);
    let mut dice = wish("HUFU_SEED", 2026);
    for (engine, suite) in ENGINES.into_iter().zip([Suite::Sm, Suite::C2sp]) {
        let town = Town::new(engine, suite).await;
        let served = browser::serve(&town.test.app).await;
        let mut witness = town.witness("j.test/w", suite, &format!("http://{}", served.address));
        let (mut remembered, mut further) = (0, 0);
        for _ in 0..kills {
            witness.start();
            // Entries come while it starts, looks, writes and signs.
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let moment = Duration::from_millis((dice >> 33) % 220);
            tokio::join!(town.grow(), sleep(moment));
            assert!(witness.runs(), "{}", witness.log());
            witness.kill();
            let now = witness.remembers().map_or(0, |head| head.size);
            assert!(now >= remembered, "it forgot: {now} after {remembered}");
            assert!(town.signed(&witness.name).await <= now, "a signature left it before it was on its disk");
            further += u64::from(now > remembered);
            remembered = now;
        }
        witness.start();
        town.witnessed(&witness).await;
        assert_eq!(witness.evidence(), Vec::<String>::new());
        println!("{engine:?}: {kills} kills, {further} of them after something new was remembered");
        assert!(further > 0, "every kill came before it had looked");
        witness.kill();
        drop(served);
        town.test.close().await;
    }
}
