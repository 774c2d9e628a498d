//! A person's own sessions: what they see of them, and how they end one that is not at hand.

use crate::custody::{
    Error, Thing,
    login::{Session, log_out},
};
use crate::{
    app::App,
    clock::Moment,
    domain::Person,
    id::SessionId,
    store::{sessions, stations},
};
use serde::Serialize;

/// A session as its person sees it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SessionView {
    pub session: SessionId,
    pub since: Moment,
    pub expires_at: Moment,
    /// The counter stood at, by name.
    pub station: Option<String>,
    /// Whether it is the one that asks.
    pub this: bool,
}

/// The person's own sessions, oldest first.
pub async fn list(app: &App, session: &Session) -> Result<Vec<SessionView>, Error> {
    let (now, mut tx) = (app.clock.now(), app.db.read().await?);
    let mut views = Vec::new();
    for it in sessions::of_person(&mut tx, session.me.id, now).await? {
        if app.idle.is_over(it.id, now) {
            continue;
        }
        let station = match it.station {
            Some(station) => stations::station(&mut tx, station).await?.map(|station| station.name),
            None => None,
        };
        let this = it.id == session.id;
        views.push(SessionView {
            session: it.id,
            since: it.created_at,
            expires_at: it.expires_at,
            station,
            this,
        });
    }
    Ok(views)
}

/// Ends one of the person's own sessions, from whichever they are at.
pub async fn end(app: &App, me: &Person, session: SessionId) -> Result<(), Error> {
    let own = sessions::of_person(&mut app.db.read().await?, me.id, app.clock.now()).await?;
    match own.iter().any(|it| it.id == session) {
        true => log_out(app, session).await,
        false => Err(Error::NotFound(Thing::Session)),
    }
}
