//! 审批: one page for whoever says yes or no, and for whoever asked: what waits, until when, and where it is decided.

use super::{Page, Room, Visitor, Web, frame::Deadline};
use crate::custody::approvals::{self, Matter, PendingApproval};
use axum::{Router, extract::State, response::IntoResponse, routing::get};
use serde::Serialize;
use serde_json::json;

/// The pages of this room.
pub fn routes() -> Router<Web> {
    Router::new().route("/approvals", get(list))
}

/// One line, with where it leads and how long there is.
#[derive(Serialize)]
struct Line<T> {
    it: T,
    href: String,
    deadline: Option<Deadline>,
}

async fn list(State(web): State<Web>, visitor: Visitor) -> Page {
    let found = approvals::approvals(&web.app, visitor.me()).await?;
    let now = web.app.clock.now();
    let to_answer: Vec<Line<PendingApproval>> = found
        .to_answer
        .into_iter()
        .map(|it| {
            let href = href(it.matter, &it.id);
            let until = it.due_at.map(|at| Deadline::new("", href.clone(), it.citation.clone(), (now, at)));
            Line { href, deadline: until, it }
        })
        .collect();
    let asked: Vec<_> = found
        .asked
        .into_iter()
        .map(|it| Line { href: href(it.matter, &it.id), deadline: None, it })
        .collect();
    let context = json!({
        "frame": visitor.frame(&web, Room::Approvals).await?, "to_answer": to_answer, "asked": asked,
        "answers": approvals::answers(visitor.me()),
    });
    Ok(web.page("approvals.html", visitor.language(), context)?.into_response())
}

/// The page on which it is decided.
pub(super) fn href(matter: Matter, id: &str) -> String {
    match matter {
        Matter::Loan => format!("/loans/{id}"),
        Matter::Disposal => format!("/disposals/{id}"),
        Matter::Loss => format!("/losses/{id}"),
        Matter::Correction => format!("/corrections/{id}"),
        Matter::Difference => format!("/reconciliation/{id}"),
        Matter::Key => "/keys".to_owned(),
        Matter::Rules => "/rules".to_owned(),
    }
}
