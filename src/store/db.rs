//! Two SQL engines, one code path. The engines are named here, in [`Db::open`], [`Db::open_copy`], [`Db::copy_to`],
//! [`Db::migrate`], [`Db::write`], [`Db::read`] and `on!`, and nowhere else.

use super::Error;
use sqlx::{
    Connection, PgPool, SqlitePool,
    migrate::Migrator,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, str::FromStr, time::Duration};

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
    /// Opens `sqlite:PATH` or `postgres://…` as it is.
    pub async fn open(url: &str) -> Result<Db, Error> {
        match url.split_once(':') {
            Some(("postgres" | "postgresql", _)) => {
                let pool = PgPoolOptions::new()
                    .max_connections(16)
                    .acquire_timeout(Duration::from_secs(10))
                    .connect(url)
                    .await
                    .map_err(not_connected)?;
                Ok(Db::Postgres(pool))
            }
            Some(("sqlite", _)) => {
                let options = SqliteConnectOptions::from_str(url)?
                    .create_if_missing(true)
                    .foreign_keys(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    // NORMAL is faster and may lose acknowledged entries when the power fails.
                    .synchronous(SqliteSynchronous::Full)
                    // As many as there are lengths of lists in `rows`, for every statement of a commit.
                    .statement_cache_capacity(500)
                    .busy_timeout(Duration::from_secs(20));
                // The file, and what SQLite keeps beside it, hold names, features and hashes: they are their owner's alone.
                if let Some(file) = Db::file(url).filter(|it| !it.starts_with(":memory:")) {
                    secret_file::keep_private(file).map_err(sqlx::Error::Io)?;
                }
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
            _ => Err(Error::UnknownEngine(url.to_owned())),
        }
    }

    /// Opens a ledger that is there already, for looking at. Refuses a file that is not there instead of making one.
    pub async fn open_existing(url: &str) -> Result<Db, Error> {
        match Db::file(url) {
            Some(path) if !path.is_file() => Err(Error::NoSuchLedger(path.display().to_string())),
            _ => Db::open(url).await,
        }
    }

    /// The file that a `sqlite:` address names; nothing for a server.
    pub fn file(url: &str) -> Option<&Path> {
        let path = url.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        Some(Path::new(path.split_once('?').map_or(path, |(path, _)| path)))
    }

    /// Opens a backup for looking at: nothing in it is changed, not even its journal mode.
    pub async fn open_copy(file: &Path) -> Result<Db, Error> {
        if !file.is_file() {
            return Err(Error::NoSuchLedger(file.display().to_string()));
        }
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        Ok(Db::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?))
    }

    /// Writes the ledger as it stands at one moment into a new or empty file, while it is being worked in: SQLite reads
    /// an old moment while new ones are written. The file is not yet flushed to disk. Refuses a server, which has its own
    /// ways.
    pub async fn copy_to(&self, file: &str) -> Result<(), Error> {
        match self {
            Db::Sqlite(pool) => {
                sqlx::query("vacuum into $1").bind(file).execute(pool).await?;
                Ok(())
            }
            Db::Postgres(_) => Err(Error::ServersCopyThemselves),
        }
    }

    /// Brings the tables to this version. Safe to run twice.
    pub async fn migrate(&self) -> Result<(), Error> {
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
                // JIT compilation takes longer than any query of a page.
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off";
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

fn not_connected(error: sqlx::Error) -> Error {
    /// `invalid_catalog_name`
    const NO_SUCH_DATABASE: &str = "3D000";
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    if code.is_some_and(|code| code == NO_SUCH_DATABASE) { Error::NoSuchDatabase } else { error.into() }
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
