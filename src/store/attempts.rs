//! Failed attempts at a password, counted before the password is looked at.

use super::{Error, Tx, db::on};
use crate::{
    clock::{Moment, Span},
    id::PersonId,
};

/// What the count of one more attempt says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It may be tried; it is the how-manieth in a row without a right one.
    Counted(i64),
    LockedUntil(Moment),
}

/// After this long without an attempt the earlier ones are forgotten.
const MEMORY: Span = Span::days(1);

/// Counts an attempt as failed in one statement, so that of many at the same time each is counted. A locked one is not.
pub async fn count(tx: &mut Tx, login: &str, now: Moment) -> Result<Attempt, Error> {
    const COUNT: &str = "insert into login_failures (login, failures, locked_until) values ($1, 1, $2)
        on conflict (login) do update set locked_until = $2,
            failures = case when login_failures.locked_until <= $3 then 1 else login_failures.failures + 1 end
        where login_failures.locked_until <= $2
        returning failures";
    const LOCKED: &str = "select locked_until from login_failures where login = $1";
    let counted: Option<i64> = on!(tx, conn => sqlx::query_scalar(COUNT)
        .bind(login)
        .bind(now)
        .bind(now.plus(Span(-MEMORY.0)))
        .fetch_optional(conn)
        .await?);
    if let Some(failures) = counted {
        return Ok(Attempt::Counted(failures));
    }
    let until = on!(tx, conn => sqlx::query_scalar(LOCKED).bind(login).fetch_one(conn).await?);
    Ok(Attempt::LockedUntil(until))
}

/// No further attempt before this moment.
pub async fn lock(tx: &mut Tx, login: &str, until: Moment) -> Result<(), Error> {
    const SQL: &str = "update login_failures set locked_until = $2 where login = $1";
    on!(tx, conn => sqlx::query(SQL).bind(login).bind(until).execute(conn).await?.rows_affected());
    Ok(())
}

/// The password was right, or is a new one.
pub async fn forgive(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    const SQL: &str = "delete from login_failures where login = (select login from persons where id = $1)";
    on!(tx, conn => sqlx::query(SQL).bind(person).execute(conn).await?.rows_affected());
    Ok(())
}

/// Forgets attempts that are long past.
pub async fn forget_past(tx: &mut Tx, now: Moment) -> Result<u64, Error> {
    const SQL: &str = "delete from login_failures where locked_until <= $1";
    let long_ago = now.plus(Span(-MEMORY.0));
    Ok(on!(tx, conn => sqlx::query(SQL).bind(long_ago).execute(conn).await?.rows_affected()))
}
