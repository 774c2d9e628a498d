//! Proves the ledger again from its entries: every hash, every rule, every posting, every balance, every signature, and
//! every table that follows from them. Reads only, and in one transaction, so it can be run while everybody works.
//!
//! [`replay`] lives through the journal, [`acts`] asks each entry the questions that do not depend on the rules having
//! been followed, [`tables`] derives what is stored beside the journal, [`photographs`] the pictures, [`signatures`] asks the keys, [`tree`] the heads
//! and the tiles, [`cosigned`] what the ledger and its witnesses have signed.

mod acts;
mod comparison;
mod cosigned;
mod keys;
mod papers;
mod photographs;
mod replay;
mod roster;
mod rows;
mod signatures;
mod tables;
mod tree;

use super::{Error, Tx, db::on, facts, holders, journal::account_parts};
use crate::{
    id::{CaseId, ItemId, UnitId},
    language::Language,
    ledger::{Account, Posting, Suite, check::INVARIANTS},
};
use replay::Replay;
use serde::Serialize;
use std::collections::BTreeMap;
use tree::Tree;
use uuid::Uuid;

/// What was proven, and what was found wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Report {
    pub entries: u64,
    pub items: u64,
    /// The root over all entries (hex).
    pub root: String,
    /// One for each of the ten invariants, in their order: all of them were asked.
    pub checked: Vec<InvariantReport>,
    pub findings: Vec<Finding>,
}

impl Report {
    pub fn in_order(&self) -> bool {
        self.findings.is_empty()
    }
}

/// One invariant, how many things it was asked of, and how often it was found broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct InvariantReport {
    /// 1 to 10, as in the design.
    pub invariant: u8,
    pub zh: &'static str,
    pub en: &'static str,
    pub asked: u64,
    pub broken: u64,
}

impl InvariantReport {
    pub fn sentence(&self, language: Language) -> &'static str {
        language.pick(self.zh, self.en)
    }
}

/// One thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Finding {
    /// 1 to 10: the invariant of the design that is broken.
    pub invariant: u8,
    /// The entry number, where one is to blame.
    pub seq: Option<u64>,
    pub zh: String,
    pub en: String,
}

impl Finding {
    pub fn sentence(&self, language: Language) -> &str {
        language.pick(&self.zh, &self.en)
    }
}

/// How many entries are read at a time.
const CHUNK: i64 = 2_000;

/// Reads every entry and re-derives everything.
pub async fn verify(tx: &mut Tx, suite: Suite) -> Result<Report, Error> {
    let keys = signatures::load(tx).await?;
    let papers = papers::Papers::begin(tx).await?;
    let mut replay = Replay::begin(Tree::load(tx, suite).await?, keys, holders::first(tx).await?, papers);
    let mut chunk = Chunk::after(tx, 0).await?;
    while let Some(last) = chunk.rows.last().map(|row| row.seq) {
        // What was read is lived through while the next is being read.
        let replaying = tokio::task::spawn_blocking(move || {
            replay.take_all(chunk);
            replay
        });
        let next = Chunk::after(tx, last).await;
        replay = replaying.await.map_err(|_| Error::Stopped)?;
        chunk = next?;
    }
    // Behind the last entry only postings can be left.
    replay.take_all(chunk);
    replay.compare_balances(stock(tx).await?, duty(tx).await?);
    replay.compare_tables(tx).await?;
    replay.compare_photographs(tx, suite).await?;
    Ok(replay.finish())
}

/// Entries that follow one another, and all postings stored under their numbers; with the last entries, those under any
/// later number.
struct Chunk {
    rows: Vec<Row>,
    postings: BTreeMap<i64, Vec<Posting>>,
}

impl Chunk {
    async fn after(tx: &mut Tx, after: i64) -> Result<Chunk, Error> {
        let rows = rows(tx, after).await?;
        let last = rows.last().map_or(i64::MAX, |row| row.seq);
        let postings = postings(tx, after, last).await?;
        Ok(Chunk { rows, postings })
    }
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

type PostingRow = (i64, i64, ItemId, String, String, Uuid, CaseId, i64);

async fn postings(tx: &mut Tx, after: i64, up_to: i64) -> Result<BTreeMap<i64, Vec<Posting>>, Error> {
    const SQL: &str = "select seq, line, item, book, kind, place, case_id, change from postings
        where seq > $1 and seq <= $2 order by seq, line";
    let rows: Vec<PostingRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(after).bind(up_to).fetch_all(conn).await?);
    let mut by_entry: BTreeMap<i64, Vec<Posting>> = BTreeMap::new();
    for (seq, line, item, book, kind, place, case, change) in rows {
        let account = match book.as_str() {
            "stock" => facts::stock_account(&kind, place).map(Account::Stock),
            _ => facts::duty_account(&kind, UnitId(place), case).map(Account::Duty),
        };
        let postings = by_entry.entry(seq).or_default();
        // An account that does not exist shows up as a posting that is missing, and so does one that is stored with a part
        // it does not have, or a line out of its place.
        let sound = |account: &Account| {
            account_parts(account) == (kind.as_str(), place, case)
                && usize::try_from(line).is_ok_and(|line| line == postings.len() + 1)
        };
        if let Some(account) = account.ok().filter(sound) {
            postings.push(Posting { item, account, change });
        }
    }
    Ok(by_entry)
}

/// A stored balance: of which item, in which account (by its parts), how much.
type Balance = ((ItemId, String, Uuid, CaseId), i64);

async fn stock(tx: &mut Tx) -> Result<BTreeMap<(ItemId, String, Uuid, CaseId), i64>, Error> {
    const SQL: &str = "select item, kind, place, quantity from stock_balances";
    let rows: Vec<(ItemId, String, Uuid, i64)> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?);
    let balance =
        |(item, kind, place, quantity)| -> Balance { ((item, kind, place, CaseId(Uuid::nil())), quantity) };
    Ok(rows.into_iter().map(balance).collect())
}

async fn duty(tx: &mut Tx) -> Result<BTreeMap<(ItemId, String, Uuid, CaseId), i64>, Error> {
    const SQL: &str = "select item, kind, unit, case_id, quantity from duty_balances";
    let rows: Vec<(ItemId, String, Uuid, CaseId, i64)> =
        on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?);
    let balance = |(item, kind, unit, case, quantity)| -> Balance { ((item, kind, unit, case), quantity) };
    Ok(rows.into_iter().map(balance).collect())
}

/// One line for each invariant.
fn checked(asked: &[u64; 10], findings: &[Finding]) -> Vec<InvariantReport> {
    let broken = |invariant| findings.iter().filter(|finding| finding.invariant == invariant).count() as u64;
    (1..)
        .zip(INVARIANTS.iter().zip(asked))
        .map(|(invariant, ((zh, en), asked))| InvariantReport {
            invariant,
            zh,
            en,
            asked: *asked,
            broken: broken(invariant),
        })
        .collect()
}
