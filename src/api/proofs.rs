//! Proofs that need no server to be checked, and the one question about a paper that anybody may ask.

use super::{
    caller::Caller,
    error::Problem,
    message::{At, Json},
};
use crate::{
    app::App,
    custody::{
        proof::{self, ProofSubject},
        standing::{self, PaperStatus},
    },
    id::{HandoverId, ItemId},
    proof::ProofFile,
};
use axum::extract::State;

/// The proof of one entry
///
/// A proof file: `hufu verify FILE` checks it without any server, and so does the short script in the documents.
#[utoipa::path(get, path = "/entries/{entry}/proof", tag = "ledger", operation_id = "prove",
    responses((status = 200, body = serde_json::Value)))]
pub async fn entry(
    State(app): State<App>,
    caller: Caller,
    At(entry): At<u64>,
) -> Result<Json<ProofFile>, Problem> {
    Ok(Json(proof::proof(&app, caller.me(), &ProofSubject::Entry(entry)).await?))
}

/// The proof of everything that was recorded of an item
#[utoipa::path(get, path = "/items/{item}/proof", tag = "items", operation_id = "prove",
    responses((status = 200, body = serde_json::Value)))]
pub async fn item(
    State(app): State<App>,
    caller: Caller,
    At(item): At<ItemId>,
) -> Result<Json<ProofFile>, Problem> {
    Ok(Json(proof::proof(&app, caller.me(), &ProofSubject::Item(item)).await?))
}

/// The proof of an offer and of how it ended
#[utoipa::path(get, path = "/handovers/{handover}/proof", tag = "handovers", operation_id = "prove",
    responses((status = 200, body = serde_json::Value)))]
pub async fn handover(
    State(app): State<App>,
    caller: Caller,
    At(handover): At<HandoverId>,
) -> Result<Json<ProofFile>, Problem> {
    Ok(Json(proof::proof(&app, caller.me(), &ProofSubject::Handover(handover)).await?))
}

/// What anybody may know of a paper, by the check code that is printed on it
///
/// No session is needed. It says which paper it is, how many lines it has, since when it is in the ledger, and how it stands now:
/// in force, waiting, concluded, withdrawn, expired, declared wrong or corrected.
#[utoipa::path(get, path = "/papers/standing/{code}", tag = "papers", security(()),
    responses((status = 200, body = PaperStatus)))]
pub async fn standing(State(app): State<App>, At(code): At<String>) -> Result<Json<PaperStatus>, Problem> {
    Ok(Json(standing::standing(&app, &code).await?))
}
