//! Photographs that were taken with the rows of a list: with the list while it waits, with the things once it is recorded.

use super::{Error, Tx, db::on};
use crate::{
    clock::Moment,
    id::{ImportId, ItemId, PersonId},
};

/// One photograph of one row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedPhotograph {
    /// The number of the row.
    pub line: i64,
    pub digest: String,
}

pub async fn of_list(tx: &mut Tx, list: ImportId) -> Result<Vec<ListedPhotograph>, Error> {
    const SQL: &str =
        "select line, digest from listed_photographs where list = $1 order by line, added_at, digest";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(list).fetch_all(conn).await?))
}

/// Those that were taken with the row from which an item came.
pub async fn of_item(tx: &mut Tx, item: ItemId) -> Result<Vec<String>, Error> {
    const SQL: &str = "select digest from listed_photographs where item = $1 order by added_at, digest";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(item).fetch_all(conn).await?))
}

/// The items, and the units whose lists wait, that a photograph was taken for.
pub async fn items(tx: &mut Tx, digest: &str) -> Result<Vec<ItemId>, Error> {
    const SQL: &str = "select item from listed_photographs where digest = $1 and item is not null";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(digest).fetch_all(conn).await?))
}

/// The lists that wait for which it was taken.
pub async fn lists(tx: &mut Tx, digest: &str) -> Result<Vec<ImportId>, Error> {
    const SQL: &str = "select list from listed_photographs where digest = $1 and item is null";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(digest).fetch_all(conn).await?))
}

/// Keeps one with a row. The same picture again is the same.
pub async fn keep(
    tx: &mut Tx,
    (list, line): (ImportId, i64),
    digest: &str,
    (added_by, added_at): (PersonId, Moment),
) -> Result<(), Error> {
    const SQL: &str = "insert into listed_photographs (list, line, digest, added_at, added_by)
        values ($1, $2, $3, $4, $5) on conflict (list, line, digest) do nothing";
    on!(tx, conn => sqlx::query(SQL)
        .bind(list)
        .bind(line)
        .bind(digest)
        .bind(added_at)
        .bind(added_by)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

pub async fn remove(tx: &mut Tx, (list, line): (ImportId, i64), digest: &str) -> Result<(), Error> {
    const SQL: &str =
        "delete from listed_photographs where list = $1 and line = $2 and digest = $3 and item is null";
    on!(tx, conn => sqlx::query(SQL).bind(list).bind(line).bind(digest).execute(conn).await?.rows_affected());
    Ok(())
}

/// All of a list that is thrown away.
pub async fn remove_all(tx: &mut Tx, list: ImportId) -> Result<(), Error> {
    const SQL: &str = "delete from listed_photographs where list = $1 and item is null";
    on!(tx, conn => sqlx::query(SQL).bind(list).execute(conn).await?.rows_affected());
    Ok(())
}

/// The row became the thing on this line of this entry.
pub async fn recorded(
    tx: &mut Tx,
    (list, line): (ImportId, i64),
    (seq, paper_line): (u64, i64),
) -> Result<(), Error> {
    const SQL: &str = "update listed_photographs set item =
            (select id from items where seized_seq = $3 and paper_line = $4 and parent is null)
        where list = $1 and line = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(list)
        .bind(line)
        .bind(seq.cast_signed())
        .bind(paper_line)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}
