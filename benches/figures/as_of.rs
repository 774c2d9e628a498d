//! As known on: what an item, a case, a slot, a store and the balances cost as of entries anywhere in the ledger's life.
//! `HUFU_BENCH_ITEMS` says how many items there are (10,000 unless told otherwise); each has about ten entries.
//!
//! The ledger is written straight into the tables, with books that balance: things are seized and received in waves, each
//! moves nine times in the waves after, and all cases pass on to the procuratorate. The entries themselves are empty,
//! because nothing here reads them.

use crate::{
    name,
    support::{Engine, TestApp},
    table::Table,
};
use hufu::{
    clock::Moment,
    custody::{as_of, balances, cases, items, stores},
    domain::{AsOf, Person},
    id::{CaseId, ItemId, SlotId},
    store::Db,
};
use std::time::{Duration, Instant};
use uuid::Uuid;

const WAVES: u64 = 50;
const MOVES: u64 = 9;
/// Items of a case, which are seized together.
const TOGETHER: u64 = 20;
const ROUNDS: u64 = 200;
const BEGAN: i64 = 1_700_000_000_000_000;

pub async fn measure(table: &mut Table, engine: Engine) {
    let t = TestApp::new(engine).await;
    let ledger = Ledger::written(&t, engine, wanted()).await;
    let entries = ledger.seq;
    let start = Instant::now();
    let marks = as_of::keep_sums(&t.app).await.unwrap();
    let how = format!("{marks} marks of a ledger of {entries} entries, written from nothing");
    let per_entry = start.elapsed().as_micros() as f64 / entries as f64;
    table.one(&format!("sums of both books, {}", name(engine)), format!("{per_entry:.1} µs an entry"), &how);
    Asking { t: &t, zheng: t.person("zheng").await, ledger: &ledger }.all(table).await;
    t.abandon().await;
}

/// How many items there are to be.
pub fn wanted() -> u64 {
    std::env::var("HUFU_BENCH_ITEMS").map_or(10_000, |it| it.parse().unwrap())
}

/// A ledger with a long life behind it.
pub struct Ledger<'a> {
    t: &'a TestApp,
    engine: Engine,
    /// Items of one wave.
    wave: u64,
    /// The newest entry.
    pub seq: u64,
    slots: u64,
}

/// The id of the nth thing of a kind.
fn id(kind: u128, n: u64) -> Uuid {
    Uuid::from_u128(kind << 64 | u128::from(n))
}

const ITEM: u128 = 1;
const CASE: u128 = 2;
const THEIR_CASE: u128 = 3;
const SLOT: u128 = 4;
const ENTRY: u128 = 5;

