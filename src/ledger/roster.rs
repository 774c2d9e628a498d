//! Who and what there is, as entries say: agencies with their units, people with their roles, stations. The rules ask it who may
//! change it.

use super::{AgencyKind, RefusalReason, Role, Standing};
use crate::id::{AgencyId, PersonId, StationId, UnitId};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The server itself, as the actor of what follows from a clock or a station alone. It is nobody in the register of persons and
/// cannot log in.
pub const SYSTEM: PersonId = PersonId(Uuid::nil());
/// Whoever works at the server's machine, as the actor of what is done there: a command asks for no person, and an auditor shall
/// see just that. Nobody logs in as this.
pub const MACHINE: PersonId = PersonId(Uuid::max());

/// Everything that is registered, by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    pub units: BTreeMap<UnitId, UnitFacts>,
    pub persons: BTreeMap<PersonId, PersonFacts>,
    pub stations: BTreeMap<StationId, StationFacts>,
    /// Whether anything was registered that had not been there before there were entries about it.
    pub begun: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFacts {
    pub agency: AgencyId,
    pub agency_kind: AgencyKind,
    pub agency_name: String,
    pub name: String,
    pub standing: Standing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonFacts {
    pub name: String,
    pub login: String,
    pub unit: UnitId,
    /// Sorted, each once; none while closed.
    pub roles: Vec<Role>,
    pub standing: Standing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationFacts {
    pub name: String,
    pub unit: UnitId,
    /// The address of its own page on its PC.
    pub page: String,
    /// The public half of the key that it proves itself with (PEM), once it is enrolled.
    pub device_key: Option<String>,
    pub standing: Standing,
}

impl UnitFacts {
    /// As papers name it.
    pub fn full_name(&self) -> String {
        full_name(&self.agency_name, &self.name)
    }
}

/// Agency and unit as papers name them; once where both have the same name.
pub fn full_name(agency: &str, unit: &str) -> String {
    if agency == unit { unit.to_owned() } else { format!("{agency} {unit}") }
}

impl Roster {
    /// Whether the unit is called so. Where no unit is registered yet, nobody is called wrongly.
    pub fn calls(&self, unit: UnitId, name: &str) -> bool {
        self.units.is_empty() || self.units.get(&unit).is_some_and(|facts| facts.full_name() == name)
    }

    /// Why nobody and nothing new may be of the unit: it is not registered, or closed.
    pub(super) fn bars(&self, unit: UnitId) -> Option<RefusalReason> {
        match self.units.get(&unit).map(|it| it.standing) {
            None => Some(RefusalReason::UnitUnknown),
            Some(Standing::Closed) => Some(RefusalReason::UnitClosed),
            Some(Standing::Open) => None,
        }
    }

    /// A unit as it stands from now on. What its agency is called holds for every unit of it.
    pub fn set_unit(&mut self, unit: UnitId, facts: UnitFacts) {
        for it in self.units.values_mut().filter(|it| it.agency == facts.agency) {
            it.agency_name.clone_from(&facts.agency_name);
        }
        self.units.insert(unit, facts);
    }

    /// Whether this person may say who and what there is.
    pub fn administers(&self, person: PersonId) -> bool {
        self.persons.get(&person).is_some_and(|facts| facts.holds(Role::Administrator))
    }
}

impl PersonFacts {
    /// Whether keys of theirs are good for anything: they are there, in a role that has one.
    pub fn holds_key(&self) -> bool {
        self.standing == Standing::Open && self.roles.iter().any(|role| role.holds_key())
    }

    /// Whether they keep a key of that agency when they are of a unit of this one. What a person was there for ends their keys.
    pub fn keeps_key(&self, unit_of: Option<AgencyId>, key_of: AgencyId) -> bool {
        self.holds_key() && unit_of == Some(key_of)
    }

    /// Whether the role is theirs and in force.
    pub fn holds(&self, role: Role) -> bool {
        self.standing == Standing::Open && self.roles.contains(&role)
    }
}
