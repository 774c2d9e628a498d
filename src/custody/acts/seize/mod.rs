//! From an uploaded seizure list to `seize` entries. Every row is shown as it was understood, each doubt beside it; the
//! officer corrects, completes or drops rows; nothing is in the ledger until the list is confirmed.

mod amend;
mod amendment;
mod confirm;
mod doubt;
mod draft;
mod known;
mod open;
mod stated;
mod understood;

pub use amend::amend;
pub use amendment::{Amendment, RowFault, RowField};
pub use confirm::{Confirmation, confirm};
pub use doubt::{DoubtAnswer, DraftDoubt};
pub use draft::{DraftRow, ListDraft};
pub use open::{OpenList, open_lists};
pub use understood::{IgnoredRows, Understood, UnderstoodColumn, Use};

use crate::custody::{
    Conflict, Error, Invalid, Thing,
    access::{self, see_case},
    opening::{NewCase, open_in},
    stopped, turn,
};
use crate::{
    app::{App, turns::Turn},
    clock::Moment,
    domain::{Person, Role},
    id::{CaseId, ImportId},
    import,
    store::{
        self, Tx,
        attachments::{self, Attachment},
        cases, imports,
    },
};
use open::room_for_another;
use serde::{Deserialize, Serialize};

/// The most rows one list may have: one entry records them together.
const ROWS_MOST: usize = 5_000;

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

/// Reads an uploaded list for a case of the own unit and keeps it with every row as it was understood. Officers only.
pub async fn read_list(
    app: &App,
    me: &Person,
    case: ForCase,
    file_name: &str,
    bytes: Vec<u8>,
) -> Result<ImportId, Error> {
    access::require(me, Role::Officer)?;
    room_for_another(&mut app.db.read().await?, me).await?;
    let turn = turn(&app.costly.lists, me).await?;
    let (digest, bytes, list, mut rows) = understand(app, &turn, file_name, bytes).await?;
    drop(turn);
    if list.rows.is_empty() {
        return Err(Invalid::new(
            "list_without_things",
            (
                "清单里没有读到任何财物，未导入任何数据。",
                "No thing was found on the list; nothing was imported.",
            ),
            (
                "请确认表头下面有财物，再上传一次。",
                "Check that there are things under the header and upload it again.",
            ),
        ));
    }
    if list.rows.len() > ROWS_MOST {
        return Err(Invalid::new(
            "list_too_long",
            (
                "清单超过 5000 行，未导入任何数据。",
                "The list has more than 5,000 rows; nothing was imported.",
            ),
            ("请拆成几份，分别上传。", "Split it and upload the parts."),
        ));
    }
    // Before the ledger is locked for writing: a long list names many things.
    known::identified(&mut app.db.read().await?, me, &mut rows).await?;
    let mut tx = app.db.write().await?;
    room_for_another(&mut tx, me).await?;
    let case = match case {
        ForCase::Known(case) => own_case(&mut tx, me, case).await?,
        ForCase::New(new) => open_in(app, &mut tx, me, &new).await?,
    };
    let mut draft = ListDraft::of(case, &list, rows);
    if let Some(seq) = imports::recorded_before(&mut tx, me.unit, &digest).await? {
        draft.doubts.push(DraftDoubt::recorded_before(seq));
    }
    let number = cases::case(&mut tx, case).await?.ok_or(Error::NotFound(Thing::Case))?.case.number;
    stated::another_case(&mut draft, &number);
    let id = app.ids.new_id();
    let created_at = app.clock.now();
    let kept = Attachment {
        digest: digest.clone(),
        media_type: "application/octet-stream".to_owned(),
        content: bytes,
        added_at: created_at,
        added_by: me.id,
    };
    attachments::add(&mut tx, &kept).await?;
    let file_name: String = file_name.chars().take(200).collect();
    let row_count = draft.rows.len().try_into().unwrap_or(i64::MAX);
    let draft = draft.to_text()?;
    let row = imports::Import {
        id,
        unit: me.unit,
        person: me.id,
        file_name,
        digest,
        draft,
        case_id: case,
        row_count,
        created_at,
        entry_seq: None,
    };
    imports::add(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(id)
}

/// Reading takes a while and reads what strangers made: beside the other work, where a fault ends with this file, and before
/// the ledger is locked for writing, so that nobody waits for it.
async fn understand(
    app: &App,
    turn: &Turn,
    file_name: &str,
    bytes: Vec<u8>,
) -> Result<(String, Vec<u8>, import::SeizureList, Vec<DraftRow>), Error> {
    let (name, suite) = (file_name.to_owned(), app.settings.suite);
    let reading = turn.beside(move || {
        let read = import::read_seizure_list(&name, &bytes);
        let read = read.map(|list| (DraftRow::of_list(&list, ROWS_MOST), list));
        (suite.digest(&bytes).to_string(), bytes, read)
    });
    match reading.await {
        Some((digest, bytes, Ok((rows, list)))) => Ok((digest, bytes, list, rows)),
        Some((_, _, Err(error))) => Err(unreadable(error.reason)),
        None => Err(unreadable(import::Refusal::Broken)),
    }
}

fn unreadable(reason: import::Refusal) -> Error {
    Invalid::new(reason.word(), reason.what(), reason.remedy())
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
