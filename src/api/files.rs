//! What is no JSON: papers as PDF, and photographs.

use super::{
    caller::Caller,
    error::Problem,
    message::{At, File},
};
use crate::{
    app::App,
    custody::{papers, photographs},
};
use axum::extract::State;

/// The paper that an entry made (PDF)
///
/// The same entry gives the same bytes.
#[utoipa::path(get, path = "/papers/{entry}", tag = "papers",
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn paper(State(app): State<App>, caller: Caller, At(entry): At<u64>) -> Result<File, Problem> {
    let bytes = papers::pdf(&app, caller.me(), entry).await?;
    Ok(File { media_type: "application/pdf".to_owned(), bytes })
}

/// A photograph, by the digest of its content
///
/// A picture drawn anew for showing, at most 1,600 pixels a side, with nothing in it but its pixels. A photograph whose bytes are
/// not those that were recorded is refused.
#[utoipa::path(get, path = "/photographs/{digest}", tag = "photographs",
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
pub async fn photograph(
    State(app): State<App>,
    caller: Caller,
    At(digest): At<String>,
) -> Result<File, Problem> {
    let bytes = photographs::shown(&app, caller.me(), &digest).await?;
    Ok(File { media_type: "image/jpeg".to_owned(), bytes })
}

/// A photograph as it was taken
///
/// The file itself with all that lies in it, for whoever may see the case.
#[utoipa::path(get, path = "/photographs/{digest}/original", tag = "photographs",
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
pub async fn original(
    State(app): State<App>,
    caller: Caller,
    At(digest): At<String>,
) -> Result<File, Problem> {
    let (_, bytes) = photographs::original(&app, caller.me(), &digest).await?;
    Ok(File { media_type: "application/octet-stream".to_owned(), bytes })
}
