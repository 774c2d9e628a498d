//! A whole ledger as lines of JSON (a dump), so that it can be transferred from one engine to the other: a head line, then
//! for each table a line with its columns and a line for each row, and a last line with the tree head. Bytes are base64 and
//! stay the bytes they were; the entries come out as they were hashed.

use super::{Error, Tx, case_sums, damaged, db::on, entry_sight, heads, keeper_sums, settings::Settings};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Column, Executor, QueryBuilder, Row, SqlSafeStr, Statement, TypeInfo};
use std::io::{self, Write};
use tokio_stream::StreamExt;
use uuid::Uuid;

/// The form of the lines. Another number is another form.
const FORM: u32 = 1;

/// Every table that is transferred; one that refers to another comes after it, because foreign keys are checked row by row.
pub const TRANSFERRED: &[&str] = &[
    "ledger_settings",
    "journal",
    "postings",
    "heads",
    "tile_hashes",
    "stock_balances",
    "duty_balances",
    "agencies",
    "units",
    "persons",
    "person_roles",
    "stores",
    "slots",
    "assignments",
    "cases",
    "items",
    "photographs",
    "description_corrections",
    "item_identifiers",
    "attachments",
    "handovers",
    "handover_lines",
    "approvals",
    "approval_lines",
    "differences",
    "counts",
    "count_observations",
    "declared_errors",
    "receipt_lines",
    "missing_lines",
    "counter_lines",
    "imports",
    "column_choices",
    "table_columns",
    "listed_photographs",
    "papers",
    "stations",
    "counters",
    "station_events",
    "print_jobs",
    "first_edition_keys",
    "unread_descriptions",
    "agency_keys",
    "signings",
    "number_series",
    "witnesses",
    "cosignatures",
    "witness_refusals",
    "corrections",
    "requests",
    "request_lines",
    "label_blocks",
    "blank_labels",
    "off_line_receipts",
    "off_line_sightings",
    PASSWORDS,
];

/// The table that is transferred only when it is asked for: hashes of passwords are not for everybody who carries a ledger.
const PASSWORDS: &str = "passwords";

/// Whether the passwords are in the file. Without them everybody is given a first password in the new place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passwords {
    StayHere,
    Travel,
}

/// What stays behind: everybody logs in anew, the kept sums are made again, and the new place keeps its own list of
/// migrations.
pub const LEFT_BEHIND: &[&str] = &[
    "sessions",
    "password_history",
    "invitations",
    "login_failures",
    "address_failures",
    "known_browsers",
    "sums",
    "sum_keys",
    "sum_marks",
    "case_sums",
    "case_owed",
    "case_keepers",
    "keeper_sums",
    "item_sight",
    "entry_sight",
    "_sqlx_migrations",
];

/// What only SQLite has: its index of texts, which is written with the items.
pub const OF_SQLITE: &[&str] = &[
    "item_texts",
    "item_text_index",
    "item_text_index_data",
    "item_text_index_idx",
    "item_text_index_docsize",
    "item_text_index_config",
];

/// How many values go into one statement; either engine takes more.
const VALUES_MAX: usize = 8_000;
/// How many rows are held before they are written.
const ROWS_MAX: usize = 400;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line {
    Begin { hufu_ledger: u32, origin: String, suite: String },
    Table { table: String, columns: Vec<String> },
    Row(Vec<Value>),
    End { head: HeadLine },
}

/// The tree head at the end: how many entries, their root (hex), and how many rows there are in all tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadLine {
    pub size: u64,
    pub root: String,
    pub rows: u64,
}

/// Why a file was not taken. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    #[error(transparent)]
    Store(#[from] Error),
    #[error("the file could not be read or written")]
    File(#[from] io::Error),
    #[error("a row could not be written down")]
    Json(#[from] serde_json::Error),
    /// The file is damaged, cut off, or of another program.
    #[error("line {0}: {1}")]
    Line(u64, String),
    #[error("the table {0} has other columns here; bring both ledgers to the same version of hufu")]
    OtherColumns(String),
    #[error(
        "there is a ledger here already: the table {0} has rows; a ledger is moved only into a new database"
    )]
    NotEmpty(&'static str),
}

impl From<sqlx::Error> for TransferError {
    fn from(error: sqlx::Error) -> TransferError {
        TransferError::Store(error.into())
    }
}

/// What a column holds, whatever the engine calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Whole,
    Text,
    Bytes,
    Uuid,
    Truth,
}

impl Kind {
    fn of(engines_word: &str) -> Option<Kind> {
        match engines_word {
            "INT8" | "INTEGER" => Some(Kind::Whole),
            "TEXT" => Some(Kind::Text),
            "BYTEA" | "BLOB" => Some(Kind::Bytes),
            "UUID" => Some(Kind::Uuid),
            "BOOL" | "BOOLEAN" => Some(Kind::Truth),
            _ => None,
        }
    }
}

