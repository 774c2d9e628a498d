//! Many rows in one statement, with few statement texts, so that each stays prepared. The SQL is one text for both engines
//! with `{rows}` in it, which stands for a table of the given rows with the columns `column1`, `column2` …
//!
//! PostgreSQL is given one array for each column, whatever the number of rows. SQLite has no arrays: it is given lists of
//! values in a few fixed lengths. This and [`super::db`] are the places where the engines differ.

use super::{Error, Tx, damaged};
use sqlx::{AssertSqlSafe, FromRow, Postgres, Sqlite, postgres::PgRow, query::Query, sqlite::SqliteRow};
use std::{fmt::Write, ops::Range};
use uuid::Uuid;

/// How many rows one PostgreSQL statement takes at most.
const POSTGRES_ROWS: usize = 20_000;
/// The lengths of SQLite's `values` lists; with twenty columns far below its limit of 32,766 parameters. Rows are padded with
/// nulls to the next length and the padding is cut off by `limit`: one round trip, and few statement texts, so that each
/// stays prepared.
const SQLITE_ROWS: [usize; 5] = [1, 4, 16, 64, SQLITE_MOST];
const SQLITE_MOST: usize = 256;

/// Refuses an update by id that met no row, or several: the row that an entry names is there, or the database is damaged.
pub fn one_row(what: &'static str, rows: u64) -> Result<(), Error> {
    match rows {
        1 => Ok(()),
        rows => Err(damaged(what, format!("{rows} rows where there must be one"))),
    }
}

/// One column of some rows.
pub enum Column<'a> {
    Ids(Vec<Uuid>),
    OptionalIds(Vec<Option<Uuid>>),
    Numbers(Vec<i64>),
    OptionalNumbers(Vec<Option<i64>>),
    Texts(Vec<&'a str>),
    OptionalTexts(Vec<Option<&'a str>>),
    Bytes(Vec<&'a [u8]>),
}

impl Column<'_> {
    /// What an array of it is called in PostgreSQL.
    fn array(&self) -> &'static str {
        match self {
            Column::Ids(_) | Column::OptionalIds(_) => "uuid[]",
            Column::Numbers(_) | Column::OptionalNumbers(_) => "bigint[]",
            Column::Texts(_) | Column::OptionalTexts(_) => "text[]",
            Column::Bytes(_) => "bytea[]",
        }
    }

    fn len(&self) -> usize {
        match self {
            Column::Ids(it) => it.len(),
            Column::OptionalIds(it) => it.len(),
            Column::Numbers(it) => it.len(),
            Column::OptionalNumbers(it) => it.len(),
            Column::Texts(it) => it.len(),
            Column::OptionalTexts(it) => it.len(),
            Column::Bytes(it) => it.len(),
        }
    }
}

/// Rows, column by column. All columns have one length.
pub struct Rows<'a> {
    columns: Vec<Column<'a>>,
    len: usize,
}

impl<'a> Rows<'a> {
    /// Rows are as many as the shortest column has.
    pub fn new(columns: Vec<Column<'a>>) -> Rows<'a> {
        let len = columns.iter().map(Column::len).min().unwrap_or(0);
        Rows { columns, len }
    }

    /// Runs the statement over all rows. Without rows nothing is asked.
    pub async fn execute(&self, tx: &mut Tx, sql: &str) -> Result<(), Error> {
        match tx {
            Tx::Sqlite(tx) => {
                for (sql, rows) in self.lists(sql) {
                    self.bound(sqlx::query(AssertSqlSafe(sql)), rows).execute(&mut **tx).await?;
                }
            }
            Tx::Postgres(tx) => {
                for (sql, rows) in self.arrays(sql) {
                    self.sent(sqlx::query(AssertSqlSafe(sql)), rows).execute(&mut **tx).await?;
                }
            }
        }
        Ok(())
    }

    /// What the statement answers over all rows.
    pub async fn fetch<T>(&self, tx: &mut Tx, sql: &str) -> Result<Vec<T>, Error>
    where
        T: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        let mut found = Vec::with_capacity(self.len);
        match tx {
            Tx::Sqlite(tx) => {
                for (sql, rows) in self.lists(sql) {
                    let query = self.bound(sqlx::query(AssertSqlSafe(sql)), rows);
                    for row in query.fetch_all(&mut **tx).await? {
                        found.push(T::from_row(&row)?);
                    }
                }
            }
            Tx::Postgres(tx) => {
                for (sql, rows) in self.arrays(sql) {
                    let query = self.sent(sqlx::query(AssertSqlSafe(sql)), rows);
                    for row in query.fetch_all(&mut **tx).await? {
                        found.push(T::from_row(&row)?);
                    }
                }
            }
        }
        Ok(found)
    }

