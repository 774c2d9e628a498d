//! People's keys, on one page: which are in force, and for people to register their own, confirm a colleague's and revoke them.

use super::{Page, PostedForm, Problem, Room, Visitor, Web, form::Fields};
use crate::custody::{Error, access, keys};
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
    Router::new().route("/keys", get(list).post(register)).route("/keys/{key}/{act}", post(act))
}

async fn list(State(web): State<Web>, visitor: Visitor) -> Page {
    page(&web, &visitor, &Fields::default(), None).await
}

async fn page(web: &Web, visitor: &Visitor, typed: &Fields, wrong: Option<&Error>) -> Page {
    let (frame, code) = visitor.frame_after(web, Room::Keys, wrong).await?;
    let keys = keys::list(&web.app, visitor.me()).await?;
    let mine = keys.iter().filter(|it| it.may_confirm).count();
    let context = json!({
        "frame": frame, "keys": keys, "mine": mine, "registration": typed.text("registration"),
        "acts": keys.iter().any(|it| it.may_confirm || it.may_revoke),
        "may_register": access::offers(visitor.me(), access::Work::Reading),
    });
    Ok((code, web.page("keys.html", visitor.language(), context)?).into_response())
}

async fn register(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let done = match serde_json::from_str(fields.text("registration")) {
        Ok(registration) => keys::register(&web.app, visitor.me(), &registration).await.map(drop),
        Err(_) => Err(keys::not_a_registration(visitor.me())),
    };
    answer(&web, &visitor, &fields, done).await
}

async fn act(
    State(web): State<Web>,
    InAddress((key, act)): InAddress<(String, String)>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let (app, me) = (&web.app, visitor.me());
    let done = match act.as_str() {
        "confirm" => keys::confirm(app, me, &key, fields.text("fingerprint")).await,
        "revoke" => keys::revoke(app, me, &key, fields.text("reason")).await,
        _ => return Err(Problem::NoSuchPage),
    };
    answer(&web, &visitor, &fields, done.map(drop)).await
}

async fn answer(web: &Web, visitor: &Visitor, typed: &Fields, done: Result<(), Error>) -> Page {
    match done {
        Ok(()) => Ok(Redirect::to("/keys").into_response()),
        Err(error) => page(web, visitor, typed, Some(&error)).await,
    }
}
