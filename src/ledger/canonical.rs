//! Canonical JSON (RFC 8785): equal facts have equal bytes, so that anybody can hash and sign them again.

use serde::Serialize;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("these facts cannot be written as canonical JSON")]
    Write(#[source] serde_json::Error),
    #[error("the stored bytes are not JSON of an entry")]
    NotJson(#[source] serde_json::Error),
    #[error("the stored bytes are not in canonical form")]
    NotCanonical,
}

/// The canonical bytes of anything serialisable.
pub fn bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    serde_json_canonicalizer::to_vec(value).map_err(Error::Write)
}
