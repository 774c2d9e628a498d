//! Proving a whole ledger again, and what an entry takes on disk: real entries, recorded as everybody records them.
//! `HUFU_BENCH_PROVEN` says how many (100,000 unless told otherwise).

use crate::{
    name,
    support::{Engine, TestApp, things::Lying},
    table::{Table, shown},
};
use hufu::{
    ledger::{Measure, Suite},
    store::{Db, verify},
};
use std::{process::Command, time::Instant};

const THINGS: usize = 1_000;

pub async fn measure(table: &mut Table, engine: Engine) {
    let wanted: usize = std::env::var("HUFU_BENCH_PROVEN").map_or(100_000, |it| it.parse().unwrap());
    let t = TestApp::new(engine).await;
    let before = bytes(&t).await;
    let start = Instant::now();
    let entries = fill(&t, wanted).await;
    let rate = entries as f64 / start.elapsed().as_secs_f64();
    table.one(
        &format!("entries recorded a thousand at a time, {}", name(engine)),
        format!("{rate:.0} /s"),
        "through the recorder: rules, both books, signed heads, on disk",
    );
    let each = (bytes(&t).await - before) / entries;
    table.one(
        &format!("bytes in the database for an entry, {}", name(engine)),
        format!("{each}"),
        "a move: entry, two postings, balances, indexes, heads",
    );
    let start = Instant::now();
    let mut tx = t.app.db.read().await.unwrap();
    let report = verify::verify(&mut tx, t.app.settings.suite).await.unwrap();
    drop(tx);
    let took = start.elapsed();
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
    let canonical = canonical_bytes(&t).await;
    let rate = report.entries as f64 / took.as_secs_f64();
    let hashing = hashing(canonical.iter().sum::<usize>() / canonical.len());
    let how = format!(
        "{} entries in {}; {} bytes each; hashing alone {hashing:.0} /s here, openssl {} ",
        report.entries,
        shown(took),
        canonical.iter().sum::<usize>() / canonical.len(),
        openssl()
    );
    table.one(&format!("hufu verify, {}", name(engine)), format!("{rate:.0} entries/s"), &how);
    t.abandon().await;
}

async fn fill(t: &TestApp, wanted: usize) -> u64 {
    let case = t.case("江公（刑）立字〔2026〕1号").await;
    let lin = t.person("lin").await;
    let (here, there) = (t.city.slots[0], t.city.slots[1]);
    let things = t.lying(case, &vec![("手机", Measure::Piece, 1, here); THINGS]).await;
    let mut done = 0;
    for (from, to) in [(here, there), (there, here)].into_iter().cycle() {
        if done >= wanted {
            break;
        }
        let drafts =
            things.iter().map(|Lying { item, .. }| t.draft(lin.id, lin.unit, t.moving(*item, 1, from, to)));
        let answers = t.app.sequencer.record_all(drafts.collect()).await.unwrap();
        assert!(answers.iter().all(Result::is_ok));
        done += answers.len();
    }
    done as u64
}

/// The size of the database.
async fn bytes(t: &TestApp) -> u64 {
    match &t.app.db {
        Db::Sqlite(pool) => {
            sqlx::query("pragma wal_checkpoint(truncate)").execute(pool).await.unwrap();
            std::fs::metadata(Db::file(t.database()).unwrap()).unwrap().len()
        }
        Db::Postgres(pool) => {
            const SQL: &str = "select pg_database_size(current_database())";
            let size: i64 = sqlx::query_scalar(SQL).fetch_one(pool).await.unwrap();
            size.cast_unsigned()
        }
    }
}

/// How long the newest entries are.
async fn canonical_bytes(t: &TestApp) -> Vec<usize> {
    let mut tx = t.app.db.read().await.unwrap();
    let entries = hufu::store::journal::page(&mut tx, None, None, 1_000).await.unwrap();
    entries.iter().map(|entry| entry.canonical_bytes().unwrap().len()).collect()
}

/// How many leaves of this length one core hashes in a second.
fn hashing(length: usize) -> f64 {
    let bytes = vec![b'7'; length];
    let start = Instant::now();
    let mut hashed = 0_u32;
    while start.elapsed().as_millis() < 500 {
        for _ in 0..1_000 {
            std::hint::black_box(Suite::Sm.leaf(std::hint::black_box(&bytes)));
        }
        hashed += 1_000;
    }
    f64::from(hashed) / start.elapsed().as_secs_f64()
}

/// What `openssl speed` says of SM3 over 1,024 bytes.
fn openssl() -> String {
    let arguments = ["speed", "-seconds", "1", "-bytes", "1024", "-evp", "sm3"];
    let said = Command::new("openssl").args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let last = text.lines().last().unwrap_or_default();
    format!("{} at 1,024 bytes", last.split_whitespace().last().unwrap_or("not there"))
}
