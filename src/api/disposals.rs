//! Disposals: asked for, approved, carried out; each by another person, the last two each an entry.

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
        disposal::{self, Departure, DisposalView, Disposals, NewDisposal},
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
        .routes(routes!(carry_out))
}

/// Requests that wait, and those that ended lately
///
/// Of my unit; for an approver, of the agency; for a custodian, of the stores that my unit keeps.
#[utoipa::path(get, path = "/disposals", tag = "disposals", responses((status = 200, body = Disposals)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Disposals>, Problem> {
    Ok(Json(disposal::list(&app, caller.me()).await?))
}

/// Ask that things may go for good
///
/// For the unit that answers for them, by a decision in effect. Refused at once is what the ledger would refuse later.
#[utoipa::path(post, path = "/disposals", tag = "disposals", responses((status = 200, body = RequestId)))]
pub async fn ask(
    State(app): State<App>,
    caller: Caller,
    Json(wish): Json<NewDisposal>,
) -> Result<Json<RequestId>, Problem> {
    Ok(Json(RequestId { approval: disposal::ask(&app, caller.me(), &wish).await? }))
}

/// How a request stands, and what I may do next
#[utoipa::path(get, path = "/disposals/{approval}", tag = "disposals", responses((status = 200, body = DisposalView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(approval): At<ApprovalId>,
) -> Result<Json<DisposalView>, Problem> {
    Ok(Json(disposal::show(&app, caller.me(), approval).await?))
}

/// Approve or refuse a disposal
///
/// For an approver of the agency who did not ask for it.
#[utoipa::path(post, path = "/disposals/{approval}/answer", tag = "disposals",
    responses((status = 200, body = RequestAnswer)))]
pub async fn answer(
    State(app): State<App>,
    caller: Caller,
    At(approval): At<ApprovalId>,
    Json(verdict): Json<Verdict>,
) -> Result<Json<RequestAnswer>, Problem> {
    let recorded = disposal::answer(&app, caller.me(), approval, &verdict).await?;
    Ok(Json(RequestAnswer { approval: recorded.map(RecordedEntry::from) }))
}

/// Hand out what was approved, or record that it is destroyed
///
/// For a custodian of the unit that keeps it. The same approval is used once, however often this is asked for.
#[utoipa::path(post, path = "/disposals/{approval}/carry-out", tag = "disposals",
    responses((status = 200, body = RecordedEntry)))]
pub async fn carry_out(
    State(app): State<App>,
    caller: Caller,
    At(approval): At<ApprovalId>,
    Json(departure): Json<Departure>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(disposal::carry_out(&app, caller.me(), approval, &departure).await?.into()))
}
