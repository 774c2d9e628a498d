//! The journal itself: appending, sealing, and reading entries back. The bytes that are hashed follow from those that are
//! stored.

use super::{
    Error, Tx, damaged,
    db::on,
    rows::{Column, Rows},
    tiles,
};
use crate::{
    clock::Moment,
    id::{CaseId, EntryId, ItemId, UnitId},
    ledger::{
        Account, Commitment, Digest, DutyAccount, Edition, Entry, Frontier, RecordedDraft, Suite,
        tree::tile::TileHash,
    },
};
use std::ops::RangeInclusive;
use uuid::Uuid;

/// The tree head the next commit grows from.
#[derive(Clone, Debug)]
pub struct Head {
    suite: Suite,
    frontier: Frontier,
    previous_root: Digest,
    /// The roots of tiles that became full since it was read.
    completed: Vec<TileHash>,
    pub recorded_at: Moment,
    /// The edition of the rules under which the newest entries were recorded.
    pub edition: Edition,
}

impl Head {
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    pub fn root(&self) -> Digest {
        self.frontier.root()
    }
}

/// An entry as it is stored and hashed.
pub struct SealedEntry<'a> {
    pub entry: &'a Entry,
    pub bytes: Vec<u8>,
    pub commitment: Commitment,
}

impl Head {
    /// Takes the entries' leaves in: from here on the head is the one after them, though nothing is written yet.
    pub fn grow<'a>(
        &mut self,
        entries: impl Iterator<Item = &'a Entry>,
    ) -> Result<Vec<SealedEntry<'a>>, Error> {
        entries
            .map(|entry| {
                let bytes = entry.canonical_bytes()?;
                let commitment = entry.commitment(self.suite)?;
                self.completed.extend(self.frontier.push(commitment.leaf));
                Ok(SealedEntry { entry, bytes, commitment })
            })
            .collect()
    }
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    size: i64,
    root: Vec<u8>,
    frontier: Vec<u8>,
    recorded_at: Moment,
    edition: i64,
}

/// The newest head; of an empty ledger, the empty tree's.
pub async fn head(tx: &mut Tx, suite: Suite) -> Result<Head, Error> {
    const SQL: &str =
        "select size, root, frontier, recorded_at, edition from heads order by size desc limit 1";
    let row: Option<HeadRow> = on!(tx, conn => sqlx::query_as(SQL).fetch_optional(conn).await?);
    let (frontier, recorded_at, edition) = match row {
        None => (Frontier::empty(suite), Moment(0), Edition::FIRST),
        Some(row) => {
            let frontier = Frontier::from_bytes(suite, row.size.cast_unsigned(), &row.frontier)
                .filter(|frontier| frontier.root().0.as_slice() == row.root);
            let fits = || damaged("tree head", format!("the head at {} does not fit its tree", row.size));
            let edition = u16::try_from(row.edition).ok().and_then(Edition::new);
            let named =
                || damaged("tree head", format!("the head at {} names no edition of the rules", row.size));
            (frontier.ok_or_else(fits)?, row.recorded_at, edition.ok_or_else(named)?)
        }
    };
    let (previous_root, completed) = (frontier.root(), Vec::new());
    Ok(Head { suite, frontier, previous_root, completed, recorded_at, edition })
}

