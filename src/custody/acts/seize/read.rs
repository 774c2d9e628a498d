//! An uploaded file becomes a list that waits: read as the program reads it, or with the columns as somebody of the unit said of
//! an earlier file of its shape.

use super::{
    DraftDoubt, DraftRow, ForCase, ListDraft, ROWS_MOST, SaidColumns, known, open::room_for_another,
    own_case, remembered, stated,
};
use crate::{
    app::{App, turns::Turn},
    custody::{Error, Invalid, Thing, access, opening::open_in, turn},
    domain::{Person, Role},
    id::ImportId,
    import::{self, ChosenColumns, SeizureList},
    store::{
        Tx,
        attachments::{self, Attachment},
        cases, imports,
    },
};

/// A file as it was read.
pub(super) struct Reading {
    pub(super) list: SeizureList,
    pub(super) rows: Vec<DraftRow>,
}

impl Reading {
    /// Refuses what is no list, one without things, and one that is too long. Takes a while: to be done beside other work.
    pub(super) fn of(name: &str, bytes: &[u8], columns: &ChosenColumns) -> Result<Reading, Error> {
        let list = import::read_with_columns(name, bytes, columns).map_err(|it| unreadable(it.reason))?;
        if list.rows.is_empty() {
            return Err(without_things());
        }
        if list.rows.len() > ROWS_MOST {
            return Err(too_long());
        }
        let rows = DraftRow::of_list(&list, ROWS_MOST);
        Ok(Reading { list, rows })
    }
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
    let Understood { digest, bytes, reading, said } = understand(app, me, &turn, file_name, bytes).await?;
    drop(turn);
    let Reading { list, mut rows } = reading;
    // Before the ledger is locked for writing: a long list names many things.
    known::identified(&mut app.db.read().await?, me, &mut rows).await?;
    let mut tx = app.db.write().await?;
    room_for_another(&mut tx, me).await?;
    let case = match case {
        ForCase::Known(case) => own_case(&mut tx, me, case).await?,
        ForCase::New(new) => open_in(app, &mut tx, me, &new).await?,
    };
    let mut draft = ListDraft { columns: said, ..ListDraft::of(case, &list, rows) };
    compare(&mut tx, me, &mut draft, &digest).await?;
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
    let (draft, row_count) = draft.kept_as()?;
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

/// Whether the very file is recorded already, and whether it names another case.
pub(super) async fn compare(
    tx: &mut Tx,
    me: &Person,
    draft: &mut ListDraft,
    digest: &str,
) -> Result<(), Error> {
    if let Some(seq) = imports::recorded_before(tx, me.unit, digest).await? {
        draft.doubts.push(DraftDoubt::recorded_before(seq));
    }
    let number = cases::case(tx, draft.case).await?.ok_or(Error::NotFound(Thing::Case))?.case.number;
    stated::another_case(draft, &number);
    Ok(())
}

/// A file, how it was read, and by whose word.
struct Understood {
    digest: String,
    bytes: Vec<u8>,
    reading: Reading,
    said: Option<SaidColumns>,
}

/// Reading takes a while and reads what strangers made: beside the other work, where a fault ends with this file, and before
/// the ledger is locked for writing, so that nobody waits for it.
async fn understand(
    app: &App,
    me: &Person,
    turn: &Turn,
    file_name: &str,
    bytes: Vec<u8>,
) -> Result<Understood, Error> {
    let (name, suite) = (file_name.to_owned(), app.settings.suite);
    let reading = turn.beside(move || {
        let read = Reading::of(&name, &bytes, &ChosenColumns::default());
        (suite.digest(&bytes).to_string(), bytes, name, read)
    });
    let broken = || unreadable(import::Refusal::Broken);
    let (digest, bytes, name, read) = reading.await.ok_or_else(broken)?;
    let said = match &read {
        Ok(reading) => remembered::remembered(app, me, &reading.list).await?,
        // Under another choice there may be things on it; what is no list stays none.
        Err(_) => None,
    };
    let Some(said) = said else { return Ok(Understood { digest, bytes, reading: read?, said: None }) };
    let columns = said.columns.clone();
    let again = turn.beside(move || {
        let again = Reading::of(&name, &bytes, &columns);
        (bytes, again)
    });
    let (bytes, again) = again.await.ok_or_else(broken)?;
    // What was said of an earlier file leaves nothing of this one: it is read as the program reads it.
    let (reading, said) = again.map_or_else(|_| (read, None), |again| (Ok(again), Some(said)));
    Ok(Understood { digest, bytes, reading: reading?, said })
}

pub(super) fn unreadable(reason: import::Refusal) -> Error {
    Invalid::new(reason.word(), reason.what(), reason.remedy())
}

fn without_things() -> Error {
    Invalid::new(
        "list_without_things",
        ("清单里没有读到任何财物，未导入任何数据。", "No thing was found on the list; nothing was imported."),
        (
            "请确认表头下面有财物，再上传一次。",
            "Check that there are things under the header and upload it again.",
        ),
    )
}

pub(super) fn too_long() -> Error {
    Invalid::new(
        "list_too_long",
        ("清单超过 10000 行，未导入任何数据。", "The list has more than 10,000 rows; nothing was imported."),
        ("请拆成几份，分别上传。", "Split it and upload the parts."),
    )
}
