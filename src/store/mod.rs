//! The only room with SQL. Two engines, one code: every statement is one text and runs on SQLite and PostgreSQL.
//!
//! Read [`db`] for the engines, [`sequencer`] for how entries are recorded (batched, checked, written and sealed in one
//! commit), [`facts`] and [`project`] for what is loaded before and follows after, [`verify`] for how it is all proven
//! again.

pub mod approvals;
pub mod as_of;
pub mod attachments;
pub mod attempts;
pub mod auditor;
mod batch_loader;
pub mod blanks;
pub mod case_sums;
pub mod cases;
pub mod clock_watch;
pub mod column_choices;
pub mod corrections;
pub mod counter;
pub mod counts;
pub mod db;
pub mod deliveries;
pub mod descriptions;
pub mod desk;
pub mod differences;
pub mod doubts;
pub mod entry_sight;
pub mod exports;
pub mod facts;
mod found_by;
pub mod handovers;
pub mod heads;
pub mod holders;
pub mod imports;
pub mod item_list;
mod item_sight;
pub mod items;
pub mod journal;
pub mod keeper_sums;
pub mod keys;
pub mod known_browsers;
pub mod labels;
pub mod listed_photographs;
pub mod loans;
pub mod migration;
pub mod move_context;
pub mod names;
pub mod nav_counts;
pub mod off_line;
pub mod offer_drafts;
pub mod papers;
mod particulars;
pub mod password_history;
pub mod passwords;
pub mod people;
pub mod photographs;
pub mod places;
#[cfg(test)]
mod plans;
pub mod project;
pub mod registered_places;
pub mod requests;
pub mod roster;
pub mod roster_then;
pub mod rows;
pub mod rules;
pub mod sealer;
pub mod sequencer;
pub mod sessions;
pub mod settings;
pub mod sight;
pub mod signings;
pub mod stations;
pub mod sums;
pub mod table_columns;
pub mod tiles;
pub mod transfer;
pub mod verify;
pub mod witnesses;

pub use batch_loader::BatchLoader;
pub use db::{Db, LedgerUrl, Tx, Unreachable};
pub use sealer::Sealer;
pub use sequencer::{AnswerTogether, Recorded, Sequencer};

use crate::{
    ledger::{Edition, Refusal, canonical},
    random::NoRandomness,
};

/// How many rows or ids go into one statement: far below the limit of either engine.
const CHUNK: usize = 400;

/// What can go wrong below the rules. Nothing is half recorded: a failed transaction never happened, and of one that is
/// [`Error::Unsure`] all happened or nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database did not answer as it should; nothing was changed")]
    Database(#[source] sqlx::Error),
    #[error(
        "存放账本的磁盘已满，未能保存，什么也没有改变；请腾出空间 the disk of the ledger is full; nothing was kept and nothing was changed — make room"
    )]
    DiskFull(#[source] sqlx::Error),
    #[error("the database could not be brought to this version; nothing was changed")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The database went away between being told to commit and saying that it had.
    #[error("whether it was kept is not known; ask again under the same id — it is kept at most once")]
    Unsure(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Something stored says what it cannot say.
    #[error("the stored {what} is damaged: {finding}; run `hufu verify`")]
    Damaged { what: &'static str, finding: String },
    #[error("an entry could not be written down")]
    Canonical(#[from] canonical::Error),
    #[error("the recorder has stopped; nothing was recorded — try again when the server is up")]
    Stopped,
    /// A newer version of this program has recorded here under rules that this one does not have.
    #[error(
        "the ledger is at edition {found} of the rules and this program knows {}; nothing was recorded — upgrade this server",
        Edition::CURRENT.number()
    )]
    NewerEdition { found: u16 },
    #[error(
        "the clock stands at {} and should stand near {}; nothing was recorded — set the clock right, or say that it is: hufu clock confirm",
        .0.now.text_seconds(), .0.expected.text_seconds()
    )]
    ClockJump(clock_watch::ClockJump),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("no checkpoint could be signed, so nothing was recorded; try again, or look at the signing key")]
    NotSealed,
    #[error("there is no ledger at {0}; nothing was made — check the path")]
    NoSuchLedger(String),
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// The log that SQLite shares between processes does not hold over a network.
    #[error(
        "{folder} 在网络文件系统（{kind}）上，SQLite 账本不能放在那里，什么也没有改变；请放在本机硬盘上，或使用 PostgreSQL lies on a network file system ({kind}), where a SQLite ledger does not hold; nothing was changed — put it on a disk of this machine, or use PostgreSQL"
    )]
    NetworkFileSystem { folder: String, kind: String },
    #[error(
        "a PostgreSQL server is copied by its own tools (pg_basebackup and its log); docs/backup.md says how — nothing was written"
    )]
    ServersCopyThemselves,
    #[error(
        "不认识的数据库地址（{0}）；写成 sqlite:路径 或 postgres://… this is no address of a database that this program knows ({0}); write sqlite:PATH or postgres://…"
    )]
    UnknownEngine(String),
    #[error(
        "数据库地址写法不对，特殊字符请写成 %XX the address of the database cannot be read; write special signs as %XX: {0}"
    )]
    NoAddress(String),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        if db::is_disk_full(&error) { Error::DiskFull(error) } else { Error::Database(error) }
    }
}

/// The answer to a wish to record: recorded, refused, or not possible now.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Store(#[from] Error),
    /// The same id was used before for another event.
    #[error("this id was already used for another event; nothing was recorded — make a new request")]
    IdTaken,
}

impl From<sqlx::Error> for AppendError {
    fn from(error: sqlx::Error) -> AppendError {
        AppendError::Store(error.into())
    }
}

/// Something stored that is not in its closed set of words.
pub(crate) fn damaged(what: &'static str, finding: impl std::fmt::Display) -> Error {
    Error::Damaged { what, finding: finding.to_string() }
}
