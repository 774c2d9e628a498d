//! `hufu verify`: proves a ledger again, while it is being worked in or from a copy; or checks a proof file, without any
//! ledger at all.

use super::{Database, proof, say, terminal_language};
use crate::{
    language::Language,
    store::{
        Db, LedgerUrl, settings,
        verify::{self, Finding, Report},
    },
};
use anyhow::{Context, bail};
use std::path::PathBuf;

/// Prove every entry, rule, balance, signature and table of a ledger again, or check a proof file
///
/// With FILE, a proof file is checked and no ledger is needed. Reads only. Exit status 0: everything is in order; 1: something is not, and the entries are named; 2: the ledger
/// could not be read.
#[derive(Clone, Debug, clap::Args)]
pub struct Verify {
    /// A proof file; the ledger itself when absent
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    trusted: proof::TrustAnchors,
    #[command(flatten)]
    database: Database,
    /// One JSON object instead of sentences
    #[arg(long)]
    json: bool,
    /// zh or en; the terminal's language when absent
    #[arg(long, value_parser = language)]
    language: Option<Language>,
}

pub(super) fn language(word: &str) -> Result<Language, String> {
    match word {
        "zh" => Ok(Language::Zh),
        "en" => Ok(Language::En),
        _ => Err("zh / en".to_owned()),
    }
}

pub async fn run(command: Verify) -> std::process::ExitCode {
    let language = command.language.unwrap_or_else(terminal_language);
    let shown = async {
        if let Some(file) = &command.file {
            return proof::verify(file, &command.trusted, command.json, language);
        }
        let report = report_at(&command.database.database, command.trusted.ledger_key()).await?;
        let text = if command.json { serde_json::to_string(&report)? } else { text(&report, language) };
        say(&text)?;
        Ok(report.in_order())
    };
    match shown.await {
        Ok(true) => std::process::ExitCode::SUCCESS,
        Ok(false) => std::process::ExitCode::from(1),
        Err(error) => {
            super::exit_code(Err(error));
            std::process::ExitCode::from(2)
        }
    }
}

async fn report_at(url: &LedgerUrl, trusted: Option<&str>) -> anyhow::Result<Report> {
    let db =
        Db::open_existing(url.as_written()).await.with_context(|| format!("无法打开 cannot open {url}"))?;
    let mut report = report(&db).await.with_context(|| url.to_string())?;
    let settings = settings::read(&mut db.read().await?).await?;
    let known = settings.and_then(|settings| settings.ledger_key);
    if trusted.is_some_and(|key| known.as_deref() != Some(key.trim())) {
        report.findings.push(Finding {
            invariant: 10,
            seq: None,
            zh: "账本登记的签名密钥不是所信任的那一把".to_owned(),
            en: "the ledger is signed with another key than the trusted one".to_owned(),
        });
    }
    db.close().await;
    Ok(report)
}

/// Everything about an open ledger, proven again.
pub(super) async fn report(db: &Db) -> anyhow::Result<Report> {
    let mut tx = db.read().await?;
    let settings = settings::read(&mut tx).await.context("不是虎符账本 this is no ledger of hufu")?;
    let Some(settings) = settings else { bail!("这里还没有账本 there is no ledger in it yet") };
    Ok(verify::verify(&mut tx, settings.suite).await?)
}

/// The report as people read it.
pub(super) fn text(report: &Report, language: Language) -> String {
    let mut lines = Vec::new();
    for checked in &report.checked {
        let sign = if checked.broken == 0 { "✓" } else { "✗" };
        let asked = language.pick(format!("核对 {} 项", checked.asked), format!("{} checked", checked.asked));
        lines.push(format!("{sign} {:>2}  {}（{asked}）", checked.invariant, checked.sentence(language)));
    }
    if language == Language::En {
        lines.iter_mut().for_each(|line| *line = line.replace('（', " (").replace('）', ")"));
    }
    for finding in &report.findings {
        let entry = match (finding.seq, language) {
            (Some(seq), Language::Zh) => format!("第 {seq} 号分录"),
            (Some(seq), Language::En) => format!("entry {seq}"),
            (None, _) => "—".to_owned(),
        };
        lines.push(format!("  [{}] {entry}: {}", finding.invariant, finding.sentence(language)));
    }
    let (entries, items, found) = (report.entries, report.items, report.findings.len());
    lines.push(match (report.in_order(), language) {
        (true, Language::Zh) => format!("一切相符：{entries} 条分录，{items} 件财物。"),
        (true, Language::En) => format!("Everything is in order: {entries} entries, {items} items."),
        (false, Language::Zh) => format!("发现 {found} 处不符：{entries} 条分录，{items} 件财物。请保留现场并报告。"),
        (false, Language::En) => {
            format!("{found} things are not in order in {entries} entries and {items} items. Keep everything as it is and report it.")
        }
    });
    lines.push(format!("{} {}", language.pick("树根", "Root"), report.root));
    lines.join("\n")
}
