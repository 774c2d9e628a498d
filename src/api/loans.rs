//! Loans: asked for, approved, handed over, taken back; each by another person, the last three each an entry.

use super::{
    caller::Caller,
    error::Problem,
    message::{At, Json, RecordedEntry},
};
use crate::{
    app::App,
    custody::{
        correction::Verdict,
        loan::{self, LoanRequest, LoanRequestView, Loans, ReturnRequest},
    },
    id::ApprovalId,
};
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What this room answers to.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, ask))
        .routes(routes!(take_back))
        .routes(routes!(show))
        .routes(routes!(answer))
        .routes(routes!(check_out))
}

/// Requests that wait, and what is out
///
/// Of my unit; for an approver, of the agency; for a custodian, of the stores that my unit keeps.
#[utoipa::path(get, path = "/loans", tag = "loans", responses((status = 200, body = Loans)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Loans>, Problem> {
    Ok(Json(loan::list(&app, caller.me()).await?))
}

/// The request under which a loan or a disposal is approved.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestId {
    pub(super) approval: ApprovalId,
}

/// Ask for a loan
///
/// For the unit that answers for the items. Refused at once is what the ledger would refuse later.
#[utoipa::path(post, path = "/loans", tag = "loans", responses((status = 200, body = RequestId)))]
pub async fn ask(
    State(app): State<App>,
    caller: Caller,
    Json(wish): Json<LoanRequest>,
) -> Result<Json<RequestId>, Problem> {
    Ok(Json(RequestId { approval: loan::ask(&app, caller.me(), &wish).await? }))
}

/// How a request stands, and what I may do next
#[utoipa::path(get, path = "/loans/{approval}", tag = "loans", responses((status = 200, body = LoanRequestView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(approval): At<ApprovalId>,
) -> Result<Json<LoanRequestView>, Problem> {
    Ok(Json(loan::show(&app, caller.me(), approval).await?))
}

/// The entry that the answer has become: an approval is one, a refusal goes back to who asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestAnswer {
    pub(super) approval: Option<RecordedEntry>,
}

/// Approve or refuse a loan
///
/// For an approver of the agency who did not ask for it.
#[utoipa::path(post, path = "/loans/{approval}/answer", tag = "loans",
    responses((status = 200, body = RequestAnswer)))]
pub async fn answer(
    State(app): State<App>,
    caller: Caller,
    At(approval): At<ApprovalId>,
    Json(verdict): Json<Verdict>,
) -> Result<Json<RequestAnswer>, Problem> {
    let recorded = loan::answer(&app, caller.me(), approval, &verdict).await?;
    Ok(Json(RequestAnswer { approval: recorded.map(RecordedEntry::from) }))
}

/// Hand over what was approved
///
/// For a custodian of the unit that keeps it. The same approval is used once, however often this is asked for.
#[utoipa::path(post, path = "/loans/{approval}/check-out", tag = "loans",
    responses((status = 200, body = RecordedEntry)))]
pub async fn check_out(
    State(app): State<App>,
    caller: Caller,
    At(approval): At<ApprovalId>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(loan::check_out(&app, caller.me(), approval).await?.into()))
}

/// Take back what was lent
///
/// For a custodian of the unit that lent it: everything that the borrower has of these items, into slots of that unit.
#[utoipa::path(post, path = "/loans/return", tag = "loans", responses((status = 200, body = RecordedEntry)))]
pub async fn take_back(
    State(app): State<App>,
    caller: Caller,
    Json(wish): Json<ReturnRequest>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(loan::take_back(&app, caller.me(), &wish).await?.into()))
}
