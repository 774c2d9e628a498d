//! Stores and slots: how full they are, and what lies there.

use super::{
    as_of::AsOfQuery,
    caller::Caller,
    error::Problem,
    message::{At, File, Json, QueryParams},
};
use crate::{
    app::App,
    custody::stores::{self, SlotView, StoreLine, StoreView},
    id::{SlotId, StoreId},
};
use axum::extract::State;

/// The stores
#[utoipa::path(get, path = "/stores", tag = "stores", responses((status = 200, body = Vec<StoreLine>)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<StoreLine>>, Problem> {
    Ok(Json(stores::stores(&app, caller.me()).await?))
}

/// A store with its slots
#[utoipa::path(get, path = "/stores/{store}", tag = "stores", params(AsOfQuery),
    responses((status = 200, body = StoreView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(store): At<StoreId>,
    QueryParams(known): QueryParams<AsOfQuery>,
) -> Result<Json<StoreView>, Problem> {
    let at = known.entry(&app, caller.me()).await?;
    Ok(Json(stores::store_as_of(&app, caller.me(), store, at).await?))
}

/// A slot with what lies in it, as far as it is mine to see
#[utoipa::path(get, path = "/slots/{slot}", tag = "stores", params(AsOfQuery),
    responses((status = 200, body = SlotView)))]
pub async fn slot(
    State(app): State<App>,
    caller: Caller,
    At(slot): At<SlotId>,
    QueryParams(known): QueryParams<AsOfQuery>,
) -> Result<Json<SlotView>, Problem> {
    let at = known.entry(&app, caller.me()).await?;
    Ok(Json(stores::slot_as_of(&app, caller.me(), slot, at).await?))
}

/// The slot's label (PNG)
#[utoipa::path(get, path = "/slots/{slot}/label", tag = "stores",
    responses((status = 200, content_type = "image/png", body = Vec<u8>)))]
pub async fn label(State(app): State<App>, caller: Caller, At(slot): At<SlotId>) -> Result<File, Problem> {
    let bytes = stores::slot_label(&app, caller.me(), slot).await?;
    Ok(File { media_type: "image/png".to_owned(), bytes })
}
