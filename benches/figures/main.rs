//! Figures, printed as one Markdown table by `make bench`: what an entry, a label, a page and a start cost on this
//! machine. They are for people to compare and are never asserted.
//!
//! Read [`append`] for the race beside `pgbench`, [`as_of`] for the past, [`scan`] for the way from a scanner to a page, [`server`] for start
//! and memory, [`label`] for drawing, [`build`] for the cold build.

#![expect(
    unreachable_pub,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement may stop where it finds a fault, and prints"
)]

#[path = "../../tests/support/mod.rs"]
mod support;

mod append;
mod as_of;
mod build;
mod disk;
mod label;
mod page;
mod pgbench;
mod scan;
mod server;
mod table;

use support::{ENGINES, Engine};
use table::Table;

#[tokio::main]
async fn main() {
    if std::env::var("HUFU_TEST_FSYNC").as_deref() != Ok("on") {
        println!(
            "PostgreSQL must wait for its disk as in service: run `make bench`, which sets HUFU_TEST_FSYNC=on"
        );
        std::process::exit(2);
    }
    let mut table = Table::default();
    // One part alone, for a ledger of another size: `HUFU_BENCH=as_of HUFU_BENCH_ITEMS=1000000`.
    if std::env::var("HUFU_BENCH").as_deref() == Ok("as_of") {
        let engines = ENGINES.into_iter().filter(|engine| {
            std::env::var("HUFU_BENCH_ENGINE").is_ok_and(|it| it == name(*engine))
                || std::env::var("HUFU_BENCH_ENGINE").is_err()
        });
        for engine in engines {
            as_of::measure(&mut table, engine).await;
        }
        return println!("{table}");
    }
    build::measure(&mut table);
    server::measure(&mut table).await;
    label::measure(&mut table);
    for engine in ENGINES {
        scan::measure(&mut table, engine).await;
    }
    append::measure(&mut table).await;
    for engine in ENGINES {
        as_of::measure(&mut table, engine).await;
    }
    let cores = std::thread::available_parallelism().unwrap();
    let build = if cfg!(debug_assertions) { "not optimised: no figures to quote" } else { "optimised" };
    println!("{cores} cores; build {build}\n\n{table}");
}

/// The engine's name, for people.
fn name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    }
}
