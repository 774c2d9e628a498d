//! From an uploaded seizure list to `seize` entries. Every row is shown as it was understood, each doubt beside it; the
//! officer corrects, completes or drops rows; nothing is in the ledger until the list is confirmed.

mod amend;
mod amendment;
mod carry;
mod columns;
mod confirm;
mod doubt;
mod draft;
mod known;
mod number;
mod open;
mod paper;
mod photographs;
mod read;
mod remembered;
mod row;
mod split;
mod stated;
mod typed;
mod understood;

pub use amend::{Changes, add_rows, amend, change};
pub use amendment::{Amendment, RowFault, RowField};
pub use columns::{ColumnsWish, read_again};
pub use confirm::{Confirmation, confirm};
pub use doubt::{DoubtAnswer, DraftDoubt};
pub use draft::{ListDraft, SaidColumns};
pub use number::{BY_HAND, row_label};
pub use open::{OpenList, open_lists};
pub use paper::list_paper;
pub(in crate::custody) use paper::scanned_case;
pub use photographs::{drop_row_photograph, photograph_row};
pub use read::read_list;
pub use row::{DraftRow, Origin};
pub use split::{SplitWish, split};
pub use typed::{TypedRow, begin_list};
pub use understood::{IgnoredRows, RowUse, Understood, UnderstoodColumn, UnderstoodRow, Use};

use crate::custody::{
    Conflict, Error, Thing,
    access::{self, see_case},
    opening::NewCase,
    stopped, turn,
};
use crate::{
    app::{App, turns::Turn},
    clock::Moment,
    domain::{Person, Role},
    id::{CaseId, ImportId},
    store::{self, Tx, attachments, cases, imports},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most rows one list may have: one entry records them together.
const ROWS_MOST: usize = 10_000;

/// A list on its way to the ledger.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ImportView {
    pub id: ImportId,
    pub file_name: String,
    pub uploaded_at: Moment,
    pub case: CaseId,
    pub case_number: String,
    pub case_name: String,
    pub draft: ListDraft,
    /// The digests of the photographs that were taken with its rows, by the number of the row.
    pub photographs: BTreeMap<u32, Vec<String>>,
    /// The entry that recorded it.
    pub entry: Option<u64>,
}

/// Which case a list belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ForCase {
    Known(CaseId),
    /// Opened with the list; a file that cannot be read opens no case.
    New(NewCase),
}

/// A list of the own unit, as it is now.
pub async fn show(app: &App, me: &Person, id: ImportId) -> Result<ImportView, Error> {
    access::require(me, Role::Officer)?;
    let turn = turn(&app.costly.lists, me).await?;
    let (row, draft) = read(app, &turn, me, id).await?;
    view(&mut app.db.read().await?, row, draft).await
}

async fn view(tx: &mut Tx, row: imports::Import, draft: ListDraft) -> Result<ImportView, Error> {
    let case = cases::case(tx, draft.case).await?.ok_or(Error::NotFound(Thing::Case))?.case;
    Ok(ImportView {
        id: row.id,
        file_name: row.file_name,
        uploaded_at: row.created_at,
        case: case.id,
        case_number: case.number,
        case_name: case.name,
        photographs: photographs::by_row(tx, row.id).await?,
        draft,
        entry: row.entry_seq.map(i64::cast_unsigned),
    })
}

fn already_recorded() -> Error {
    Conflict::new(
        "already_recorded",
        ("这份清单已经登记，不能再改。", "This list is already recorded and cannot be changed any more."),
        ("如登记有误，请对该分录作更正声明。", "If it is wrong, declare the error of that entry."),
    )
}

/// Throws a list away that was not recorded.
pub async fn discard(app: &App, me: &Person, id: ImportId) -> Result<CaseId, Error> {
    access::require(me, Role::Officer)?;
    let mut tx = app.db.write().await?;
    let row = own_import(&mut tx, me, id).await?;
    if row.entry_seq.is_some() {
        return Err(already_recorded());
    }
    imports::discard(&mut tx, id).await?;
    attachments::forget_unnamed(&mut tx, &row.digest).await?;
    photographs::throw_away(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row.case_id)
}

/// An uploaded list of the own unit.
async fn own_import(tx: &mut Tx, me: &Person, id: ImportId) -> Result<imports::Import, Error> {
    let row = imports::import(tx, id).await?.filter(|row| row.unit == me.unit);
    row.ok_or(Error::NotFound(Thing::Import))
}

/// The same with its rows, which may be some ten megabytes and are read in a turn.
async fn read(
    app: &App,
    turn: &Turn,
    me: &Person,
    id: ImportId,
) -> Result<(imports::Import, ListDraft), Error> {
    let row = own_import(&mut app.db.read().await?, me, id).await?;
    let reading = turn.beside(move || {
        let draft = ListDraft::from_text(&row.draft)?;
        Ok((row, draft))
    });
    reading.await.ok_or_else(stopped)?
}

/// A case of the own unit.
async fn own_case(tx: &mut Tx, me: &Person, case: CaseId) -> Result<CaseId, Error> {
    see_case(tx, me, case).await?;
    let found = cases::case(tx, case).await?.filter(|it| it.case.unit == me.unit);
    found.map(|it| it.case.id).ok_or(Error::NotFound(Thing::Case))
}

/// A draft that cannot be read back.
fn damaged(error: &serde_json::Error) -> Error {
    store::damaged("list", error).into()
}
