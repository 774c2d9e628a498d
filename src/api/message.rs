//! What is read from a request and written into an answer. Everything that cannot be read gets the one envelope.

use super::error::Problem;
use crate::{clock::Moment, custody::Recorded};
use axum::{
    body::{Body, Bytes},
    extract::{
        FromRequest, FromRequestParts, OptionalFromRequest, Request,
        rejection::{JsonRejection, PathRejection},
    },
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

/// A JSON body, in or out.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

/// What the address names: `At(case): At<CaseId>`. `openapi` says what each name in an address means.
#[derive(Clone, Copy, Debug)]
pub struct At<T>(pub T);

/// What stands behind the `?`.
#[derive(Clone, Copy, Debug)]
pub struct QueryParams<T>(pub T);

/// A body that may be left out.
impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Json<T>>, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = read_body(&parts, body, state).await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let request = Request::from_parts(parts, Body::from(bytes));
        <Json<T> as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

async fn read_body<S: Send + Sync>(parts: &Parts, body: Body, state: &S) -> Result<Bytes, Problem> {
    let read = Bytes::from_request(Request::from_parts(parts.clone(), body), state).await;
    read.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        status => Problem::unread(status, &rejection.body_text()),
    })
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Json<T>, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = read_body(&parts, body, state).await?;
        if holds_nul(&bytes) {
            return Err(Problem::unread(StatusCode::UNPROCESSABLE_ENTITY, "a text holds U+0000"));
        }
        // Read into what is asked for and nothing else: a tree of everything that was sent takes many times its bytes.
        let typed = <axum::Json<T> as FromRequest<S>>::from_request(
            Request::from_parts(parts, Body::from(bytes)),
            state,
        )
        .await;
        typed.map(|axum::Json(it)| Json(it)).map_err(|rejection| unread_json(&rejection))
    }
}

fn unread_json(rejection: &JsonRejection) -> Problem {
    match rejection.status() {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::not_json(),
        status => Problem::unread(status, &rejection.body_text()),
    }
}

/// As in addresses, see `caller`. JSON can only write it as `\u0000`.
fn holds_nul(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let escaped = rest.get(at.saturating_add(1)..).unwrap_or_default();
        if escaped.starts_with(b"u0000") {
            return true;
        }
        rest = escaped.get(1..).unwrap_or_default();
    }
    false
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
            Err(error) => Problem::Broken(std::sync::Arc::new(error)).into_response(),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<At<T>, Problem> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|axum::extract::Path(it)| At(it)).map_err(|rejection: PathRejection| {
            Problem::unread(StatusCode::BAD_REQUEST, &rejection.body_text())
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<QueryParams<T>, Problem> {
        let read = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        read.map(|axum::extract::Query(it)| QueryParams(it))
            .map_err(|rejection| Problem::unread(StatusCode::BAD_REQUEST, &rejection.body_text()))
    }
}

/// 201 with what was made.
#[derive(Clone, Copy, Debug)]
pub struct Created<T>(pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

/// 204: it is so now, and there is nothing to tell.
pub type Done = Result<StatusCode, Problem>;

pub const DONE: Done = Ok(StatusCode::NO_CONTENT);

/// What stands in the ledger now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordedEntry {
    /// The entry's number, from 1 without gaps.
    pub entry: u64,
    pub recorded_at: Moment,
    /// The very same had been recorded before; nothing was added now.
    pub repeat: bool,
}

impl From<Recorded> for RecordedEntry {
    fn from(it: Recorded) -> RecordedEntry {
        RecordedEntry { entry: it.seq, recorded_at: it.recorded_at, repeat: it.repeat }
    }
}

/// A file: its type and its bytes.
#[derive(Clone, Debug)]
pub struct File {
    pub media_type: String,
    pub bytes: Vec<u8>,
}

impl IntoResponse for File {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, self.media_type)], self.bytes).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_found_however_it_is_written_and_a_backslash_is_no_nul() {
        for (json, wanted) in [
            (r#"{"a":"\u0000"}"#, true),
            (r#"{"\u0000":1}"#, true),
            (r#"["\\\u0000"]"#, true),
            (r#"["\\u0000"]"#, false),
            (r#"["\u00001"]"#, true),
            (r#"["\u0001 0000"]"#, false),
            ("[\"\\", false),
        ] {
            assert_eq!(holds_nul(json.as_bytes()), wanted, "{json}");
        }
    }
}