/// The names and kinds of a table's columns.
async fn columns(tx: &mut Tx, table: &str) -> Result<Vec<(String, Kind)>, TransferError> {
    let sql = AssertSqlSafe(format!("select * from {table}")).into_sql_str();
    let words: Vec<(String, String)> = on!(tx, conn => {
        let statement = conn.prepare(sql).await?;
        let columns = statement.columns().iter();
        columns.map(|it| (it.name().to_owned(), it.type_info().name().to_owned())).collect()
    });
    let kind = |(name, word): (String, String)| match Kind::of(&word) {
        Some(kind) => Ok((name, kind)),
        None => Err(damaged("table", format!("{table}.{name} is a {word}")).into()),
    };
    words.into_iter().map(kind).collect()
}

/// Writes the ledger as it stands in this transaction. Answers with its last line.
pub async fn write(
    tx: &mut Tx,
    settings: &Settings,
    passwords: Passwords,
    out: &mut impl Write,
) -> Result<HeadLine, TransferError> {
    let begin = Line::Begin {
        hufu_ledger: FORM,
        origin: settings.origin.clone(),
        suite: settings.suite.word().to_owned(),
    };
    write_line(out, &begin)?;
    let mut rows = 0;
    for table in TRANSFERRED.iter().filter(|it| passwords == Passwords::Travel || **it != PASSWORDS) {
        rows += write_table(tx, table, out).await?;
    }
    let head = head(tx, settings, rows).await?;
    write_line(out, &Line::End { head: head.clone() })?;
    Ok(head)
}

fn write_line(out: &mut impl Write, line: &Line) -> Result<(), TransferError> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")?;
    Ok(())
}

async fn head(tx: &mut Tx, settings: &Settings, rows: u64) -> Result<HeadLine, TransferError> {
    let (size, root) = heads::size_and_root(tx, settings.suite).await?;
    Ok(HeadLine { size, root: root.to_string(), rows })
}

async fn write_table(tx: &mut Tx, table: &str, out: &mut impl Write) -> Result<u64, TransferError> {
    let columns = columns(tx, table).await?;
    let names = columns.iter().map(|(name, _)| name.clone()).collect();
    write_line(out, &Line::Table { table: table.to_owned(), columns: names })?;
    let sql = format!("select * from {table} order by 1");
    let mut written = 0;
    on!(tx, conn => {
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(conn);
        while let Some(row) = rows.next().await {
            let row = row?;
            let mut cells = Vec::with_capacity(columns.len());
            for (at, (_, kind)) in columns.iter().enumerate() {
                cells.push(match kind {
                    Kind::Whole => row.try_get::<Option<i64>, _>(at)?.map(Value::from),
                    Kind::Text => row.try_get::<Option<String>, _>(at)?.map(Value::from),
                    Kind::Truth => row.try_get::<Option<bool>, _>(at)?.map(Value::from),
                    Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(at)?.map(|it| base64(&it)),
                    Kind::Uuid => row.try_get::<Option<Uuid>, _>(at)?.map(|it| base64(it.as_bytes())),
                }.unwrap_or(Value::Null));
            }
            write_line(out, &Line::Row(cells))?;
            written += 1;
        }
    });
    Ok(written)
}

fn base64(bytes: &[u8]) -> Value {
    BASE64_STANDARD.encode(bytes).into()
}

/// Refuses a database in which anything was done.
pub async fn refuse_unless_empty(tx: &mut Tx) -> Result<(), TransferError> {
    for table in TRANSFERRED {
        let sql = AssertSqlSafe(format!("select count(*) from (select 1 from {table} limit 1) as one"));
        let rows: i64 = on!(tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await?);
        if rows > 0 {
            return Err(TransferError::NotEmpty(table));
        }
    }
    Ok(())
}

/// A file of lines being taken into this transaction, line by line.
#[derive(Default)]
pub struct LedgerLoader {
    line: u64,
    begun: bool,
    ended: Option<HeadLine>,
    table: Option<Table>,
    rows: u64,
}

struct Table {
    name: &'static str,
    columns: Vec<(String, Kind)>,
    waiting: Vec<Vec<Value>>,
}

