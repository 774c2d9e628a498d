//! The station's state as JSON, for scripts and checks.

use super::Page;
use crate::recent::RecentScan;
use crate::signer::KeySource;
use crate::state::{JobRow, StateError};
use crate::sync::Link;
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use hufu_wire::message::{DeviceState, SignRequest};

#[derive(serde::Serialize)]
pub(super) struct Status {
    pub name: String,
    pub server: Link,
    pub waiting: u64,
    pub last_event: u64,
    pub devices: Vec<DeviceState>,
    pub keys: Vec<HeldKey>,
    pub requests: Vec<SignRequest>,
    pub scans: Vec<RecentScan>,
    pub jobs: Vec<JobRow>,
    pub trouble: Option<String>,
}

/// A key that lies here, and whose it is.
#[derive(serde::Serialize)]
pub(super) struct HeldKey {
    pub holder: String,
    pub key: String,
}

impl Page {
    pub(super) async fn status(&self) -> Result<Status, StateError> {
        let station = &self.station;
        let numbers = station.state.events.numbers().await?;
        let requests = station.signer.pending().await?;
        let jobs = station.state.jobs.latest(8).await?;
        Ok(Status {
            name: station.name.clone(),
            server: station.link.borrow().clone(),
            waiting: numbers.waiting(),
            last_event: numbers.last,
            devices: station.devices.statuses.watch().borrow().clone(),
            keys: station.signer.keys().iter().map(held).collect(),
            requests,
            scans: station.recent.watch().borrow().iter().cloned().collect(),
            jobs,
            trouble: station.trouble.borrow().clone(),
        })
    }
}

fn held(key: &KeySource) -> HeldKey {
    HeldKey { holder: key.holder().to_owned(), key: key.key_id() }
}

pub(super) async fn show(State(page): State<Page>) -> Response {
    match page.status().await {
        Ok(status) => Json(status).into_response(),
        Err(error) => failed(&error),
    }
}

pub(super) fn failed(error: &StateError) -> Response {
    tracing::error!(%error, "the station's page could not be made");
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
}
