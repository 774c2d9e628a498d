//! The columns of a list as somebody chooses them on its page.

use super::{Stopped, save};
use crate::{
    custody::seize::{self, ColumnsWish, ImportView},
    id::ImportId,
    import::{ChosenColumns, Role},
    language::Language,
    web::{Fields, Visitor, Web},
};
use serde_json::json;
use std::collections::BTreeMap;

/// The refusals that are told beside the columns.
pub(super) const REFUSALS: &[&str] =
    &["column_twice", "no_column_of_names", "corrections_would_be_lost", "list_without_things", "file_gone"];
/// The word of a column that only goes into the remark.
const UNUSED: &str = "unused";

/// Every use that a column can have, in the visitor's language.
pub(super) fn roles(language: Language) -> Vec<serde_json::Value> {
    Role::ALL.iter().map(|role| json!({ "word": role.word(), "text": role.text(language) })).collect()
}

/// Each column with what is chosen for it: as the form was sent, or as it is read.
pub(super) fn shown(list: &ImportView, fields: &Fields) -> Vec<serde_json::Value> {
    let columns = list.draft.understood.columns.iter().enumerate().map(|(at, column)| {
        let sent = fields.sent(&field(&column.letter));
        let chosen = sent.unwrap_or_else(|| column.role.map_or(UNUSED, Role::word));
        // What stands in the column, for whoever looks at it in the sheet.
        json!({ "it": column, "at": at, "chosen": chosen })
    });
    columns.collect()
}

fn field(letter: &str) -> String {
    format!("column-{letter}")
}

/// Keeps the rows as they were typed, then reads the file again: as chosen, or as the program reads it.
pub(super) async fn read_again(
    web: &Web,
    visitor: &Visitor,
    id: ImportId,
    fields: &Fields,
    chosen: bool,
) -> Result<(), Stopped> {
    save(web, visitor, id, fields).await.map_err(|error| Stopped { error, kept: false })?;
    let columns = if chosen { columns(fields) } else { ChosenColumns::default() };
    let wish = ColumnsWish { columns, give_up: fields.ticked("give_up") };
    let read = seize::read_again(&web.app, visitor.me(), id, &wish).await;
    read.map(|_| ()).map_err(|error| Stopped { error, kept: true })
}

fn columns(fields: &Fields) -> ChosenColumns {
    let said = fields.0.iter().filter_map(|(name, value)| Some((name.strip_prefix("column-")?, value)));
    let columns: BTreeMap<String, Option<Role>> =
        said.map(|(letter, word)| (letter.to_owned(), Role::from_word(word.trim()))).collect();
    ChosenColumns(columns)
}