/// Writes entries with their postings, each table in one statement. They count once the head is sealed.
pub async fn append(tx: &mut Tx, entries: &[SealedEntry<'_>]) -> Result<(), Error> {
    const SQL: &str =
        "insert into journal (seq, id, kind, happened_at, recorded_at, actor, unit, entry, leaf)
        select * from {rows} as given";
    Rows::new(vec![
        Column::Numbers(entries.iter().map(|it| it.entry.seq.cast_signed()).collect()),
        Column::Ids(entries.iter().map(|it| it.entry.draft.id.0).collect()),
        Column::Texts(entries.iter().map(|it| it.entry.draft.body.kind()).collect()),
        Column::Numbers(entries.iter().map(|it| it.entry.draft.happened_at.0).collect()),
        Column::Numbers(entries.iter().map(|it| it.entry.recorded_at.0).collect()),
        Column::Ids(entries.iter().map(|it| it.entry.draft.actor.0).collect()),
        Column::Ids(entries.iter().map(|it| it.entry.draft.unit.0).collect()),
        Column::Bytes(entries.iter().map(|it| it.bytes.as_slice()).collect()),
        Column::Bytes(entries.iter().map(|it| it.commitment.leaf.0.as_slice()).collect()),
    ])
    .execute(tx, SQL)
    .await?;
    post(tx, entries).await
}

async fn post(tx: &mut Tx, entries: &[SealedEntry<'_>]) -> Result<(), Error> {
    const SQL: &str = "insert into postings (seq, line, item, book, kind, place, case_id, change)
        select * from {rows} as given";
    let lines = || {
        entries.iter().flat_map(|SealedEntry { entry, .. }| {
            (1..).zip(&entry.postings).map(|(line, posting)| (entry.seq.cast_signed(), line, posting))
        })
    };
    let parts: Vec<_> = lines().map(|(_, _, posting)| account_parts(&posting.account)).collect();
    Rows::new(vec![
        Column::Numbers(lines().map(|(seq, _, _)| seq).collect()),
        Column::Numbers(lines().map(|(_, line, _)| line).collect()),
        Column::Ids(lines().map(|(_, _, posting)| posting.item.0).collect()),
        Column::Texts(lines().map(|(_, _, posting)| posting.account.book().word()).collect()),
        Column::Texts(parts.iter().map(|(kind, _, _)| *kind).collect()),
        Column::Ids(parts.iter().map(|(_, place, _)| *place).collect()),
        Column::Ids(parts.iter().map(|(_, _, case)| case.0).collect()),
        Column::Numbers(lines().map(|(_, _, posting)| posting.change).collect()),
    ])
    .execute(tx, SQL)
    .await
}

/// The stored parts of an account: kind, whose, and for which case.
pub fn account_parts(account: &Account) -> (&'static str, Uuid, CaseId) {
    let nil = CaseId(Uuid::nil());
    match account {
        Account::Stock(account) => (account.kind(), account.place(), nil),
        Account::Duty(account) => {
            let (kind, unit, case) = duty_parts(account);
            (kind, unit.0, case)
        }
    }
}

/// The stored parts of a duty account.
pub fn duty_parts(account: &DutyAccount) -> (&'static str, UnitId, CaseId) {
    match account {
        DutyAccount::None => ("none", UnitId(Uuid::nil()), CaseId(Uuid::nil())),
        DutyAccount::Party(party) => ("party", party.unit, party.case),
        DutyAccount::Closed => ("closed", UnitId(Uuid::nil()), CaseId(Uuid::nil())),
    }
}

/// Writes the head over everything appended in this transaction, with the ledger's signature over it.
pub async fn seal(tx: &mut Tx, head: &Head, recorded_at: Moment, signature: &str) -> Result<(), Error> {
    const SQL: &str =
        "insert into heads (size, root, previous_root, frontier, recorded_at, signature, edition)
        values ($1, $2, $3, $4, $5, $6, $7)";
    tiles::append(tx, &head.completed).await?;
    on!(tx, conn => sqlx::query(SQL)
        .bind(head.size().cast_signed())
        .bind(head.root().0.as_slice())
        .bind(head.previous_root.0.as_slice())
        .bind(head.frontier.to_bytes())
        .bind(recorded_at)
        .bind(signature)
        .bind(i64::from(head.edition.number()))
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

/// The entry with that id.
pub async fn entry_by_id(tx: &mut Tx, id: EntryId) -> Result<Option<Entry>, Error> {
    const SQL: &str = "select entry from journal where id = $1";
    let bytes: Option<Vec<u8>> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(id).fetch_optional(conn).await?);
    bytes.map(|bytes| read(&bytes)).transpose()
}

/// Those of these ids that are in the journal already.
pub async fn entries_by_id(tx: &mut Tx, ids: &[EntryId]) -> Result<Vec<Entry>, Error> {
    const SQL: &str = "select entry from journal where id in {rows}";
    let rows = Rows::new(vec![Column::Ids(ids.iter().map(|id| id.0).collect())]);
    let found: Vec<(Vec<u8>,)> = rows.fetch(tx, SQL).await?;
    found.iter().map(|(bytes,)| read(bytes)).collect()
}

/// How many bytes an entry has, which is told without reading them; none where there is no such entry.
pub async fn length(tx: &mut Tx, seq: u64) -> Result<u64, Error> {
    const SQL: &str = "select cast(octet_length(entry) as bigint) from journal where seq = $1";
    let length: Option<i64> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(seq.cast_signed()).fetch_optional(conn).await?);
    Ok(length.unwrap_or_default().cast_unsigned())
}

/// The entry with that number.
pub async fn entry(tx: &mut Tx, seq: u64) -> Result<Option<Entry>, Error> {
    bytes(tx, seq).await?.map(|bytes| read(&bytes)).transpose()
}

/// Entries from newest to oldest, those before `before` (exclusive), at most `limit`, of one kind when it is given.
pub async fn page(
    tx: &mut Tx,
    before: Option<u64>,
    kind: Option<&str>,
    limit: u32,
) -> Result<Vec<Entry>, Error> {
    const SQL: &str = "select entry from journal where seq < $1 and ($2 = '' or kind = $2)
        order by seq desc limit $3";
    let before = before.map_or(i64::MAX, u64::cast_signed);
    let rows: Vec<Vec<u8>> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(before)
        .bind(kind.unwrap_or(""))
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?);
    rows.iter().map(|bytes| read(bytes)).collect()
}

/// What a stored entry says and when it was recorded, without its postings.
pub fn recorded_draft(bytes: &[u8]) -> Result<RecordedDraft, Error> {
    RecordedDraft::from_bytes(bytes).map_err(|error| damaged("entry", error))
}

/// An entry of a list. One of very many lines is not read for it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedEntry {
    pub seq: i64,
    pub unit: UnitId,
    /// As it is stored, unless it is long.
    pub entry: Option<Vec<u8>>,
}

