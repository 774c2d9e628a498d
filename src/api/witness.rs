//! What witnesses bring, at `/witness/…`: their signatures under checkpoints, and what they would not sign. Nobody logs in:
//! each carries its own signature. How far each has signed is for those who see all.

use super::{caller, caller::Caller, error::Problem, message::Json};
use crate::{
    app::App,
    custody::witness::{self, Evidence, WitnessStatus},
    ledger::note::BYTES_MAX,
};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::StatusCode,
    middleware,
    routing::post,
};

pub fn router(app: App) -> Router {
    Router::new()
        .route("/witness/cosignatures", post(cosign))
        .route("/witness/refusals", post(refuse))
        .layer(DefaultBodyLimit::max(BYTES_MAX))
        .layer(middleware::from_fn_with_state(app.clone(), caller::recognise))
        .with_state(app)
}

async fn cosign(State(app): State<App>, body: Result<Bytes, BytesRejection>) -> Result<StatusCode, Problem> {
    witness::cosign(&app, &text(body)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn refuse(State(app): State<App>, body: Result<Bytes, BytesRejection>) -> Result<StatusCode, Problem> {
    witness::refuse(&app, &text(body)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn text(body: Result<Bytes, BytesRejection>) -> Result<String, Problem> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        status => Problem::unread(status, &rejection.body_text()),
    })?;
    String::from_utf8(body.into())
        .map_err(|_| Problem::unread(StatusCode::UNPROCESSABLE_ENTITY, "it is no UTF-8"))
}

/// The witnesses: how far each has signed, and whether it is behind or has refused
///
/// For those who see all of it.
#[utoipa::path(get, path = "/ledger/witnesses", tag = "ledger", responses((status = 200, body = [WitnessStatus])))]
pub async fn standing(State(app): State<App>, caller: Caller) -> Result<Json<Vec<WitnessStatus>>, Problem> {
    Ok(Json(witness::standing(&app, caller.me()).await?))
}

/// What the witnesses would not sign, newest first, with the evidence
///
/// For those who see all of it. The evidence is the text that the witness signed, with both checkpoints.
#[utoipa::path(get, path = "/ledger/refusals", tag = "ledger", responses((status = 200, body = [Evidence])))]
pub async fn refusals(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Evidence>>, Problem> {
    Ok(Json(witness::refusals(&app, caller.me()).await?))
}
