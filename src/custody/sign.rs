//! What a person signed or declined at a station.

use super::Error;
use hufu_wire::message::SignRequest;
use crate::{app::App, id::SigningId, store::stations::Station};

pub async fn signed(
    _app: &App,
    _station: &Station,
    _request: SigningId,
    _key: &str,
    _signature_base64: &str,
) -> Result<(), Error> {
    Ok(())
}

pub async fn declined(_app: &App, _station: &Station, _request: SigningId, _reason: &str) -> Result<(), Error> {
    Ok(())
}

/// What the station should show now.
pub async fn open_requests(_app: &App, _station: &Station) -> Result<Vec<SignRequest>, Error> {
    Ok(Vec::new())
}
