//! Templates of the roster: what every label and paper looks like.

use super::{Page, Problem, Room, Visitor, Web, in_address::InAddress};
use crate::custody::templates;
use axum::{extract::State, http::header, response::IntoResponse};
use serde_json::json;

/// `GET /roster/templates`
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Page {
    let names = templates::names(visitor.me())?;
    let context = json!({
        "frame": visitor.frame(&web, Room::Roster).await?, "labels": names.labels, "papers": names.papers,
    });
    Ok(web.page("roster_templates.html", visitor.language(), context)?.into_response())
}

/// `GET /roster/templates/{file}`: a label as `.png`, a paper as `.pdf`.
pub async fn sample(State(web): State<Web>, visitor: Visitor, InAddress(file): InAddress<String>) -> Page {
    let (app, me) = (&web.app, visitor.me());
    let (kind, bytes) = match file.rsplit_once('.') {
        Some((name, "png")) => ("image/png", templates::label(app, me, name).await?),
        Some((name, "pdf")) => ("application/pdf", templates::paper(app, me, name).await?),
        _ => return Err(Problem::NoSuchPage),
    };
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}
