//! A ledger that an earlier version kept is brought to this one: its tables, then what only the program can read out of their rows.

use super::{Db, Error, found_by};

/// Brings tables and rows to this version. Rows are read in short commits, so it goes on where it was stopped. Safe to run twice.
pub async fn migrate(db: &Db) -> Result<(), Error> {
    db.migrate().await?;
    loop {
        let mut tx = db.write().await?;
        let more = found_by::read_earlier(&mut tx).await?;
        tx.commit().await?;
        if !more {
            return Ok(());
        }
    }
}
