//! Losses: asked for, approved, declared; each by another person, the last two each an entry.

use super::{
    caller::Caller,
    error::Problem,
    loans::{RequestAnswer, RequestId},
    message::{At, Json, RecordedEntry},
};
use crate::{
    app::App,
    custody::{
        correction::Verdict,
        loss::{self, LossView, Losses, NewLoss},
    },
    id::ApprovalId,
};
use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What this room answers to.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, ask))
        .routes(routes!(show))
        .routes(routes!(answer))
        .routes(routes!(declare))
}

/// Requests that wait, and those that ended lately
///
/// Of my unit; for an approver, of the agency; for a custodian, of the stores that my unit keeps.
#[utoipa::path(get, path = "/losses", tag = "losses", responses((status = 200, body = Losses)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Losses>, Problem> {
    Ok(Json(loss::list(&app, caller.me()).await?))
}

/// Ask that things be declared lost
///
/// For who keeps them or answers for them, on a written report. Refused at once is what the ledger would refuse later.
#[utoipa::path(post, path = "/losses", tag = "losses", responses((status = 200, body = RequestId)))]
pub async fn ask(
    State(app): State<App>,
    caller: Caller,
    Json(wish): Json<NewLoss>,
) -> Result<Json<RequestId>, Problem> {
    Ok(Json(RequestId { approval: loss::ask(&app, caller.me(), &wish).await? }))
}

/// How a request stands, and what I may do next
#[utoipa::path(get, path = "/losses/{approval}", tag = "losses", responses((status = 200, body = LossView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(approval): At<ApprovalId>,
) -> Result<Json<LossView>, Problem> {
    Ok(Json(loss::show(&app, caller.me(), approval).await?))
}

/// Approve or refuse a declaration of loss
///
/// For an approver of the agency that answers for the things, who neither asked nor is liable.
#[utoipa::path(post, path = "/losses/{approval}/answer", tag = "losses",
    responses((status = 200, body = RequestAnswer)))]
pub async fn answer(
    State(app): State<App>,
    caller: Caller,
    At(approval): At<ApprovalId>,
    Json(verdict): Json<Verdict>,
) -> Result<Json<RequestAnswer>, Problem> {
    let recorded = loss::answer(&app, caller.me(), approval, &verdict).await?;
    Ok(Json(RequestAnswer { approval: recorded.map(RecordedEntry::from) }))
}

/// Declare lost what was approved
///
/// For a custodian of the unit that keeps or lent it, who is not liable. The same approval is used once, however often this is asked for.
#[utoipa::path(post, path = "/losses/{approval}/declare", tag = "losses",
    responses((status = 200, body = RecordedEntry)))]
pub async fn declare(
    State(app): State<App>,
    caller: Caller,
    At(approval): At<ApprovalId>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(loss::declare(&app, caller.me(), approval).await?.into()))
}
