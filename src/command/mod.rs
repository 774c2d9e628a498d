//! What the program can do, one file each. `main` is only the list.

mod acting;
pub mod backup;
pub mod clock;
mod connections;
pub mod demo;
pub mod export;
pub mod import;
pub mod key;
pub mod label;
pub mod migrate;
mod new_file;
pub mod proof;
pub mod restore;
pub mod rules;
pub mod sending;
pub mod serve;
pub mod show;
pub mod station;
pub mod tls;
mod transfer;
pub mod user;
pub mod verify;
pub mod witness;

use crate::{
    app::{App, Builder},
    domain::Rules,
    language::Language,
    store::{Db, LedgerUrl},
};
use anyhow::Context;
use label_templates::Fonts;
use std::{
    ffi::OsString,
    io::Write,
    path::{Path, PathBuf},
};

/// Where the ledger is.
#[derive(Clone, Debug, clap::Args)]
pub struct Database {
    /// `sqlite:PATH` (the file is created) or `postgres://user@host/name`. A password is not written here, where everybody on
    /// this machine can read it, but in the environment (PGPASSWORD, or `HUFU_DATABASE` with it) or in ~/.pgpass
    #[arg(
        long,
        value_name = "URL",
        env = "HUFU_DATABASE",
        hide_env_values = true,
        default_value = "sqlite:hufu.db",
        global = true
    )]
    pub database: LedgerUrl,
}

/// Files an administrator may put in place of the shipped ones.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Files {
    /// The font of labels and papers; the system's Chinese font when absent
    #[arg(long, value_name = "FILE")]
    pub font: Option<PathBuf>,
    /// The key that seals entries; beside the SQLite file, or `hufu-ledger.key` here, when absent. It is made when the
    /// ledger is new. Keep a copy where nobody who can write the database can read it
    #[arg(long, value_name = "FILE", env = "HUFU_LEDGER_KEY")]
    pub ledger_key: Option<PathBuf>,
    /// What a new ledger is called in its checkpoints.
    #[arg(skip)]
    origin: Option<String>,
}

/// A ledger in which a command says who and what there is.
#[derive(Clone, Debug, clap::Args)]
pub struct RecordingLedger {
    #[command(flatten)]
    pub database: Database,
    /// The key that seals entries, as for `hufu serve`
    #[arg(long, value_name = "FILE", env = "HUFU_LEDGER_KEY")]
    pub ledger_key: Option<PathBuf>,
}

impl RecordingLedger {
    /// The ledger that is there already.
    pub async fn open(&self) -> anyhow::Result<App> {
        self.database.open_to_record(self.ledger_key.as_deref()).await
    }

    /// The ledger for looking at, nothing in it is brought up to date; where there is none yet, an empty one that nobody keeps.
    pub async fn look_or_empty(&self) -> anyhow::Result<App> {
        let no_file = Db::file(self.database.database.as_written()).is_some_and(|path| !path.exists());
        let found = if no_file { None } else { self.database.found().await? };
        match found {
            Some(app) => Ok(app),
            None => Database { database: "sqlite::memory:".to_owned().into() }.open().await,
        }
    }

    /// The ledger that is there; where there is none, a new one is made.
    pub async fn open_or_make(&self) -> anyhow::Result<App> {
        let db = Db::open(self.database.database.as_written())
            .await
            .with_context(|| format!("无法打开 cannot open {}", self.database.database))?;
        self.database.recording(db, self.ledger_key.as_deref()).await
    }
}

impl Database {
    /// Opens the ledger for an administration command: no page is served, nothing is drawn.
    pub async fn open(&self) -> anyhow::Result<App> {
        let db = Db::open(self.database.as_written())
            .await
            .with_context(|| format!("无法打开 cannot open {}", self.database))?;
        let rules = Rules::shipped()?;
        Ok(Builder::for_service(db, rules, None, String::new()).build().await?)
    }

    /// Opens the ledger for a command that records an entry: with the key that seals it.
    pub async fn open_to_record(&self, ledger_key: Option<&Path>) -> anyhow::Result<App> {
        let db = Db::open_existing(self.database.as_written())
            .await
            .with_context(|| format!("无法打开 cannot open {}", self.database))?;
        self.recording(db, ledger_key).await
    }

