//! The stations of the own unit, and at which one somebody stands.

use super::{
    caller::Caller,
    error::Problem,
    message::{DONE, Done, Json},
};
use crate::{
    app::App,
    custody::station::{self, Station},
    id::StationId,
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A station and whether it is there now.
#[derive(Debug, Serialize, ToSchema)]
pub struct StationLine {
    #[serde(flatten)]
    station: Station,
    connected: bool,
    /// How many observations wait on it to be sent.
    waiting: u64,
    /// How many seconds its clock was ahead of the server's when it last greeted; behind when negative.
    clock_ahead: i64,
}

/// The stations of my unit
#[utoipa::path(get, path = "/stations", tag = "counter", responses((status = 200, body = Vec<StationLine>)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<StationLine>>, Problem> {
    let stations = station::of_my_unit(&app, caller.me()).await?.into_iter().map(|station| {
        let now = app.live.station(station.id);
        StationLine {
            connected: now.connected,
            waiting: now.waiting,
            clock_ahead: now.ahead / 1_000_000,
            station,
        }
    });
    Ok(Json(stations.collect()))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct MyStation {
    station: StationId,
}

/// Choose the station I stand at
///
/// Requests to sign go to its page, and its scans are mine.
#[utoipa::path(put, path = "/me/station", tag = "counter", responses((status = 204)))]
pub async fn choose(State(app): State<App>, caller: Caller, Json(it): Json<MyStation>) -> Done {
    station::choose(&app, &caller.session, it.station).await?;
    DONE
}
