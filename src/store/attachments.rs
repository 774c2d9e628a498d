//! Files that entries name by their digest: photographs, and the lists that were uploaded.

use super::{Error, Tx, db::on};
use crate::{
    clock::Moment,
    id::{ItemId, PersonId},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub digest: String,
    pub media_type: String,
    pub content: Vec<u8>,
    pub added_at: Moment,
    pub added_by: PersonId,
}

/// Keeps a file. The same content again is the same file.
pub async fn add(tx: &mut Tx, it: &Attachment) -> Result<(), Error> {
    const SQL: &str = "insert into attachments (digest, media_type, content, added_at, added_by)
        values ($1, $2, $3, $4, $5) on conflict (digest) do nothing";
    on!(tx, conn => sqlx::query(SQL)
        .bind(&it.digest)
        .bind(&it.media_type)
        .bind(it.content.as_slice())
        .bind(it.added_at)
        .bind(it.added_by)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

/// Forgets a file that nothing names any more: neither an entry nor what may become one.
pub async fn forget_unnamed(tx: &mut Tx, digest: &str) -> Result<(), Error> {
    // A thing nobody had on a list is shown by the photograph of its difference; older ones name it in their words.
    const SQL: &str = "delete from attachments where digest = $1
        and not exists (select 1 from photographs where digest = $1)
        and not exists (select 1 from imports where digest = $1)
        and not exists (select 1 from listed_photographs where digest = $1)
        and not exists (select 1 from corrections where descriptions like '%' || $1 || '%')
        and not exists (select 1 from counter_lines where draft like '%' || $1 || '%')
        and not exists (select 1 from differences where photograph = $1 or finding like '%' || $1 || '%')";
    on!(tx, conn => sqlx::query(SQL).bind(digest).execute(conn).await?.rows_affected());
    Ok(())
}

/// The digests of an item's photographs from the entries up to `up_to`, in the order they were recorded.
pub async fn photographs_of(tx: &mut Tx, item: ItemId, up_to: u64) -> Result<Vec<String>, Error> {
    const SQL: &str = "select digest from photographs where item = $1 and seq <= $2 order by seq, digest";
    let up_to = up_to.cast_signed();
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(item).bind(up_to).fetch_all(conn).await?))
}
