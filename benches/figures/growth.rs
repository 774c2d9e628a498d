//! What a long life costs: the same questions and the same appends on a young ledger and on an old one, in one run.
//! `HUFU_BENCH_ITEMS` says how many items the old one has (10,000 unless told otherwise; the young one has 1,000).

use crate::{
    as_of::{Ledger, wanted},
    name, server,
    support::{Engine, TestApp, things::Lying},
    table::{Table, percentile},
};
use hufu::{
    custody::items,
    ledger::{Frontier, Measure},
    store::{Db, tiles},
};
use std::time::{Duration, Instant};

const YOUNG: u64 = 1_000;
const ROUNDS: u64 = 500;
const APPENDS: usize = 600;

pub async fn measure(table: &mut Table, engine: Engine) {
    let young = Life::new(engine, YOUNG).await;
    let old = Life::new(engine, wanted()).await;
    let (mut slow, mut fast) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        fast.extend(young.appends().await);
        slow.extend(old.appends().await);
    }
    let growth = percentile(&mut slow, 50).as_secs_f64() / percentile(&mut fast, 50).as_secs_f64();
    for (life, times, beside) in
        [(&young, &mut fast, String::new()), (&old, &mut slow, format!("; {growth:.2} × the young one"))]
    {
        let how = format!("a move by one client, on disk{beside}");
        table.times(&format!("append at {} entries, {}", life.entries, name(engine)), times, &how);
    }
    old.ask(table).await;
    if engine == Engine::Sqlite {
        let (mut times, idle) = server::starts(&old.t).await;
        let what = format!("server start at {} entries", old.entries);
        table.times(&what, &mut times, &format!("to the first answer; resident then {idle}"));
    }
    young.t.abandon().await;
    old.t.abandon().await;
}

/// A ledger with a past, in which one can go on.
struct Life {
    t: TestApp,
    engine: Engine,
    entries: u64,
    items: u64,
    things: Vec<Lying>,
}

impl Life {
    async fn new(engine: Engine, items: u64) -> Life {
        let t = TestApp::new(engine).await;
        let ledger = Ledger::written(&t, engine, items).await;
        for sql in [
            "insert into stock_balances (item, kind, place, quantity) select item, kind, place, sum(change) from postings
                where book = 'stock' and kind <> 'origin' group by item, kind, place having sum(change) <> 0",
            "insert into duty_balances (item, kind, unit, case_id, quantity) select item, kind, place, case_id, sum(change)
                from postings where book = 'duty' and kind <> 'none' group by item, kind, place, case_id
                having sum(change) <> 0",
        ] {
            ledger.run(sql.to_owned()).await;
        }
        let (entries, items) = (ledger.seq, ledger.items());
        seal(&t, entries).await;
        if engine == Engine::Postgres {
            ledger.run("analyze".to_owned()).await;
        }
        let case = t.case("江公（刑）立字〔2026〕99号").await;
        let things = t.lying(case, &vec![("手机", Measure::Piece, 1, t.city.slots[0]); 20]).await;
        Life { t, engine, entries, items, things }
    }

    async fn appends(&self) -> Vec<Duration> {
        let lin = self.t.person("lin").await;
        let (here, there) = (self.t.city.slots[0], self.t.city.slots[1]);
        let mut times = Vec::new();
        for n in 0..APPENDS {
            let thing = &self.things[n % self.things.len()];
            let (from, to) =
                if (n / self.things.len()).is_multiple_of(2) { (here, there) } else { (there, here) };
            let draft = self.t.draft(lin.id, lin.unit, self.t.moving(thing.item, 1, from, to));
            let start = Instant::now();
            self.t.app.sequencer.record(draft).await.unwrap();
            times.push(start.elapsed());
        }
        times
    }

    async fn ask(&self, table: &mut Table) {
        let zheng = self.t.person("zheng").await;
        let ledger = Ledger::there(&self.t, self.engine, self.items, self.entries);
        let mut times = Vec::new();
        for n in 0..ROUNDS {
            let item = ledger.item(n);
            let start = Instant::now();
            items::show(&self.t.app, &zheng, item).await.unwrap();
            times.push(start.elapsed());
        }
        let how = format!("everything about any of {} items", self.items);
        table.times(
            &format!("scan → answer at {} entries, {}", self.entries, name(self.engine)),
            &mut times,
            &how,
        );
        let suite = self.t.app.settings.suite;
        let mut times = Vec::new();
        for n in 0..ROUNDS {
            let start = Instant::now();
            let mut tx = self.t.app.db.read().await.unwrap();
            tiles::inclusions(&mut tx, suite, [ledger.entry(n)], self.entries).await.unwrap();
            drop(tx);
            times.push(start.elapsed());
        }
        table.times(
            &format!("inclusion proof at {} entries, {}", self.entries, name(self.engine)),
            &mut times,
            "of any entry, from the tiles",
        );
    }
}

/// The tiles and the head over everything that was written past the recorder.
async fn seal(t: &TestApp, entries: u64) {
    let suite = t.app.settings.suite;
    let mut frontier = Frontier::empty(suite);
    let mut full = Vec::new();
    for seq in 1..=entries {
        let mut leaf = [0; 32];
        leaf[24..].copy_from_slice(&seq.to_be_bytes());
        full.extend(frontier.push(hufu::ledger::Digest(leaf)));
    }
    let (_, signature) = t.app.sealer.as_ref().unwrap().sign(entries, frontier.root()).unwrap();
    let mut tx = t.app.db.write().await.unwrap();
    tiles::append(&mut tx, &full).await.unwrap();
    tx.commit().await.unwrap();
    const SQL: &str = "insert into heads (size, root, previous_root, frontier, recorded_at, signature)
        values ($1, $2, $3, $4, $5, $6)";
    macro_rules! put {
        ($pool:expr) => {
            drop(
                sqlx::query(SQL)
                    .bind(entries.cast_signed())
                    .bind(frontier.root().0.as_slice())
                    .bind(suite.empty_root().0.as_slice())
                    .bind(frontier.to_bytes())
                    .bind(0_i64)
                    .bind(&signature)
                    .execute($pool)
                    .await
                    .unwrap(),
            )
        };
    }
    match &t.app.db {
        Db::Sqlite(pool) => put!(pool),
        Db::Postgres(pool) => put!(pool),
    }
}
