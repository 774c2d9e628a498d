//! The station's own page, on this machine only: what is about to be signed, in words, with the PIN field; and how the
//! devices are. Readable without JavaScript; with it, it keeps itself up to date.
//!
//! Other pages of the same browser must not reach it: every request must name this machine as its host, a request that
//! changes something must come from this page, and a form must carry this process's token.

mod answers;
mod events;
mod guard;
mod home;
mod layout;
mod off_line;
mod off_line_act;
mod off_line_words;
mod picture;
mod picture_words;
mod reading;
mod sign;
mod status;
mod words;

pub use guard::only_this_machine;
pub use layout::{Shell, layout};
pub use words::{Lang, Words};

use crate::station::Station;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use std::sync::Arc;

/// What the handlers share.
#[derive(Clone)]
pub struct Page {
    station: Arc<Station>,
    /// This process's token, in every form.
    token: Arc<str>,
    counter: bool,
    readings: reading::Readings,
}

/// The routes of the station's page. `counter` adds the link to the virtual counter.
pub fn router(station: Arc<Station>, counter: bool) -> Router {
    let page = Page {
        station,
        token: uuid::Uuid::new_v4().to_string().into(),
        counter,
        readings: reading::Readings::default(),
    };
    Router::new()
        .route("/", get(home::show))
        .route("/status", get(status::show))
        .route("/events", get(events::stream))
        .route("/sign/{request}", post(sign::sign))
        .route("/decline/{request}", post(sign::decline))
        .route(
            "/picture",
            get(picture::choose).post(picture::read).layer(DefaultBodyLimit::max(picture::BODY_MAX)),
        )
        .route("/picture/{reading}", get(picture::show))
        .route("/picture/{reading}/drawn.jpg", get(picture::drawn))
        .route("/picture/{reading}/record", post(picture::record))
        .route("/off-line", get(off_line::show))
        .route("/off-line/{act}", post(off_line_act::act))
        .route("/static/{file}", get(layout::file))
        .with_state(page)
        .layer(middleware::from_fn(only_this_machine))
}
