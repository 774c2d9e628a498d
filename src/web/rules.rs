//! The rules, on one page: what holds, by which article and since when; what was adopted, and by whom.

use super::{Page, PostedForm, Room, Visitor, Web, form::Fields};
use crate::custody::{Error, rules};
use crate::web::in_address::InAddress;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use serde_json::json;

/// The pages of this room.
pub fn routes() -> Router<Web> {
    Router::new().route("/rules", get(show).post(adopt)).route("/rules/{entry}/confirm", post(confirm))
}

async fn show(State(web): State<Web>, visitor: Visitor) -> Page {
    page(&web, &visitor, &Fields::default(), None).await
}

async fn page(web: &Web, visitor: &Visitor, typed: &Fields, wrong: Option<&Error>) -> Page {
    let (frame, code) = visitor.frame_after(web, Room::Rules, wrong).await?;
    let rules = rules::in_force(&web.app, visitor.me()).await?;
    let mine = rules.history.iter().filter(|it| it.may_confirm).count();
    let context = json!({
        "frame": frame, "rules": rules, "mine": mine, "text": typed.verbatim("text"), "from": typed.text("from"),
        "reason": typed.text("reason"),
    });
    Ok((code, web.page("rules.html", visitor.language(), context)?).into_response())
}

async fn adopt(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    // A browser sends line ends as CRLF; the file has its own.
    let text = fields.verbatim("text").replace("\r\n", "\n");
    let done = match rules::day(fields.text("from")) {
        Ok(from) => rules::adopt(&web.app, visitor.me(), (&text, from), fields.text("reason")).await,
        Err(error) => Err(rules::not_a_day(visitor.me(), error)),
    };
    answer(&web, &visitor, &fields, done.map(drop)).await
}

async fn confirm(
    State(web): State<Web>,
    InAddress(entry): InAddress<u64>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let done = rules::confirm(&web.app, visitor.me(), entry, fields.text("digest")).await;
    answer(&web, &visitor, &fields, done.map(drop)).await
}

async fn answer(web: &Web, visitor: &Visitor, typed: &Fields, done: Result<(), Error>) -> Page {
    match done {
        Ok(()) => Ok(Redirect::to("/rules").into_response()),
        Err(error) => page(web, visitor, typed, Some(&error)).await,
    }
}
