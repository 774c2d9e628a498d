//! A city as an administrator writes it down (TOML). What it would change is worked out first, against the ledger as it stands and by
//! its rules; then all of it is recorded in one commit, or none. Safe to run twice: who stands as written is left as they are.

mod carry_out;
mod work_out;

pub use carry_out::{carry_out, found, new_logins};
pub use work_out::{unit_named, work_out};

use crate::{
    domain::{AgencyKind, Role, StoreKind},
    id::{PersonId, StationId, StoreId, UnitId},
    ledger::Body,
};
use serde::Deserialize;

/// The whole city.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CityPlan {
    #[serde(default)]
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
    /// The unit's name, or `agency/unit`.
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

/// What a plan would change in the ledger as it stands.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// In the order in which they are recorded.
    pub entries: Vec<PlannedEntry>,
    /// Logins of those who stand as written.
    pub unchanged: Vec<String>,
    /// Logins of those whose account is closed. They stay so: who comes back is let in by name.
    pub closed: Vec<String>,
    /// Who keeps the stores that are not there yet, by login.
    pub keepers: Vec<(StoreId, Vec<String>)>,
}

/// One entry, and whom or what it is about.
#[derive(Clone, Debug)]
pub struct PlannedEntry {
    pub what: Planned,
    pub body: Body,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Planned {
    /// Agency and unit.
    Unit(String),
    Person {
        login: String,
        change: PersonChange,
    },
    Station(String),
    Store(String),
    /// The slots of a store, by its name.
    Slots(String),
}

/// How somebody stands otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonChange {
    New,
    /// What of them is written otherwise.
    Changed {
        name: bool,
        unit: bool,
        roles: bool,
    },
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

/// A new person, with the password that is shown only once.
#[derive(Clone, Debug)]
pub struct NewLogin {
    pub person: PersonId,
    pub login: String,
    pub name: String,
    /// Agency and unit.
    pub unit: String,
    pub password: String,
    pub must_change: bool,
}

/// What was not there before.
#[derive(Clone, Debug, Default)]
pub struct NewAccess {
    pub logins: Vec<NewLogin>,
    pub stations: Vec<NewStation>,
    /// The entries that were recorded: the first and the last number.
    pub entries: Option<(u64, u64)>,
}
