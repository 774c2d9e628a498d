//! 名册: who and what there is, on one page, for administrators and those who see everything. What is changed is changed at the server's
//! machine; the page says how.

use super::{Page, Room, Visitor, Web};
use crate::custody::roster;
use axum::{Router, extract::State, response::IntoResponse, routing::get};
use serde_json::json;

/// The pages of this room.
pub fn routes() -> Router<Web> {
    Router::new().route("/roster", get(list))
}

async fn list(State(web): State<Web>, visitor: Visitor) -> Page {
    let view = roster::view(&web.app, visitor.me()).await?;
    let context = json!({ "frame": visitor.frame(&web, Room::Roster).await?, "view": view });
    Ok(web.page("roster.html", visitor.language(), context)?.into_response())
}
