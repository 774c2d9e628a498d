//! Proves the ledger again from its entries: every hash, every rule, every posting, every balance. Reads only, and in
//! one transaction, so it can be run while everybody works.

use super::{Error, Tx, db::on, facts};
use crate::{
    id::{CaseId, ItemId, UnitId},
    ledger::{
        Account, Book, Digest, Draft, DutyAccount, Effects, Entry, Frontier, Posting, State, StockAccount,
        Suite, apply, check,
    },
};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What was proven, and what was found wrong.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    pub entries: u64,
    pub items: u64,
    /// The root over all entries (hex).
    pub root: String,
    pub findings: Vec<Finding>,
}

/// One thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// 1 to 10: the invariant of the design that is broken.
    pub invariant: u8,
    /// The entry number, where one is to blame.
    pub seq: Option<u64>,
    pub finding: String,
}

/// How many entries are read at a time.
const CHUNK: i64 = 2_000;

/// Reads every entry and re-derives everything.
pub async fn verify(tx: &mut Tx, suite: Suite) -> Result<Report, Error> {
    let mut replay = Replay::begin(suite, heads(tx).await?);
    loop {
        let rows = rows(tx, replay.read).await?;
        if rows.is_empty() {
            break;
        }
        let mut postings = postings(tx, replay.read, rows.last().map_or(0, |row| row.seq)).await?;
        for row in rows {
            let stored = postings.remove(&row.seq).unwrap_or_default();
            replay.take(row, &stored);
        }
    }
    replay.compare_balances(tx).await?;
    Ok(replay.finish())
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    id: Uuid,
    kind: String,
    happened_at: i64,
    recorded_at: i64,
    actor: Uuid,
    unit: Uuid,
    entry: Vec<u8>,
    leaf: Vec<u8>,
}

async fn rows(tx: &mut Tx, after: i64) -> Result<Vec<Row>, Error> {
    const SQL: &str = "select seq, id, kind, happened_at, recorded_at, actor, unit, entry, leaf from journal
        where seq > $1 order by seq limit $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(after).bind(CHUNK).fetch_all(conn).await?))
}

async fn heads(tx: &mut Tx) -> Result<BTreeMap<i64, HeadRow>, Error> {
    const SQL: &str = "select size, root, previous_root from heads order by size";
    let rows: Vec<HeadRow> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?);
    Ok(rows.into_iter().map(|row| (row.size, row)).collect())
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    size: i64,
    root: Vec<u8>,
    previous_root: Vec<u8>,
}

type PostingRow = (i64, ItemId, String, String, Uuid, CaseId, i64);

async fn postings(tx: &mut Tx, after: i64, up_to: i64) -> Result<BTreeMap<i64, Vec<Posting>>, Error> {
    const SQL: &str = "select seq, item, book, kind, place, case_id, change from postings
        where seq > $1 and seq <= $2 order by seq, line";
    let rows: Vec<PostingRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(after).bind(up_to).fetch_all(conn).await?);
    let mut by_entry: BTreeMap<i64, Vec<Posting>> = BTreeMap::new();
    for (seq, item, book, kind, place, case, change) in rows {
        let account = match book.as_str() {
            "stock" => facts::stock_account(&kind, place).map(Account::Stock),
            _ => facts::duty_account(&kind, UnitId(place), case).map(Account::Duty),
        };
        // An account that does not exist shows up as a posting that is missing.
        if let Ok(account) = account {
            by_entry.entry(seq).or_default().push(Posting { item, account, change });
        }
    }
    Ok(by_entry)
}

/// The ledger being lived through again.
struct Replay {
    suite: Suite,
    frontier: Frontier,
    heads: BTreeMap<i64, HeadRow>,
    previous_root: Digest,
    /// The number of the last entry read.
    read: i64,
    state: State,
    report: Report,
}

impl Replay {
    fn begin(suite: Suite, heads: BTreeMap<i64, HeadRow>) -> Replay {
        let frontier = Frontier::empty(suite);
        let previous_root = frontier.root();
        Replay {
            suite,
            frontier,
            heads,
            previous_root,
            read: 0,
            state: State::default(),
            report: Report::default(),
        }
    }

    fn say(&mut self, invariant: u8, seq: i64, finding: impl Into<String>) {
        let seq = (seq > 0).then_some(seq.cast_unsigned());
        self.report.findings.push(Finding { invariant, seq, finding: finding.into() });
    }

    fn take(&mut self, row: Row, stored: &[Posting]) {
        let seq = row.seq;
        if seq != self.read + 1 {
            self.say(10, seq, format!("entries {} to {} are missing", self.read + 1, seq - 1));
        }
        self.read = seq;
        self.report.entries += 1;
        let leaf = self.suite.leaf(&row.entry);
        if row.leaf != leaf.0 {
            self.say(10, seq, "its bytes do not have the hash that is stored with them");
        }
        self.frontier.push(leaf);
        match Entry::from_canonical_bytes(&row.entry) {
            Ok(entry) => self.replay(&row, &entry, stored),
            Err(error) => self.say(10, seq, error.to_string()),
        }
        self.compare_head(seq);
    }

