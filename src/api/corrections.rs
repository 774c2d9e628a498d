//! Errors and their correction: declared, asked for, approved, recorded; each by another person and each an entry.

use super::{
    caller::Caller,
    counters::lines::{KeptPicture, Picture},
    error::Problem,
    idempotency::Key,
    imports::bytes,
    message::{At, Created, DONE, Done, Json, RecordedEntry},
};
use crate::{
    app::App,
    custody::correction::{self, CorrectionRequest, CorrectionView, Declaration, OpenError, Verdict},
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
pub struct ErrorReason {
    /// What is wrong with the entry.
    reason: String,
}

/// Declare an entry of the own unit wrong
///
/// Nothing is edited: the declaration is an entry of its own, and what follows is named by its number.
#[utoipa::path(post, path = "/entries/{entry}/error", tag = "ledger", params(Key),
    responses((status = 200, body = RecordedEntry)))]
pub async fn declare(
    State(app): State<App>,
    caller: Caller,
    At(entry): At<u64>,
    Key(key): Key,
    Json(ErrorReason { reason }): Json<ErrorReason>,
) -> Result<Json<RecordedEntry>, Problem> {
    let id = key.unwrap_or_else(|| app.ids.new_id());
    let declaration = Declaration { id, wrong: entry, reason };
    Ok(Json(correction::declare(&app, caller.me(), &declaration).await?.into()))
}

/// Errors that are declared and not corrected
///
/// Of my unit; for an approver, of the agency.
#[utoipa::path(get, path = "/corrections", tag = "ledger", responses((status = 200, body = Vec<OpenError>)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<OpenError>>, Problem> {
    Ok(Json(correction::open(&app, caller.me()).await?))
}

/// How a declared error stands, and what I may do next
///
/// By the number of the declaration.
#[utoipa::path(get, path = "/corrections/{entry}", tag = "ledger",
    responses((status = 200, body = CorrectionView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(entry): At<u64>,
) -> Result<Json<CorrectionView>, Problem> {
    Ok(Json(correction::show(&app, caller.me(), entry).await?))
}

/// Ask for a correction, in place of what was asked before
#[utoipa::path(put, path = "/corrections/{entry}/wish", tag = "ledger", responses((status = 204)))]
pub async fn ask(
    State(app): State<App>,
    caller: Caller,
    At(entry): At<u64>,
    Json(request): Json<CorrectionRequest>,
) -> Done {
    correction::ask(&app, caller.me(), entry, &request).await?;
    DONE
}

/// Add a photograph that shows what is corrected
///
/// For whoever may ask for the correction. What the thing itself decides is shown by one: category, features, label, and the
/// quantity of what was handed in. The wish names it by its digest.
#[utoipa::path(post, path = "/corrections/{entry}/photographs", tag = "ledger",
    responses((status = 201, body = KeptPicture)))]
pub async fn add_photograph(
    State(app): State<App>,
    caller: Caller,
    At(entry): At<u64>,
    Json(it): Json<Picture>,
) -> Result<Created<KeptPicture>, Problem> {
    let digest = correction::add_photograph(&app, caller.me(), entry, &bytes(&it.content)?).await?;
    Ok(Created(KeptPicture { digest }))
}

/// The entry that the answer has become: an approval is one, a refusal goes back to who asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionAnswer {
    approval: Option<RecordedEntry>,
}

/// Approve or refuse what is asked for
///
/// For an approver of the agency who did not ask for it.
#[utoipa::path(post, path = "/corrections/{entry}/answer", tag = "ledger",
    responses((status = 200, body = CorrectionAnswer)))]
pub async fn answer(
    State(app): State<App>,
    caller: Caller,
    At(entry): At<u64>,
    Json(verdict): Json<Verdict>,
) -> Result<Json<CorrectionAnswer>, Problem> {
    let recorded = correction::answer(&app, caller.me(), entry, &verdict).await?;
    Ok(Json(CorrectionAnswer { approval: recorded.map(RecordedEntry::from) }))
}

/// Record the approved correction
///
/// For a third person of the unit. The same correction is recorded once, however often it is asked for.
#[utoipa::path(post, path = "/corrections/{entry}/record", tag = "ledger",
    responses((status = 200, body = RecordedEntry)))]
pub async fn record(
    State(app): State<App>,
    caller: Caller,
    At(entry): At<u64>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(correction::correct(&app, caller.me(), entry).await?.into()))
}
