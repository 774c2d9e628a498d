//! A request that may have been carried out already is sent again under the same key.

use super::error::Problem;
use crate::id::EntryId;
use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use utoipa::openapi::{
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type},
};

/// The header `Idempotency-Key`: the id of what is to be recorded, made by the caller. The same key again is the same
/// entry, answered with `repeat`; without one a new id is taken, and a repeat is a second event.
#[derive(Clone, Copy, Debug)]
pub struct Key(pub Option<EntryId>);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Key, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Key(None)) };
        let id = value.to_str().ok().and_then(|text| text.trim().parse().ok());
        id.map(|id| Key(Some(id)))
            .ok_or_else(|| Problem::unread(StatusCode::BAD_REQUEST, "Idempotency-Key is no UUID"))
    }
}

impl utoipa::IntoParams for Key {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let uuid = SchemaFormat::KnownFormat(KnownFormat::Uuid);
        let key = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .description(Some(
                "Made by the caller: the same key again is the same entry, answered with `repeat`.",
            ))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String).format(Some(uuid))));
        vec![key.build()]
    }
}
