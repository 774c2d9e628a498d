//! Founding a city: the agencies, people, stores and slots that a ledger serves. An administrator's act; the demo and
//! the tests use the same.

use crate::custody::{Error, Invalid, login};
use crate::{
    app::App,
    domain::{Agency, AgencyKind, Code, CodeKind, Role, Slot, Store, StoreKind},
    id::{AgencyId, PersonId, SlotId, StationId, StoreId, UnitId},
    ledger::Suite,
    store::{people, places, stations},
};

pub async fn found_agency(app: &App, kind: AgencyKind, name: &str) -> Result<AgencyId, Error> {
    let id = app.ids.new_id();
    let mut tx = app.db.write().await?;
    people::add_agency(&mut tx, &Agency { id, kind, name: name.to_owned() }).await?;
    tx.commit().await?;
    Ok(id)
}

pub async fn found_unit(app: &App, agency: AgencyId, name: &str) -> Result<UnitId, Error> {
    let id = app.ids.new_id();
    let mut tx = app.db.write().await?;
    people::add_unit(&mut tx, id, agency, name).await?;
    tx.commit().await?;
    Ok(id)
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
    let mixed = new.roles.contains(&Role::Auditor) && new.roles.len() > 1;
    if mixed {
        return Err(Invalid::new(
            "auditor_only",
            ("审计人员不能兼任其他岗位。", "An auditor has no other role."),
            ("请为审计单独设人。", "Name another person for the other role."),
        ));
    }
    login::check_length(new.login)?;
    let id = app.ids.new_id();
    let hash = login::hash_password(app, new.password.to_owned()).await?;
    let mut tx = app.db.write().await?;
    let row = people::NewPerson {
        id,
        unit: new.unit,
        name: new.name,
        login: new.login,
        password_hash: &hash,
        must_change: new.must_change,
        roles: new.roles,
    };
    if !people::add_person(&mut tx, &row).await? {
        return Err(Invalid::new(
            "login_taken",
            ("这个账号已经有人使用。", "This login is taken."),
            ("请换一个账号。", "Choose another."),
        ));
    }
    tx.commit().await?;
    Ok(id)
}

pub async fn found_store(app: &App, kind: StoreKind, name: &str, unit: UnitId) -> Result<StoreId, Error> {
    let id = app.ids.new_id();
    let mut tx = app.db.write().await?;
    places::add_store(&mut tx, &Store { id, kind, name: name.to_owned(), unit }).await?;
    tx.commit().await?;
    Ok(id)
}

/// Makes a person the keeper of a store from now on.
pub async fn assign(app: &App, person: PersonId, store: StoreId) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    places::assign(&mut tx, person, store, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Adds slots to a zone of a store; each gets a code of its own.
pub async fn add_slots(
    app: &App,
    store: StoreId,
    zone: &str,
    names: impl Iterator<Item = String>,
    capacity: i64,
) -> Result<Vec<SlotId>, Error> {
    let names: Vec<String> = names.collect();
    let mut tx = app.db.write().await?;
    let how_many = u32::try_from(names.len()).unwrap_or(u32::MAX);
    let first = places::take_numbers(&mut tx, "K00", how_many).await?;
    let mut slots = Vec::with_capacity(names.len());
    for (serial, name) in (first..).zip(names) {
        let code = Code::new(CodeKind::Slot, "00", serial).to_string();
        let (id, zone) = (app.ids.new_id(), zone.to_owned());
        let slot = Slot { id, store, store_name: String::new(), zone, name, code, capacity };
        places::add_slot(&mut tx, &slot).await?;
        slots.push(id);
    }
    tx.commit().await?;
    Ok(slots)
}

/// Enters a station. Answers with its token, which is shown once and kept only as a hash.
pub async fn add_station(
    app: &App,
    unit: UnitId,
    name: &str,
    page: &str,
) -> Result<(StationId, String), Error> {
    let id = app.ids.new_id();
    let token = app.random.token()?;
    let (name, page) = (name.to_owned(), page.to_owned());
    let station = stations::Station { id, unit, name, page, disabled: false, device_key: None };
    let mut tx = app.db.write().await?;
    stations::add(&mut tx, &station, &Suite::C2sp.digest(token.as_bytes()).0).await?;
    tx.commit().await?;
    Ok((id, token))
}
