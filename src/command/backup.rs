//! `hufu backup`: one moment of a ledger in one file, taken while everybody works.

use super::{
    Database,
    new_file::{self, NewFile},
    say,
};
use crate::store::{Db, Error, journal, settings};
use anyhow::Context;
use std::path::{Path, PathBuf};

/// Copy a ledger into one file while it is being worked in (SQLite; docs/backup.md says how with PostgreSQL)
///
/// The file holds one moment: every entry that was acknowledged before the command began is in it. It is written beside
/// under another name and named when it is whole and on disk; a file that is there is never written over. `hufu restore
/// --check FILE` proves it.
#[derive(Clone, Debug, clap::Args)]
pub struct Backup {
    #[command(flatten)]
    database: Database,
    /// The file to write; must not be there
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub async fn run(command: Backup) -> anyhow::Result<()> {
    let url = &command.database.database;
    if Db::file(url.as_written()).is_none() {
        return Err(Error::ServersCopyThemselves.into());
    }
    let new = NewFile::begin(&command.out)?;
    let db =
        Db::open_existing(url.as_written()).await.with_context(|| format!("无法打开 cannot open {url}"))?;
    let copied = db.copy_to(new.partial()).await;
    db.close().await;
    copied.context("备份未完成，账本没有改变 the backup was not made; the ledger is as it was")?;
    let (entries, root) = size_and_root(new.partial()).await?;
    let digest = new_file::sha256(new.partial())?;
    new.finish()?;
    say(&format!("{}：{entries} 条分录 entries", command.out.display()))?;
    say(&format!("树根 root {root}"))?;
    say(&format!("SHA-256 {digest}"))?;
    Ok(())
}

/// How many entries a copy holds, and the root over them; refuses a head that does not fit its tree.
async fn size_and_root(file: &Path) -> anyhow::Result<(u64, String)> {
    let db = Db::open_copy(file).await?;
    let mut tx = db.read().await?;
    let settings = settings::read(&mut tx).await?;
    let settings = settings.context("这里还没有账本 there is no ledger here yet")?;
    let head = journal::head(&mut tx, settings.suite).await?;
    drop(tx);
    db.close().await;
    Ok((head.size(), head.root().to_string()))
}
