//! Handovers: looking at them, putting an offer together, ending one. [`inspection`] is the receiver's side,
//! [`signing`] the signatures of both.

pub mod inspection;
pub mod signing;

use super::{
    caller::Caller,
    error::Problem,
    message::{At, Created, DONE, Done, Json},
};
use crate::{
    app::App,
    custody::{
        handover::{self, HandoverView, Lists},
        offer::{self, Choices, NewOffer},
        withdraw,
    },
    id::{HandoverId, ItemId},
    ledger::{OfferTold, Suggestion},
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The handovers of my unit, of either side
#[utoipa::path(get, path = "/handovers", tag = "handovers", responses((status = 200, body = Lists)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Lists>, Problem> {
    Ok(Json(handover::lists(&app, caller.me()).await?))
}

/// What may be handed over, to whom and for what
#[utoipa::path(get, path = "/handovers/choices", tag = "handovers", responses((status = 200, body = Choices)))]
pub async fn choices(State(app): State<App>, caller: Caller) -> Result<Json<Choices>, Problem> {
    Ok(Json(offer::choices(&app, caller.me()).await?))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StartedDraft {
    id: HandoverId,
}

/// Begin an offer
///
/// A draft with every open item of the case that my unit answers for and that is not on offer. The same wish again finds
/// the same draft.
#[utoipa::path(post, path = "/handovers", tag = "handovers", responses((status = 201, body = StartedDraft)))]
pub async fn begin(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewOffer>,
) -> Result<Created<StartedDraft>, Problem> {
    let id = offer::draft_offer(&app, caller.me(), new).await?;
    Ok(Created(StartedDraft { id }))
}

/// A handover with its lines and signatures
#[utoipa::path(get, path = "/handovers/{handover}", tag = "handovers",
    responses((status = 200, body = HandoverView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(handover): At<HandoverId>,
) -> Result<Json<HandoverView>, Problem> {
    Ok(Json(handover::handover(&app, caller.me(), handover).await?))
}

/// Throw a draft away
#[utoipa::path(delete, path = "/handovers/{handover}", tag = "handovers", responses((status = 204)))]
pub async fn discard(State(app): State<App>, caller: Caller, At(handover): At<HandoverId>) -> Done {
    offer::discard(&app, caller.me(), handover).await?;
    DONE
}

/// What should become of one line.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LineSuggestion {
    line: u32,
    suggestion: Suggestion,
}

/// Suggest what should become of lines
#[utoipa::path(patch, path = "/handovers/{handover}/suggestions", tag = "handovers", responses((status = 204)))]
pub async fn suggest(
    State(app): State<App>,
    caller: Caller,
    At(handover): At<HandoverId>,
    Json(lines): Json<Vec<LineSuggestion>>,
) -> Done {
    let lines: Vec<_> = lines.iter().map(|it| (it.line, it.suggestion)).collect();
    offer::suggest(&app, caller.me(), handover, &lines).await?;
    DONE
}

/// Leave a line out of a draft
///
/// Its item stays with my unit.
#[utoipa::path(delete, path = "/handovers/{handover}/lines/{line}", tag = "handovers", responses((status = 204)))]
pub async fn leave_out(
    State(app): State<App>,
    caller: Caller,
    At((handover, line)): At<(HandoverId, u32)>,
) -> Done {
    offer::leave_out(&app, caller.me(), handover, line).await?;
    DONE
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct PutIn {
    item: ItemId,
}

/// Put a thing on a draft
///
/// One that was left out, or that no store has received: the offer, the receiver and the paper then say so.
#[utoipa::path(post, path = "/handovers/{handover}/lines", tag = "handovers", responses((status = 204)))]
pub async fn put_in(
    State(app): State<App>,
    caller: Caller,
    At(handover): At<HandoverId>,
    Json(PutIn { item }): Json<PutIn>,
) -> Done {
    offer::put_in(&app, caller.me(), handover, item).await?;
    DONE
}

/// Say of a draft's case who is suspected, by which letter it goes, and whom to call
#[utoipa::path(put, path = "/handovers/{handover}/told", tag = "handovers", responses((status = 204)))]
pub async fn tell(
    State(app): State<App>,
    caller: Caller,
    At(handover): At<HandoverId>,
    Json(told): Json<OfferTold>,
) -> Done {
    offer::tell(&app, caller.me(), handover, told).await?;
    DONE
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct WithdrawRequest {
    reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WithdrawnOffer {
    /// The entry's number.
    entry: u64,
}

/// Withdraw an offer
///
/// For the unit that made it. Its lines are free again; withdrawing twice is refused.
#[utoipa::path(post, path = "/handovers/{handover}/withdrawal", tag = "handovers",
    responses((status = 200, body = WithdrawnOffer)))]
pub async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    At(handover): At<HandoverId>,
    Json(WithdrawRequest { reason }): Json<WithdrawRequest>,
) -> Result<Json<WithdrawnOffer>, Problem> {
    let entry = withdraw::withdraw(&app, caller.me(), handover, &reason).await?;
    Ok(Json(WithdrawnOffer { entry }))
}
