//! The receiver answers the lines of an offer. Answers are notes until they are signed.

use crate::{
    api::{
        caller::Caller,
        error::Problem,
        message::{At, DONE, Done, Json},
    },
    app::App,
    custody::inspect,
    id::HandoverId,
    ledger::Answer,
};
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// Answer a line: accept, accept with a remark, or refuse with a reason
#[utoipa::path(put, path = "/handovers/{handover}/lines/{line}/answer", tag = "handovers",
    responses((status = 204)))]
pub async fn answer(
    State(app): State<App>,
    caller: Caller,
    At((handover, line)): At<(HandoverId, u32)>,
    Json(answer): Json<Answer>,
) -> Done {
    inspect::answer(&app, caller.me(), handover, line, answer).await?;
    DONE
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptedRest {
    /// How many lines there were.
    accepted: u64,
}

/// Accept every line that has no answer yet
#[utoipa::path(post, path = "/handovers/{handover}/lines/accept-rest", tag = "handovers",
    responses((status = 200, body = AcceptedRest)))]
pub async fn accept_rest(
    State(app): State<App>,
    caller: Caller,
    At(handover): At<HandoverId>,
) -> Result<Json<AcceptedRest>, Problem> {
    let accepted = inspect::accept_rest(&app, caller.me(), handover).await?;
    Ok(Json(AcceptedRest { accepted }))
}
