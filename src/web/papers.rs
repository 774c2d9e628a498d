//! Papers as PDF: `GET /papers/{seq}`, by the number of the entry that made them.

use super::{Page, Problem, Visitor, Web};
use crate::custody;
use axum::{
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};
use label_templates::{Templates, write_paper};

/// The same entry gives the same bytes.
pub async fn paper(State(web): State<Web>, visitor: Visitor, Path(seq): Path<u64>) -> Page {
    let paper = custody::papers::paper(&web.app, visitor.me(), seq).await?;
    let Some(fonts) = web.app.fonts.clone() else { return Err(Problem::NoSuchPage) };
    let writing = tokio::task::spawn_blocking(move || write_paper(&fonts, &Templates::embedded(), &paper));
    let pdf = match writing.await {
        Ok(Ok(pdf)) => pdf,
        Ok(Err(error)) => return Err(custody::papers::cannot_write(&error).into()),
        Err(_) => return Err(Problem::NoSuchPage),
    };
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"hufu-{seq}.pdf\"")),
    ];
    Ok((headers, pdf).into_response())
}
