//! What somebody of a unit said of the columns of an earlier file with the same titles.

use super::SaidColumns;
use crate::{app::App, custody::Error, domain::Person, import::SeizureList, store::column_choices};

/// What somebody of the unit said of an earlier file of this shape.
pub(super) async fn remembered(
    app: &App,
    me: &Person,
    list: &SeizureList,
) -> Result<Option<SaidColumns>, Error> {
    let Some(shape) = shape(app, list) else { return Ok(None) };
    let found = column_choices::find(&mut app.db.read().await?, me.unit, &shape).await?;
    let said = found.map(|it| -> Result<SaidColumns, Error> {
        let columns = serde_json::from_str(&it.columns).map_err(|error| super::damaged(&error))?;
        Ok(SaidColumns { columns, by: it.chosen_by, at: it.chosen_at, remembered: true })
    });
    said.transpose()
}

/// A digest of the titles of the columns; nothing of cards.
pub(super) fn shape(app: &App, list: &SeizureList) -> Option<String> {
    let shape = Some(list.shape()).filter(|it| !it.is_empty())?;
    Some(app.settings.suite.digest(shape.as_bytes()).to_string())
}
