//! People's keys: brought by their holders, confirmed by an approver of the agency, shut out.

use super::{
    caller::Caller,
    error::Problem,
    message::{At, Json, RecordedEntry},
};
use crate::{
    app::App,
    custody::keys::{self, KeyView, RegisteredKey},
};
use axum::extract::State;
use hufu_wire::registration::{KeyConsent, KeyRegistration};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What this room answers to.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, register)).routes(routes!(confirm)).routes(routes!(revoke))
}

/// Every key of every agency, and whose it is
#[utoipa::path(get, path = "/keys", tag = "keys", responses((status = 200, body = Vec<KeyView>)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<KeyView>>, Problem> {
    Ok(Json(keys::list(&app, caller.me()).await?))
}

/// What `hufu-station key new` or `key consent` printed.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewKey {
    agency: String,
    unit: String,
    /// `name/login`
    holder: String,
    public_pem: String,
    possession: String,
    follows: Option<Consent>,
}

/// The yes of a key in force.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Consent {
    key: String,
    signature: String,
}

impl From<NewKey> for KeyRegistration {
    fn from(it: NewKey) -> KeyRegistration {
        let NewKey { agency, unit, holder, public_pem, possession, follows } = it;
        let follows = follows.map(|Consent { key, signature }| KeyConsent { key, signature });
        KeyRegistration { agency, unit, holder, public_pem, possession, follows }
    }
}

/// Register my key
///
/// An agency's first key waits for its confirmation; one that a key in force has agreed to is in force at once.
#[utoipa::path(post, path = "/keys", tag = "keys", responses((status = 200, body = RegisteredKey)))]
pub async fn register(
    State(app): State<App>,
    caller: Caller,
    Json(registration): Json<NewKey>,
) -> Result<Json<RegisteredKey>, Problem> {
    Ok(Json(keys::register(&app, caller.me(), &registration.into()).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct KeyConfirmation {
    /// As the holder has written it down, in groups of four or without spaces.
    fingerprint: String,
}

/// Confirm an agency's first key
///
/// For an approver of the agency who did not register it.
#[utoipa::path(post, path = "/keys/{key}/confirm", tag = "keys", responses((status = 200, body = RecordedEntry)))]
pub async fn confirm(
    State(app): State<App>,
    caller: Caller,
    At(key): At<String>,
    Json(it): Json<KeyConfirmation>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(keys::confirm(&app, caller.me(), &key, &it.fingerprint).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct KeyRevocation {
    reason: String,
}

/// Shut a key out
///
/// For its holder, or an approver of the agency. What it has signed stays signed.
#[utoipa::path(post, path = "/keys/{key}/revoke", tag = "keys", responses((status = 200, body = RecordedEntry)))]
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    At(key): At<String>,
    Json(it): Json<KeyRevocation>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(keys::revoke(&app, caller.me(), &key, &it.reason).await?.into()))
}
