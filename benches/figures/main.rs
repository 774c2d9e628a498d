//! Figures, printed as one Markdown table by `make bench`: what an entry, a label, a page and a start cost on this
//! machine. They are for people to compare and are never asserted.
//!
//! Read [`append`] for the race beside `pgbench`, [`http`] for the same through the API, [`as_of`] for the past, [`growth`]
//! for what a long life costs, [`lists`] for the pages that list things, [`exchange`] for a handover of very many lines,
//! [`requests`] for a loan and a disposal of a hundred things,
//! [`proving`] for `hufu verify`, [`scan`] for the way from a scanner to a page, [`server`] for start and memory, [`door`] for a flood of passwords, [`label`]
//! for drawing, [`printing`] for the way from a click to a printer, [`build`] for the cold build.

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

#[path = "../../tests/story/handover/scene.rs"]
#[expect(dead_code, reason = "a measurement uses a part of it")]
mod scene;

mod append;
mod as_of;
mod build;
mod disk;
mod door;
mod exchange;
mod growth;
mod http;
mod label;
mod lists;
mod page;
mod pgbench;
mod printing;
mod proving;
mod requests;
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
    // A part of it by name, for whoever works at that part.
    let only = std::env::var("HUFU_BENCH_ONLY").ok();
    let wanted = |part: &str| only.as_ref().is_none_or(|only| only.split(',').any(|it| it == part));
    if wanted("build") {
        build::measure(&mut table);
    }
    if wanted("server") {
        server::measure(&mut table).await;
    }
    if wanted("door") {
        door::measure(&mut table).await;
    }
    if wanted("label") {
        label::measure(&mut table);
    }
    if wanted("requests") {
        for engine in engines() {
            requests::measure(&mut table, engine).await;
        }
    }
    if wanted("scan") {
        for engine in engines() {
            scan::measure(&mut table, engine).await;
        }
    }
    if wanted("printing") {
        for engine in engines() {
            printing::measure(&mut table, engine).await;
        }
    }
    if wanted("append") {
        append::measure(&mut table).await;
    }
    if wanted("http") {
        http::measure(&mut table).await;
    }
    if wanted("as_of") {
        for engine in engines() {
            as_of::measure(&mut table, engine).await;
        }
    }
    if wanted("growth") {
        for engine in engines() {
            growth::measure(&mut table, engine).await;
        }
    }
    if wanted("lists") {
        for engine in engines() {
            lists::measure(&mut table, engine).await;
        }
    }
    if wanted("exchange") {
        for engine in engines() {
            exchange::measure(&mut table, engine).await;
        }
    }
    if wanted("proving") {
        for engine in engines() {
            proving::measure(&mut table, engine).await;
        }
    }
    let cores = std::thread::available_parallelism().unwrap();
    let build = if cfg!(debug_assertions) { "not optimised: no figures to quote" } else { "optimised" };
    println!("{cores} cores; build {build}\n\n{table}");
}

/// Both, or the one that `HUFU_BENCH_ENGINE` names.
fn engines() -> Vec<Engine> {
    let only = std::env::var("HUFU_BENCH_ENGINE").unwrap_or_default();
    ENGINES.into_iter().filter(|it| only.is_empty() || name(*it).eq_ignore_ascii_case(&only)).collect()
}

/// The engine's name, for people.
fn name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    }
}