/// What a list asks of each entry `j`. How many bytes there are is told without reading them.
pub(super) const LISTED: &str =
    "j.seq, j.unit, case when octet_length(j.entry) <= 32768 then j.entry end as entry";

/// One of them.
pub async fn listed(tx: &mut Tx, seq: u64) -> Result<Option<ListedEntry>, Error> {
    let sql = format!("select {LISTED} from journal j where j.seq = $1");
    Ok(
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(seq.cast_signed()).fetch_optional(conn).await?),
    )
}

/// The newest so many, newest first.
pub async fn newest(tx: &mut Tx, limit: u32) -> Result<Vec<ListedEntry>, Error> {
    let sql = format!("select {LISTED} from journal j order by j.seq desc limit $1");
    Ok(
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(i64::from(limit)).fetch_all(conn).await?),
    )
}

/// An entry as it is stored.
pub async fn bytes(tx: &mut Tx, seq: u64) -> Result<Option<Vec<u8>>, Error> {
    const SQL: &str = "select entry from journal where seq = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(seq.cast_signed()).fetch_optional(conn).await?))
}

/// Every entry that names the item, oldest first: those that post it, and the offers and exchanges it was on.
pub async fn entries_of_item(
    tx: &mut Tx,
    item: ItemId,
    seqs: RangeInclusive<u64>,
    order: Order,
    limit: u32,
) -> Result<Vec<Entry>, Error> {
    let sql = format!(
        "select j.entry from journal j where j.seq between $2 and $3 and j.seq in {OF_ITEM} order by j.seq {} limit $4",
        order.word()
    );
    let rows: Vec<Vec<u8>> = on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(item)
        .bind(i64::try_from(*seqs.start()).unwrap_or(i64::MAX))
        .bind(i64::try_from(*seqs.end()).unwrap_or(i64::MAX))
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?);
    rows.iter().map(|bytes| read(bytes)).collect()
}

/// The numbers of the entries that concern an item, in their order, at most so many.
pub async fn seqs_of_item(tx: &mut Tx, item: ItemId, limit: u32) -> Result<Vec<u64>, Error> {
    let sql = format!("select j.seq from journal j where j.seq in {OF_ITEM} order by j.seq limit $2");
    let seqs: Vec<i64> = on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(item)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?);
    Ok(seqs.into_iter().map(i64::cast_unsigned).collect())
}

/// Which end of a list comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    OldestFirst,
    NewestFirst,
}

impl Order {
    fn word(self) -> &'static str {
        match self {
            Order::OldestFirst => "asc",
            Order::NewestFirst => "desc",
        }
    }
}

/// The numbers of the entries that concern an item.
const OF_ITEM: &str = "(select seq from postings where item = $1
            union select h.offer_seq from handovers h join handover_lines l on l.handover = h.id
                where l.item = $1 and h.offer_seq is not null
            union select h.end_seq from handovers h join handover_lines l on l.handover = h.id
                where l.item = $1 and h.end_seq is not null
            union select seq from description_corrections where item = $1
            union select raised_seq from differences where item = $1
            union select settled_seq from differences where item = $1 and settled_seq is not null)";

/// Entries as they are stored, in their order: those after a number, at most so many.
pub async fn bytes_after(tx: &mut Tx, after: u64, limit: u32) -> Result<Vec<(u64, Vec<u8>)>, Error> {
    const SQL: &str = "select seq, entry from journal where seq > $1 order by seq limit $2";
    let rows: Vec<(i64, Vec<u8>)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(after.cast_signed())
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?);
    Ok(rows.into_iter().map(|(seq, bytes)| (seq.cast_unsigned(), bytes)).collect())
}

fn read(bytes: &[u8]) -> Result<Entry, Error> {
    Entry::from_canonical_bytes(bytes).map_err(|error| damaged("entry", error))
}
