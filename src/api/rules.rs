//! The rules that hold, for everybody who is logged in.

use super::{caller::Caller, error::Problem, message::Json};
use crate::{
    app::App,
    custody::rules::{self, RulesView},
};
use axum::extract::State;

/// The rules that hold now
///
/// Deadlines, placements and weighing, each with its article and since when it holds, and every file that was adopted.
#[utoipa::path(get, path = "/rules", tag = "rules", responses((status = 200, body = RulesView)))]
pub async fn show(State(app): State<App>, caller: Caller) -> Result<Json<RulesView>, Problem> {
    Ok(Json(rules::in_force(&app, caller.me()).await?))
}
