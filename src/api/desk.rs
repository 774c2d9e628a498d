//! What waits on somebody's desk.

use super::{caller::Caller, error::Problem, message::Json};
use crate::{
    app::App,
    custody::desk::{self, Dashboard},
};
use axum::extract::State;

/// What waits on my desk
///
/// Most urgent first, each with the article that sets its deadline. Parts that are not for this person are empty.
#[utoipa::path(get, path = "/desk", tag = "desk", responses((status = 200, body = Dashboard)))]
pub async fn show(State(app): State<App>, caller: Caller) -> Result<Json<Dashboard>, Problem> {
    Ok(Json(desk::desk(&app, caller.me()).await?))
}
