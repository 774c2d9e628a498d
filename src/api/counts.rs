//! Counting: begin, observe, state what was found.

use super::{
    caller::Caller,
    error::Problem,
    message::{At, Created, DONE, Done, Json, RecordedEntry},
};
use crate::{
    app::App,
    custody::count::{self, Count, CountAnswer, CountView, Countable, Remark, Statement},
    id::{CountId, StoreId},
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The counts of the stores my unit keeps, open ones first
#[utoipa::path(get, path = "/counts", tag = "counts", responses((status = 200, body = Vec<Count>)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Count>>, Problem> {
    Ok(Json(count::counts(&app, caller.me()).await?))
}

/// What I may count
#[utoipa::path(get, path = "/counts/choices", tag = "counts", responses((status = 200, body = Vec<Countable>)))]
pub async fn choices(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Countable>>, Problem> {
    Ok(Json(count::countable(&app, caller.me()).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewCount {
    store: StoreId,
    /// The whole store when absent.
    #[schema(example = "A")]
    zone: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StartedCount {
    id: CountId,
}

/// Begin the count of a zone
///
/// The book is taken as it stands now; nothing is blocked meanwhile. Joins the count of the zone that is open already.
#[utoipa::path(post, path = "/counts", tag = "counts", responses((status = 201, body = StartedCount)))]
pub async fn start(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewCount>,
) -> Result<Created<StartedCount>, Problem> {
    let id = count::start(&app, caller.me(), new.store, new.zone.as_deref()).await?;
    Ok(Created(StartedCount { id }))
}

/// A count; while it is open, only what was scanned
#[utoipa::path(get, path = "/counts/{count}", tag = "counts", responses((status = 200, body = CountView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(count): At<CountId>,
) -> Result<Json<CountView>, Problem> {
    Ok(Json(count::view(&app, caller.me(), count).await?))
}

/// From now on the scanner of my station counts here
#[utoipa::path(post, path = "/counts/{count}/here", tag = "counts", responses((status = 204)))]
pub async fn here(State(app): State<App>, caller: Caller, At(count): At<CountId>) -> Done {
    count::count_here(&app, &caller.session, count).await?;
    DONE
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Scan {
    /// What a label says: first the slot's, then those of the things in it.
    code: String,
}

/// Take one scan
#[utoipa::path(post, path = "/counts/{count}/observations", tag = "counts",
    responses((status = 200, body = CountAnswer)))]
pub async fn observe(
    State(app): State<App>,
    caller: Caller,
    At(count): At<CountId>,
    Json(scan): Json<Scan>,
) -> Result<Json<CountAnswer>, Problem> {
    Ok(Json(count::observe(&app, caller.me(), count, &scan.code).await?))
}

/// Note the seal or the quantity that was found on a thing just scanned
#[utoipa::path(post, path = "/counts/{count}/remarks", tag = "counts", responses((status = 204)))]
pub async fn remark(
    State(app): State<App>,
    caller: Caller,
    At(count): At<CountId>,
    Json(remark): Json<Remark>,
) -> Done {
    count::remark(&app, caller.me(), count, &remark).await?;
    DONE
}

/// End the count and state what was found
///
/// One entry, with a difference for each disagreement. Ending it again is answered with `repeat`.
#[utoipa::path(post, path = "/counts/{count}/statement", tag = "counts", responses((status = 200, body = RecordedEntry)))]
pub async fn finish(
    State(app): State<App>,
    caller: Caller,
    At(count): At<CountId>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(count::finish(&app, caller.me(), count).await?.into()))
}

/// Why a count is given up.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Cancellation {
    reason: String,
}

/// Give a count up
///
/// Nothing is raised; its statement says why, and what was seen until then.
#[utoipa::path(post, path = "/counts/{count}/cancellation", tag = "counts",
    responses((status = 200, body = RecordedEntry)))]
pub async fn cancel(
    State(app): State<App>,
    caller: Caller,
    At(count): At<CountId>,
    Json(it): Json<Cancellation>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(count::cancel(&app, caller.me(), count, &it.reason).await?.into()))
}

/// What a finished count found
#[utoipa::path(get, path = "/counts/{count}/statement", tag = "counts", responses((status = 200, body = Statement)))]
pub async fn result(
    State(app): State<App>,
    caller: Caller,
    At(count): At<CountId>,
) -> Result<Json<Statement>, Problem> {
    Ok(Json(count::result(&app, caller.me(), count).await?))
}