impl<'a> Ledger<'a> {
    /// Writes one of about so many items.
    pub async fn written(t: &'a TestApp, engine: Engine, items: u64) -> Ledger<'a> {
        let wave = (items / WAVES / TOGETHER).max(1) * TOGETHER;
        let mut ledger = Ledger { t, engine, wave, seq: 0, slots: (wave * WAVES / 50).max(20) };
        let start = Instant::now();
        ledger.write().await;
        let (items, entries) = (ledger.items(), ledger.seq);
        eprintln!("{}: {items} items in {entries} entries, written in {:?}", name(engine), start.elapsed());
        ledger
    }

    /// The one that was written here before.
    pub fn there(t: &'a TestApp, engine: Engine, items: u64, entries: u64) -> Ledger<'a> {
        Ledger { t, engine, wave: items / WAVES, seq: entries, slots: (items / 50).max(20) }
    }

    pub fn items(&self) -> u64 {
        self.wave * WAVES
    }

    /// Any item.
    pub fn item(&self, n: u64) -> ItemId {
        ItemId(id(ITEM, random(n) % self.items()))
    }

    /// Any entry.
    pub fn entry(&self, n: u64) -> u64 {
        1 + random(n + 1_000_003) % self.seq
    }

    pub async fn run(&self, sql: String) {
        let sql = sqlx::AssertSqlSafe(sql);
        match &self.t.app.db {
            Db::Sqlite(pool) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
            Db::Postgres(pool) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
        }
    }

    /// An id in SQL.
    fn known(&self, id: Uuid) -> String {
        match self.engine {
            Engine::Sqlite => format!("x'{}'", id.simple()),
            Engine::Postgres => format!("'{id}'"),
        }
    }

    /// The id of the nth thing of a kind in SQL, as [`id`] makes it.
    fn id(&self, kind: u128, n: &str) -> String {
        match self.engine {
            Engine::Sqlite => format!("unhex(printf('%016x%016x', {kind}, {n}))"),
            Engine::Postgres => {
                format!("(lpad(to_hex({kind}), 16, '0') || lpad(to_hex({n}), 16, '0'))::uuid")
            }
        }
    }

    /// Where item `i` lies after its `k`th move.
    fn slot(&self, i: &str, k: u64) -> String {
        self.id(SLOT, &format!("(({i} * 7919 + {k} * 104729) % {})", self.slots))
    }

    const QUANTITY: &'static str = "case when i % 10 = 0 then 10000 else 1 end";

    async fn write(&mut self) {
        for index in ["postings_item", "postings_place", "postings_case", "journal_kind"] {
            self.run(format!("drop index {index}")).await;
        }
        self.run("create table numbers (j bigint not null primary key)".to_owned()).await;
        let last = self.wave - 1;
        self.run(format!(
            "with recursive n (j) as (select cast(0 as bigint) union all select j + 1 from n where j < {last})
            insert into numbers select j from n"
        ))
        .await;
        self.places().await;
        for time in 0..WAVES + MOVES + 1 {
            if time < WAVES {
                self.arrive(time * self.wave).await;
            }
            for k in (0..MOVES).filter(|k| *k < time && time - 1 - k < WAVES) {
                self.moves((time - 1 - k) * self.wave, k).await;
            }
            if (MOVES..WAVES + MOVES).contains(&time) {
                self.pass_on((time - MOVES) * self.wave).await;
            }
        }
        for index in [
            "create index postings_item on postings (item, kind, place, seq)",
            "create index postings_place on postings (kind, place, seq)",
            "create index postings_case on postings (case_id, item) where book = 'duty'",
            "create index journal_kind on journal (kind, seq)",
            "drop table numbers",
        ] {
            self.run(index.to_owned()).await;
        }
        // PostgreSQL counts its rows by itself after a while.
        if self.engine == Engine::Postgres {
            self.run("analyze".to_owned()).await;
        }
    }

    async fn places(&self) {
        let (centre, police) = (self.known(self.t.city.centre.0), self.known(self.t.city.police.0));
        let procuratorate = self.known(self.t.city.procuratorate.0);
        let (slots, cases) = (self.slots - 1, self.wave * WAVES / TOGETHER - 1);
        let series = |last: u64| {
            format!(
                "with recursive n (i) as (select cast(0 as bigint) union all select i + 1 from n where i < {last})"
            )
        };
        let slot = self.id(SLOT, "i");
        self.run(format!(
            "{} insert into slots select {slot}, {centre}, 'X', 'X-' || i, 'code ' || i, 50 from n",
            series(slots)
        ))
        .await;
        for (kind, unit, number) in [(CASE, &police, "公"), (THEIR_CASE, &procuratorate, "检")] {
            let (case, matter) = (self.id(kind, "i"), self.id(CASE, "i"));
            self.run(format!(
                "{} insert into cases (id, matter, unit, number, name, stage, opened_at)
                select {case}, {matter}, {unit}, '{number}' || i, '盗窃案', 'investigation', 0 from n",
                series(cases)
            ))
            .await;
        }
    }

    /// Entries of a kind, one for every `each` of the wave; `s` is then the number of an item's entry.
    async fn entries(&mut self, kind: &str, each: u64) -> String {
        let (id, first) = (self.id(ENTRY, "s"), self.seq + 1);
        let person = self.known(Uuid::nil());
        let leaf = match self.engine {
            Engine::Sqlite => "unhex(printf('%064x', s))",
            Engine::Postgres => "decode(lpad(to_hex(s), 64, '0'), 'hex')",
        };
        self.run(format!(
            "insert into journal (seq, id, kind, happened_at, recorded_at, actor, unit, entry, leaf)
            select s, {id}, '{kind}', {BEGAN} + s * 1000000, {BEGAN} + s * 1000000, {person}, {person}, {person}, {leaf}
            from (select {first} + j as s from numbers where j < {}) e",
            self.wave / each
        ))
        .await;
        self.seq += self.wave / each;
        format!("(select {first} + j / {each} as s, j from numbers)")
    }

    async fn post(&self, entries: &str, base: u64, line: u64, posting: (&str, &str, &str, &str, &str)) {
        let (book, kind, place, case, change) = posting;
        let item = self.id(ITEM, "i");
        self.run(format!(
            "insert into postings (seq, line, item, book, kind, place, case_id, change)
            select s, 4 * (j % {TOGETHER}) + {line}, {item}, '{book}', '{kind}', {place}, {case}, {change}
            from (select s, j, j + {base} as i from {entries} e) e"
        ))
        .await;
    }

    /// A wave is seized and received.
    async fn arrive(&mut self, base: u64) {
        let (nil, police) = (self.known(Uuid::nil()), self.known(self.t.city.police.0));
        let (q, minus) = (Self::QUANTITY, format!("-({})", Self::QUANTITY));
        let case = self.id(CASE, &format!("(i / {TOGETHER})"));
        let item = self.id(ITEM, "i");
        let seized = self.entries("seize", TOGETHER).await;
        self.run(format!(
            "insert into items (id, number, case_id, name, category, features, measure, quantity, seized_seq, seized_at,
                seized_by, owed_by, paper_number, paper_line, received_at, open_quantity, search_text)
            select {item}, 'W' || i, {case}, '手机', case when i % 3 = 0 then 'electronic' else 'general' end, '',
                case when i % 10 = 0 then 'mg' else 'piece' end, {q}, s, 0, {nil}, {police}, '扣', i % {TOGETHER}, 0, {q}, ''
            from (select s, j, j + {base} as i from {seized} e) e"
        ))
        .await;
        self.post(&seized, base, 1, ("stock", "origin", &nil, &nil, &minus)).await;
        self.post(&seized, base, 2, ("stock", "owed", &police, &nil, q)).await;
        self.post(&seized, base, 3, ("duty", "none", &nil, &nil, &minus)).await;
        self.post(&seized, base, 4, ("duty", "party", &police, &case, q)).await;
        let received = self.entries("receive", TOGETHER).await;
        let slot = self.slot("i", 0);
        self.post(&received, base, 1, ("stock", "owed", &police, &nil, &minus)).await;
        self.post(&received, base, 2, ("stock", "slot", &slot, &nil, q)).await;
    }

    /// Every item of a wave moves on, each by an entry of its own.
    async fn moves(&mut self, base: u64, k: u64) {
        let (nil, minus) = (self.known(Uuid::nil()), format!("-({})", Self::QUANTITY));
        let (from, to) = (self.slot("i", k), self.slot("i", k + 1));
        let moved = self.entries("move", 1).await;
        self.post(&moved, base, 1, ("stock", "slot", &from, &nil, &minus)).await;
        self.post(&moved, base, 2, ("stock", "slot", &to, &nil, Self::QUANTITY)).await;
    }

    /// Every case of a wave passes on to the procuratorate.
    async fn pass_on(&mut self, base: u64) {
        let (police, them) = (self.known(self.t.city.police.0), self.known(self.t.city.procuratorate.0));
        let (ours, theirs) =
            (self.id(CASE, &format!("(i / {TOGETHER})")), self.id(THEIR_CASE, &format!("(i / {TOGETHER})")));
        let minus = format!("-({})", Self::QUANTITY);
        let passed = self.entries("exchange", TOGETHER).await;
        self.post(&passed, base, 1, ("duty", "party", &police, &ours, &minus)).await;
        self.post(&passed, base, 2, ("duty", "party", &them, &theirs, Self::QUANTITY)).await;
    }
}

struct Asking<'a> {
    t: &'a TestApp,
    zheng: Person,
    ledger: &'a Ledger<'a>,
}

