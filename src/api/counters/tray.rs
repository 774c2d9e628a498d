//! The tray: labels scanned one after the other, and one slot for all of them.

use super::Receipt;
use crate::{
    api::{
        caller::Caller,
        error::Problem,
        idempotency::Key,
        message::{At, DONE, Done, Json},
    },
    app::App,
    custody::counter::{
        AtCounter,
        itemise::{self, ItemiseLine},
        tray::{self, ReceiveTray},
    },
    id::{SlotId, StationId},
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether labels are scanned onto the tray.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TrayUse {
    wanted: bool,
}

/// Scan labels onto the tray, or take one thing at a time again
#[utoipa::path(put, path = "/counters/{station}/tray", tag = "counter", responses((status = 204)))]
pub async fn use_tray(
    State(app): State<App>,
    caller: Caller,
    At(station): At<StationId>,
    Json(it): Json<TrayUse>,
) -> Done {
    tray::use_tray(&app, caller.me(), station, it.wanted).await?;
    DONE
}

/// How many lines it was done for.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineCount {
    lines: usize,
}

/// Print the labels of all owed lines that have none
#[utoipa::path(post, path = "/counters/{station}/labels", tag = "counter",
    responses((status = 200, body = LineCount)))]
pub async fn print_all(
    State(app): State<App>,
    caller: Caller,
    At(station): At<StationId>,
) -> Result<Json<LineCount>, Problem> {
    Ok(Json(LineCount { lines: tray::print_all(&app, caller.me(), station).await? }))
}

/// Use the line's photographs for the other owed lines of its name and category
#[utoipa::path(post, path = "/counters/{station}/items/{item}/alike", tag = "counter",
    responses((status = 200, body = LineCount)))]
pub async fn same_for_alike(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
) -> Result<Json<LineCount>, Problem> {
    Ok(Json(LineCount { lines: tray::same_for_alike(&app, caller.me(), at).await? }))
}

/// Make single things of a counted line, each with a label of its own
#[utoipa::path(post, path = "/counters/{station}/items/{item}/single-things", tag = "counter", params(Key),
    responses((status = 200, body = Receipt)))]
pub async fn itemise(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
    Key(request): Key,
) -> Result<Json<Receipt>, Problem> {
    let wish = ItemiseLine { at, request };
    Ok(Json(itemise::itemise(&app, caller.me(), &wish).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct TraySlot {
    slot: SlotId,
}

/// Receive what lies on the tray into a slot
///
/// One receipt for all of it: either everything is received or nothing.
#[utoipa::path(post, path = "/counters/{station}/tray/receipt", tag = "counter", params(Key),
    responses((status = 200, body = Receipt)))]
pub async fn receive_tray(
    State(app): State<App>,
    caller: Caller,
    At(station): At<StationId>,
    Key(request): Key,
    Json(TraySlot { slot }): Json<TraySlot>,
) -> Result<Json<Receipt>, Problem> {
    let wish = ReceiveTray { station, slot, request };
    Ok(Json(tray::receive_tray(&app, caller.me(), &wish).await?.into()))
}
