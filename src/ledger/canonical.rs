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
    #[error("the entry is told in part: without its salt its lines cannot be hashed")]
    SaltMissing,
    #[error("these are not the bytes that the tree commits to")]
    NotCommitted,
    #[error("a line stands there that the entry should commit to by its digest")]
    LineInTheClear,
    #[error("a line that is shown is not the one that the entry commits to")]
    LineDiffers,
    #[error("a line is shown that the entry does not have")]
    OpensNothing,
}

/// The canonical bytes of anything serialisable.
pub fn bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    serde_json_canonicalizer::to_vec(value).map_err(Error::Write)
}
