//! Items: searching, finding by code, reading one, its life.

use super::{
    as_of::AsOfQuery,
    caller::Caller,
    error::Problem,
    message::{At, Json, QueryParams},
    page::{LIMIT_MAX, Page, limit},
};
use crate::{
    app::App,
    custody::items::{self, Cursor, Filter, ItemLine, ItemView, LifeEvent, LifePart, SearchHit},
    id::{CaseId, ItemId, StoreId},
    ledger::Category,
};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ItemQuery {
    /// In number, name, features and paper.
    search: Option<String>,
    category: Option<Category>,
    /// A kind of stock account: `owed`, `slot`, `on_loan` …
    stock: Option<String>,
    store: Option<StoreId>,
    case: Option<CaseId>,
    /// Only items with an open difference.
    different: Option<bool>,
    after: Option<String>,
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// The items I may see, newest number first
#[utoipa::path(get, path = "/items", tag = "items", params(ItemQuery),
    responses((status = 200, body = Page<ItemLine>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    QueryParams(wanted): QueryParams<ItemQuery>,
) -> Result<Json<Page<ItemLine>>, Problem> {
    let limit = limit(wanted.limit)?;
    let filter = Filter {
        search: wanted.search.unwrap_or_default(),
        category: wanted.category,
        stock: wanted.stock,
        store: wanted.store,
        case: wanted.case,
        different: wanted.different.unwrap_or_default(),
        after: wanted.after.map(|number| Cursor { key: String::new(), number }),
        limit,
        ..Filter::default()
    };
    let found = items::list(&app, caller.me(), &filter).await?;
    Ok(Json(Page::cut(found, limit, |item| item.number.clone())))
}

/// What a scanned code or a typed number means
#[utoipa::path(get, path = "/codes/{code}", tag = "items", responses((status = 200, body = SearchHit)))]
pub async fn find(
    State(app): State<App>,
    caller: Caller,
    At(code): At<String>,
) -> Result<Json<SearchHit>, Problem> {
    Ok(Json(items::find(&app, caller.me(), &code).await?))
}

/// An item: both books, labels, photographs, what may happen next
#[utoipa::path(get, path = "/items/{item}", tag = "items", params(AsOfQuery),
    responses((status = 200, body = ItemView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(item): At<ItemId>,
    QueryParams(known): QueryParams<AsOfQuery>,
) -> Result<Json<ItemView>, Problem> {
    let at = known.entry(&app, caller.me()).await?;
    Ok(Json(items::show_as_of(&app, caller.me(), item, at).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LifeQuery {
    /// The `seq` of the last event of the page before. Absent: from the beginning.
    #[param(minimum = 0)]
    after: Option<u64>,
    #[param(minimum = 1, maximum = 200, default = 200)]
    limit: Option<u32>,
}

/// Every entry that touched an item, oldest first
///
/// At most 200 at a time: when as many came as were asked for, ask again `after` the last.
#[utoipa::path(get, path = "/items/{item}/life", tag = "items", params(AsOfQuery, LifeQuery),
    responses((status = 200, body = Vec<LifeEvent>)))]
pub async fn life(
    State(app): State<App>,
    caller: Caller,
    At(item): At<ItemId>,
    QueryParams(known): QueryParams<AsOfQuery>,
    QueryParams(part): QueryParams<LifeQuery>,
) -> Result<Json<Vec<LifeEvent>>, Problem> {
    let most = limit(Some(part.limit.unwrap_or(LIMIT_MAX)))?;
    let at = known.entry(&app, caller.me()).await?;
    let part = LifePart::After(part.after.unwrap_or(0), most);
    Ok(Json(items::life_part(&app, caller.me(), item, at, part).await?))
}
