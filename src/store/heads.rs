//! Tree heads, read back.

use super::{Error, Tx, damaged, db::on};
use crate::{
    clock::Moment,
    ledger::{Digest, Suite},
};

/// One head, as it was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub size: u64,
    pub root: Digest,
    pub recorded_at: Moment,
    /// The ledger's line under its checkpoint; heads from before there were signatures have none.
    pub signature: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    size: i64,
    root: Vec<u8>,
    recorded_at: Moment,
    signature: Option<String>,
}

fn read(row: Option<Row>) -> Result<Option<Head>, Error> {
    row.map(|row| {
        let root =
            Digest::from_slice(&row.root).ok_or_else(|| damaged("tree head", "a root of another length"))?;
        let Row { size, recorded_at, signature, .. } = row;
        Ok(Head { size: size.cast_unsigned(), root, recorded_at, signature })
    })
    .transpose()
}

/// The newest; none of an empty ledger.
pub async fn newest(tx: &mut Tx) -> Result<Option<Head>, Error> {
    const SQL: &str = "select size, root, recorded_at, signature from heads order by size desc limit 1";
    read(on!(tx, conn => sqlx::query_as(SQL).fetch_optional(conn).await?))
}

/// The time that an entry recorded now would have: the clock's, and never before the last entry. Deadlines that entries carry
/// are counted from here, so that a ledger which was dated ahead once still has offers and approvals that can be used.
pub async fn recording_time(tx: &mut Tx, now: Moment) -> Result<Moment, Error> {
    Ok(newest(tx).await?.map_or(now, |head| head.recorded_at.max(now)))
}

/// How many entries there are and the root over them; of an empty ledger, the empty tree's.
pub async fn size_and_root(tx: &mut Tx, suite: Suite) -> Result<(u64, Digest), Error> {
    Ok(newest(tx).await?.map_or_else(|| (0, suite.empty_root()), |head| (head.size, head.root)))
}

/// How many entries there are.
pub async fn size(tx: &mut Tx) -> Result<u64, Error> {
    Ok(newest(tx).await?.map_or(0, |head| head.size))
}

/// The one over exactly so many entries; none where no commit ended.
pub async fn of_size(tx: &mut Tx, size: u64) -> Result<Option<Head>, Error> {
    const SQL: &str = "select size, root, recorded_at, signature from heads where size = $1";
    read(on!(tx, conn => sqlx::query_as(SQL).bind(size.cast_signed()).fetch_optional(conn).await?))
}

/// The first that covers this entry.
pub async fn over(tx: &mut Tx, seq: u64) -> Result<Option<Head>, Error> {
    const SQL: &str =
        "select size, root, recorded_at, signature from heads where size >= $1 order by size limit 1";
    read(on!(tx, conn => sqlx::query_as(SQL).bind(seq.cast_signed()).fetch_optional(conn).await?))
}
