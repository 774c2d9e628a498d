//! Help for each role: the day's work step by step, what the rooms are for, the keyboard, what the symbols mean, and what to do when
//! something is wrong. The first steps stand on the desk, too, until somebody has seen enough of them.

use super::{Page, PostedForm, Room, Visitor, Web, frame::Frame, login::inside};
use crate::{
    custody::{Error, tour},
    domain::Role,
};
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use serde::Serialize;
use serde_json::json;

/// A step of the day: its words are `help.<role>.<number>`, and where it is taken.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Step {
    role: &'static str,
    number: usize,
    href: &'static str,
}

/// The pages of help.
pub fn routes() -> Router<Web> {
    Router::new().route("/help", get(show)).route("/help/tour", post(keep))
}

/// Where each step of a role's day is taken.
fn places(role: Role) -> &'static [&'static str] {
    match role {
        Role::Officer => &["/import", "/cases", "/loans", "/handovers", "/reconciliation"],
        Role::Clerk => &["/handovers", "/handovers", "/handovers/new", "/items"],
        Role::Custodian => &["/counter", "/counter", "/items", "/counts", "/off-line"],
        Role::Approver => &["/", "/loans", "/corrections", "/keys"],
        Role::Auditor => &["/ledger", "/ledger/check", "/reconciliation", "/items"],
        Role::Administrator => &["/roster", "/roster", "/rules"],
        Role::Operator => &["/stores", "/items", "/reconciliation"],
    }
}

/// The steps of everything that this visitor is there for.
pub fn steps(visitor: &Visitor) -> Vec<Step> {
    let of = |role: &Role| {
        let word = role.word();
        (1..).zip(places(*role)).map(move |(number, href)| Step { role: word, number, href })
    };
    visitor.me().roles.iter().flat_map(of).collect()
}

/// The steps that the desk shows; none when the tour was ended.
pub async fn tour(web: &Web, visitor: &Visitor) -> Result<Vec<Step>, Error> {
    Ok(if tour::ended(&web.app, visitor.me().id).await? { Vec::new() } else { steps(visitor) })
}

/// `GET /help`
async fn show(State(web): State<Web>, visitor: Visitor) -> Page {
    let frame = Frame { room: None, ..visitor.frame(&web, Room::Desk).await? };
    let ended = tour::ended(&web.app, visitor.me().id).await?;
    let context = json!({ "frame": frame, "steps": steps(&visitor), "ended": ended });
    Ok(web.page("help.html", visitor.language(), context)?.into_response())
}

/// `POST /help/tour`: ends it for good, or shows it on the desk again.
async fn keep(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    tour::keep(&web.app, visitor.me().id, fields.text("act") == "end").await?;
    Ok(Redirect::to(inside(fields.text("back"))).into_response())
}
