//! 登记: who and what there is, each change an entry: units, people with their standing and first passwords, stations. An administrator
//! does it, or whoever works at the server's machine; the ledger's rules ask again.

use crate::custody::{Error, Thing, access, login, recording::Recording};
use crate::{
    app::App,
    domain::{Agency, Person, Role},
    id::{PersonId, StationId, UnitId},
    ledger::{
        Appoint, Basis, Body, RegisterStation, RegisterUnit, ResetPassword, Roster, Standing,
        roster::{PersonFacts, StationFacts, UnitFacts},
    },
    store::{Recorded, passwords, roster},
};
use serde::Deserialize;

/// What becomes of somebody who is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewStanding {
    /// Another unit; the roles stay.
    Unit(UnitId),
    Roles(Vec<Role>),
    /// All that an appointment says of somebody who is there.
    Appointed {
        name: String,
        unit: UnitId,
        roles: Vec<Role>,
    },
    /// Nobody logs in as them any more.
    Closed,
    /// A closed account is opened again, with these roles.
    Open(Vec<Role>),
}

/// A password that somebody is given, and that is shown once.
#[derive(Clone, Debug)]
pub struct GivenPassword<'a> {
    pub password: &'a str,
    /// Whether it must be changed at the first login; only a demo says no.
    pub must_change: bool,
}

/// Everything that is registered, for whoever says what it shall be.
pub async fn roster(app: &App, me: &Person) -> Result<Roster, Error> {
    access::require(me, Role::Administrator)?;
    let mut tx = app.db.read().await?;
    Ok(roster::load(&mut tx).await?)
}

/// A unit of an agency; with an agency's first unit, the agency.
pub async fn register_unit(
    app: &App,
    me: &Person,
    agency: &Agency,
    name: &str,
) -> Result<(UnitId, Recorded), Error> {
    let unit = app.ids.new_id();
    let body = Body::RegisterUnit(unit_of(unit, agency, name));
    Ok((unit, record(app, me, body).await?))
}

pub(super) fn unit_of(unit: UnitId, agency: &Agency, name: &str) -> RegisterUnit {
    RegisterUnit {
        unit,
        name: name.to_owned(),
        agency: agency.id,
        agency_kind: agency.kind,
        agency_name: agency.name.clone(),
        standing: Standing::Open,
        reason: String::new(),
        basis: Basis::Act,
    }
}

/// What a unit and its agency are called from now on. The agency's name holds for all its units.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct UnitDescription {
    pub name: String,
    pub agency_name: String,
    pub reason: String,
}

/// Another name of a unit, or of its agency.
pub async fn describe_unit(
    app: &App,
    me: &Person,
    unit: UnitId,
    it: &UnitDescription,
) -> Result<Recorded, Error> {
    let (name, agency_name) = (it.name.trim().to_owned(), it.agency_name.trim().to_owned());
    change_unit(app, me, unit, |known| UnitFacts { agency_name, name, ..known }, &it.reason).await
}

/// Closes a unit that nobody and nothing is of any more, or opens it again.
pub async fn set_unit_standing(
    app: &App,
    me: &Person,
    unit: UnitId,
    standing: Standing,
    reason: &str,
) -> Result<Recorded, Error> {
    change_unit(app, me, unit, |known| UnitFacts { standing, ..known }, reason).await
}

async fn change_unit(
    app: &App,
    me: &Person,
    unit: UnitId,
    change: impl FnOnce(UnitFacts) -> UnitFacts,
    reason: &str,
) -> Result<Recorded, Error> {
    let known = roster(app, me).await?.units.remove(&unit).ok_or(Error::NotFound(Thing::Unit))?;
    let body = RegisterUnit::of(unit, change(known), reason.trim().to_owned(), Basis::Act);
    record(app, me, Body::RegisterUnit(body)).await
}

/// Enters somebody, who logs in with this password.
pub async fn add_person(
    app: &App,
    me: &Person,
    facts: PersonFacts,
    given: &GivenPassword<'_>,
) -> Result<(PersonId, Recorded), Error> {
    access::require(me, Role::Administrator)?;
    login::check_length(&facts.login)?;
    let person = app.ids.new_id();
    keep_password(app, person, given).await?;
    let recorded = record(app, me, Body::Appoint(appointed(person, facts, String::new()))).await;
    if matches!(recorded, Err(Error::Refused(_))) {
        let mut tx = app.db.write().await?;
        passwords::forget(&mut tx, person).await?;
        tx.commit().await?;
    }
    Ok((person, recorded?))
}

