//! Stores and slots as they are registered, for administrators and those who see everything; administrators change them. And the
//! labels of slots, for whoever may print them.

use super::{
    caller::Caller,
    error::Problem,
    idempotency::Key,
    message::{At, Json, RecordedEntry},
    roster::ChangeReason,
};
use crate::{
    app::App,
    custody::{
        places::{self, NewSlots, NewStore, SlotChange, StoreDescription},
        registered_places::{self, RegisteredStore, RegisteredStoreView},
        shelf_labels::{self, WantedLabels},
    },
    id::{SlotId, StationId, StoreId},
    ledger::Standing,
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What this room answers to.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(show, describe))
        .routes(routes!(close))
        .routes(routes!(open))
        .routes(routes!(add_slots, change_slots))
        .routes(routes!(print_labels))
}

/// The stores that are registered
///
/// The open ones first, by kind and name. For administrators, and for those who see everything.
#[utoipa::path(get, path = "/roster/stores", tag = "roster", operation_id = "registered_stores",
    responses((status = 200, body = Vec<RegisteredStore>)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<RegisteredStore>>, Problem> {
    Ok(Json(registered_places::all_stores(&app, caller.me()).await?))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AddedStore {
    store: StoreId,
    entry: u64,
    /// It had been registered under this key before.
    repeat: bool,
}

/// Register a store
#[utoipa::path(post, path = "/roster/stores", tag = "roster", operation_id = "register_store", params(Key),
    responses((status = 200, body = AddedStore)))]
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    Key(key): Key,
    Json(new): Json<NewStore>,
) -> Result<Json<AddedStore>, Problem> {
    let (store, recorded) = places::add_store(&app, caller.me(), key, &new).await?;
    Ok(Json(AddedStore { store, entry: recorded.seq, repeat: recorded.repeat }))
}

/// A store as it is registered, its slots, and the entries about it
#[utoipa::path(get, path = "/roster/stores/{store}", tag = "roster", operation_id = "registered_store",
    responses((status = 200, body = RegisteredStoreView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(store): At<StoreId>,
) -> Result<Json<RegisteredStoreView>, Problem> {
    Ok(Json(registered_places::store(&app, caller.me(), caller.language, store).await?))
}

/// Rename a store, or let another unit keep it
///
/// Once something has lain in it, it keeps its unit.
#[utoipa::path(put, path = "/roster/stores/{store}", tag = "roster", operation_id = "describe_store", params(Key),
    responses((status = 200, body = RecordedEntry)))]
pub async fn describe(
    State(app): State<App>,
    caller: Caller,
    At(store): At<StoreId>,
    Key(key): Key,
    Json(it): Json<StoreDescription>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(places::describe_store(&app, caller.me(), (store, key), &it).await?.into()))
}

/// Close a store
///
/// Only while nothing lies there. Nothing is laid into it afterwards, and it is offered nowhere; its history stays.
#[utoipa::path(post, path = "/roster/stores/{store}/close", tag = "roster", operation_id = "close_store", params(Key),
    responses((status = 200, body = RecordedEntry)))]
pub async fn close(
    State(app): State<App>,
    caller: Caller,
    At(store): At<StoreId>,
    Key(key): Key,
    Json(it): Json<ChangeReason>,
) -> Result<Json<RecordedEntry>, Problem> {
    let closed = Standing::Closed;
    Ok(Json(places::set_standing(&app, caller.me(), (store, key), closed, &it.reason).await?.into()))
}

/// Open a closed store again
#[utoipa::path(post, path = "/roster/stores/{store}/open", tag = "roster", operation_id = "open_store", params(Key),
    responses((status = 200, body = RecordedEntry)))]
pub async fn open(
    State(app): State<App>,
    caller: Caller,
    At(store): At<StoreId>,
    Key(key): Key,
    Json(it): Json<ChangeReason>,
) -> Result<Json<RecordedEntry>, Problem> {
    let open = Standing::Open;
    Ok(Json(places::set_standing(&app, caller.me(), (store, key), open, &it.reason).await?.into()))
}

/// Add a row of slots to a zone
///
/// At most 200, in one entry. Each gets the code of its label; no code is given twice.
#[utoipa::path(post, path = "/roster/stores/{store}/slots", tag = "roster", operation_id = "add_slots", params(Key),
    responses((status = 200, body = RecordedEntry)))]
pub async fn add_slots(
    State(app): State<App>,
    caller: Caller,
    At(store): At<StoreId>,
    Key(key): Key,
    Json(new): Json<NewSlots>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(places::add_slots(&app, caller.me(), (store, key), &new).await?.into()))
}

/// Slots of one store, and how they stand from now on.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangedSlots {
    slots: Vec<SlotId>,
    change: SlotChange,
    reason: String,
}

/// Change the room of slots, close or open them
///
/// A slot is closed while nothing lies in it. Those that stand so already are left out.
#[utoipa::path(put, path = "/roster/stores/{store}/slots", tag = "roster", operation_id = "change_slots", params(Key),
    responses((status = 200, body = RecordedEntry)))]
pub async fn change_slots(
    State(app): State<App>,
    caller: Caller,
    At(store): At<StoreId>,
    Key(key): Key,
    Json(it): Json<ChangedSlots>,
) -> Result<Json<RecordedEntry>, Problem> {
    let change = (it.change, it.reason.as_str());
    Ok(Json(places::change_slots(&app, caller.me(), (store, key), &it.slots, change).await?.into()))
}

/// Which labels are printed, and where.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LabelOrder {
    /// One of the own unit.
    station: StationId,
    /// These slots; none: by zone.
    #[serde(default)]
    slots: Vec<SlotId>,
    /// This zone; left out: the whole store.
    zone: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OrderedLabels {
    labels: usize,
}

/// Print the labels of slots
///
/// At the label printer of a station of the own unit. For the custodians of the store, and for administrators.
#[utoipa::path(post, path = "/stores/{store}/labels", tag = "stores", operation_id = "print_shelf_labels",
    responses((status = 200, body = OrderedLabels)))]
pub async fn print_labels(
    State(app): State<App>,
    caller: Caller,
    At(store): At<StoreId>,
    Json(it): Json<LabelOrder>,
) -> Result<Json<OrderedLabels>, Problem> {
    let wanted = WantedLabels { slots: it.slots, zone: it.zone };
    let labels = shelf_labels::print(&app, caller.me(), (store, &wanted), it.station).await?;
    Ok(Json(OrderedLabels { labels }))
}
