//! Blank labels: ordered in blocks, accounted for, voided. They are claimed by scanning them at a counter.

use super::{
    caller::Caller,
    error::Problem,
    message::{At, Created, DONE, Done, Json},
};
use crate::{
    app::App,
    custody::blank::{self, Block, BlockView, Order},
    id::BlockId,
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The blocks of my unit, each with what has become of its labels
#[utoipa::path(get, path = "/label-blocks", tag = "labels", responses((status = 200, body = Vec<Block>)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Block>>, Problem> {
    Ok(Json(blank::blocks(&app, caller.me()).await?))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OrderedBlock {
    id: BlockId,
}

/// Order a block of blank labels
///
/// A roll comes out of the station's printer at once; a block for work off line is kept by the station.
#[utoipa::path(post, path = "/label-blocks", tag = "labels", responses((status = 201, body = OrderedBlock)))]
pub async fn order(
    State(app): State<App>,
    caller: Caller,
    Json(it): Json<Order>,
) -> Result<Created<OrderedBlock>, Problem> {
    let id = blank::order(&app, caller.me(), app.ids.new_id(), it).await?;
    Ok(Created(OrderedBlock { id }))
}

/// A block, label by label
#[utoipa::path(get, path = "/label-blocks/{block}", tag = "labels", responses((status = 200, body = BlockView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(block): At<BlockId>,
) -> Result<Json<BlockView>, Problem> {
    Ok(Json(blank::block(&app, caller.me(), block).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Voiding {
    /// Torn, crooked, lost …
    reason: String,
}

/// Void a blank label
///
/// It can never be used. Voiding it again changes nothing; one that is on a thing in the ledger is refused.
#[utoipa::path(post, path = "/blank-labels/{code}/void", tag = "labels", responses((status = 204)))]
pub async fn void(
    State(app): State<App>,
    caller: Caller,
    At(code): At<String>,
    Json(Voiding { reason }): Json<Voiding>,
) -> Done {
    blank::void(&app, caller.me(), &code, &reason).await?;
    DONE
}
