//! Proof files on the command line: written by `hufu export proof`, checked by `hufu verify FILE` without any server.

use super::{Database, say};
use crate::{
    clock::Moment,
    custody::proof::{self as verb, ProofSubject},
    documents::sentence::sentence,
    language::Language,
    ledger::{Checkpoint, check_code},
    proof::{
        BYTES_MAX, ProofFile, ProofFileError,
        check::{Cosignature, ProofReport, ProvenEntry, Trust, check},
    },
    store::Db,
};
use anyhow::Context;
use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
};

/// What a proof is wanted of.
#[derive(Clone, Debug, clap::Args)]
pub struct Prove {
    /// An item by its number or label, a handover by the number of its list, a paper by its number or check code
    #[arg(value_enum)]
    what: What,
    number: String,
    #[command(flatten)]
    database: Database,
    /// The file to write; - for standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    Item,
    Handover,
    Paper,
}

/// Writes one proof file.
pub async fn export(prove: Prove) -> anyhow::Result<()> {
    let url = &prove.database.database;
    Db::open_existing(url.as_written())
        .await
        .with_context(|| format!("无法打开 cannot open {url}"))?
        .close()
        .await;
    let app = prove.database.open().await?;
    let about = match prove.what {
        What::Item => verb::item_of(&app, &prove.number).await,
        What::Handover => verb::handover_of(&app, &prove.number).await,
        What::Paper => Ok(ProofSubject::Paper(prove.number.clone())),
    };
    let proven = async { verb::proof_for_administrator(&app, &about?).await };
    let file = proven.await.map_err(|error| {
        anyhow::anyhow!("{} {}", error.sentence(Language::Zh), error.sentence(Language::En))
    })?;
    app.db.close().await;
    let text = serde_json::to_string_pretty(&file)?;
    if prove.out.as_os_str() == "-" {
        std::io::stdout().lock().write_all(text.as_bytes())?;
        return Ok(());
    }
    let path = prove.out.display();
    std::fs::write(&prove.out, text).with_context(|| format!("无法写入 cannot write {path}"))?;
    say(&format!("{path}：{} 条分录 entries", file.entries.len()))?;
    Ok(())
}

/// Keys that whoever checks has from elsewhere.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct TrustAnchors {
    /// The ledger's key as you have it from elsewhere (name+id+key)
    #[arg(long, value_name = "KEY")]
    ledger_key: Option<String>,
    /// A witness that must have signed (name+id+key); may be given several times
    #[arg(long, value_name = "KEY")]
    witness_key: Vec<String>,
    /// The check code of the paper in your hand
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
}

impl TrustAnchors {
    pub fn ledger_key(&self) -> Option<&str> {
        self.ledger_key.as_deref()
    }
}

/// What became of the paper in somebody's hand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InHand {
    NotAsked,
    /// Its check code is that of this entry.
    Of(u64),
    OfNone,
}

/// Checks a file. True when everything in it holds.
pub fn verify(path: &Path, trusted: &TrustAnchors, json: bool, language: Language) -> anyhow::Result<bool> {
    let file = read(path)?;
    let trust = Trust { ledger_key: trusted.ledger_key.clone(), witness_keys: trusted.witness_key.clone() };
    let checked = check(&file, &trust);
    let paper = match &trusted.code {
        Some(code) => entry_of(&checked, code).map_or(InHand::OfNone, InHand::Of),
        None => InHand::NotAsked,
    };
    let in_order = checked.in_order() && paper != InHand::OfNone;
    let shown = match json {
        true => summary(&file, &checked, paper, in_order).to_string(),
        false => text(&file, &checked, trusted, paper, language),
    };
    say(&shown)?;
    Ok(in_order)
}

fn read(path: &Path) -> anyhow::Result<ProofFile> {
    let name = path.display();
    let file = std::fs::File::open(path).with_context(|| format!("无法打开 cannot open {name}"))?;
    let mut bytes = Vec::new();
    file.take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("无法读取 cannot read {name}"))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(ProofFileError::TooLarge.into());
    }
    Ok(ProofFile::read(&bytes)?)
}

/// The entry that a check code belongs to.
fn entry_of(checked: &ProofReport, code: &str) -> Option<u64> {
    let code = code.trim().to_uppercase();
    let fits = |it: &&ProvenEntry| check_code(&it.entry, &it.commitment) == code;
    checked.proven.iter().find(fits).map(|it| it.entry.seq)
}

fn summary(file: &ProofFile, checked: &ProofReport, paper: InHand, in_order: bool) -> serde_json::Value {
    let entries = checked.proven.iter().map(|it| {
        serde_json::json!({
            "seq": it.entry.seq,
            "kind": it.entry.draft.body.kind(),
            "recorded_at": it.entry.recorded_at,
            "hidden_lines": it.hidden,
            "declared_wrong_by": it.declared_wrong_by,
            "corrected_by": it.corrected_by,
        })
    });
    serde_json::json!({
        "in_order": in_order,
        "about": file.about,
        "origin": checked.checkpoint.as_ref().map(|it| &it.origin),
        "size": checked.checkpoint.as_ref().map(|it| it.size),
        "root": checked.checkpoint.as_ref().map(|it| it.root.to_string()),
        "ledger_key": file.ledger_key,
        "witnesses": checked.witnesses,
        "signatures": checked.signatures,
        "unchecked_signatures": checked.unchecked_signatures,
        "left_out": file.left_out,
        "paper": if let InHand::Of(seq) = paper { Some(seq) } else { None },
        "entries": entries.collect::<Vec<_>>(),
        "findings": checked.findings,
    })
}

