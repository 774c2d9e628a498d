//! Rows are corrected, completed, accepted or left out before the list is confirmed.

use super::{
    Amendment, DraftRow, ImportView, ListDraft, RowFault, TypedRow, already_recorded, known, own_import,
    read, view,
};
use crate::{
    app::App,
    custody::{Conflict, Error, Thing, access, stopped, turn},
    domain::{Person, Role},
    id::ImportId,
    store::{Tx, imports},
};
use std::collections::BTreeMap;

impl ListDraft {
    /// What is in the way of each of these amendments; nothing is changed. One fault for a row.
    pub fn faults(&self, amendments: &[Amendment]) -> Vec<RowFault> {
        let rows = amendments.iter().filter_map(|it| {
            let row = self.rows.iter().find(|row| row.row == it.row)?;
            row.clone().amend(it).err()
        });
        rows.collect()
    }
}

/// What somebody says of a list at once: all of it is kept, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub amendments: Vec<Amendment>,
    pub typed: Vec<TypedRow>,
}

/// Corrects rows. What was changed answers the doubts about it; the others stay until they are accepted.
pub async fn amend(
    app: &App,
    me: &Person,
    id: ImportId,
    amendments: Vec<Amendment>,
) -> Result<ImportView, Error> {
    change(app, me, id, Changes { amendments, typed: Vec::new() }).await
}

/// Puts rows that somebody types at the end of a list.
pub async fn add_rows(
    app: &App,
    me: &Person,
    id: ImportId,
    typed: Vec<TypedRow>,
) -> Result<ImportView, Error> {
    change(app, me, id, Changes { amendments: Vec::new(), typed }).await
}

/// Corrects rows and adds others.
pub async fn change(app: &App, me: &Person, id: ImportId, changes: Changes) -> Result<ImportView, Error> {
    access::require(me, Role::Officer)?;
    let turn = turn(&app.costly.lists, me).await?;
    let (row, draft) = read(app, &turn, me, id).await?;
    if row.entry_seq.is_some() {
        return Err(already_recorded());
    }
    // Worked out before the ledger is locked for writing.
    let amending = turn.beside(move || -> Result<ListDraft, Error> {
        let mut draft = draft;
        let mut rows: BTreeMap<u32, &mut DraftRow> =
            draft.rows.iter_mut().map(|known| (known.row, known)).collect();
        for amendment in &changes.amendments {
            rows.get_mut(&amendment.row).ok_or(Error::NotFound(Thing::Import))?.amend(amendment)?;
        }
        draft.add_typed(&changes.typed)?;
        Ok(draft)
    });
    let mut draft = amending.await.ok_or_else(stopped)??;
    known::identified(&mut app.db.read().await?, me, &mut draft.rows).await?;
    drop(turn);
    let mut tx = app.db.write().await?;
    let view = keep(&mut tx, me, row, draft).await?;
    tx.commit().await?;
    Ok(view)
}

/// Keeps a draft that was worked out from what stood in `row`; refuses when somebody has changed it since.
pub(super) async fn keep(
    tx: &mut Tx,
    me: &Person,
    row: imports::Import,
    draft: ListDraft,
) -> Result<ImportView, Error> {
    let (text, rows) = draft.kept_as()?;
    if own_import(tx, me, row.id).await?.draft != row.draft {
        return Err(changed_meanwhile());
    }
    if !imports::keep(tx, row.id, (&text, rows)).await? {
        return Err(already_recorded());
    }
    view(tx, row, draft).await
}

fn changed_meanwhile() -> Error {
    Conflict::new(
        "list_changed_meanwhile",
        (
            "这份清单刚刚被别人改过，您的修改没有保存，别人的修改还在。",
            "Somebody else has just changed this list; your changes were not kept, theirs are there.",
        ),
        ("请刷新页面，再改一次。", "Reload the page and make your changes again."),
    )
}
