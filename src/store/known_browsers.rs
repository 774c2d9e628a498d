//! Browsers in which a person has logged in before, by the hash of what their cookie says.

use super::{Error, Tx, db::on};
use crate::{
    clock::{Moment, Span},
    id::PersonId,
};

/// How many of one person are kept: those that were used last.
const EACH: i64 = 10;
/// After this long without a login a browser is forgotten.
const MEMORY: Span = Span::days(90);

/// Whether this person has logged in there before.
pub async fn knows(tx: &mut Tx, token_hash: &[u8], person: PersonId) -> Result<bool, Error> {
    const SQL: &str = "select 1 from known_browsers where token = $1 and person = $2";
    let found: Option<i32> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(token_hash).bind(person).fetch_optional(conn).await?);
    Ok(found.is_some())
}

/// Whether anybody has.
pub async fn is_known(tx: &mut Tx, token_hash: &[u8]) -> Result<bool, Error> {
    const SQL: &str = "select 1 from known_browsers where token = $1 limit 1";
    let found: Option<i32> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(token_hash).fetch_optional(conn).await?);
    Ok(found.is_some())
}

/// They have logged in there now.
pub async fn keep(tx: &mut Tx, token_hash: &[u8], person: PersonId, now: Moment) -> Result<(), Error> {
    const KEEP: &str = "insert into known_browsers (token, person, used_at) values ($1, $2, $3)
        on conflict (token, person) do update set used_at = $3";
    const FORGET: &str = "delete from known_browsers where person = $1 and token not in (
        select token from known_browsers where person = $1 order by used_at desc limit $2)";
    on!(tx, conn => sqlx::query(KEEP).bind(token_hash).bind(person).bind(now).execute(conn).await?.rows_affected());
    on!(tx, conn => sqlx::query(FORGET).bind(person).bind(EACH).execute(conn).await?.rows_affected());
    Ok(())
}

/// Forgets those that were not used for long.
pub async fn forget_past(tx: &mut Tx, now: Moment) -> Result<(), Error> {
    const SQL: &str = "delete from known_browsers where used_at <= $1";
    let long_ago = now.plus(Span(-MEMORY.0));
    on!(tx, conn => sqlx::query(SQL).bind(long_ago).execute(conn).await?.rows_affected());
    Ok(())
}
