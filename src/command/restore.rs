//! `hufu restore`: a backup proven, and made a ledger again.

use super::{Database, new_file::NewFile, say, terminal_language, verify};
use crate::store::{Db, LedgerUrl, migration::migrate, sessions, verify::Report};
use anyhow::{Context, bail, ensure};
use std::path::{Path, PathBuf};

/// Prove a backup, or make it a ledger again
///
/// Every entry, rule, balance, signature and table is proven again before the ledger is there. Whoever was logged in when
/// the backup was made logs in anew.
#[derive(Clone, Debug, clap::Args)]
pub struct Restore {
    /// A file written by `hufu backup`
    file: PathBuf,
    #[command(flatten)]
    database: Database,
    /// Only prove it, reading: the drill
    #[arg(long)]
    check: bool,
    /// Restore although something is not in order; what was found is printed
    #[arg(long)]
    with_findings: bool,
}

pub async fn run(command: Restore) -> anyhow::Result<()> {
    refuse_working_ledger(&command.file)?;
    match command.check {
        true => check(&command.file).await,
        false => restore(&command).await,
    }
}

async fn check(file: &Path) -> anyhow::Result<()> {
    let shown = file.display();
    let db = Db::open_copy(file).await.with_context(|| format!("无法打开 cannot open {shown}"))?;
    let current = db.is_of_this_version().await;
    if !current.with_context(|| format!("{shown} 不是虎符账本的备份 is no backup of a ledger of hufu"))?
    {
        bail!(
            "{shown} 由另一版本所做，请恢复到新的位置，届时一并升级并核对 was made by another version; restore it to a new place, which brings it up to date and proves it"
        );
    }
    let report = proven(&db).await?;
    db.close().await;
    refuse_unless_in_order(&report)?;
    let (entries, root) = (report.entries, &report.root);
    say(&format!(
        "此备份可恢复为 {entries} 条分录，树根 {root}\nThis backup would restore to {entries} entries, root {root}"
    ))?;
    Ok(())
}

async fn restore(command: &Restore) -> anyhow::Result<()> {
    let url = &command.database.database;
    let Some(path) = Db::file(url.as_written()) else {
        bail!(
            "备份恢复为 SQLite 账本；要迁往 PostgreSQL，请先恢复，再用 hufu export ledger 与 hufu import ledger a backup becomes a SQLite ledger; to move it to PostgreSQL restore it, then use `hufu export ledger` and `hufu import ledger`"
        )
    };
    let new = NewFile::begin(&path)?;
    let copied = std::fs::copy(&command.file, new.partial());
    copied.with_context(|| format!("无法读取 cannot read {}", command.file.display()))?;
    let report = prepare(new.partial()).await.context("未恢复 nothing was restored")?;
    match command.with_findings {
        true => say(&verify::text(&report, terminal_language()))?,
        false => refuse_unless_in_order(&report)?,
    }
    new.finish()?;
    let (path, entries, root) = (path.display(), report.entries, &report.root);
    say(&format!("{path}：已恢复 {entries} 条分录，树根 {root} restored: {entries} entries, root {root}"))?;
    Ok(())
}

/// What is newest in a ledger that is open stands beside its file; the file alone would be a ledger of some time ago.
fn refuse_working_ledger(file: &Path) -> anyhow::Result<()> {
    let beside = format!("{}-wal", file.display());
    if std::fs::metadata(&beside).is_ok_and(|it| it.len() > 0) {
        bail!(
            "{beside} 尚未合并：这是使用中的账本，请用 hufu backup 备份 has not been merged: this is a ledger in use — make a backup of it with `hufu backup`"
        );
    }
    Ok(())
}

/// Brings the copy to this version, ends its sessions, and proves it.
async fn prepare(copy: &Path) -> anyhow::Result<Report> {
    let db = Db::open(LedgerUrl::of_file(copy).as_written()).await?;
    migrate(&db).await?;
    let mut tx = db.write().await?;
    sessions::close_everybodys(&mut tx).await?;
    tx.commit().await?;
    let report = proven(&db).await?;
    db.close().await;
    Ok(report)
}

/// The file itself is sound, and what it says is asked of every invariant.
async fn proven(db: &Db) -> anyhow::Result<Report> {
    let damage = db.damage().await.context("文件已损坏 the file is damaged")?;
    ensure!(damage.is_none(), "文件已损坏 the file is damaged: {}", damage.unwrap_or_default());
    verify::report(db).await
}

fn refuse_unless_in_order(report: &Report) -> anyhow::Result<()> {
    if !report.in_order() {
        say(&verify::text(report, terminal_language()))?;
        bail!("备份中有不符之处 something in the backup is not in order");
    }
    Ok(())
}