/// Moves somebody, gives other roles, closes or opens the account. They are logged in nowhere afterwards.
pub async fn change_person(
    app: &App,
    me: &Person,
    person: PersonId,
    new: NewStanding,
    reason: &str,
) -> Result<Recorded, Error> {
    let known = roster(app, me).await?.persons.remove(&person).ok_or(Error::NotFound(Thing::Person))?;
    record(app, me, Body::Appoint(appointed(person, changed(known, new), reason.trim().to_owned()))).await
}

/// Roles as entries write them: in their order, each once.
pub(super) fn in_order(mut roles: Vec<Role>) -> Vec<Role> {
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// How somebody stands after the change.
pub(super) fn changed(known: PersonFacts, new: NewStanding) -> PersonFacts {
    match new {
        NewStanding::Unit(unit) => PersonFacts { unit, ..known },
        NewStanding::Roles(roles) => PersonFacts { roles: in_order(roles), ..known },
        NewStanding::Appointed { name, unit, roles } => {
            PersonFacts { name, unit, roles: in_order(roles), ..known }
        }
        NewStanding::Closed => PersonFacts { roles: Vec::new(), standing: Standing::Closed, ..known },
        NewStanding::Open(roles) => PersonFacts { roles: in_order(roles), standing: Standing::Open, ..known },
    }
}

pub(super) fn appointed(person: PersonId, facts: PersonFacts, reason: String) -> Appoint {
    let PersonFacts { name, login, unit, roles, standing } = facts;
    Appoint { person, name, login, unit, roles, standing, reason, basis: Basis::Act }
}

/// Gives a new password. From the entry on the old one opens nothing, and everything the person has open is closed.
pub async fn reset_password(
    app: &App,
    me: &Person,
    person: PersonId,
    given: &GivenPassword<'_>,
) -> Result<Recorded, Error> {
    let recorded = record(app, me, Body::ResetPassword(ResetPassword { person })).await?;
    keep_password(app, person, given).await?;
    Ok(recorded)
}

pub(super) async fn keep_password(
    app: &App,
    person: PersonId,
    given: &GivenPassword<'_>,
) -> Result<(), Error> {
    let hash = login::hash_password(app, given.password.to_owned()).await?;
    let mut tx = app.db.write().await?;
    passwords::set(&mut tx, person, &hash, given.must_change, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Enters a station that has no key of its own yet.
pub async fn add_station(
    app: &App,
    me: &Person,
    facts: StationFacts,
) -> Result<(StationId, Recorded), Error> {
    let station = app.ids.new_id();
    let body = Body::RegisterStation(station_of(station, facts, String::new()));
    Ok((station, record(app, me, body).await?))
}

/// How a station stands from now on.
pub async fn change_station(
    app: &App,
    me: &Person,
    station: StationId,
    facts: StationFacts,
    reason: &str,
) -> Result<Recorded, Error> {
    record(app, me, Body::RegisterStation(station_of(station, facts, reason.trim().to_owned()))).await
}

pub(super) fn station_of(station: StationId, facts: StationFacts, reason: String) -> RegisterStation {
    let StationFacts { name, unit, page, device_key, standing } = facts;
    RegisterStation { station, name, unit, page, device_key, standing, reason, basis: Basis::Act }
}

/// Another name, unit or address of a station that is there. Its key stays.
pub async fn describe_station(
    app: &App,
    me: &Person,
    station: StationId,
    (unit, name, page): (UnitId, &str, &str),
    reason: &str,
) -> Result<Recorded, Error> {
    let known = roster(app, me).await?.stations.remove(&station).ok_or(Error::NotFound(Thing::Station))?;
    let facts = StationFacts { unit, name: name.to_owned(), page: page.to_owned(), ..known };
    change_station(app, me, station, facts, reason).await
}

async fn record(app: &App, me: &Person, body: Body) -> Result<Recorded, Error> {
    access::require(me, Role::Administrator)?;
    Recording::new(app, me, app.ids.new_id()).record(body).await
}
