//! The last passwords of each person, by their hashes.

use super::{Error, Tx, db::on};
use crate::{clock::Moment, id::PersonId};

/// So many are kept, the one in use among them.
pub const KEPT: i64 = 5;

/// Newest first: when each was set, and its hash.
pub async fn of(tx: &mut Tx, person: PersonId) -> Result<Vec<(Moment, String)>, Error> {
    const SQL: &str =
        "select set_at, password_hash from password_history where person = $1 order by set_at desc";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(person).fetch_all(conn).await?))
}

/// Keeps one more and forgets the oldest.
pub async fn keep(tx: &mut Tx, person: PersonId, hash: &str, now: Moment) -> Result<(), Error> {
    const ADD: &str = "insert into password_history (person, set_at, password_hash) values ($1, $2, $3)
        on conflict (person, set_at) do update set password_hash = excluded.password_hash";
    const FORGET: &str = "delete from password_history where person = $1 and set_at not in
        (select set_at from password_history where person = $1 order by set_at desc limit $2)";
    on!(tx, conn => sqlx::query(ADD).bind(person).bind(now).bind(hash).execute(conn).await?.rows_affected());
    on!(tx, conn => sqlx::query(FORGET).bind(person).bind(KEPT).execute(conn).await?.rows_affected());
    Ok(())
}