impl LedgerLoader {
    /// Takes the next line.
    pub async fn take(&mut self, tx: &mut Tx, text: &[u8]) -> Result<(), TransferError> {
        self.line += 1;
        let line: Line = serde_json::from_slice(text).map_err(|_| self.no("this is no line of a ledger"))?;
        match line {
            Line::Begin { .. } if self.begun => Err(self.no("a second beginning")),
            Line::Begin { hufu_ledger: FORM, .. } => {
                self.begun = true;
                Ok(())
            }
            Line::Begin { .. } => Err(self.no("another form; it was written by another version of hufu")),
            _ if !self.begun || self.ended.is_some() => {
                Err(self.no("the file does not begin or end where it should"))
            }
            Line::Table { table, columns } => self.begin_table(tx, &table, &columns).await,
            Line::Row(cells) => {
                let Some(table) = &mut self.table else { return Err(self.no("a row without its table")) };
                if cells.len() != table.columns.len() {
                    return Err(self.no("a row with another number of cells"));
                }
                table.waiting.push(cells);
                self.rows += 1;
                let full = table.waiting.len() >= ROWS_MAX;
                if full { self.flush(tx).await } else { Ok(()) }
            }
            Line::End { head } => {
                self.flush(tx).await?;
                if head.rows != self.rows {
                    let (rows, said) = (self.rows, head.rows);
                    return Err(self.no(&format!("{rows} rows were read and there should be {said}")));
                }
                case_sums::add_up(tx).await?;
                keeper_sums::add_up(tx).await?;
                entry_sight::derive(tx).await?;
                self.ended = Some(head);
                Ok(())
            }
        }
    }

    /// What the file said at its end. Refuses a file that was cut off.
    pub fn finish(self) -> Result<HeadLine, TransferError> {
        let no = || TransferError::Line(self.line, "the file is cut off".to_owned());
        self.ended.ok_or_else(no)
    }

    async fn begin_table(&mut self, tx: &mut Tx, table: &str, given: &[String]) -> Result<(), TransferError> {
        self.flush(tx).await?;
        let Some(name) = TRANSFERRED.iter().find(|it| **it == table) else {
            return Err(self.no(&format!("there is no table {table} in this version of hufu")));
        };
        let here = columns(tx, name).await?;
        let same = here.len() == given.len() && here.iter().zip(given).all(|((here, _), it)| here == it);
        if !same {
            return Err(TransferError::OtherColumns(table.to_owned()));
        }
        self.table = Some(Table { name, columns: here, waiting: Vec::new() });
        Ok(())
    }

    async fn flush(&mut self, tx: &mut Tx) -> Result<(), TransferError> {
        let line = self.line;
        let Some(table) = &mut self.table else { return Ok(()) };
        let rows = std::mem::take(&mut table.waiting);
        for chunk in rows.chunks((VALUES_MAX / table.columns.len().max(1)).max(1)) {
            table.insert(tx, chunk).await.map_err(|error| match error {
                TransferError::Line(_, why) => TransferError::Line(line, why),
                other => other,
            })?;
        }
        Ok(())
    }

    fn no(&self, why: &str) -> TransferError {
        TransferError::Line(self.line, why.to_owned())
    }
}

impl Table {
    async fn insert(&self, tx: &mut Tx, rows: &[Vec<Value>]) -> Result<(), TransferError> {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        let begin = format!("insert into {} ({}) ", self.name, names.join(", "));
        let mut cells = Vec::with_capacity(rows.len());
        for row in rows {
            let row = row.iter().zip(&self.columns).map(|(value, (_, kind))| Cell::of(value, *kind));
            cells.push(row.collect::<Option<Vec<Cell>>>().ok_or_else(|| {
                TransferError::Line(
                    0,
                    format!("before this line, a cell of {} cannot be what it says", self.name),
                )
            })?);
        }
        on!(tx, conn => {
            let mut query = QueryBuilder::new(begin);
            query.push_values(cells, |mut row, cells| {
                for cell in cells {
                    match cell {
                        Cell::Whole(it) => row.push_bind(it),
                        Cell::Text(it) => row.push_bind(it),
                        Cell::Bytes(it) => row.push_bind(it),
                        Cell::Uuid(it) => row.push_bind(it),
                        Cell::Truth(it) => row.push_bind(it),
                    };
                }
            });
            query.build().persistent(false).execute(conn).await?;
        });
        Ok(())
    }
}

enum Cell {
    Whole(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Uuid(Option<Uuid>),
    Truth(Option<bool>),
}

impl Cell {
    fn of(value: &Value, kind: Kind) -> Option<Cell> {
        let empty = value.is_null();
        let bytes = || BASE64_STANDARD.decode(value.as_str()?).ok();
        Some(match kind {
            Kind::Whole => Cell::Whole(if empty { None } else { Some(value.as_i64()?) }),
            Kind::Text => Cell::Text(if empty { None } else { Some(value.as_str()?.to_owned()) }),
            Kind::Truth => Cell::Truth(if empty { None } else { Some(value.as_bool()?) }),
            Kind::Bytes => Cell::Bytes(if empty { None } else { Some(bytes()?) }),
            Kind::Uuid => Cell::Uuid(if empty { None } else { Some(Uuid::from_slice(&bytes()?).ok()?) }),
        })
    }
}