    async fn recording(&self, db: Db, ledger_key: Option<&Path>) -> anyhow::Result<App> {
        let ledger_key = ledger_key.map_or_else(|| self.ledger_key(), Path::to_path_buf);
        let builder = Builder::for_service(db, Rules::shipped()?, None, String::new());
        Ok(Builder { ledger_key: Some(ledger_key), ..builder }.build().await?)
    }

    /// Opens a ledger that is there already for a command that only reads; nothing in it is brought up to date.
    pub async fn look(&self) -> anyhow::Result<App> {
        let url = &self.database;
        self.found().await?.with_context(|| format!("{url} 里还没有账本 has no ledger yet"))
    }

    /// The same; nothing when no ledger was ever made there.
    async fn found(&self) -> anyhow::Result<Option<App>> {
        let url = &self.database;
        let db = Db::open_existing(url.as_written())
            .await
            .with_context(|| format!("无法打开 cannot open {url}"))?;
        let builder = Builder::for_service(db, Rules::shipped()?, None, String::new());
        builder.look().await.with_context(|| format!("{url} 不是虎符账本 is no ledger of hufu"))
    }

    /// Opens the ledger with everything a server needs.
    pub async fn open_for_service(&self, files: &Files, address: String) -> anyhow::Result<App> {
        let db = Db::open(self.database.as_written())
            .await
            .with_context(|| format!("无法打开 cannot open {}", self.database))?;
        let fonts = Fonts::load(files.font.as_deref())?;
        let ledger_key = files.ledger_key.clone().unwrap_or_else(|| self.ledger_key());
        let builder = Builder::for_service(db, Rules::shipped()?, Some(fonts), address);
        let origin = files.origin.clone().unwrap_or_else(|| builder.origin.clone());
        Ok(Builder { ledger_key: Some(ledger_key), origin, ..builder }.build().await?)
    }

    /// Where the signing key lies when nothing else is said.
    fn ledger_key(&self) -> PathBuf {
        match Db::file(self.database.as_written()) {
            Some(path) => path.with_extension("key"),
            None => PathBuf::from("hufu-ledger.key"),
        }
    }
}

/// Refuses a password among the arguments, which everybody on this machine reads in the list of processes.
pub fn refuse_shown_password(arguments: impl Iterator<Item = OsString>) -> anyhow::Result<()> {
    let shown = |argument: String| {
        let address = argument.strip_prefix("--database=").unwrap_or(&argument).to_owned();
        LedgerUrl::from(address).names_password()
    };
    for argument in arguments {
        anyhow::ensure!(
            !shown(argument.to_string_lossy().into_owned()),
            "命令行里不要写密码：本机任何人都能在进程列表里看到，什么也没有做；请写入环境变量 PGPASSWORD 或 HUFU_DATABASE，或写入 ~/.pgpass，并更换这个密码 no password belongs on a command line, where everybody on this machine can read it; nothing was done — put it into PGPASSWORD or HUFU_DATABASE in the environment, or into ~/.pgpass, and change it"
        );
    }
    Ok(())
}

/// The language of the terminal: English unless it is set to Chinese.
pub fn terminal_language() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok());
    match set.is_some_and(|value| value.starts_with("zh")) {
        true => Language::Zh,
        false => Language::En,
    }
}

/// A refusal with what to do about it.
fn told(error: crate::custody::Error) -> anyhow::Error {
    let language = terminal_language();
    anyhow::anyhow!("{} {}", error.sentence(language), error.remedy(language))
}

/// One line on standard output. A closed pipe ends the command quietly.
pub fn say(text: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout().lock(), "{text}")
}

/// 0 when it was done; 1 with the reasons, outermost first, when it was not.
pub fn exit_code(done: anyhow::Result<()>) -> std::process::ExitCode {
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            // Nothing more can be done when even standard error is closed.
            drop(writeln!(std::io::stderr().lock(), "{}", reasons(&error)));
            std::process::ExitCode::FAILURE
        }
    }
}

/// Every reason once, outermost first: some say their own causes already.
fn reasons(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for reason in error.chain().map(ToString::to_string) {
        match () {
            () if said.is_empty() => said = reason,
            () if said.contains(&reason) => (),
            () => said = format!("{said}: {reason}"),
        }
    }
    said
}

#[test]
fn no_reason_is_told_twice() {
    let error =
        anyhow::anyhow!("there is no such database").context("cannot open: there is no such database");
    assert_eq!(
        reasons(&error.context("nothing was done")),
        "nothing was done: cannot open: there is no such database"
    );
}
