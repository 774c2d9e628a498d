//! Which columns of a table somebody sees: their own choice, of no concern to anybody else.

use crate::{app::App, custody::Error, id::PersonId, store::table_columns};

/// The words of the columns that this person has chosen; nothing when they have not.
pub async fn columns(app: &App, me: PersonId, table: &str) -> Result<Option<Vec<String>>, Error> {
    Ok(table_columns::chosen(&mut app.db.read().await?, me, table).await?)
}

/// These columns from now on.
pub async fn choose(app: &App, me: PersonId, table: &str, columns: &[&str]) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    table_columns::choose(&mut tx, me, table, columns).await?;
    Ok(tx.commit().await?)
}
