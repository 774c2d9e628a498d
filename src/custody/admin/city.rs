//! Founding a city at the server's machine: the agencies, people, stores and slots that a ledger serves. The demo and the tests use
//! the same.

use super::{
    places::{self, NewStore},
    roster::{self, GivenPassword},
};
use crate::custody::{Error, access, recording::Recording};
use crate::{
    app::App,
    domain::{Agency, AgencyKind, Role, StoreKind},
    id::{PersonId, SlotId, StationId, StoreId, UnitId},
    ledger::{
        Basis, RegisterSlots, Standing, Suite,
        roster::{PersonFacts, StationFacts},
    },
    store::stations,
};

/// An agency that is to be founded. It is there with its first unit.
pub fn new_agency(app: &App, kind: AgencyKind, name: &str) -> Agency {
    Agency { id: app.ids.new_id(), kind, name: name.to_owned() }
}

pub async fn found_unit(app: &App, agency: &Agency, name: &str) -> Result<UnitId, Error> {
    Ok(roster::register_unit(app, &access::machine(), agency, name).await?.0)
}

/// A person as an administrator enters it.
pub struct NewPerson<'a> {
    pub unit: UnitId,
    pub name: &'a str,
    pub login: &'a str,
    pub password: &'a str,
    /// Whether the password must be changed at the first login; only a demo says no.
    pub must_change: bool,
    pub roles: &'a [Role],
}

/// Adds a person. Refuses a login that is taken and roles that one person must not have together.
pub async fn add_person(app: &App, new: &NewPerson<'_>) -> Result<PersonId, Error> {
    let facts = person_facts(new.name, new.login, new.unit, new.roles);
    let given = GivenPassword { password: new.password, must_change: new.must_change };
    Ok(roster::add_person(app, &access::machine(), facts, &given).await?.0)
}

/// Somebody as the ledger knows them: roles sorted, each once.
pub(super) fn person_facts(name: &str, login: &str, unit: UnitId, roles: &[Role]) -> PersonFacts {
    let mut roles = roles.to_vec();
    roles.sort_unstable();
    roles.dedup();
    PersonFacts { name: name.to_owned(), login: login.to_owned(), unit, roles, standing: Standing::Open }
}

pub async fn found_store(app: &App, kind: StoreKind, name: &str, unit: UnitId) -> Result<StoreId, Error> {
    let new = NewStore { kind, name: name.to_owned(), unit };
    Ok(places::add_store(app, &access::machine(), None, &new).await?.0)
}

/// Adds slots to a zone of a store; each gets a code of its own.
pub async fn add_slots(
    app: &App,
    store: StoreId,
    zone: &str,
    names: impl Iterator<Item = String>,
    capacity: i64,
) -> Result<Vec<SlotId>, Error> {
    let mut tx = app.db.write().await?;
    let slots = places::new_slots(app, zone, names.collect(), capacity);
    let slots = places::with_codes(&mut tx, slots).await?;
    tx.commit().await?;
    let ids = slots.iter().map(|it| it.slot).collect();
    let me = access::machine();
    for body in RegisterSlots::entries(store, &slots, Basis::Act) {
        Recording::new(app, &me, app.ids.new_id()).record(body).await?;
    }
    Ok(ids)
}

/// Enters a station. Answers with its token, which is shown once and kept only as a hash.
pub async fn add_station(
    app: &App,
    unit: UnitId,
    name: &str,
    page: &str,
) -> Result<(StationId, String), Error> {
    let (station, _) = roster::add_station(app, &access::machine(), station_facts(unit, name, page)).await?;
    Ok((station, give_token(app, station).await?))
}

/// A station as it is entered, without a key of its own.
pub(super) fn station_facts(unit: UnitId, name: &str, page: &str) -> StationFacts {
    let (name, page) = (name.to_owned(), page.to_owned());
    StationFacts { name, unit, page, device_key: None, standing: Standing::Open }
}

/// A token by which a station without a key may speak.
pub(super) async fn give_token(app: &App, station: StationId) -> Result<String, Error> {
    let token = app.random.token()?;
    let mut tx = app.db.write().await?;
    stations::set_token(&mut tx, station, &Suite::C2sp.digest(token.as_bytes()).0).await?;
    tx.commit().await?;
    Ok(token)
}
