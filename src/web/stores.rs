//! Stores and shelves, on a page.

use super::{
    Page, Room, Visitor, Web,
    form::id,
    frame::Status,
    past,
    picture::{self, ShelfMap, shelf_map},
    render::{self, RenderError},
    table::{Cell, IN_SLOT, List, ListAnswer, Row, SLOTS, STORES, TableQuery},
    words::{Words, WordsError},
};
use crate::custody::stores::{self, InSlot, SlotUse, SlotsShown, StoreLine, StoreView};
use crate::web::in_address::InAddress;
use axum::{
    extract::{Query, State},
    http::header,
    response::IntoResponse,
};
use serde_json::json;

/// `GET /stores`
pub async fn list(State(web): State<Web>, visitor: Visitor, Query(asked): Query<TableQuery>) -> Page {
    let stores = stores::stores(&web.app, visitor.me()).await?;
    let words = web.pages.words(visitor.language());
    let rows = stores.iter().map(|it| store_row(words, it)).collect();
    let list = List { table: &STORES, path: "/stores", asked: &asked, rows };
    let table = match list.answer(&web, &visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    let frame = visitor.frame(&web, Room::Stores).await?;
    let context = json!({ "frame": frame, "count": stores.len(), "table": table });
    Ok(web.page("stores.html", visitor.language(), context)?.into_response())
}

fn store_row(words: &Words, it: &StoreLine) -> Result<Row, WordsError> {
    let and = words.text("items.and_sum", &[])?;
    let keepers = it.keeping.as_ref().map(|keeping| keeping.keepers.join(&and));
    let state = match &it.keeping {
        Some(keeping) => differing(words, keeping.differences)?,
        None => Cell::nothing(),
    };
    Ok(Row::new(vec![
        Cell::name(&it.store.name, format!("/stores/{}", it.store.id)),
        Cell::words(words.text(&format!("store_kind.{}", it.store.kind.word()), &[])?),
        Cell::figure(i64::try_from(it.slots).unwrap_or(i64::MAX)),
        Cell::counted(it.items, format!("/items?store={}", it.store.id)),
        Cell::or_nothing(keepers.as_deref()),
        state,
    ]))
}

/// In order, or how many things differ.
fn differing(words: &Words, differences: i64) -> Result<Cell, WordsError> {
    match differences {
        0 => Cell::status(words, Status::InOrder),
        some => {
            let said = words.text("shelves.differences", &[("count", &some.to_string())])?;
            Ok(Cell::badge(Status::Different, said))
        }
    }
}

/// `GET /stores/{id}`
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(store): InAddress<String>,
    Query(asked): Query<TableQuery>,
) -> Page {
    let then = past::AsOfQuery { as_of: asked.text("as_of").to_owned() };
    let past = past::view(&web, &visitor, Room::Stores, &then).await?;
    let view = stores::store_as_of(&web.app, visitor.me(), id(&store)?, past.at).await?;
    let mut zones: Vec<&str> = view.slots.iter().map(|it| it.slot.zone.as_str()).collect();
    zones.dedup();
    // A large store is drawn zone by zone.
    let drawn = (view.slots.len() > DRAWN_MOST).then(|| {
        let wanted = zones.iter().find(|zone| **zone == asked.text("zone"));
        wanted.or(zones.first()).copied().unwrap_or_default()
    });
    let map = map(&view, drawn, &past.query());
    let picture = shelf_map(web.pages.words(visitor.language()), &map).map_err(RenderError::from)?;
    let words = web.pages.words(visitor.language());
    let ticked = |it: &SlotUse, row: Row| Row {
        tick: view.may_print.then(|| (it.slot.id.to_string(), it.slot.name.clone())),
        ..row
    };
    let row =
        |it| slot_row(words, it, view.shown == SlotsShown::All, &past.query()).map(|row| ticked(it, row));
    let rows = view.slots.iter().map(row).collect();
    let path = format!("/stores/{}", view.store.id);
    let list = List { table: &SLOTS, path: &path, asked: &asked, rows };
    let mut table = match list.answer(&web, &visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    table.form = view.may_print.then_some("chosen");
    let context = json!({
        "frame": past.frame, "past": past.past, "table": table,
        "differences": view.slots.iter().map(|it| it.differences).sum::<i64>(),
        "zones": zones, "drawn": drawn, "picture": picture, "view": view,
    });
    Ok(web.page("store.html", visitor.language(), context)?.into_response())
}

/// What its label says is for those who keep it.
fn slot_row(words: &Words, it: &SlotUse, whole: bool, query: &str) -> Result<Row, WordsError> {
    let quantities: Vec<String> =
        it.quantities.iter().map(|text| render::quantity_text(words, text)).collect::<Result<_, _>>()?;
    Ok(Row::new(vec![
        Cell::name(&it.slot.name, format!("/slots/{}{query}", it.slot.id)),
        Cell::words(&it.slot.zone),
        Cell::figure(it.items),
        Cell::prose(quantities.join(" · ")),
        Cell::figure(it.slot.capacity),
        Cell::or_nothing(Some(&it.slot.code).filter(|_| whole).map(String::as_str)),
        differing(words, it.differences)?,
    ])
    .wrong(it.differences > 0))
}

/// How many slots stand side by side in the picture.
const COLUMNS: u32 = 12;

/// So many slots stand on one picture; of a store of more, one zone does.
const DRAWN_MOST: usize = 120;

fn map(view: &StoreView, zone: Option<&str>, query: &str) -> ShelfMap {
    let mut zones: Vec<picture::Zone> = Vec::new();
    for it in view.slots.iter().filter(|it| zone.is_none_or(|zone| it.slot.zone == zone)) {
        let slot = slot_of(it, query);
        if let Some(zone) = zones.last_mut().filter(|zone| zone.name == it.slot.zone) {
            zone.slots.push(slot);
        } else {
            let name = it.slot.zone.clone();
            zones.push(picture::Zone { name, columns: COLUMNS, slots: vec![slot] });
        }
    }
    ShelfMap { store: view.store.name.clone(), zones }
}

fn slot_of(it: &SlotUse, query: &str) -> picture::Slot {
    let figure = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let name = it.slot.name.clone();
    picture::Slot {
        label: name.split_once('-').map_or_else(|| name.clone(), |(_, label)| label.to_owned()),
        name,
        href: format!("/slots/{}{query}", it.slot.id),
        used: figure(it.items),
        capacity: figure(it.slot.capacity),
        differences: figure(it.differences),
    }
}

/// `GET /slots/{id}`
pub async fn slot(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(slot): InAddress<String>,
    Query(asked): Query<TableQuery>,
) -> Page {
    let then = past::AsOfQuery { as_of: asked.text("as_of").to_owned() };
    let past = past::view(&web, &visitor, Room::Stores, &then).await?;
    let view = stores::slot_as_of(&web.app, visitor.me(), id(&slot)?, past.at).await?;
    let words = web.pages.words(visitor.language());
    let rows = view.things.iter().map(|it| thing_row(words, it, &past.query())).collect();
    let path = format!("/slots/{}", view.slot.id);
    let list = List { table: &IN_SLOT, path: &path, asked: &asked, rows };
    let table = match list.answer(&web, &visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    let context = json!({ "frame": past.frame, "past": past.past, "view": view, "table": table });
    Ok(web.page("slot.html", visitor.language(), context)?.into_response())
}

fn thing_row(words: &Words, it: &InSlot, query: &str) -> Result<Row, WordsError> {
    Ok(Row::new(vec![
        Cell::name(&it.name, format!("/items/{}{query}", it.item)).below(&it.number),
        Cell::words(words.text(&format!("category.{}", it.category), &[])?),
        Cell::quantity(words, &it.quantity)?,
        Cell::or_nothing(it.seal.as_deref()),
        Cell::words(&it.case_number),
        match it.on_offer.filter(|_| it.differences == 0) {
            Some(handover) => Cell::on_offer(words, handover)?,
            None => differing(words, it.differences)?,
        },
    ])
    .wrong(it.differences > 0))
}

/// `GET /slots/{id}/label.png`: the label as it would be printed.
pub async fn slot_label(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(slot): InAddress<String>,
) -> Page {
    let png = stores::slot_label(&web.app, visitor.me(), id(&slot)?).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}
