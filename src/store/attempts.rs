//! Failed attempts at a password, counted before the password is looked at: for each login and where they came from, and for
//! each address whatever the logins were.

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

/// Attempts that are not followed by a lock.
pub const FREE: i64 = 4;
/// After this long without an attempt the earlier ones are forgotten.
const MEMORY: Span = Span::days(1);

/// Counts an attempt as failed in one statement, so that of many at the same time each is counted. A locked one is not.
pub async fn count(tx: &mut Tx, login: &str, origin: &str, now: Moment) -> Result<Attempt, Error> {
    // Those that are free are compared with no time: two at the same moment may have read the clock in either order.
    const COUNT: &str =
        "insert into login_failures (login, origin, failures, locked_until) values ($1, $2, 1, $3)
        on conflict (login, origin) do update set locked_until = $3,
            failures = case when login_failures.locked_until <= $4 then 1 else login_failures.failures + 1 end
        where login_failures.locked_until <= $3 or login_failures.failures <= $5
        returning failures";
    const LOCKED: &str = "select locked_until from login_failures where login = $1 and origin = $2";
    let counted: Option<i64> = on!(tx, conn => sqlx::query_scalar(COUNT)
        .bind(login)
        .bind(origin)
        .bind(now)
        .bind(now.plus(Span(-MEMORY.0)))
        .bind(FREE)
        .fetch_optional(conn)
        .await?);
    if let Some(failures) = counted {
        return Ok(Attempt::Counted(failures));
    }
    let until = on!(tx, conn => sqlx::query_scalar(LOCKED).bind(login).bind(origin).fetch_one(conn).await?);
    Ok(Attempt::LockedUntil(until))
}

/// Until when nobody logs in as this person from somewhere, because wrong passwords came from there.
pub async fn locked_until(tx: &mut Tx, login: &str, now: Moment) -> Result<Option<Moment>, Error> {
    const SQL: &str = "select max(locked_until) from login_failures
        where login = $1 and locked_until > $2 and failures > $3";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(login).bind(now).bind(FREE).fetch_one(conn).await?))
}

/// No further attempt before this moment.
pub async fn lock(tx: &mut Tx, login: &str, origin: &str, until: Moment) -> Result<(), Error> {
    const SQL: &str = "update login_failures set locked_until = $3 where login = $1 and origin = $2";
    on!(tx, conn => sqlx::query(SQL).bind(login).bind(origin).bind(until).execute(conn).await?.rows_affected());
    Ok(())
}

/// Counts an attempt of this address as failed: so many may fail within a while.
pub async fn count_address(
    tx: &mut Tx,
    address: &str,
    (most, within): (i64, Span),
    now: Moment,
) -> Result<Attempt, Error> {
    const COUNT: &str = "insert into address_failures (address, failures, ends_at) values ($1, 1, $2)
        on conflict (address) do update set
            failures = case when address_failures.ends_at <= $3 then 1 else address_failures.failures + 1 end,
            ends_at = case when address_failures.ends_at <= $3 then $2 else address_failures.ends_at end
        where address_failures.ends_at <= $3 or address_failures.failures < $4
        returning failures";
    const ENDS: &str = "select ends_at from address_failures where address = $1";
    let counted: Option<i64> = on!(tx, conn => sqlx::query_scalar(COUNT)
        .bind(address)
        .bind(now.plus(within))
        .bind(now)
        .bind(most)
        .fetch_optional(conn)
        .await?);
    if let Some(failures) = counted {
        return Ok(Attempt::Counted(failures));
    }
    let until = on!(tx, conn => sqlx::query_scalar(ENDS).bind(address).fetch_one(conn).await?);
    Ok(Attempt::LockedUntil(until))
}

/// The password was right: what was counted of this login from there is forgotten. What came from elsewhere is not.
pub async fn forgive_from(tx: &mut Tx, login: &str, origin: &str) -> Result<(), Error> {
    const SQL: &str = "delete from login_failures where login = $1 and origin = $2";
    on!(tx, conn => sqlx::query(SQL).bind(login).bind(origin).execute(conn).await?.rows_affected());
    Ok(())
}

/// The last one of this address was right.
pub async fn forgive_one_of(tx: &mut Tx, address: &str) -> Result<(), Error> {
    const SQL: &str =
        "update address_failures set failures = failures - 1 where address = $1 and failures > 0";
    on!(tx, conn => sqlx::query(SQL).bind(address).execute(conn).await?.rows_affected());
    Ok(())
}

/// The password is a new one.
pub async fn forgive(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    const SQL: &str = "delete from login_failures where login = (select login from persons where id = $1)";
    on!(tx, conn => sqlx::query(SQL).bind(person).execute(conn).await?.rows_affected());
    Ok(())
}

/// Forgets attempts that are long past.
pub async fn forget_past(tx: &mut Tx, now: Moment) -> Result<u64, Error> {
    const LOGINS: &str = "delete from login_failures where locked_until <= $1";
    const ADDRESSES: &str = "delete from address_failures where ends_at <= $1";
    let long_ago = now.plus(Span(-MEMORY.0));
    on!(tx, conn => sqlx::query(ADDRESSES).bind(now).execute(conn).await?.rows_affected());
    Ok(on!(tx, conn => sqlx::query(LOGINS).bind(long_ago).execute(conn).await?.rows_affected()))
}
