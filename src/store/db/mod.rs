//! Two SQL engines, one code path. The engines are named here, in [`Db::open`], [`Db::open_copy`], [`Db::copy_to`],
//! [`Db::migrate`], [`Db::write`], [`Db::read`] and `on!`, and nowhere else.

mod address;
mod connecting;
mod file_system;

pub use address::LedgerUrl;
pub use connecting::Unreachable;

use super::Error;
use address::{Address, Server};
use sqlx::{
    Connection, PgPool, SqlitePool,
    migrate::Migrator,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    io,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

/// An open database. Which engine it is stays in this room.
#[derive(Clone, Debug)]
pub enum Db {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// One open transaction. Dropped without `commit`, it never happened.
pub enum Tx {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// Runs one expression on whichever engine the transaction belongs to.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}
pub(crate) use on;

static MIGRATIONS_SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static MIGRATIONS_POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Two processes that write to one PostgreSQL ledger take turns by this lock.
const WRITER_LOCK: i64 = 0x6875_6675;

/// Planner settings of a writer, which looks up the few rows that it names. Statistics lag behind a table that grows, and
/// with stale ones the planner takes a sequential scan, a hash join or a merge join over a table it believes small; so all
/// three are off. With `enable_seqscan` off a scan that is forced all the same (a table without a usable index) costs +1e10,
/// which exceeds `jit_above_cost` and triggers JIT compilation; that takes longer than the query (47 ms), so JIT is off too.
const BY_INDEX: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; \
                        SET LOCAL enable_mergejoin = off; SET LOCAL jit = off;";

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…` as it is. Refuses within seconds, with the cause and without the password.
    pub async fn open(url: &str) -> Result<Db, Error> {
        match Address::parse(url)? {
            Address::Server(server) => Db::open_server(*server).await,
            // Its connections share one: the driver gives it a name.
            Address::Memory => Db::open_file(SqliteConnectOptions::from_str("sqlite::memory:")?).await,
            Address::File(file) => {
                file_system::refuse_network(&file)?;
                // The file, and what SQLite keeps beside it, hold names, features and hashes: they are their owner's alone.
                secret_file::keep_private(&file).map_err(sqlx::Error::Io)?;
                Db::open_file(SqliteConnectOptions::new().filename(file)).await
            }
        }
    }

    async fn open_server(server: Server) -> Result<Db, Error> {
        connecting::reach(&server).await?;
        let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10));
        Ok(Db::Postgres(pool.connect_lazy_with(server.options)))
    }

    async fn open_file(options: SqliteConnectOptions) -> Result<Db, Error> {
        let options = options
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL is faster and may lose acknowledged entries when the power fails.
            .synchronous(SqliteSynchronous::Full)
            // As many as there are lengths of lists in `rows`, for every statement of a commit.
            .statement_cache_capacity(500)
            .busy_timeout(Duration::from_secs(20));
        let pool = SqlitePoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(20))
            .test_before_acquire(false)
            // A full disk ends SQLite's transaction behind the pool's back, and the pool would count it as open
            // for ever. Such a connection is closed, and another opened.
            .before_acquire(|it, _| Box::pin(async move { Ok(!it.is_in_transaction()) }))
            .connect_with(options)
            .await?;
        Ok(Db::Sqlite(pool))
    }

    /// Opens a ledger that is there already, for looking at. Refuses a file that is not there instead of making one.
    pub async fn open_existing(url: &str) -> Result<Db, Error> {
        match Db::file(url) {
            Some(path) if !path.is_file() => Err(Error::NoSuchLedger(path.display().to_string())),
            _ => Db::open(url).await,
        }
    }

    /// The file that a `sqlite:` address names, as it is written; nothing for a server.
    pub fn file(url: &str) -> Option<PathBuf> {
        match Address::parse(url) {
            Ok(Address::File(file)) => Some(file),
            _ => None,
        }
    }

    /// Opens a backup for looking at: nothing in it is changed, not even its journal mode.
    pub async fn open_copy(file: &Path) -> Result<Db, Error> {
        if !file.is_file() {
            return Err(Error::NoSuchLedger(file.display().to_string()));
        }
        let options = SqliteConnectOptions::new().filename(address::absolute(file)?).read_only(true);
        Ok(Db::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?))
    }

    /// Writes the ledger as it stands at one moment into a new or empty file, while it is being worked in: SQLite reads
    /// an old moment while new ones are written. The file is not yet flushed to disk. Refuses a server, which has its own
    /// ways.
    pub async fn copy_to(&self, file: &Path) -> Result<(), Error> {
        match self {
            Db::Sqlite(pool) => {
                let file = address::absolute(file)?;
                let written = file.to_str().ok_or_else(|| Error::NoAddress(file.display().to_string()))?;
                sqlx::query("vacuum into $1").bind(written).execute(pool).await?;
                Ok(())
            }
            Db::Postgres(_) => Err(Error::ServersCopyThemselves),
        }
    }

    /// Brings the tables to this version; their rows are [`crate::store::migration`]'s. Safe to run twice.
    pub(super) async fn migrate(&self) -> Result<(), Error> {
        match self {
            Db::Sqlite(pool) => MIGRATIONS_SQLITE.run(pool).await?,
            Db::Postgres(pool) => MIGRATIONS_POSTGRES.run(pool).await?,
        }
        Ok(())
    }

    /// What the engine finds wrong with its own file: pages, indexes, references. A server looks after its own.
    pub async fn damage(&self) -> Result<Option<String>, Error> {
        let Db::Sqlite(pool) = self else { return Ok(None) };
        let found: Vec<String> = sqlx::query_scalar("pragma integrity_check(1)").fetch_all(pool).await?;
        if let Some(first) = found.into_iter().find(|it| it != "ok") {
            return Ok(Some(first));
        }
        const STRAYS: &str = "select \"table\" from pragma_foreign_key_check limit 1";
        Ok(sqlx::query_scalar(STRAYS).fetch_optional(pool).await?)
    }

    /// Whether the database answers a commit only when it is on disk. SQLite is opened so; a server is its administrator's.
    pub async fn waits_for_disk(&self) -> Result<bool, Error> {
        let Db::Postgres(pool) = self else { return Ok(true) };
        const SQL: &str =
            "select current_setting('fsync') = 'on' and current_setting('synchronous_commit') <> 'off'";
        Ok(sqlx::query_scalar(SQL).fetch_one(pool).await?)
    }

    /// Whether the tables are those of this version, neither older nor newer.
    pub async fn is_of_this_version(&self) -> Result<bool, Error> {
        const SQL: &str = "select max(version) from _sqlx_migrations";
        let ours = MIGRATIONS_SQLITE.iter().map(|it| it.version).max();
        let mut tx = self.read().await?;
        let theirs: Option<i64> = on!(&mut tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await?);
        Ok(theirs == ours)
    }

    /// Begins the writing transaction. There is one writer at a time on either engine, because a tree has one next
    /// leaf. SQLite takes its write lock at once: a transaction that reads first and locks later fails as soon as two
    /// of them meet.
    pub async fn write(&self) -> Result<Tx, Error> {
        match self {
            Db::Sqlite(pool) => Ok(Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?)),
            // The lock in a statement of its own: under READ COMMITTED each statement takes its own snapshot, so the next one
            // sees what the previous writer committed before it released the lock.
            Db::Postgres(pool) => {
                let begin = format!("BEGIN; {BY_INDEX} SELECT pg_advisory_xact_lock({WRITER_LOCK})");
                begun(pool, sqlx::AssertSqlSafe(begin)).await
            }
        }
    }

    /// Begins a reading transaction: a page shows one moment and never waits for the writer.
    pub async fn read(&self) -> Result<Tx, Error> {
        match self {
            Db::Sqlite(pool) => Ok(Tx::Sqlite(pool.begin_with("BEGIN DEFERRED").await?)),
            Db::Postgres(pool) => {
                // JIT compilation takes longer than any query of a page. And a page of a disk is no dearer out of order: what pages
                // read lies in memory or on flash, and with the default of 4 some thousand rows are found by reading a whole table.
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off; \
                             SET LOCAL random_page_cost = 1.1";
                begun(pool, begin).await
            }
        }
    }

    /// The engine's name, for people.
    pub fn engine(&self) -> &'static str {
        match self {
            Db::Sqlite(_) => "SQLite",
            Db::Postgres(_) => "PostgreSQL",
        }
    }

    /// Waits for open work and lets go of the files and connections.
    pub async fn close(&self) {
        match self {
            Db::Sqlite(pool) => pool.close().await,
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Without this, what was done is dropped. A server that does not answer may have done it all the same: it was killed
    /// after it wrote, or waited for its standby.
    pub async fn commit(self) -> Result<(), Error> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await.map_err(|error| Error::Unsure(error.into()))?,
        }
        Ok(())
    }
}

/// Whether the engine, or the system below it, says that its disk has no room.
pub(super) fn is_disk_full(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => {
            matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
        }
        // SQLITE_FULL; SQLITE_IOERR_SHMSIZE, when the index of the log cannot grow; PostgreSQL's disk_full.
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|it| matches!(&*it, "13" | "4874" | "53100"))
        }
        _ => false,
    }
}

/// Whether the tables of a ledger were ever made here.
pub(super) async fn has_tables(tx: &mut Tx) -> Result<bool, Error> {
    const SQLITE: &str = "select count(*) > 0 from sqlite_master where name = 'ledger_settings'";
    const POSTGRES: &str = "select to_regclass('ledger_settings') is not null";
    Ok(match tx {
        Tx::Sqlite(tx) => sqlx::query_scalar(SQLITE).fetch_one(&mut **tx).await?,
        Tx::Postgres(tx) => sqlx::query_scalar(POSTGRES).fetch_one(&mut **tx).await?,
    })
}

/// Begins on PostgreSQL, in a task of its own. The caller's future may be dropped meanwhile, as a request's is when its
/// client disconnects; a connection returned to the pool between `BEGIN` and its answer would carry the open transaction to
/// its next user. A spawned task is not cancelled with its caller.
async fn begun(pool: &PgPool, begin: impl sqlx::SqlSafeStr + Send + 'static) -> Result<Tx, Error> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(begin).await });
    Ok(Tx::Postgres(begun.await.map_err(|_| Error::Stopped)??))
}
