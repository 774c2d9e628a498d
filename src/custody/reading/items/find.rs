//! One scan, one answer.

use crate::{
    app::App,
    custody::{
        Error,
        access::{see_paper, sees_item},
    },
    domain::{Code, CodeKind, Person, Viewer, code::NotACode, off_line::printed_number},
    id::{CaseId, ItemId, SlotId, StoreId},
    ledger::identifiers::numbers_in,
    store::{
        Tx, cases, imports,
        items::{self as stored, Item},
        labels, papers, places,
    },
};
use hufu_wire::scanned::as_read;
use serde::Serialize;

/// The one answer to a scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SearchHit {
    Item {
        id: ItemId,
        /// The number of the item; for a scan this is what was meant.
        number: String,
    },
    /// An older copy of this thing's label: `copy` has taken its place.
    Replaced {
        id: ItemId,
        number: String,
        copy: u32,
    },
    Slot {
        id: SlotId,
        store: StoreId,
        name: String,
    },
    Case {
        id: CaseId,
    },
    /// A paper's number, or its check code; the entry that made it.
    Paper {
        entry: u64,
        number: String,
    },
    /// Not a code of ours: look for it as words.
    Words,
    /// One of our codes with a character misread.
    Misread,
    /// Ours by its shape, but nobody here has it, or it is not this person's to see.
    Unknown,
}

/// What a scanned code or a typed number means. What is not theirs to see is unknown.
pub async fn find(app: &App, me: &Person, text: &str) -> Result<SearchHit, Error> {
    let text = as_read(text);
    let text = text.as_str();
    let mut tx = app.db.read().await?;
    match Code::parse(text) {
        Ok(code) if code.kind() == CodeKind::Slot => {
            let Some(slot) = places::slot_by_code(&mut tx, &code.to_string()).await? else {
                return Ok(SearchHit::Unknown);
            };
            let store = places::store(&mut tx, slot.store).await?;
            Ok(match store.is_some_and(|store| Viewer::of(me).sees_slots_of(&store)) {
                true => SearchHit::Slot { name: slot.full_name(), store: slot.store, id: slot.id },
                false => SearchHit::Unknown,
            })
        }
        Ok(code) => {
            let item = stored::by_code(&mut tx, &code).await?;
            let hit = seen(&mut tx, me, item).await?;
            let SearchHit::Item { id, number } = hit else { return Ok(hit) };
            Ok(match labels::replaced_by(&mut tx, id, &code).await? {
                Some(copy) => SearchHit::Replaced { id, number, copy },
                None => SearchHit::Item { id, number },
            })
        }
        Err(not) => {
            if let SearchHit::Item { id, number } = numbered(&mut tx, me, &text.to_uppercase()).await? {
                return Ok(SearchHit::Item { id, number });
            }
            if let Some(paper) = paper(&mut tx, me, &text.to_uppercase()).await? {
                return Ok(paper);
            }
            for number in [text.to_owned(), printed_number(text)] {
                if let Some(case) = cases::by_number(&mut tx, me.unit, &number).await? {
                    return Ok(SearchHit::Case { id: case.case.id });
                }
            }
            if let Some(hit) = identified(&mut tx, me, text).await? {
                return Ok(hit);
            }
            if let [slot] = places::slots_called(&mut tx, me.unit, text).await?.as_slice() {
                return Ok(SearchHit::Slot { name: slot.full_name(), store: slot.store, id: slot.id });
            }
            Ok(if not == NotACode::CheckFailed { SearchHit::Misread } else { SearchHit::Words })
        }
    }
}

/// The one thing of theirs that carries this IMEI, VIN, account or plate, however it is written.
async fn identified(tx: &mut Tx, me: &Person, text: &str) -> Result<Option<SearchHit>, Error> {
    let (mut found, keys) = (None, numbers_in(text));
    for it in imports::identified(tx, &keys).await? {
        if found.as_ref().is_some_and(|(id, _)| *id == it.item) || !sees_item(tx, me, it.item).await? {
            continue;
        }
        if found.replace((it.item, it.number)).is_some() {
            return Ok(None);
        }
    }
    Ok(found.map(|(id, number)| SearchHit::Item { id, number }))
}

/// The paper of this number, of today's kind or of before, or of this check code, as its drawn code has it behind an address.
async fn paper(tx: &mut Tx, me: &Person, text: &str) -> Result<Option<SearchHit>, Error> {
    let number = text.rsplit_once("/CHECK/").map_or(text, |(_, code)| code);
    let Some(entry) = papers::entry_of(tx, number).await? else { return Ok(None) };
    Ok(Some(match see_paper(tx, me, entry).await {
        Ok(()) => SearchHit::Paper { entry, number: number.to_owned() },
        Err(Error::NotFound(_)) => SearchHit::Unknown,
        Err(error) => return Err(error),
    }))
}

async fn numbered(tx: &mut Tx, me: &Person, number: &str) -> Result<SearchHit, Error> {
    let item = stored::by_number(tx, number).await?;
    seen(tx, me, item).await
}

async fn seen(tx: &mut Tx, me: &Person, item: Option<Item>) -> Result<SearchHit, Error> {
    let Some(item) = item else { return Ok(SearchHit::Unknown) };
    match sees_item(tx, me, item.id).await? {
        true => Ok(SearchHit::Item { id: item.id, number: item.number }),
        false => Ok(SearchHit::Unknown),
    }
}
