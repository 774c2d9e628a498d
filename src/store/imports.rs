//! Uploaded seizure lists, kept until they are confirmed.

use super::{
    Error, Tx,
    db::on,
    rows::{Column, Rows},
};
use crate::{
    clock::Moment,
    id::{CaseId, ImportId, ItemId, PersonId, UnitId},
};
use std::collections::BTreeSet;

/// One uploaded list. The draft is a JSON text that the verbs understand.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Import {
    pub id: ImportId,
    pub unit: UnitId,
    pub person: PersonId,
    pub file_name: String,
    /// Of the file as it was uploaded.
    pub digest: String,
    pub draft: String,
    pub case_id: CaseId,
    /// How many rows the draft has.
    pub row_count: i64,
    pub created_at: Moment,
    /// The entry that recorded it.
    pub entry_seq: Option<i64>,
}

pub async fn add(tx: &mut Tx, it: &Import) -> Result<(), Error> {
    const SQL: &str =
        "insert into imports (id, unit, person, file_name, digest, draft, case_id, row_count, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(it.id)
        .bind(it.unit)
        .bind(it.person)
        .bind(&it.file_name)
        .bind(&it.digest)
        .bind(&it.draft)
        .bind(it.case_id)
        .bind(it.row_count)
        .bind(it.created_at)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

const IMPORT: &str =
    "select id, unit, person, file_name, digest, draft, case_id, row_count, created_at, entry_seq
    from imports";

pub async fn import(tx: &mut Tx, id: ImportId) -> Result<Option<Import>, Error> {
    let sql = format!("{IMPORT} where id = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?))
}

/// A list that waits for confirmation, without its rows.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema, sqlx::FromRow)]
pub struct OpenList {
    pub id: ImportId,
    pub file_name: String,
    pub uploaded_at: Moment,
    pub case: CaseId,
    pub case_number: String,
    pub case_name: String,
    /// How many.
    pub rows: i64,
}

/// The unit's lists that wait for confirmation, newest first.
pub async fn open(tx: &mut Tx, unit: UnitId) -> Result<Vec<OpenList>, Error> {
    const SQL: &str = "select i.id, i.file_name, i.created_at as uploaded_at, c.id as \"case\",
            c.number as case_number, c.name as case_name, i.row_count as \"rows\"
        from imports i join cases c on c.id = i.case_id
        where i.unit = $1 and i.entry_seq is null order by i.created_at desc, i.id limit 200";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(unit).fetch_all(conn).await?))
}

/// A list that was confirmed: the entry that recorded it.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow)]
pub struct ConfirmedList {
    pub id: ImportId,
    pub seq: i64,
    pub recorded_at: Moment,
    /// How many things it registered; rows that were left out are none.
    pub rows: i64,
}

/// The lists of a case that were confirmed, oldest first.
pub async fn confirmed(tx: &mut Tx, case: CaseId) -> Result<Vec<ConfirmedList>, Error> {
    const SQL: &str = "select i.id, i.entry_seq as seq, j.recorded_at, (select count(*) from items n
            where n.case_id = i.case_id and n.seized_seq = i.entry_seq and n.parent is null) as \"rows\"
        from imports i join journal j on j.seq = i.entry_seq where i.case_id = $1 order by i.entry_seq limit 100";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(case).fetch_all(conn).await?))
}

/// How many lists of this person wait for confirmation.
pub async fn open_of(tx: &mut Tx, person: PersonId) -> Result<i64, Error> {
    const SQL: &str = "select count(*) from imports where person = $1 and entry_seq is null";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(person).fetch_one(conn).await?))
}

/// The entry that recorded the very same file before, in this unit.
pub async fn recorded_before(tx: &mut Tx, unit: UnitId, digest: &str) -> Result<Option<i64>, Error> {
    const SQL: &str =
        "select entry_seq from imports where unit = $1 and digest = $2 and entry_seq is not null
        order by entry_seq limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(unit).bind(digest).fetch_optional(conn).await?))
}

/// A thing in the ledger that carries an identifier.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct IdentifiedItem {
    pub identifier: String,
    pub item: ItemId,
    pub number: String,
}

/// The things that carry these identifiers, the oldest first.
pub async fn identified(tx: &mut Tx, identifiers: &BTreeSet<String>) -> Result<Vec<IdentifiedItem>, Error> {
    const SQL: &str =
        "select n.identifier, n.item, i.number from item_identifiers n join items i on i.id = n.item
        where n.identifier in {rows} order by n.identifier, i.number";
    if identifiers.is_empty() {
        return Ok(Vec::new());
    }
    Rows::new(vec![Column::Texts(identifiers.iter().map(String::as_str).collect())]).fetch(tx, SQL).await
}

/// One line of the lists that a case has already.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedLine {
    pub seized_seq: i64,
    pub name: String,
    pub quantity: i64,
    pub features: String,
}

pub async fn seized_lines(tx: &mut Tx, case: CaseId) -> Result<Vec<ListedLine>, Error> {
    const SQL: &str =
        "select seized_seq, name, quantity, features from items where case_id = $1 and parent is null";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(case).fetch_all(conn).await?))
}

/// The entry by which this unit recorded a list of this number.
pub async fn paper_recorded(tx: &mut Tx, unit: UnitId, paper: &str) -> Result<Option<i64>, Error> {
    const SQL: &str = "select min(seized_seq) from items where paper_number = $1 and owed_by = $2";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(paper).bind(unit).fetch_one(conn).await?))
}

/// Keeps the draft as it is now, with how many rows it has. False when the list has been recorded meanwhile.
pub async fn keep(tx: &mut Tx, id: ImportId, (draft, rows): (&str, i64)) -> Result<bool, Error> {
    const SQL: &str = "update imports set draft = $1, row_count = $3 where id = $2 and entry_seq is null";
    Ok(on!(tx, conn => sqlx::query(SQL).bind(draft).bind(id).bind(rows).execute(conn).await?.rows_affected())
        == 1)
}

pub async fn recorded(tx: &mut Tx, id: ImportId, seq: u64) -> Result<(), Error> {
    const SQL: &str = "update imports set entry_seq = $1 where id = $2";
    on!(tx, conn => sqlx::query(SQL).bind(seq.cast_signed()).bind(id).execute(conn).await?.rows_affected());
    Ok(())
}

/// Throws a list away that was never recorded.
pub async fn discard(tx: &mut Tx, id: ImportId) -> Result<(), Error> {
    const SQL: &str = "delete from imports where id = $1 and entry_seq is null";
    on!(tx, conn => sqlx::query(SQL).bind(id).execute(conn).await?.rows_affected());
    Ok(())
}
