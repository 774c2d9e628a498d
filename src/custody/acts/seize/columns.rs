//! A person says what the columns of a file are: it is read again so, what was corrected in its rows stays, and the choice is
//! kept for the unit's next file whose columns have the same titles.

use super::{
    ImportView, ListDraft, SaidColumns, UnderstoodColumn, already_recorded,
    amend::keep,
    carry::{Carried, carry},
    known,
    photographs::by_row as photographs_by_row,
    read::{Reading, compare, unreadable},
    remembered::shape,
    row_label,
};
use crate::{
    app::App,
    custody::{Conflict, Error, Invalid, access, turn},
    domain::{Person, Role},
    id::ImportId,
    import::{self, ChosenColumns, Refusal},
    language::Language,
    store::{column_choices, photographs},
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// How a file is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct ColumnsWish {
    /// What each column is, by its letter; null for one that only goes into the remark. None at all: as the program reads
    /// them, now and for the next file.
    pub columns: ChosenColumns,
    /// What was corrected in rows that are no things under this choice may be lost.
    #[serde(default)]
    pub give_up: bool,
}

/// Reads the file of a list again with its columns as somebody says. Refuses a choice that contradicts itself, one under which
/// nothing is left, and one that would lose a correction which was not given up.
pub async fn read_again(
    app: &App,
    me: &Person,
    id: ImportId,
    wish: &ColumnsWish,
) -> Result<ImportView, Error> {
    access::require(me, Role::Officer)?;
    let turn = turn(&app.costly.lists, me).await?;
    let (row, draft) = super::read(app, &turn, me, id).await?;
    if row.entry_seq.is_some() {
        return Err(already_recorded());
    }
    consistent(&wish.columns, &draft.understood.columns)?;
    let content = photographs::content(&mut app.db.read().await?, &row.digest).await?;
    let (_, bytes) = content.ok_or_else(file_gone)?;
    let (name, columns) = (row.file_name.clone(), wish.columns.clone());
    let before = draft.columns.clone().map(|it| it.columns).unwrap_or_default();
    let reading = turn.beside(move || -> Result<_, Error> {
        let before = Reading::of(&name, &bytes, &before)?;
        let Reading { list, rows } = Reading::of(&name, &bytes, &columns)?;
        let Carried { rows, lost } = carry(&before.rows, draft.rows, rows);
        Ok((ListDraft::of(draft.case, &list, rows), list, lost))
    });
    let (mut draft, list, mut lost) = reading.await.ok_or_else(|| unreadable(Refusal::Broken))??;
    // A row that somebody took photographs of is worked on, too.
    let rows: BTreeSet<u32> = draft.rows.iter().map(|row| row.row).collect();
    let photographed = photographs_by_row(&mut app.db.read().await?, id).await?.into_keys();
    let gone: Vec<String> = photographed.filter(|row| !rows.contains(row)).map(row_label).collect();
    lost.extend(gone.into_iter().filter(|row| !lost.contains(row)).collect::<Vec<_>>());
    if !lost.is_empty() && !wish.give_up {
        return Err(would_lose(&lost));
    }
    known::identified(&mut app.db.read().await?, me, &mut draft.rows).await?;
    drop(turn);
    let now = app.clock.now();
    let chosen = !wish.columns.0.is_empty();
    draft.columns = chosen.then(|| SaidColumns {
        columns: wish.columns.clone(),
        by: me.name.clone(),
        at: now,
        remembered: false,
    });
    let mut tx = app.db.write().await?;
    compare(&mut tx, me, &mut draft, &row.digest).await?;
    match shape(app, &list) {
        Some(shape) if chosen => {
            let text = serde_json::to_string(&wish.columns).map_err(|error| super::damaged(&error))?;
            column_choices::keep(&mut tx, (me.unit, &shape), &text, (me.id, now)).await?;
        }
        Some(shape) => column_choices::forget(&mut tx, me.unit, &shape).await?,
        None => {}
    }
    let view = keep(&mut tx, me, row, draft).await?;
    tx.commit().await?;
    Ok(view)
}

/// Refuses two columns of one meaning within a table, and a table without names.
fn consistent(chosen: &ChosenColumns, columns: &[UnderstoodColumn]) -> Result<(), Error> {
    if chosen.0.is_empty() {
        return Ok(());
    }
    let mut tables: BTreeMap<u32, BTreeMap<import::Role, &str>> = BTreeMap::new();
    for column in columns {
        let roles = tables.entry(column.table).or_default();
        let Some(role) = chosen.0.get(&column.letter).copied().flatten() else { continue };
        if let Some(other) = roles.insert(role, &column.letter).filter(|_| !role.stands_often()) {
            return Err(twice(role, other, &column.letter));
        }
    }
    match tables.values().all(|roles| roles.contains_key(&import::Role::Name)) {
        true => Ok(()),
        false => Err(Invalid::new(
            "no_column_of_names",
            (
                "没有一列用作“名称”，清单没有重读，各行都还在。",
                "No column is the name; the list was not read again, and its rows are as they were.",
            ),
            ("请指定哪一列是名称。", "Say which column is the name."),
        )),
    }
}

fn twice(role: import::Role, one: &str, other: &str) -> Error {
    let (zh, en) = (role.text(Language::Zh), role.text(Language::En));
    Invalid::new(
        "column_twice",
        (
            &format!("{one} 列和 {other} 列都用作“{zh}”，清单没有重读，各行都还在。"),
            &format!(
                "Columns {one} and {other} are both the {en}; the list was not read again, and its rows are as they were."
            ),
        ),
        (
            "只能有一列；另一列请选别的用途，或选“不使用”，内容会写入备注。",
            "Only one can be; choose another use for the other, or “not used”, and its texts go into the remark.",
        ),
    )
}

fn would_lose(rows: &[String]) -> Error {
    let shown: Vec<&str> = rows.iter().take(10).map(String::as_str).collect();
    let more = if rows.len() > shown.len() { " …" } else { "" };
    Conflict::new(
        "corrections_would_be_lost",
        (
            &format!(
                "这样读，第 {}{more} 行不再是财物，在这些行里改过的内容会丢失；清单没有重读。",
                shown.join("、")
            ),
            &format!(
                "Read so, rows {}{more} are no things, and what was corrected in them would be lost; the list was not read again.",
                shown.join(", ")
            ),
        ),
        (
            "要保留就不必做什么；要这样读，请勾选“放弃这些改动”再读一次。",
            "To keep them do nothing; to read it so, tick that these corrections are given up and read again.",
        ),
    )
}

fn file_gone() -> Error {
    Conflict::new(
        "file_gone",
        (
            "原来的文件已不在服务器上，不能重读；各行都还在。",
            "The file itself is on the server no more and cannot be read again; the rows are as they were.",
        ),
        ("请作废这份清单，重新上传文件。", "Throw this list away and upload the file again."),
    )
}
