//! Appends per second, one entry each, every one on disk before its client goes on: on both engines beside `pgbench`
//! with as many clients on the same cluster. The competitors take turns, so that a slow minute of the machine meets all.

use crate::{
    disk, name,
    pgbench::PgBench,
    support::{Engine, TestApp, things::Lying},
    table::Table,
};
use hufu::{
    app::App,
    ledger::{Draft, Measure},
};
use std::time::{Duration, Instant};

const CLIENTS: [usize; 2] = [1, 64];
/// How many things each client moves, one after the other.
const EACH: usize = 16;
const ROUNDS: usize = 3;
const SECONDS: u64 = 5;

pub async fn measure(table: &mut Table) {
    let pgbench = PgBench::new(9_999).await;
    let stores = [Store::new(Engine::Sqlite).await, Store::new(Engine::Postgres).await];
    let mut flushes = Vec::new();
    let mut results = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (clients, results) in CLIENTS.into_iter().zip(&mut results) {
            flushes.extend(disk::flushes(200));
            let [sqlite, postgres] = &stores;
            results.push((
                sqlite.race(clients).await,
                postgres.race(clients).await,
                pgbench.rate(clients, SECONDS),
            ));
        }
    }
    table.times("flush", &mut flushes, "write and `fdatasync` of 4 KiB where the ledgers lie");
    for (clients, rounds) in CLIENTS.into_iter().zip(results) {
        let (mut sqlite, mut postgres, mut beside) = (Vec::new(), Vec::new(), Vec::new());
        for round in rounds {
            sqlite.push(round.0);
            postgres.push(round.1);
            beside.push(round.2);
        }
        let beside = median(beside);
        for (engine, runs) in [(Engine::Sqlite, sqlite), (Engine::Postgres, postgres)] {
            let rate = median(runs.iter().map(Race::rate).collect());
            let mut times: Vec<Duration> = runs.into_iter().flat_map(|race| race.times).collect();
            let what = format!("appends, {}, {}", name(engine), of(clients));
            let how = format!("moves of one thing, on disk; {:.2} × pgbench", rate / beside);
            table.rate(&what, format!("{rate:.0} /s"), &mut times, &how);
        }
        let what = format!("pgbench, PostgreSQL, {}", of(clients));
        table.one(&what, format!("{beside:.0} /s"), "tpcb-like, prepared, scale 10, same cluster");
    }
    for store in stores {
        store.t.close().await;
    }
}

fn of(clients: usize) -> String {
    format!("{clients} client{}", if clients == 1 { "" } else { "s" })
}

/// The middle one of the rounds.
fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// What one round came to.
struct Race {
    seconds: f64,
    times: Vec<Duration>,
}

impl Race {
    fn rate(&self) -> f64 {
        self.times.len() as f64 / self.seconds
    }
}

/// A ledger with things that lie in slots, some for each client.
struct Store {
    t: TestApp,
    hands: Vec<std::sync::Arc<tokio::sync::Mutex<Hands>>>,
}

impl Store {
    async fn new(engine: Engine) -> Store {
        let t = TestApp::new(engine).await;
        let case = t.case("江公（刑）立字〔2026〕1号").await;
        let lin = t.person("lin").await;
        let (here, there) = (t.city.slots[0], t.city.slots[1]);
        let mut hands = Vec::new();
        for _ in 0..CLIENTS[1] {
            let lying = t.lying(case, &vec![("手机", Measure::Piece, 1, here); EACH]).await;
            let moves = lying.iter().map(|Lying { item, .. }| {
                let body = |from, to| t.draft(lin.id, lin.unit, t.moving(*item, 1, from, to));
                [body(here, there), body(there, here)]
            });
            let hand = Hands { app: t.app.clone(), moves: moves.collect(), done: 0 };
            hands.push(std::sync::Arc::new(tokio::sync::Mutex::new(hand)));
        }
        Store { t, hands }
    }

    /// So many clients move their things to and fro for a while.
    async fn race(&self, clients: usize) -> Race {
        let start = Instant::now();
        let running: Vec<_> = self.hands[..clients]
            .iter()
            .map(|hands| {
                let hands = hands.clone();
                tokio::spawn(async move {
                    hands.lock().await.work_until(start + Duration::from_secs(SECONDS)).await
                })
            })
            .collect();
        let mut times = Vec::new();
        for client in running {
            times.extend(client.await.unwrap());
        }
        Race { seconds: start.elapsed().as_secs_f64(), times }
    }
}

/// One client: its things, each with the way there and the way back.
struct Hands {
    app: App,
    moves: Vec<[Draft; 2]>,
    done: usize,
}

impl Hands {
    async fn work_until(&mut self, end: Instant) -> Vec<Duration> {
        let mut times = Vec::new();
        while Instant::now() < end {
            let way = (self.done / EACH) % 2;
            let draft = Draft { id: self.app.ids.new_id(), ..self.moves[self.done % EACH][way].clone() };
            let start = Instant::now();
            self.app.sequencer.record(draft).await.unwrap();
            times.push(start.elapsed());
            self.done += 1;
        }
        times
    }
}
