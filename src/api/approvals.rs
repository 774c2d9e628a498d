//! What waits for an approver's word, and what became of what somebody asked for.

use super::{caller::Caller, error::Problem, message::Json};
use crate::{
    app::App,
    custody::approvals::{self, Approvals},
};
use axum::extract::State;

/// What waits for my answer, and what I asked for
///
/// The nearest deadline first; what was asked for, the newest first. Each is answered at its own address. For approvers and those who
/// ask them.
#[utoipa::path(get, path = "/approvals", tag = "desk", responses((status = 200, body = Approvals)))]
pub async fn waiting(State(app): State<App>, caller: Caller) -> Result<Json<Approvals>, Problem> {
    Ok(Json(approvals::approvals(&app, caller.me()).await?))
}
