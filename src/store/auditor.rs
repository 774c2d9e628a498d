//! What an auditor reads: the journal by kind, day and item, one entry with its proof, and both books added up.

use super::{
    CHUNK, Error, Tx, as_of, damaged,
    db::on,
    entry_sight, facts,
    journal::{self, LISTED, ListedEntry},
    sight,
};
use crate::{
    clock::Moment,
    domain::Viewer,
    id::{CaseId, ItemId, UnitId},
    ledger::{Account, Body, Digest, Posting},
};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Which entries are wanted, newest first.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only entries before this number.
    pub before: Option<u64>,
    pub kind: Option<String>,
    /// Recorded at or after.
    pub from: Option<Moment>,
    /// Recorded before.
    pub until: Option<Moment>,
    pub item: Option<ItemId>,
}

/// Entries from newest to oldest, only those that this viewer sees: by what is kept of who sees them, except for who sees all. What
/// is asked for leads to the entries: a kind by its index, an item by its entries, each of which the rule is asked about, and days
/// by the numbers of the entries that were recorded then.
pub async fn entries(
    tx: &mut Tx,
    viewer: Viewer,
    filter: &Filter,
    limit: u32,
) -> Result<Vec<ListedEntry>, Error> {
    let before_day = |at: Moment| Moment(at.0.saturating_sub(1));
    let after = match filter.from {
        Some(from) => as_of::recorded_by(tx, before_day(from)).await?.map_or(0, |at| at.seq),
        None => 0,
    };
    let until = match filter.until {
        Some(until) => {
            as_of::recorded_by(tx, before_day(until)).await?.map_or(0, |at| at.seq).saturating_add(1)
        }
        None => u64::MAX,
    };
    let before = filter.before.unwrap_or(u64::MAX).min(until).min(i64::MAX.cast_unsigned());
    let mut sql = format!("select {LISTED} from journal j where j.seq < $6 and j.seq > $7");
    if viewer.all || filter.item.is_some() {
        sql += &format!(" and {}", sight::sees_entry("j"));
    } else {
        sql += &format!(" and j.seq in ({})", entry_sight::newest(filter.kind.is_some()));
    }
    let mut place = 9;
    if filter.kind.is_some() {
        sql += " and j.kind = $9";
        place = 10;
    }
    if filter.item.is_some() {
        sql += &format!(
            " and j.seq in (select seq from postings where item = ${place}
                union select h.offer_seq from handovers h join handover_lines l on l.handover = h.id where l.item = ${place}
                union select h.end_seq from handovers h join handover_lines l on l.handover = h.id where l.item = ${place}
                union select raised_seq from differences where item = ${place}
                union select settled_seq from differences where item = ${place})"
        );
    }
    sql += " order by j.seq desc limit $8";
    Ok(on!(tx, conn => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(viewer.all)
            .bind(viewer.unit)
            .bind(viewer.custodian)
            .bind(viewer.approves)
            .bind(viewer.registers)
            .bind(before.cast_signed())
            .bind(after.cast_signed())
            .bind(i64::from(limit));
        if let Some(kind) = &filter.kind {
            query = query.bind(kind);
        }
        if let Some(item) = filter.item {
            query = query.bind(item);
        }
        query.fetch_all(conn).await?
    }))
}

/// How one entry is stored, and what proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// How many bytes it has, which are not read.
    pub length: u64,
    pub leaf: Digest,
    /// The first tree head that covers it: size and root.
    pub head_size: u64,
    pub head_root: Digest,
}

type StoredRow = (i64, Vec<u8>, i64, Vec<u8>);

pub async fn stored(tx: &mut Tx, seq: u64) -> Result<Option<StoredEntry>, Error> {
    const SQL: &str = "select cast(octet_length(j.entry) as bigint), j.leaf, h.size, h.root from journal j
            join heads h on h.size = (select min(size) from heads where size >= j.seq)
        where j.seq = $1";
    let row: Option<StoredRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(seq.cast_signed()).fetch_optional(conn).await?);
    row.map(|(length, leaf, size, root)| {
        let digest =
            |bytes: &[u8]| Digest::from_slice(bytes).ok_or_else(|| damaged("hash", "another length"));
        Ok(StoredEntry {
            length: length.cast_unsigned(),
            leaf: digest(&leaf)?,
            head_size: size.cast_unsigned(),
            head_root: digest(&root)?,
        })
    })
    .transpose()
}