    /// The statements for SQLite, each with the rows that it is for.
    fn lists(&self, sql: &str) -> Vec<(String, Range<usize>)> {
        let starts = (0..self.len).step_by(SQLITE_MOST);
        let list = |start| {
            let rows = start..self.len.min(start + SQLITE_MOST);
            (sql.replace("{rows}", &values(self.columns.len(), list_length(rows.len()))), rows)
        };
        starts.map(list).collect()
    }

    /// The statements for PostgreSQL: one text, as often as the rows need it.
    fn arrays(&self, sql: &str) -> Vec<(String, Range<usize>)> {
        let sql = sql.replace("{rows}", &self.unnested());
        let starts = (0..self.len).step_by(POSTGRES_ROWS);
        starts.map(|start| (sql.clone(), start..self.len.min(start + POSTGRES_ROWS))).collect()
    }

    /// `(select * from unnest($1::uuid[], $2::bigint[]) as given(column1, column2))`.
    fn unnested(&self) -> String {
        let mut arrays = String::new();
        let mut names = String::new();
        for (number, column) in (1..).zip(&self.columns) {
            let comma = if number == 1 { "" } else { ", " };
            // Writing into a String cannot fail.
            let _ = write!(arrays, "{comma}${number}::{}", column.array());
            let _ = write!(names, "{comma}column{number}");
        }
        format!("(select * from unnest({arrays}) as given({names}))")
    }

    /// Binds the rows, nulls for the padding of the list, and the number of rows for `limit`.
    fn bound<'q>(
        &'q self,
        query: Query<'q, Sqlite, <Sqlite as sqlx::Database>::Arguments>,
        rows: Range<usize>,
    ) -> Query<'q, Sqlite, <Sqlite as sqlx::Database>::Arguments> {
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let list = rows.start..rows.start + list_length(rows.len());
        let query = list.fold(query, |query, row| {
            self.columns.iter().fold(query, |query, column| match column {
                Column::Ids(it) => query.bind(it.get(row).copied()),
                Column::OptionalIds(it) => query.bind(it.get(row).copied().flatten()),
                Column::Numbers(it) => query.bind(it.get(row).copied()),
                Column::OptionalNumbers(it) => query.bind(it.get(row).copied().flatten()),
                Column::Texts(it) => query.bind(it.get(row).copied()),
                Column::OptionalTexts(it) => query.bind(it.get(row).copied().flatten()),
                Column::Bytes(it) => query.bind(it.get(row).copied()),
            })
        });
        query.bind(count)
    }

    fn sent<'q>(
        &'q self,
        query: Query<'q, Postgres, <Postgres as sqlx::Database>::Arguments>,
        rows: Range<usize>,
    ) -> Query<'q, Postgres, <Postgres as sqlx::Database>::Arguments> {
        self.columns.iter().fold(query, |query, column| match column {
            Column::Ids(it) => query.bind(it.get(rows.clone())),
            Column::OptionalIds(it) => query.bind(it.get(rows.clone())),
            Column::Numbers(it) => query.bind(it.get(rows.clone())),
            Column::OptionalNumbers(it) => query.bind(it.get(rows.clone())),
            Column::Texts(it) => query.bind(it.get(rows.clone())),
            Column::OptionalTexts(it) => query.bind(it.get(rows.clone())),
            Column::Bytes(it) => query.bind(it.get(rows.clone())),
        })
    }
}

/// The shortest of SQLite's lists that holds so many rows.
fn list_length(rows: usize) -> usize {
    SQLITE_ROWS.into_iter().find(|length| *length >= rows).unwrap_or(SQLITE_MOST)
}

/// `(select * from (values (?, ?), (?, ?)) limit ?)`. Plain `?` and not `$1`: SQLite treats `$1` as a *named* parameter. The
/// driver looks up the name of every parameter, and SQLite searches its list of names linearly for each, which is quadratic
/// in the length of the list; a plain `?` has no name.
fn values(columns: usize, rows: usize) -> String {
    let mut text = String::with_capacity(rows * (columns * 3 + 4) + 40);
    text.push_str("(select * from (values ");
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { "), (" });
        for column in 0..columns {
            text.push_str(if column == 0 { "?" } else { ", ?" });
        }
    }
    text.push_str(")) limit ?)");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_few_lengths_and_leave_nothing_out() {
        for len in [0, 1, 3, 5, 63, 64, 300, 1_000] {
            let rows = Rows::new(vec![Column::Numbers((0..len).collect())]);
            let mut next = 0;
            for (sql, rows) in rows.lists("{rows}") {
                assert!(rows.start == next && !rows.is_empty());
                assert!(SQLITE_ROWS.iter().any(|length| *length >= rows.len() && sql == values(1, *length)));
                next = rows.end;
            }
            assert_eq!(i64::try_from(next).unwrap(), len);
        }
        assert_eq!(values(2, 2), "(select * from (values (?, ?), (?, ?)) limit ?)");
    }
}
