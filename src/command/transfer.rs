//! `hufu export ledger` and `hufu import ledger`: a whole ledger as one file, from any engine into any engine.

use super::{Database, new_file::NewFile, say, terminal_language, verify::text};
use crate::store::{
    Db, Tx,
    migration::migrate,
    settings,
    transfer::{self, HeadLine, LedgerLoader, Passwords},
    verify::{self, Report},
};
use anyhow::{Context, bail, ensure};
use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::PathBuf,
};

/// Longer than any line of ours: a photograph in base64 is the longest.
const LINE_MAX: u64 = 256 << 20;

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Source {
    #[command(flatten)]
    database: Database,
    /// The file to write; must not be there
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Take the hashes of passwords along; without them everybody needs a new first password in the new place (hufu user reset)
    #[arg(long)]
    with_passwords: bool,
}

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Target {
    /// A file written by `hufu export ledger`
    file: PathBuf,
    #[command(flatten)]
    database: Database,
    /// Take it although something in it is not in order; what was found is printed. Its root must be right all the same
    #[arg(long)]
    with_findings: bool,
}

pub(super) async fn export(source: Source) -> anyhow::Result<()> {
    let url = &source.database.database;
    let new = NewFile::begin(&source.out)?;
    let db =
        Db::open_existing(url.as_written()).await.with_context(|| format!("无法打开 cannot open {url}"))?;
    let mut tx = db.read().await?;
    let Some(settings) = settings::read(&mut tx).await? else {
        bail!("这里还没有账本 there is no ledger here yet")
    };
    let mut out = BufWriter::new(File::options().write(true).open(new.partial())?);
    let passwords = if source.with_passwords { Passwords::Travel } else { Passwords::StayHere };
    let head = transfer::write(&mut tx, &settings, passwords, &mut out).await?;
    out.flush()?;
    drop((out, tx));
    db.close().await;
    new.finish()?;
    told(&source.out.display().to_string(), &head)
}

pub(super) async fn import(target: Target) -> anyhow::Result<()> {
    let url = &target.database.database;
    let file = File::open(&target.file);
    let file = file.with_context(|| format!("无法打开 cannot open {}", target.file.display()))?;
    let db = Db::open(url.as_written()).await.with_context(|| format!("无法打开 cannot open {url}"))?;
    migrate(&db).await?;
    let mut tx = db.write().await?;
    let (head, report) = take(&mut tx, file).await.context("未导入，什么也没有改变 nothing was imported")?;
    if !report.in_order() {
        say(&text(&report, terminal_language()))?;
        if !target.with_findings {
            bail!("文件中有不符之处，未导入 something in the file is not in order; nothing was imported");
        }
    }
    tx.commit().await?;
    db.close().await;
    told(&url.to_string(), &head)
}

/// Takes the file in, and proves all of it again before it counts.
async fn take(tx: &mut Tx, file: File) -> anyhow::Result<(HeadLine, Report)> {
    transfer::refuse_unless_empty(tx).await?;
    let (mut lines, mut line, mut loader) = (BufReader::new(file), Vec::new(), LedgerLoader::default());
    loop {
        line.clear();
        let read = lines.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        ensure!(line.ends_with(b"\n"), "最后一行不完整 the last line is cut off, or longer than any of ours");
        loader.take(tx, &line).await?;
    }
    let head = loader.finish()?;
    let settings = settings::read(tx).await?.context("文件中没有账本 there is no ledger in the file")?;
    let report = verify::verify(tx, settings.suite).await?;
    let (size, root) = (report.entries, &report.root);
    ensure!(
        (size, root) == (head.size, &head.root),
        "分录的树根不是文件所说的 the entries have another root than the file says: {size} {root}"
    );
    Ok((head, report))
}

fn told(place: &str, head: &HeadLine) -> anyhow::Result<()> {
    let HeadLine { size, root, rows } = head;
    say(&format!("{place}：{size} 条分录 entries，{rows} 行 rows"))?;
    say(&format!("树根 root {root}"))?;
    Ok(())
}