/// How many lines an entry posts, and those of them from the one at `from` on (from 0), at most so many. The entry is not read for it.
pub async fn postings(
    tx: &mut Tx,
    seq: u64,
    from: usize,
    limit: usize,
) -> Result<(usize, Vec<Posting>), Error> {
    const LINES: &str = "select count(*) from postings where seq = $1";
    const SQL: &str = "select item, book, kind, place, case_id, change from postings
        where seq = $1 and line > $2 order by line limit $3";
    let (seq, from, limit) = (seq.cast_signed(), i64::try_from(from), i64::try_from(limit));
    let lines: i64 = on!(tx, conn => sqlx::query_scalar(LINES).bind(seq).fetch_one(conn).await?);
    let rows: Vec<(ItemId, String, String, Uuid, CaseId, i64)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(seq)
        .bind(from.unwrap_or(i64::MAX))
        .bind(limit.unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?);
    let posting = |(item, book, kind, place, case, change): (ItemId, String, String, Uuid, CaseId, i64)| {
        let account = match book.as_str() {
            "stock" => Account::Stock(facts::stock_account(&kind, place)?),
            _ => Account::Duty(facts::duty_account(&kind, UnitId(place), case)?),
        };
        Ok(Posting { item, account, change })
    };
    let lines = usize::try_from(lines).map_err(|error| damaged("postings", error))?;
    Ok((lines, rows.into_iter().map(posting).collect::<Result<_, Error>>()?))
}

/// What was said later about an entry, or what it says about an earlier one: error declarations and corrections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Errors {
    /// The declaration that this entry is, or that is about it.
    pub declaration: Option<i64>,
    /// What the declaration says is wrong.
    pub reason: Option<String>,
    /// The declaration that calls this entry wrong.
    pub declared_by: Option<i64>,
    /// The entry that this one calls wrong.
    pub calls_wrong: Option<i64>,
    /// The entry that corrects the error.
    pub corrected_by: Option<i64>,
}

pub async fn errors(tx: &mut Tx, seq: u64) -> Result<Errors, Error> {
    const SQL: &str = "select declaration, wrong_seq, corrected from declared_errors
        where wrong_seq = $1 or declaration = $1 or corrected = $1";
    let rows: Vec<(i64, i64, Option<i64>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(seq.cast_signed()).fetch_all(conn).await?);
    let mut errors = Errors::default();
    for (declaration, wrong, corrected) in rows {
        errors.declaration = errors.declaration.or(Some(declaration));
        errors.declared_by = errors.declared_by.or(Some(declaration).filter(|_| wrong == seq.cast_signed()));
        errors.calls_wrong = errors.calls_wrong.or(Some(wrong).filter(|_| wrong != seq.cast_signed()));
        errors.corrected_by = errors.corrected_by.or(corrected);
    }
    if let Some(declaration) = errors.declaration
        && let Some(entry) = journal::entry(tx, declaration.cast_unsigned()).await?
        && let Body::DeclareError(body) = entry.draft.body
    {
        errors.reason = Some(body.reason);
    }
    Ok(errors)
}

/// A paper that an entry makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct MadePaper {
    pub kind: String,
    pub number: String,
    pub check_code: String,
}

pub async fn papers(tx: &mut Tx, seq: u64) -> Result<Vec<MadePaper>, Error> {
    const SQL: &str = "select kind, number, check_code from papers where seq = $1 order by number";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(seq.cast_signed()).fetch_all(conn).await?))
}

/// The duty book per case, the fullest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct CaseSum {
    pub id: CaseId,
    pub number: String,
    pub name: String,
    pub unit: UnitId,
    pub unit_name: String,
    pub items: i64,
}

/// The names to these figures, in their order.
pub async fn case_sums(tx: &mut Tx, cases: &[(CaseId, i64)]) -> Result<Vec<CaseSum>, Error> {
    const SQL: &str = "select c.id, c.number, c.name, c.unit, u.name as unit_name, cast(0 as bigint) as items
        from cases c join units u on u.id = c.unit where c.id in (";
    let mut found = BTreeMap::new();
    for chunk in cases.chunks(CHUNK) {
        let rows: Vec<CaseSum> = on!(tx, conn => {
            let mut query = sqlx::QueryBuilder::new(SQL);
            chunk.iter().fold(&mut query.separated(", "), |list, (case, _)| list.push_bind(*case));
            query.push(")").build_query_as().fetch_all(conn).await?
        });
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(cases
        .iter()
        .filter_map(|(case, items)| Some(CaseSum { items: *items, ..found.remove(case)? }))
        .collect())
}
