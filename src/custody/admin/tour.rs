//! The first tour of the desk. Whether somebody has ended it is kept like their choice of columns: how a page looks to them alone.

use crate::{app::App, custody::Error, id::PersonId, store::table_columns};

const TOUR: &str = "tour";
const ENDED: &str = "ended";

/// Whether this person has ended it for good.
pub async fn ended(app: &App, me: PersonId) -> Result<bool, Error> {
    let kept = table_columns::chosen(&mut app.db.read().await?, me, TOUR).await?;
    Ok(kept.is_some_and(|words| words.iter().any(|word| word == ENDED)))
}

/// Ends it, or begins it once more.
pub async fn keep(app: &App, me: PersonId, ended: bool) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    let words: &[&str] = if ended { &[ENDED] } else { &[] };
    table_columns::choose(&mut tx, me, TOUR, words).await?;
    Ok(tx.commit().await?)
}
