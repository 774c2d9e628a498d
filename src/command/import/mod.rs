//! `hufu import`: what the program reads from files.

mod city;

use super::{exit_code, transfer};
use crate::import;
use anyhow::bail;
use city::City;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Read lists from files
#[derive(Clone, Debug, clap::Args)]
pub struct Import {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    /// A seizure list (扣押清单) as .xlsx, .xls, .et, .ods or .csv: every row as it is understood, each doubt beside it
    SeizureList {
        file: PathBuf,
        /// Only read and say what was understood; recording happens on the page, where a person answers the doubts
        #[arg(long)]
        dry_run: bool,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Agencies, units, people, stores with their slots, and stations, as TOML: who is new is entered, who is written otherwise is
    /// moved or given other roles, each by an entry; all of it or nothing. The ledger is made when there is none yet
    City(City),
    /// A whole ledger, written by `hufu export ledger`, into a new database; all of it is proven again before it counts
    Ledger(transfer::Target),
}

/// The exit status of a file that cannot be read.
const UNREADABLE: u8 = 2;

pub async fn run(import: Import) -> ExitCode {
    match import.what {
        What::SeizureList { file, dry_run, json } => match seizure_list(&file, dry_run, json) {
            Ok(code) => code,
            Err(error) => exit_code(Err(error)),
        },
        What::Ledger(target) => exit_code(transfer::import(target).await),
        What::City(it) => exit_code(city::import(it).await),
    }
}

/// Prints what a list says. A file that cannot be read is one sentence and exit status 2.
fn seizure_list(file: &Path, dry_run: bool, json: bool) -> anyhow::Result<ExitCode> {
    if !dry_run {
        bail!(
            "登记须由办案民警在网页上逐行确认；请加 --dry-run 只读取 lists are recorded on the page, by an officer who answers each doubt; give --dry-run to read only"
        );
    }
    let name = file
        .file_name()
        .map_or_else(|| file.display().to_string(), |name| name.to_string_lossy().into_owned());
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => return refuse(&format!("“{name}”：无法打开文件 the file cannot be opened: {error}")),
    };
    let list = match import::read_seizure_list(&name, &bytes) {
        Ok(list) => list,
        Err(error) => return refuse(&error.to_string()),
    };
    let mut out = std::io::stdout().lock();
    for object in import::to_json_lines(&list) {
        match json {
            true => writeln!(out, "{object}")?,
            false => writeln!(out, "{}", plain(&object))?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn refuse(sentence: &str) -> anyhow::Result<ExitCode> {
    writeln!(std::io::stderr().lock(), "{sentence}")?;
    Ok(ExitCode::from(UNREADABLE))
}

/// A row for people: number, name, quantity, and the doubts under it.
fn plain(object: &serde_json::Value) -> String {
    let text = |key: &str| match object.get(key) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(serde_json::Value::Null) | None => "—".to_owned(),
        Some(other) => other.to_string(),
    };
    let mut line = if object.get("row").is_some() {
        let [row, name, quantity] = ["row", "name", "quantity"].map(text);
        format!("{row}\t{name}\t{quantity} {} {}", text("unit"), text("features"))
    } else {
        format!("—\t{} {} {}", text("ignored_rows"), text("total_row"), text("stated"))
    };
    for doubt in object.get("doubts").and_then(serde_json::Value::as_array).into_iter().flatten() {
        let sentence = doubt.get("sentence").and_then(serde_json::Value::as_str).unwrap_or_default();
        line.push_str(&format!("\n\t? {sentence}"));
    }
    line
}
