//! Deliveries: what an officer brought of a case in one go, on one paper.

use super::{
    caller::Caller,
    error::Problem,
    idempotency::Key,
    message::{At, Json, RecordedEntry},
};
use crate::{
    app::App,
    custody::delivery::{self, ConcludeDelivery, DeliveryView, OpenDelivery},
    id::{CaseId, PersonId, StationId},
};
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What this room answers to.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(open, conclude)).routes(routes!(show))
}

/// What came to my unit and stands on no paper yet
///
/// Closing a case at the counter concludes its delivery; what was entered otherwise waits here.
#[utoipa::path(get, path = "/deliveries", tag = "deliveries", responses((status = 200, body = Vec<OpenDelivery>)))]
pub async fn open(State(app): State<App>, caller: Caller) -> Result<Json<Vec<OpenDelivery>>, Problem> {
    Ok(Json(delivery::open(&app, caller.me()).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct DeliveryConclusion {
    /// Where the custodian stands.
    station: StationId,
    case: CaseId,
    delivered_by: PersonId,
}

/// Conclude a delivery
///
/// One entry with one paper for what this officer brought of the case since the last one.
#[utoipa::path(post, path = "/deliveries", tag = "deliveries", params(Key),
    responses((status = 200, body = RecordedEntry)))]
pub async fn conclude(
    State(app): State<App>,
    caller: Caller,
    Key(request): Key,
    Json(it): Json<DeliveryConclusion>,
) -> Result<Json<RecordedEntry>, Problem> {
    let DeliveryConclusion { station, case, delivered_by } = it;
    let wish = ConcludeDelivery { case, delivered_by, station, request };
    Ok(Json(delivery::conclude(&app, caller.me(), wish).await?.into()))
}

/// What came and what is missing, by the number of the delivery's entry
#[utoipa::path(get, path = "/deliveries/{entry}", tag = "deliveries", responses((status = 200, body = DeliveryView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(entry): At<u64>,
) -> Result<Json<DeliveryView>, Problem> {
    Ok(Json(delivery::delivery(&app, caller.me(), entry).await?))
}
