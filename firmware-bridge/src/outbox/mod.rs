//! What the station must not forget, in one SQLite file (WAL, synchronous=FULL): observations until the server has
//! acknowledged them, print jobs for good, sign requests for good, and what the time without a server needs.
//!
//! Everything observed is written here, and is on the disk, before it goes anywhere. Killing the station at any moment
//! loses nothing that was recorded, gives no number twice, and prints no label twice.

pub mod desk;
mod event;
mod job;
mod off_line;
mod request;

pub use event::{Numbers, Seen, Waiting, record_all};
pub use job::{Job, JobRow, Queued};
pub use off_line::{Kept, Stuck};
pub use request::{Answer, AnswerError, WrongPins};

use crate::identity::{Identity, IdentityError};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::{path::Path, sync::Arc};
use tokio::sync::watch;

#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    #[error(
        "工作站数据文件无法打开 · the station's data file cannot be opened ({path}); nothing was changed"
    )]
    Open { path: String, source: sqlx::Error },
    #[error(
        "工作站数据文件版本不符 · the station's data file does not fit this version; nothing was changed"
    )]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("工作站数据未能保存 · the station's data could not be saved; check the disk, it is tried again")]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error("a record in the station's data file is not readable: {0}")]
    Damaged(#[from] serde_json::Error),
}

/// A handle; clones share one connection, so writes are in one order.
#[derive(Clone)]
pub struct Outbox {
    pool: SqlitePool,
    /// Who signs what is written down, once this station is enrolled.
    identity: Option<Arc<Identity>>,
    /// Counts changes, so that whoever waits for work re-reads.
    changes: watch::Sender<u64>,
}

impl Outbox {
    /// Opens the file, creates it if it is not there, and settles what a sudden end left open: a job that was being sent
    /// has an unknown outcome.
    pub async fn open(path: &Path) -> Result<Outbox, OutboxError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await
            .map_err(|source| OutboxError::Open { path: path.display().to_string(), source })?;
        sqlx::migrate!("./migrations").run(&pool).await?;
        let outbox = Outbox { pool, identity: None, changes: watch::Sender::new(0) };
        outbox.settle_interrupted_jobs().await?;
        Ok(outbox)
    }

    /// The same file; from here on everything observed is signed when it is written down. What waits without a signature, from
    /// before the enrolment or from a sudden end, is signed now: the server takes nothing else.
    pub async fn signed_by(self, identity: Arc<Identity>) -> Result<Outbox, OutboxError> {
        let outbox = Outbox { identity: Some(identity), ..self };
        let mut tx = outbox.write().await?;
        event::sign_waiting(&mut tx, outbox.identity.as_deref()).await?;
        tx.commit().await?;
        Ok(outbox)
    }

    /// Wakes on every change; the watcher re-reads what it cares about.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Takes the write lock first, so that no transaction fails halfway.
    async fn write(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>, OutboxError> {
        Ok(self.pool.begin_with("begin immediate").await?)
    }
}
