//! `hufu migrate`: brings the tables of a ledger to this version.

use super::{Database, say};
use crate::store::{Db, migration::migrate};
use anyhow::Context;

/// Bring the tables of a ledger to this version; safe to run twice
///
/// `hufu serve` does the same when it starts. This command is for an administrator who wants it done, and seen to be
/// done, before the server is started.
#[derive(Clone, Debug, clap::Args)]
pub struct Migrate {
    #[command(flatten)]
    database: Database,
}

pub async fn run(command: Migrate) -> anyhow::Result<()> {
    let url = &command.database.database;
    let db = Db::open(url.as_written()).await.with_context(|| format!("无法打开 cannot open {url}"))?;
    migrate(&db)
        .await
        .with_context(|| format!("表结构未升级，账本没有改变 the tables of {url} were not brought up to date; the ledger is as it was"))?;
    db.close().await;
    say(&format!("{url}：表结构已是最新 the tables are up to date"))?;
    Ok(())
}
