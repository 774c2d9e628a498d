//! What is no JSON: papers as PDF, and photographs.

use super::{
    caller::Caller,
    error::Problem,
    message::{At, File},
};
use crate::{
    app::App,
    custody::{counter::line, papers},
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
#[utoipa::path(get, path = "/photographs/{digest}", tag = "photographs",
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
pub async fn photograph(
    State(app): State<App>,
    caller: Caller,
    At(digest): At<String>,
) -> Result<File, Problem> {
    let (media_type, bytes) = line::photograph(&app, caller.me(), &digest).await?;
    Ok(File { media_type, bytes })
}
