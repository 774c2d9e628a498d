//! Differences: each has an owner and a day, and is settled by somebody who did not raise it.

use super::{
    caller::Caller,
    error::Problem,
    idempotency::Key,
    message::{At, Json, QueryParams, RecordedEntry},
};
use crate::{
    app::App,
    custody::difference::{self, DifferenceView, Reconciliation, Settlement},
    id::DifferenceId,
    ledger::SettlementCause,
};
use axum::extract::State;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DifferenceQuery {
    /// Only of one class: `missing`, `misplaced`, `short` …
    class: Option<String>,
}

/// Open and settled differences of my unit
#[utoipa::path(get, path = "/differences", tag = "differences", params(DifferenceQuery),
    responses((status = 200, body = Reconciliation)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    QueryParams(which): QueryParams<DifferenceQuery>,
) -> Result<Json<Reconciliation>, Problem> {
    Ok(Json(difference::reconciliation(&app, caller.me(), which.class.as_deref()).await?))
}

/// A difference, and whether I may settle it
#[utoipa::path(get, path = "/differences/{difference}", tag = "differences",
    responses((status = 200, body = DifferenceView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(difference): At<DifferenceId>,
) -> Result<Json<DifferenceView>, Problem> {
    Ok(Json(difference::difference(&app, caller.me(), difference).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct SettlementFinding {
    /// How it was explained or put right.
    finding: String,
    /// What became of it.
    cause: Option<SettlementCause>,
    /// The entry that shows it: seen again, handed in, corrected, declared lost.
    entry: Option<u64>,
    /// The number of the paper that explains it; needed where no entry shows it.
    paper: Option<String>,
    /// Others of the same class that the same entry raised: settled together, or none of them.
    #[serde(default)]
    also: Vec<DifferenceId>,
}

/// Settle a difference with a cause and a finding
///
/// What is missing or too much of drugs, cash, weapons and valuables is settled by an approver of the agency, or by another
/// agency that answers for the thing.
#[utoipa::path(post, path = "/differences/{difference}/settlement", tag = "differences", params(Key),
    responses((status = 200, body = RecordedEntry)))]
pub async fn settle(
    State(app): State<App>,
    caller: Caller,
    At(difference): At<DifferenceId>,
    Key(key): Key,
    Json(it): Json<SettlementFinding>,
) -> Result<Json<RecordedEntry>, Problem> {
    let id = key.unwrap_or_else(|| app.ids.new_id());
    let SettlementFinding { finding, cause, entry, paper, also } = it;
    let settlement = Settlement { id, difference, also, finding, cause, entry, paper };
    Ok(Json(difference::settle(&app, caller.me(), &settlement).await?.into()))
}
