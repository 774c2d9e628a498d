//! Which station somebody stands at.

use crate::custody::{Error, Thing, login::Session};
use crate::{
    app::App,
    domain::{Person, Viewer},
    id::StationId,
    ledger::Suite,
    store::{sessions, stations},
};

pub use crate::store::stations::Station;

/// The station of this session: the one chosen, or the only one of the unit.
pub async fn mine(app: &App, session: &Session) -> Result<Option<Station>, Error> {
    let mut tx = app.db.read().await?;
    if let Some(chosen) = session.station {
        let station = stations::station(&mut tx, chosen).await?;
        return Ok(station.filter(|station| station.unit == session.me.unit && !station.disabled));
    }
    let mut of_unit = stations::of_unit(&mut tx, session.me.unit).await?;
    Ok(if of_unit.len() == 1 { of_unit.pop() } else { None })
}

/// The station whose scans this session hears: what one was answered names things, which are for those who read.
pub async fn heard(app: &App, session: &Session) -> Result<Option<StationId>, Error> {
    let station = mine(app, session).await?.filter(|_| Viewer::of(&session.me).reads());
    Ok(station.map(|station| station.id))
}

/// The stations of the own unit.
pub async fn of_my_unit(app: &App, me: &Person) -> Result<Vec<Station>, Error> {
    let mut tx = app.db.read().await?;
    Ok(stations::of_unit(&mut tx, me.unit).await?)
}

/// Chooses the station to stand at. Only one of the own unit.
pub async fn choose(app: &App, session: &Session, station: StationId) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    let found = stations::station(&mut tx, station).await?;
    if found.is_none_or(|station| station.unit != session.me.unit || station.disabled) {
        return Err(Error::NotFound(Thing::Station));
    }
    sessions::set_station(&mut tx, session.id, Some(station)).await?;
    Ok(tx.commit().await?)
}

/// The station behind a token, when it dials in.
pub async fn by_token(app: &App, token: &str) -> Result<Station, Error> {
    let mut tx = app.db.read().await?;
    let hash = Suite::C2sp.digest(token.as_bytes());
    stations::by_token(&mut tx, &hash.0).await?.ok_or(Error::NotFound(Thing::Station))
}
