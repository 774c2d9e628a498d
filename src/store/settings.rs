//! What is fixed when a ledger is created: its origin (its name in checkpoints) and its hash suite.

use super::{
    Error, Tx, damaged,
    db::{has_tables, on},
};
use crate::{clock::Moment, ledger::Suite};

/// A ledger's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub origin: String,
    pub suite: Suite,
    /// The key its checkpoints are signed with, as others check it; none before the first server has made one.
    pub ledger_key: Option<String>,
}

/// The settings, creating them when the ledger is new. An existing ledger keeps its own.
pub async fn settle(tx: &mut Tx, wanted: &Settings, now: Moment) -> Result<Settings, Error> {
    const SQL: &str = "insert into ledger_settings (id, origin, suite, created_at) values (1, $1, $2, $3)
        on conflict (id) do nothing";
    on!(tx, conn => sqlx::query(SQL)
        .bind(&wanted.origin)
        .bind(wanted.suite.word())
        .bind(now)
        .execute(conn)
        .await?.rows_affected());
    read(tx).await?.ok_or_else(|| damaged("ledger settings", "there are none"))
}

/// The settings of a ledger that is there; nothing in a database that was never served.
pub async fn read(tx: &mut Tx) -> Result<Option<Settings>, Error> {
    const READ: &str = "select origin, suite, ledger_key from ledger_settings where id = 1";
    let row: Option<(String, String, Option<String>)> =
        on!(tx, conn => sqlx::query_as(READ).fetch_optional(conn).await?);
    row.map(|(origin, suite, ledger_key)| {
        let suite =
            Suite::from_word(&suite).ok_or_else(|| damaged("ledger settings", format!("suite «{suite}»")))?;
        Ok(Settings { origin, suite, ledger_key })
    })
    .transpose()
}

/// The same of any database, whether or not its tables were ever made.
pub async fn of_any(tx: &mut Tx) -> Result<Option<Settings>, Error> {
    if has_tables(tx).await? { read(tx).await } else { Ok(None) }
}

/// When a person last said that the clock is right.
pub async fn clock_confirmed(tx: &mut Tx) -> Result<Option<Moment>, Error> {
    const SQL: &str = "select clock_confirmed from ledger_settings where id = 1";
    let confirmed: Option<Option<Moment>> =
        on!(tx, conn => sqlx::query_scalar(SQL).fetch_optional(conn).await?);
    Ok(confirmed.flatten())
}

/// A person says that the clock is right.
pub async fn confirm_clock(tx: &mut Tx, now: Moment) -> Result<(), Error> {
    const SQL: &str = "update ledger_settings set clock_confirmed = $1 where id = 1";
    on!(tx, conn => sqlx::query(SQL).bind(now).execute(conn).await?.rows_affected());
    Ok(())
}

/// Notes the key of a ledger that has none yet. The first one stays.
pub async fn keep_key(tx: &mut Tx, key: &str) -> Result<(), Error> {
    const SQL: &str = "update ledger_settings set ledger_key = $1 where id = 1 and ledger_key is null";
    on!(tx, conn => sqlx::query(SQL).bind(key).execute(conn).await?.rows_affected());
    Ok(())
}
