//! Photographs, kept once under the digest of their bytes.

use super::{
    Error, Tx,
    db::on,
    rows::{Column, Rows},
};
use crate::{
    clock::Moment,
    id::{CaseId, ItemId, PersonId},
};
use std::collections::{BTreeMap, BTreeSet};

/// Keeps the bytes. The same bytes again are the same photograph.
pub async fn keep(
    tx: &mut Tx,
    digest: &str,
    media_type: &str,
    content: &[u8],
    by: PersonId,
    now: Moment,
) -> Result<(), Error> {
    const SQL: &str = "insert into attachments (digest, media_type, content, added_at, added_by)
        values ($1, $2, $3, $4, $5) on conflict (digest) do nothing";
    on!(tx, conn => sqlx::query(SQL)
        .bind(digest)
        .bind(media_type)
        .bind(content)
        .bind(now)
        .bind(by)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// The media type and the bytes.
pub async fn content(tx: &mut Tx, digest: &str) -> Result<Option<(String, Vec<u8>)>, Error> {
    const SQL: &str = "select media_type, content from attachments where digest = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(digest).fetch_optional(conn).await?))
}

/// Those of these photographs that are kept no more, though an entry names them.
pub async fn gone(tx: &mut Tx, digests: &[String]) -> Result<BTreeSet<String>, Error> {
    const SQL: &str = "select 1 from attachments where digest = $1";
    let mut gone = BTreeSet::new();
    for digest in digests {
        let kept: Option<i32> =
            on!(tx, conn => sqlx::query_scalar(SQL).bind(digest).fetch_optional(conn).await?);
        if kept.is_none() {
            gone.insert(digest.clone());
        }
    }
    Ok(gone)
}

/// The first photograph of each of these items, up to an entry: of those that entries name, else of those taken with the list.
pub async fn first_of(tx: &mut Tx, items: &[ItemId], up_to: u64) -> Result<BTreeMap<ItemId, String>, Error> {
    const RECORDED: &str = "select item, digest, seq from photographs where item in {rows}";
    const LISTED: &str =
        "select item, digest from listed_photographs where item in {rows} order by item, digest";
    let wanted = || Rows::new(vec![Column::Ids(items.iter().map(|item| item.0).collect())]);
    let mut recorded: Vec<(ItemId, String, i64)> = wanted().fetch(tx, RECORDED).await?;
    recorded.retain(|(.., seq)| seq.cast_unsigned() <= up_to);
    recorded.sort_unstable_by(|one, other| (one.0, one.2, &one.1).cmp(&(other.0, other.2, &other.1)));
    let listed: Vec<(ItemId, String)> = wanted().fetch(tx, LISTED).await?;
    let mut first = BTreeMap::new();
    for (item, digest) in recorded.into_iter().map(|(item, digest, _)| (item, digest)).chain(listed) {
        first.entry(item).or_insert(digest);
    }
    Ok(first)
}

/// Whether this person took it.
pub async fn added_by(tx: &mut Tx, digest: &str, person: PersonId) -> Result<bool, Error> {
    const SQL: &str = "select 1 from attachments where digest = $1 and added_by = $2";
    let found: Option<i32> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(digest).bind(person).fetch_optional(conn).await?);
    Ok(found.is_some())
}

/// The cases of the items that it is recorded with: by which they were seized, and for which somebody answers for them now.
pub async fn cases(tx: &mut Tx, digest: &str) -> Result<Vec<CaseId>, Error> {
    const SQL: &str = "select i.case_id from photographs p join items i on i.id = p.item where p.digest = $1
        union select b.case_id from photographs p join duty_balances b on b.item = p.item
            where p.digest = $1 and b.kind = 'party'";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(digest).fetch_all(conn).await?))
}

/// The items that it is recorded with.
pub async fn items(tx: &mut Tx, digest: &str) -> Result<Vec<ItemId>, Error> {
    const SQL: &str = "select item from photographs where digest = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(digest).fetch_all(conn).await?))
}
