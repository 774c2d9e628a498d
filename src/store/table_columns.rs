//! Which columns of a table a person has chosen.

use super::{Error, Tx, db::on};
use crate::id::PersonId;

/// The words of the columns, as they were chosen; nothing when nothing was.
pub async fn chosen(tx: &mut Tx, person: PersonId, table: &str) -> Result<Option<Vec<String>>, Error> {
    const SQL: &str = "select columns from table_columns where person = $1 and table_name = $2";
    let columns: Option<String> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(person).bind(table).fetch_optional(conn).await?);
    Ok(columns.map(|columns| columns.split(' ').map(str::to_owned).collect()))
}

/// Keeps the choice. Words have no spaces.
pub async fn choose(tx: &mut Tx, person: PersonId, table: &str, columns: &[&str]) -> Result<(), Error> {
    const SQL: &str = "insert into table_columns (person, table_name, columns) values ($1, $2, $3)
        on conflict (person, table_name) do update set columns = $3";
    on!(tx, conn => sqlx::query(SQL)
        .bind(person)
        .bind(table)
        .bind(columns.join(" "))
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}
