//! A city as an administrator writes it down (TOML), and its founding from that. Safe to run twice: what has the same
//! name is there already and is left as it is.

use crate::custody::{
    Error, Invalid,
    city::{self, NewPerson},
    login,
};
use crate::{
    app::App,
    domain::{AgencyKind, Role, StoreKind},
    id::{StationId, UnitId},
    store::{people, places, stations},
};
use serde::Deserialize;

/// The whole city.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CityPlan {
    pub agency: Vec<AgencyPlan>,
    #[serde(default)]
    pub person: Vec<PersonPlan>,
    #[serde(default)]
    pub store: Vec<StorePlan>,
    #[serde(default)]
    pub station: Vec<StationPlan>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgencyPlan {
    pub kind: AgencyKind,
    pub name: String,
    pub units: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonPlan {
    pub name: String,
    pub login: String,
    /// The unit's name.
    pub unit: String,
    pub roles: Vec<Role>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorePlan {
    pub kind: StoreKind,
    pub name: String,
    pub unit: String,
    /// Logins of the people who keep it.
    #[serde(default)]
    pub keepers: Vec<String>,
    #[serde(default)]
    pub zone: Vec<ZonePlan>,
}

/// A zone with slots named `A-01` to `A-12`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZonePlan {
    pub name: String,
    pub slots: u32,
    pub capacity: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StationPlan {
    pub name: String,
    pub unit: String,
    /// The address of its own page.
    pub page: String,
}

/// A station that was entered just now, with the token that is shown only once.
#[derive(Clone, Debug)]
pub struct NewStation {
    pub id: StationId,
    pub unit: UnitId,
    pub name: String,
    pub page: String,
    pub token: String,
}

/// Which password a new person gets.
#[derive(Clone, Copy, Debug)]
pub enum FirstPassword<'a> {
    /// One that only this person is told, and that must be changed at the first login.
    OwnEach,
    /// The same for everybody, kept as it is: for a demo.
    Shared(&'a str),
}

/// A person who was entered just now, with the password that is shown only once.
#[derive(Clone, Debug)]
pub struct NewLogin {
    pub login: String,
    pub name: String,
    pub password: String,
}

/// What was not there before.
#[derive(Clone, Debug, Default)]
pub struct NewAccess {
    pub logins: Vec<NewLogin>,
    pub stations: Vec<NewStation>,
}

/// Founds what is not there yet.
pub async fn found(app: &App, plan: &CityPlan, first: FirstPassword<'_>) -> Result<NewAccess, Error> {
    let mut founded = NewAccess::default();
    for agency in &plan.agency {
        found_agency(app, agency).await?;
    }
    for person in &plan.person {
        founded.logins.extend(add_person(app, person, first).await?);
    }
    for store in &plan.store {
        found_store(app, store).await?;
    }
    for station in &plan.station {
        founded.stations.extend(add_station(app, station).await?);
    }
    Ok(founded)
}

async fn found_agency(app: &App, plan: &AgencyPlan) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let units = people::units(&mut tx).await?;
    drop(tx);
    let known = units.iter().find(|unit| unit.agency_name == plan.name).map(|unit| unit.agency);
    let agency = match known {
        Some(agency) => agency,
        None => city::found_agency(app, plan.kind, &plan.name).await?,
    };
    for name in &plan.units {
        if !units.iter().any(|unit| unit.agency == agency && unit.name == *name) {
            city::found_unit(app, agency, name).await?;
        }
    }
    Ok(())
}

pub async fn unit_named(app: &App, name: &str) -> Result<UnitId, Error> {
    let mut tx = app.db.read().await?;
    let units = people::units(&mut tx).await?;
    units.iter().find(|unit| unit.name == name).map(|unit| unit.id).ok_or_else(|| {
        Invalid::new(
            "unknown_unit",
            (&format!("没有名为「{name}」的部门。"), &format!("There is no unit called «{name}».")),
            ("请核对部门名称。", "Check the unit's name."),
        )
    })
}

async fn add_person(
    app: &App,
    plan: &PersonPlan,
    first: FirstPassword<'_>,
) -> Result<Option<NewLogin>, Error> {
    let unit = unit_named(app, &plan.unit).await?;
    let mut tx = app.db.read().await?;
    let known = people::person_by_login(&mut tx, &plan.login).await?;
    drop(tx);
    if known.is_some() {
        return Ok(None);
    }
    let (password, must_change) = match first {
        FirstPassword::OwnEach => (login::first_password(app)?, true),
        FirstPassword::Shared(password) => (password.to_owned(), false),
    };
    let (name, login, roles) = (plan.name.as_str(), plan.login.as_str(), plan.roles.as_slice());
    let new = NewPerson { unit, name, login, password: &password, must_change, roles };
    city::add_person(app, &new).await?;
    Ok(Some(NewLogin { login: plan.login.clone(), name: plan.name.clone(), password }))
}

async fn found_store(app: &App, plan: &StorePlan) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let known = places::stores(&mut tx).await?.iter().any(|store| store.name == plan.name);
    drop(tx);
    if known {
        return Ok(());
    }
    let unit = unit_named(app, &plan.unit).await?;
    let store = city::found_store(app, plan.kind, &plan.name, unit).await?;
    for zone in &plan.zone {
        let names = (1..=zone.slots).map(|n| format!("{}-{n:02}", zone.name));
        city::add_slots(app, store, &zone.name, names, zone.capacity).await?;
    }
    for login in &plan.keepers {
        let mut tx = app.db.read().await?;
        let keeper = people::person_by_login(&mut tx, login).await?;
        drop(tx);
        if let Some((keeper, _)) = keeper {
            city::assign(app, keeper.id, store).await?;
        }
    }
    Ok(())
}

async fn add_station(app: &App, plan: &StationPlan) -> Result<Option<NewStation>, Error> {
    let unit = unit_named(app, &plan.unit).await?;
    let mut tx = app.db.read().await?;
    let known = stations::of_unit(&mut tx, unit).await?.iter().any(|station| station.name == plan.name);
    drop(tx);
    if known {
        return Ok(None);
    }
    let (id, token) = city::add_station(app, unit, &plan.name, &plan.page).await?;
    Ok(Some(NewStation { id, unit, name: plan.name.clone(), page: plan.page.clone(), token }))
}
