//! Stores and shelves, on a page.

use super::{
    Page, Room, Visitor, Web,
    form::id,
    past,
    picture::{self, ShelfMap, shelf_map},
    render::RenderError,
};
use crate::custody::stores::{self, SlotUse, StoreView};
use axum::{
    extract::{Path, Query, State},
    http::header,
    response::IntoResponse,
};
use serde_json::json;

/// `GET /stores`
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Page {
    let context = json!({
        "frame": visitor.frame(&web, Room::Stores).await?,
        "stores": stores::stores(&web.app, visitor.me()).await?,
    });
    Ok(web.page("stores.html", visitor.language(), context)?.into_response())
}

/// `GET /stores/{id}`
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Path(store): Path<String>,
    Query(asked): Query<past::AsOfQuery>,
) -> Page {
    let past = past::view(&web, &visitor, Room::Stores, &asked).await?;
    let view = stores::store_as_of(&web.app, visitor.me(), id(&store)?, past.at).await?;
    let map = map(&view, &past.query());
    let zones: Vec<&str> = map.zones.iter().map(|zone| zone.name.as_str()).collect();
    let picture = shelf_map(web.pages.words(visitor.language()), &map).map_err(RenderError::from)?;
    let context = json!({
        "frame": past.frame, "past": past.past,
        "differences": view.slots.iter().map(|it| it.differences).sum::<i64>(),
        "zones": zones, "picture": picture, "view": view,
    });
    Ok(web.page("store.html", visitor.language(), context)?.into_response())
}

/// How many slots stand side by side in the picture.
const COLUMNS: u32 = 12;

fn map(view: &StoreView, query: &str) -> ShelfMap {
    let mut zones: Vec<picture::Zone> = Vec::new();
    for it in &view.slots {
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
    Path(slot): Path<String>,
    Query(asked): Query<past::AsOfQuery>,
) -> Page {
    let past = past::view(&web, &visitor, Room::Stores, &asked).await?;
    let view = stores::slot_as_of(&web.app, visitor.me(), id(&slot)?, past.at).await?;
    let context = json!({ "frame": past.frame, "past": past.past, "view": view });
    Ok(web.page("slot.html", visitor.language(), context)?.into_response())
}

/// `GET /slots/{id}/label.png`: the label as it would be printed.
pub async fn slot_label(State(web): State<Web>, visitor: Visitor, Path(slot): Path<String>) -> Page {
    let png = stores::slot_label(&web.app, visitor.me(), id(&slot)?).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}
