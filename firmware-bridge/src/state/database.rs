//! The SQLite file of a station (WAL, synchronous=FULL): how it is opened, and one transaction at a time.

use crate::identity::{Identity, IdentityError};
use sqlx::{
    Connection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, sync::Arc};
use tokio::sync::watch;

#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error(
        "工作站数据文件无法打开 · the station's data file cannot be opened ({path}); nothing was changed"
    )]
    Open { path: String, source: sqlx::Error },
    #[error(
        "工作站数据文件版本不符 · the station's data file does not fit this version; nothing was changed"
    )]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("工作站数据未能保存 · the station's data could not be saved; check the disk, it is tried again")]
    Sql(#[source] sqlx::Error),
    #[error(
        "工作站磁盘已满，这一次没有记下，之前的都在；请腾出空间后再来一次 · the station's disk is full: this was not kept, whatever was kept before is there; make room and do it again"
    )]
    DiskFull(#[source] sqlx::Error),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error("a record in the station's data file is not readable: {0}")]
    Damaged(#[from] serde_json::Error),
}

impl From<sqlx::Error> for StateError {
    fn from(error: sqlx::Error) -> StateError {
        // SQLITE_FULL; SQLITE_IOERR_SHMSIZE, when the index of the log cannot grow.
        let full = |code: &str| matches!(code, "13" | "4874");
        match error.as_database_error().and_then(sqlx::error::DatabaseError::code) {
            Some(code) if full(&code) => StateError::DiskFull(error),
            _ => StateError::Sql(error),
        }
    }
}

/// A handle; clones share one connection, so writes are in one order.
#[derive(Clone)]
pub(super) struct Database {
    pub(super) pool: SqlitePool,
    /// Who signs what is written down, once this station is enrolled.
    identity: Option<Arc<Identity>>,
    /// Counts changes, so that whoever waits for work reads again.
    changes: watch::Sender<u64>,
}

impl Database {
    /// Opens the file, and creates it if it is not there.
    pub(super) async fn open(path: &Path) -> Result<Database, StateError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let cannot = |source| StateError::Open { path: path.display().to_string(), source };
        // What was taken in without a server is nobody else's on this PC.
        secret_file::keep_private(path).map_err(|error| cannot(error.into()))?;
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            // A full disk ends SQLite's transaction behind the pool's back, and the pool would count it as open for ever.
            .before_acquire(|it, _| Box::pin(async move { Ok(!it.is_in_transaction()) }))
            .connect_with(options)
            .await
            .map_err(cannot)?;
        sqlx::migrate!("./migrations").run(&pool).await?;
        Ok(Database { pool, identity: None, changes: watch::Sender::new(0) })
    }

    pub(super) fn signed_by(self, identity: Arc<Identity>) -> Database {
        Database { identity: Some(identity), ..self }
    }

    pub(super) fn identity(&self) -> Option<&Identity> {
        self.identity.as_deref()
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Takes the write lock first: SQLite refuses to upgrade a read transaction when another wrote meanwhile (`SQLITE_BUSY`).
    pub(super) async fn write(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>, StateError> {
        Ok(self.pool.begin_with("begin immediate").await?)
    }
}
