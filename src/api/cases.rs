//! Cases: finding them, opening one, reading one with its items.

use super::{
    as_of,
    caller::Caller,
    error::Problem,
    message::{At, Created, Json, QueryParams},
    page::{Page, limit, not_a_cursor},
};
use crate::{
    app::App,
    custody::{
        cases::{self, CaseLine, CaseView, Filter},
        opening::{self, NewCase},
    },
    domain::Stage,
    id::CaseId,
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CaseQuery {
    /// In number or name.
    search: Option<String>,
    stage: Option<Stage>,
    /// Only cases with things that are owed.
    owing: Option<bool>,
    after: Option<String>,
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// The cases I may see, newest first
#[utoipa::path(get, path = "/cases", tag = "cases", params(CaseQuery),
    responses((status = 200, body = Page<CaseLine>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    QueryParams(wanted): QueryParams<CaseQuery>,
) -> Result<Json<Page<CaseLine>>, Problem> {
    let limit = limit(wanted.limit)?;
    let before =
        wanted.after.as_deref().map(|it| cases::read_cursor(it).ok_or_else(not_a_cursor)).transpose()?;
    let filter = Filter {
        search: wanted.search.unwrap_or_default(),
        stage: wanted.stage,
        owing: wanted.owing.unwrap_or_default(),
        before,
        limit,
    };
    let found = cases::list(&app, caller.me(), &filter).await?;
    Ok(Json(Page::cut(found, limit, cases::cursor)))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OpenedCase {
    id: CaseId,
}

/// Open a case of the own unit
#[utoipa::path(post, path = "/cases", tag = "cases", responses((status = 201, body = OpenedCase)))]
pub async fn open(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewCase>,
) -> Result<Created<OpenedCase>, Problem> {
    let id = opening::open_case(&app, caller.me(), &new).await?;
    Ok(Created(OpenedCase { id }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CaseItemsQuery {
    /// The first item to show, from 0; 200 are shown.
    #[param(minimum = 0)]
    offset: Option<u32>,
    /// As known on: an entry number, a day or a minute, as for items.
    as_of: Option<String>,
}

/// A case with its items
#[utoipa::path(get, path = "/cases/{case}", tag = "cases", params(CaseItemsQuery),
    responses((status = 200, body = CaseView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(case): At<CaseId>,
    QueryParams(from): QueryParams<CaseItemsQuery>,
) -> Result<Json<CaseView>, Problem> {
    let at = as_of::entry(&app, caller.me(), from.as_of.as_deref()).await?;
    Ok(Json(cases::show_as_of(&app, caller.me(), case, from.offset.unwrap_or_default(), at).await?))
}