/// The result as people read it.
fn text(
    file: &ProofFile,
    checked: &ProofReport,
    trusted: &TrustAnchors,
    paper: InHand,
    language: Language,
) -> String {
    let mut lines = vec![file.about.clone()];
    checked.proven.iter().for_each(|proven| lines.extend(entry_lines(proven, file, language)));
    for left in &file.left_out {
        let why = language.pick(&left.zh, &left.en);
        lines.push(language.pick(
            format!("  ! 第 {} 号分录未列入：{why}", left.seq),
            format!("  ! entry {} is left out: {why}", left.seq),
        ));
    }
    lines.extend(head_lines(checked, language));
    lines.extend(match paper {
        InHand::NotAsked => None,
        InHand::Of(seq) => Some(language.pick(
            format!("✓ 手中文书的校验码属于第 {seq} 号分录"),
            format!("✓ the check code of the paper belongs to entry {seq}"),
        )),
        InHand::OfNone => Some(language.pick(
            "✗ 手中文书的校验码不属于其中任何分录".to_owned(),
            "✗ the check code of the paper belongs to none of these entries".to_owned(),
        )),
    });
    for finding in &checked.findings {
        let entry = match finding.seq {
            Some(seq) => language.pick(format!("第 {seq} 号分录："), format!("entry {seq}: ")),
            None => String::new(),
        };
        lines.push(format!("✗ {entry}{}", language.pick(&finding.zh, &finding.en)));
    }
    if trusted.ledger_key.is_none() {
        let key = &file.ledger_key;
        lines.push(language.pick(
            format!("  账本密钥取自文件本身，请与账本公布的核对，或用 --ledger-key 指明：{key}"),
            format!("  The ledger's key is the file's own word: compare it with the published one, or give it with --ledger-key: {key}"),
        ));
    }
    let holds = checked.in_order() && paper != InHand::OfNone;
    lines.push(
        match holds {
            true => language.pick("证明成立。", "The proof holds."),
            false => language.pick("证明不成立。", "The proof does not hold."),
        }
        .to_owned(),
    );
    lines.join("\n")
}

fn entry_lines(proven: &ProvenEntry, file: &ProofFile, language: Language) -> Vec<String> {
    let entry = &proven.entry;
    let number = language.pick(format!("第 {} 号分录", entry.seq), format!("entry {}", entry.seq));
    let (time, told) = (entry.recorded_at.text_seconds(), sentence(language, &entry.draft, &file.names));
    let mut lines = vec![format!("✓ {number} · {time} · {told}")];
    if proven.hidden > 0 {
        let hidden = proven.hidden;
        lines.push(language.pick(
            format!("  另有 {hidden} 行未出示"),
            format!("  {hidden} more of its lines are not shown"),
        ));
    }
    lines.extend(proven.declared_wrong_by.map(|declaration| match proven.corrected_by {
        Some(by) => language.pick(
            format!("  ! 已由第 {declaration} 号分录声明有误，由第 {by} 号分录更正"),
            format!("  ! declared wrong by entry {declaration}, corrected by entry {by}"),
        ),
        None => language.pick(
            format!("  ! 已由第 {declaration} 号分录声明有误，尚未更正"),
            format!("  ! declared wrong by entry {declaration}, not corrected yet"),
        ),
    }));
    lines
}

fn head_lines(checked: &ProofReport, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(Checkpoint { origin, size, root }) = &checked.checkpoint {
        lines.push(language.pick(
            format!("✓ 在账本 {origin} 的前 {size} 条分录之中，树根 {root}"),
            format!("✓ among the first {size} entries of the ledger {origin}, root {root}"),
        ));
        let signatures = checked.signatures;
        lines.push(language.pick(
            format!("✓ 双方签章 {signatures} 个有效"),
            format!("✓ {signatures} signatures of the parties hold"),
        ));
        let unchecked = checked.unchecked_signatures;
        if unchecked > 0 {
            lines.push(language.pick(
                format!("  另有 {unchecked} 个签章无法从所出示的部分核对：所签内容没有全部出示"),
                format!(
                    "  {unchecked} more cannot be checked from this part: not all of what was signed is shown"
                ),
            ));
        }
    }
    for Cosignature { name, time } in &checked.witnesses {
        let seconds = i64::try_from(*time).unwrap_or(i64::MAX);
        let time = Moment(seconds.saturating_mul(1_000_000)).text_seconds();
        lines.push(
            language
                .pick(format!("✓ 见证人 {name} 于 {time} 共签"), format!("✓ witnessed by {name} at {time}")),
        );
    }
    lines
}
