//! What stations took in, or counted, without a server: it waits here until a custodian enters it.

use super::{
    caller::Caller,
    error::Problem,
    message::{At, Created, Json, RecordedEntry},
};
use crate::{
    app::App,
    custody::off_line::{self, EnterReceipt, OffLine, ReceiptView, Which},
    id::CountId,
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What was taken in and counted off line at my unit's stations
#[utoipa::path(get, path = "/off-line", tag = "off_line", responses((status = 200, body = OffLine)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<OffLine>, Problem> {
    Ok(Json(off_line::list(&app, caller.me()).await?))
}

/// One receipt, and the lines it may be
#[utoipa::path(get, path = "/off-line/{station}/{number}", tag = "off_line",
    responses((status = 200, body = ReceiptView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(which): At<Which>,
) -> Result<Json<ReceiptView>, Problem> {
    Ok(Json(off_line::show(&app, caller.me(), which, None).await?))
}

/// Enter a receipt onto a line of a seizure list
///
/// It happened when the station says, and is recorded now. Where the line has come in already, the entry is a difference
/// with both stories. The same receipt again is the same entry.
#[utoipa::path(post, path = "/off-line/{station}/{number}/entry", tag = "off_line",
    responses((status = 200, body = RecordedEntry)))]
pub async fn enter(
    State(app): State<App>,
    caller: Caller,
    At(which): At<Which>,
    Json(it): Json<EnterReceipt>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(off_line::enter(&app, caller.me(), which, &it).await?.recorded().into()))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Aside {
    /// Why it cannot be entered.
    reason: String,
}

/// Make a difference of a receipt that cannot be entered
#[utoipa::path(post, path = "/off-line/{station}/{number}/difference", tag = "off_line",
    responses((status = 200, body = RecordedEntry)))]
pub async fn set_aside(
    State(app): State<App>,
    caller: Caller,
    At(which): At<Which>,
    Json(Aside { reason }): Json<Aside>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(off_line::set_aside(&app, caller.me(), which, &reason).await?.into()))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PlacedCount {
    count: CountId,
}

/// Make a count of what was counted off line
///
/// As of the entry the ledger had reached at the first scan. The same session again is the same count.
#[utoipa::path(post, path = "/off-line-counts/{session}/count", tag = "off_line",
    responses((status = 201, body = PlacedCount)))]
pub async fn place(
    State(app): State<App>,
    caller: Caller,
    At(session): At<Uuid>,
) -> Result<Created<PlacedCount>, Problem> {
    Ok(Created(PlacedCount { count: off_line::place(&app, caller.me(), session).await? }))
}
