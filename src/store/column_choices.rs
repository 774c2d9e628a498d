//! What a unit's people say of the columns of a list, kept for the next file whose columns have the same titles.

use super::{Error, Tx, db::on};
use crate::{
    clock::Moment,
    id::{PersonId, UnitId},
};

/// The choice that stands for one shape of file. The columns are a JSON text that the verbs understand.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ColumnChoice {
    pub columns: String,
    /// Whoever chose, by name.
    pub chosen_by: String,
    pub chosen_at: Moment,
}

pub async fn find(tx: &mut Tx, unit: UnitId, shape: &str) -> Result<Option<ColumnChoice>, Error> {
    const SQL: &str = "select c.columns, p.name as chosen_by, c.chosen_at from column_choices c
        join persons p on p.id = c.chosen_by where c.unit = $1 and c.shape = $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(unit).bind(shape).fetch_optional(conn).await?))
}

/// Keeps a choice; the last one stands.
pub async fn keep(
    tx: &mut Tx,
    (unit, shape): (UnitId, &str),
    columns: &str,
    (chosen_by, chosen_at): (PersonId, Moment),
) -> Result<(), Error> {
    const SQL: &str =
        "insert into column_choices (unit, shape, columns, chosen_by, chosen_at) values ($1, $2, $3, $4, $5)
        on conflict (unit, shape) do update set columns = $3, chosen_by = $4, chosen_at = $5";
    on!(tx, conn => sqlx::query(SQL)
        .bind(unit)
        .bind(shape)
        .bind(columns)
        .bind(chosen_by)
        .bind(chosen_at)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

/// The next file of this shape is read as the program reads it.
pub async fn forget(tx: &mut Tx, unit: UnitId, shape: &str) -> Result<(), Error> {
    const SQL: &str = "delete from column_choices where unit = $1 and shape = $2";
    on!(tx, conn => sqlx::query(SQL).bind(unit).bind(shape).execute(conn).await?.rows_affected());
    Ok(())
}
