//! Photographs: the picture for showing, and the file as it was taken.

use super::{Page, Visitor, Web};
use crate::custody::photographs;
use axum::{
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};

/// `GET /photographs/{digest}`: kept under the digest of its bytes, so it never changes.
pub async fn shown(State(web): State<Web>, visitor: Visitor, Path(digest): Path<String>) -> Page {
    let picture = photographs::shown(&web.app, visitor.me(), &digest).await?;
    let headers =
        [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=86400, immutable")];
    Ok((headers, picture).into_response())
}

/// `GET /photographs/{digest}/original`: saved, never opened in the page's own name.
pub async fn original(State(web): State<Web>, visitor: Visitor, Path(digest): Path<String>) -> Page {
    let (media_type, content) = photographs::original(&web.app, visitor.me(), &digest).await?;
    let ending = if media_type == "image/png" { "png" } else { "jpg" };
    let name: String = digest.chars().filter(char::is_ascii_hexdigit).take(16).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"photograph-{name}.{ending}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, content).into_response())
}