impl Asking<'_> {
    async fn all(&self, table: &mut Table) {
        let (app, me) = (&self.t.app, &self.zheng);
        let (items, slots) = (self.ledger.items(), self.ledger.slots);
        self.times(table, "moment typed as a time", async |n| {
            let at = Moment(BEGAN + (random(n) % self.ledger.seq) as i64 * 1_000_000);
            as_of::resolve(app, me, &at.plus(hufu::clock::Span::minutes(1)).text()).await.unwrap();
        })
        .await;
        self.times(table, "item", async |n| {
            drop(items::show_as_of(app, me, self.ledger.item(n), self.at(n).await).await);
        })
        .await;
        self.times(table, "case of 20", async |n| {
            let case = CaseId(id(CASE, random(n) % (items / TOGETHER)));
            drop(cases::show_as_of(app, me, case, 0, self.at(n).await).await);
        })
        .await;
        self.times(table, "slot", async |n| {
            let slot = SlotId(id(SLOT, random(n) % slots));
            stores::slot_as_of(app, me, slot, self.at(n).await).await.unwrap();
        })
        .await;
        self.times(table, &format!("store of {slots} slots"), async |n| {
            stores::store_as_of(app, me, self.t.city.centre, self.at(n).await).await.unwrap();
        })
        .await;
        self.times(table, "balances", async |n| {
            balances::balances_as_of(app, me, self.at(n).await).await.unwrap();
        })
        .await;
    }

    /// An entry anywhere.
    async fn at(&self, n: u64) -> Option<AsOf> {
        let seq = self.ledger.entry(n).to_string();
        as_of::resolve(&self.t.app, &self.zheng, &seq).await.unwrap()
    }

    async fn times(&self, table: &mut Table, what: &str, ask: impl AsyncFn(u64)) {
        let mut times: Vec<Duration> = Vec::new();
        let begin = Instant::now();
        for n in 0..ROUNDS {
            let start = Instant::now();
            ask(n).await;
            times.push(start.elapsed());
            if begin.elapsed() > Duration::from_secs(60) {
                break;
            }
        }
        let how = format!("any entry of {}, {} items", self.ledger.seq, self.ledger.items());
        table.times(&format!("as known on: {what}, {}", name(self.ledger.engine)), &mut times, &how);
    }
}

/// The same numbers in every run, spread over all of them.
fn random(n: u64) -> u64 {
    let mixed = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 17
}
