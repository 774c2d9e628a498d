//! The ledger, the store and the station's outbox in a small world whose clock, disk and network obey a seed: the server
//! stops between any two writes, a write is torn, messages come twice, late or half, the clock jumps. Whatever happens,
//! what was acknowledged is there once, nothing is half there, and every invariant holds.
//!
//! `HUFU_SEEDS` says how many stories are lived (`HUFU_SEEDS=100000`); `HUFU_SEED` lives one of them again.

#![expect(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may stop where it finds the fault, and says how much it has tried"
)]

#[path = "../ledger/commands.rs"]
mod commands;
#[path = "../ledger/dice.rs"]
#[expect(dead_code, reason = "the ledger's own tests throw whole days")]
mod dice;
mod disk;
#[path = "../ledger/disposals.rs"]
mod disposals;
#[path = "../ledger/handovers.rs"]
mod handovers;
#[path = "../ledger/keys.rs"]
mod keys;
#[path = "../ledger/losses.rs"]
mod losses;
#[path = "../ledger/places.rs"]
#[expect(dead_code, reason = "the ledger's own tests ask what is known and what is empty")]
mod places;
#[path = "../ledger/prey.rs"]
mod prey;
#[path = "../ledger/roster.rs"]
#[expect(dead_code, reason = "the ledger's own tests ask who said it")]
mod roster;
#[path = "../ledger/rules.rs"]
mod rules;
mod server;
mod station;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod template;

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};
use story::Tally;

/// What the environment asks for.
fn wish(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

#[test]
fn whatever_happens_nothing_acknowledged_is_lost_and_nothing_is_half_there() {
    let template = template::Template::make();
    let seeds = match wish("HUFU_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..wish("HUFU_SEEDS").unwrap_or(600) + 1,
    };
    let next = AtomicU64::new(seeds.start);
    let tally = Mutex::new(Tally::default());
    let since = Instant::now();
    let live = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            let mut told = story::Story::new(&template, seed);
            let lived = std::panic::catch_unwind(AssertUnwindSafe(|| told.live()));
            if let Err(fault) = lived {
                next.store(seeds.end, Ordering::Relaxed);
                eprintln!("HUFU_SEED={seed}, step {}: {:?}", told.step(), told.doing());
                std::panic::resume_unwind(fault);
            }
            tally.lock().unwrap().add(told.tally());
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, |it| it.get().min(8));
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(live))));
    let tally = tally.into_inner().unwrap();
    println!("{} stories in {:?}: {tally}", seeds.end - seeds.start, since.elapsed());
    if seeds.end - seeds.start > 100 {
        tally.assert_all_happened();
    }
}