    fn replay(&mut self, row: &Row, entry: &Entry, stored: &[Posting]) {
        let seq = row.seq;
        if !row_agrees(row, entry) {
            self.say(10, seq, "its columns say something else than its bytes");
        }
        if entry.postings != stored {
            self.say(10, seq, "its posting rows say something else than its bytes");
        }
        self.zero_sums(entry);
        match apply(&self.state, &entry.draft, entry.recorded_at) {
            Ok(effects) => {
                if effects.postings != entry.postings {
                    self.say(10, seq, "its postings do not follow from what it says");
                }
                self.absorb(entry, &effects);
            }
            Err(refusal) => {
                let invariant = invariant_of(&entry.draft);
                self.say(invariant, seq, format!("the rules would refuse it: {refusal}"));
                let effects = Effects { postings: entry.postings.clone(), changes: Vec::new() };
                self.absorb(entry, &effects);
            }
        }
    }

    fn absorb(&mut self, entry: &Entry, effects: &Effects) {
        self.state.absorb(entry.seq, entry.draft.id, effects);
    }

    /// Per item and book, the postings of an entry sum to zero.
    fn zero_sums(&mut self, entry: &Entry) {
        let mut sums: BTreeMap<(ItemId, Book), i64> = BTreeMap::new();
        for posting in &entry.postings {
            let sum = sums.entry((posting.item, posting.account.book())).or_insert(0);
            *sum = sum.saturating_add(posting.change);
        }
        if sums.values().any(|sum| *sum != 0) {
            self.say(2, entry.seq.cast_signed(), "its postings do not sum to zero");
        }
    }

    fn compare_head(&mut self, seq: i64) {
        let Some(head) = self.heads.remove(&seq) else { return };
        let root = self.frontier.root();
        if head.root != root.0 {
            self.say(10, seq, "the tree head stored here is not the root of the entries so far");
        }
        if head.previous_root != self.previous_root.0 {
            self.say(10, seq, "the tree head stored here does not follow from the one before it");
        }
        self.previous_root = root;
    }

    async fn compare_balances(&mut self, tx: &mut Tx) -> Result<(), Error> {
        const STOCK: &str = "select item, kind, place, quantity from stock_balances";
        const DUTY: &str = "select item, kind, unit, case_id, quantity from duty_balances";
        let rows: Vec<(ItemId, String, Uuid, i64)> =
            on!(tx, conn => sqlx::query_as(STOCK).fetch_all(conn).await?);
        let mut stock: BTreeMap<(ItemId, StockAccount), i64> = BTreeMap::new();
        for (item, kind, place, quantity) in rows {
            stock.insert((item, facts::stock_account(&kind, place)?), quantity);
        }
        let rows: Vec<(ItemId, String, UnitId, CaseId, i64)> =
            on!(tx, conn => sqlx::query_as(DUTY).fetch_all(conn).await?);
        let mut duty: BTreeMap<(ItemId, DutyAccount), i64> = BTreeMap::new();
        for (item, kind, unit, case, quantity) in rows {
            duty.insert((item, facts::duty_account(&kind, unit, case)?), quantity);
        }
        let mut wrong: Vec<ItemId> = differing(&stock, &self.state.stock);
        wrong.extend(differing(&duty, &self.state.duty));
        wrong.sort_unstable();
        wrong.dedup();
        for item in wrong {
            let number =
                self.state.items.get(&item).map_or_else(|| item.to_string(), |facts| facts.number.clone());
            self.say(
                10,
                0,
                format!("{number}: the stored balances are not those that follow from the entries"),
            );
        }
        Ok(())
    }

    fn finish(mut self) -> Report {
        let left: Vec<i64> = self.heads.keys().copied().collect();
        for size in left {
            self.say(10, size, "a tree head covers entries that are not there");
        }
        for broken in check::check(&self.state) {
            self.say(broken.invariant, 0, broken.finding);
        }
        self.report.items = self.state.items.len() as u64;
        self.report.root = self.frontier.root().to_string();
        if self.report.entries > 0 && self.previous_root != self.frontier.root() {
            self.say(10, self.read, "the newest entries are under no tree head");
        }
        self.report
    }
}

fn row_agrees(row: &Row, entry: &Entry) -> bool {
    let Draft { id, happened_at, actor, unit, body, .. } = &entry.draft;
    row.seq.cast_unsigned() == entry.seq
        && row.id == id.0
        && row.kind == body.kind()
        && row.happened_at == happened_at.0
        && row.recorded_at == entry.recorded_at.0
        && row.actor == actor.0
        && row.unit == unit.0
}

/// Which invariant a refused entry of this kind breaks first of all.
fn invariant_of(draft: &Draft) -> u8 {
    match draft.body.kind() {
        "exchange" | "offer" | "withdraw" => 3,
        "dispose" | "check_out" | "approve" | "declare_loss" => 4,
        "split" => 7,
        "seize" => 8,
        _ => 1,
    }
}

/// The items whose balances are not the same in both.
fn differing<A: Ord + Copy>(
    stored: &BTreeMap<(ItemId, A), i64>,
    derived: &BTreeMap<(ItemId, A), i64>,
) -> Vec<ItemId> {
    let one_way = |a: &BTreeMap<(ItemId, A), i64>, b: &BTreeMap<(ItemId, A), i64>| -> Vec<ItemId> {
        a.iter().filter(|(key, quantity)| b.get(key) != Some(*quantity)).map(|((item, _), _)| *item).collect()
    };
    let mut items = one_way(stored, derived);
    items.extend(one_way(derived, stored));
    items
}
