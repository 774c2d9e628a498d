//! The pages that list things, as people of each role read them in a ledger of few large cases: 25 of them with 4,000 items
//! each. `HUFU_BENCH_CASE` says how many items a case has.

use crate::{
    name,
    support::{
        Engine, TestApp,
        browser::{self, Browser},
    },
    table::Table,
};
use hufu::{ledger::Measure, store::Db};
use std::time::Instant;

const CASES: usize = 25;
/// Cases whose items have not been handed in.
const OWING: usize = 5;
const ROUNDS: usize = 5;
const PAGES: [&str; 5] = ["/", "/cases", "/cases?owing=yes", "/items", "/ledger"];
/// One who sees all, an officer of the unit, one who keeps the things, an officer who may see none of them.
const READERS: [&str; 4] = ["zheng", "zhang", "chen", "zhao"];

pub async fn measure(table: &mut Table, engine: Engine) {
    let items: usize = std::env::var("HUFU_BENCH_CASE").map_or(4_000, |it| it.parse().unwrap());
    let t = TestApp::new(engine).await;
    for number in 0..CASES {
        let case = t.case(&format!("江公（刑）立字〔2026〕{number}号")).await;
        let things = vec![("手机", Measure::Piece, 1, t.city.slots[number % 4]); items];
        match number < CASES - OWING {
            true => drop(t.lying(case, &things).await),
            false => drop(t.seized(case, &things).await),
        }
    }
    // PostgreSQL counts its rows by itself after a while.
    if let Db::Postgres(pool) = &t.app.db {
        sqlx::query("analyze").execute(pool).await.unwrap();
    }
    let served = browser::serve(&t.app).await;
    for reader in READERS {
        let mut browser = Browser::logged_in(&served, reader).await;
        for page in PAGES {
            let mut times = Vec::new();
            for _ in 0..ROUNDS {
                let start = Instant::now();
                assert_eq!(browser.get(page).await.status, 200);
                times.push(start.elapsed());
            }
            let what = format!("list {page} for {reader}, {}", name(engine));
            table.times(&what, &mut times, &format!("{CASES} cases × {items} items"));
        }
    }
    drop(served);
    t.abandon().await;
}
