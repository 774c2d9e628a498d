//! Photographs: the picture for showing, and the file as it was taken.

use super::{Page, Visitor, Web, error_page::status};
use crate::web::in_address::InAddress;
use crate::{
    custody::{Error, photographs},
    language::Language,
};
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::IntoResponse,
};

/// `GET /photographs/{digest}`: kept under the digest of its bytes, so it never changes. In the place of one that is gone a page gets a
/// picture that says so.
pub async fn shown(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(digest): InAddress<String>,
    headers: HeaderMap,
) -> Page {
    let drawn = photographs::shown(&web.app, visitor.me(), &digest).await;
    picture(&visitor, drawn, &headers)
}

/// `GET /photographs/{digest}/small`: the same for a list.
pub async fn listed(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(digest): InAddress<String>,
    headers: HeaderMap,
) -> Page {
    let drawn = photographs::listed(&web.app, visitor.me(), &digest).await;
    picture(&visitor, drawn, &headers)
}

fn picture(visitor: &Visitor, drawn: Result<Vec<u8>, Error>, asked: &HeaderMap) -> Page {
    let picture = match drawn {
        Err(error) if error.code() == photographs::GONE && wants_picture(asked) => {
            let drawn = [(header::CONTENT_TYPE, "image/svg+xml")];
            return Ok((status(&error), drawn, gone(visitor.language())).into_response());
        }
        drawn => drawn?,
    };
    let headers =
        [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=86400, immutable")];
    Ok((headers, picture).into_response())
}

/// `GET /photographs/{digest}/original`: saved, never opened in the page's own name.
pub async fn original(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(digest): InAddress<String>,
) -> Page {
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

/// Whether a page asks for its picture, and not a person for a page.
fn wants_picture(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.starts_with("image/"))
}

fn gone(language: Language) -> String {
    let words = language.pick(["照片已", "不在库中"], ["Photograph", "is gone"]);
    let lines = [44, 66].into_iter().zip(words);
    let lines: String = lines.map(|(y, line)| format!("<text x=\"64\" y=\"{y}\">{line}</text>")).collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 128 96\" width=\"128\" height=\"96\">\
         <rect width=\"128\" height=\"96\" fill=\"#fcebe8\"/><g fill=\"#b02318\" font-family=\"sans-serif\" font-size=\"16\" \
         text-anchor=\"middle\">{lines}</g></svg>"
    )
}
