//! The visitor's own things: language, and the frame that live pages fetch again.

use super::{
    Page, PostedForm, Problem, Room, Visitor, Web,
    login::{inside, with_cookie},
    theme::{self, Theme},
};
use crate::web::in_address::InAddress;
use crate::{custody, id::SessionId, language::Language};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub struct Switch {
    to: Language,
    #[serde(default)]
    back: String,
}

/// Switches the language, kept with the session and, for the pages before login, in a cookie.
pub async fn language(
    State(web): State<Web>,
    visitor: Result<Visitor, Problem>,
    Query(switch): Query<Switch>,
) -> Page {
    if let Ok(visitor) = visitor {
        custody::login::set_language(&web.app, visitor.session.id, switch.to).await?;
    }
    let word = switch.to.pick("zh", "en");
    let cookie = format!("hufu_language={word}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
    Ok(with_cookie(Redirect::to(inside(&switch.back)).into_response(), &cookie))
}

#[derive(Deserialize)]
pub struct Look {
    to: Theme,
    #[serde(default)]
    back: String,
}

/// Light or dark pages in this browser from now on.
pub async fn theme(Query(look): Query<Look>) -> Page {
    Ok(with_cookie(Redirect::to(inside(&look.back)).into_response(), &theme::kept(look.to)))
}

/// Nothing but the frame: station lamps and the nearest deadline.
pub async fn frame(State(web): State<Web>, visitor: Visitor) -> Page {
    let frame = visitor.frame(&web, Room::Desk).await?;
    Ok(web.page("base.html", visitor.language(), json!({ "frame": frame }))?.into_response())
}

/// `GET /me`
pub async fn me(State(web): State<Web>, visitor: Visitor) -> Page {
    let frame = visitor.frame(&web, Room::Desk).await?;
    let sessions = custody::own_sessions::list(&web.app, &visitor.session).await?;
    let context = json!({ "frame": frame, "login": visitor.me().login, "sessions": sessions });
    Ok(web.page("me.html", visitor.language(), context)?.into_response())
}

/// `POST /me/sessions/{session}`: ends it. Whoever ends the one they are at stands before the door.
pub async fn end_session(
    State(web): State<Web>,
    InAddress(session): InAddress<SessionId>,
    PostedForm { visitor, .. }: PostedForm,
) -> Page {
    custody::own_sessions::end(&web.app, visitor.me(), session).await?;
    Ok(Redirect::to("/me").into_response())
}
