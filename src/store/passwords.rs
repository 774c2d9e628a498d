//! The hashes of passwords, apart from who people are: they are secrets, follow from no entry, and stay where they are when a ledger
//! is carried elsewhere.

use super::{Error, Tx, db::on, password_history};
use crate::{clock::Moment, id::PersonId};

/// From now on this is the person's password. The person need not be there yet: who enters somebody gives the first password with it.
pub async fn set(
    tx: &mut Tx,
    person: PersonId,
    hash: &str,
    must_change: bool,
    now: Moment,
) -> Result<(), Error> {
    const SQL: &str = "insert into passwords (person, hash, must_change) values ($1, $2, $3)
        on conflict (person) do update set hash = $2, must_change = $3";
    on!(tx, conn => sqlx::query(SQL).bind(person).bind(hash).bind(must_change).execute(conn).await?.rows_affected());
    password_history::keep(tx, person, hash, now).await
}

/// From now on the person has none, and nobody logs in as them.
pub async fn forget(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    const SQL: &str = "delete from passwords where person = $1";
    on!(tx, conn => sqlx::query(SQL).bind(person).execute(conn).await?.rows_affected());
    Ok(())
}

/// Forgets those of nobody: somebody was to be entered, and was refused.
pub async fn forget_nobodys(tx: &mut Tx) -> Result<(), Error> {
    const SQL: &str =
        "delete from passwords where not exists (select 1 from persons where id = passwords.person)";
    on!(tx, conn => sqlx::query(SQL).execute(conn).await?.rows_affected());
    Ok(())
}
