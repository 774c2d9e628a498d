//! The tables of agencies, units, people, roles, stations, stores and slots, derived again from the entries.

use super::comparison::{Derived, TableComparison};
use crate::{
    id::{AgencyId, PersonId, SlotId, StationId, StoreId, UnitId},
    language::Language,
    ledger::{Role, RosterAct, Standing, places::SlotFacts},
    store::{Error, Tx, db::on},
};
use std::collections::BTreeMap;

#[derive(PartialEq, Eq)]
struct PersonRow {
    unit: UnitId,
    name: String,
    login: String,
    disabled: bool,
}

#[derive(PartialEq, Eq)]
struct StationRow {
    unit: UnitId,
    name: String,
    page: String,
    disabled: bool,
    device_key: Option<String>,
}

/// Agency, name, and whether it is closed.
type UnitRow = (AgencyId, String, bool);
/// Kind, name, keeping unit, and whether it is closed.
type StoreRow = (String, String, UnitId, bool);
/// Store, zone, name, code, capacity, and whether it is closed.
type SlotRow = (StoreId, String, String, String, i64, bool);

impl PersonRow {
    fn called(&self) -> String {
        format!("{}/{}", self.name, self.login)
    }
}

/// Somebody whom no entry knows is called by their id.
pub(super) fn called(people: &BTreeMap<PersonId, String>, person: PersonId) -> String {
    people.get(&person).cloned().unwrap_or_else(|| person.to_string())
}

/// Rows by key, each with the last entry that says them.
#[derive(Default)]
pub(super) struct RosterTables {
    agencies: Derived<AgencyId, (String, String)>,
    units: Derived<UnitId, UnitRow>,
    persons: Derived<PersonId, PersonRow>,
    roles: Derived<(PersonId, String), ()>,
    stations: Derived<StationId, StationRow>,
    stores: Derived<StoreId, StoreRow>,
    slots: Derived<SlotId, SlotRow>,
}

impl RosterTables {
    pub(super) fn take(&mut self, seq: i64, act: RosterAct<'_>) {
        match act {
            RosterAct::Unit(it) => {
                let agency = (it.agency_kind.word().to_owned(), it.agency_name.clone());
                self.agencies.insert(it.agency, (seq, agency));
                let closed = it.standing == Standing::Closed;
                self.units.insert(it.unit, (seq, (it.agency, it.name.clone(), closed)));
            }
            RosterAct::Person(it) => {
                let disabled = it.standing == Standing::Closed;
                let (name, login) = (it.name.clone(), it.login.clone());
                self.persons.insert(it.person, (seq, PersonRow { unit: it.unit, name, login, disabled }));
                self.roles.retain(|(person, _), _| *person != it.person);
                let role = |word: &str| ((it.person, word.to_owned()), (seq, ()));
                self.roles.extend(it.roles.iter().map(|it| role(it.word())));
            }
            RosterAct::Password(_) => (),
            RosterAct::Station(it) => {
                let (name, page, device_key) = (it.name.clone(), it.page.clone(), it.device_key.clone());
                let disabled = it.standing == Standing::Closed;
                let row = StationRow { unit: it.unit, name, page, disabled, device_key };
                self.stations.insert(it.station, (seq, row));
            }
            RosterAct::Store(it) => {
                let closed = it.standing == Standing::Closed;
                let row = (it.store_kind.word().to_owned(), it.name.clone(), it.unit, closed);
                self.stores.insert(it.store, (seq, row));
            }
            RosterAct::Slots(it) => {
                for line in &it.slots {
                    let SlotFacts { store, zone, name, code, capacity, standing } = it.facts(line);
                    let row = (store, zone, name, code, capacity, standing == Standing::Closed);
                    self.slots.insert(line.slot, (seq, row));
                }
            }
        }
    }

    /// The agency of a unit, as far as entries have said it.
    pub(super) fn agency_of(&self, unit: UnitId) -> Option<AgencyId> {
        self.units.get(&unit).map(|(_, (agency, ..))| *agency)
    }

    /// Everybody by name and login, as their entries call them.
    pub(super) fn people(&self) -> BTreeMap<PersonId, String> {
        self.persons.iter().map(|(person, (_, row))| (*person, row.called())).collect()
    }

    pub(super) async fn compare(self, tx: &mut Tx, compared: &mut TableComparison) -> Result<(), Error> {
        let people = self.people();
        let rows: Vec<(AgencyId, String, String)> =
            on!(tx, conn => sqlx::query_as("select id, kind, name from agencies").fetch_all(conn).await?);
        let rows = rows.into_iter().map(|(id, kind, name)| (id, (kind, name)));
        compared.named_table(("机关", "agencies"), self.agencies, rows, |_, (_, name)| Some(name.clone()));
        let rows: Vec<(UnitId, AgencyId, String, bool)> = on!(tx, conn => sqlx::query_as("select id, agency, name, closed from units").fetch_all(conn).await?);
        let rows = rows.into_iter().map(|(id, agency, name, closed)| (id, (agency, name, closed)));
        compared.named_table(("部门", "units"), self.units, rows, |_, (_, name, _)| Some(name.clone()));
        let rows: Vec<(PersonId, UnitId, String, String, bool)> =
            on!(tx, conn => sqlx::query_as(PERSONS).fetch_all(conn).await?);
        let row = |(id, unit, name, login, disabled)| (id, PersonRow { unit, name, login, disabled });
        let named = |_: &PersonId, row: &PersonRow| Some(row.called());
        compared.named_table(("人员", "people"), self.persons, rows.into_iter().map(row), named);
        let rows: Vec<(PersonId, String)> =
            on!(tx, conn => sqlx::query_as("select person, role from person_roles").fetch_all(conn).await?);
        let named = |(person, role): &(PersonId, String), (): &()| {
            let word = Role::from_word(role).map_or(role.as_str(), |role| role.text(Language::Zh));
            Some(format!("{} {word}", called(&people, *person)))
        };
        let rows = rows.into_iter().map(|row| (row, ()));
        compared.named_table(("岗位", "roles"), self.roles, rows, named);
        let rows: Vec<(StationId, UnitId, String, String, bool, Option<String>)> =
            on!(tx, conn => sqlx::query_as(STATIONS).fetch_all(conn).await?);
        let row = |(id, unit, name, page, disabled, device_key)| {
            (id, StationRow { unit, name, page, disabled, device_key })
        };
        let named = |_: &StationId, row: &StationRow| Some(row.name.clone());
        compared.named_table(("工位", "stations"), self.stations, rows.into_iter().map(row), named);
        let rows: Vec<(StoreId, String, String, UnitId, bool)> =
            on!(tx, conn => sqlx::query_as(STORES).fetch_all(conn).await?);
        let row = |(id, kind, name, unit, closed)| (id, (kind, name, unit, closed));
        let named = |_: &StoreId, (_, name, ..): &StoreRow| Some(name.clone());
        compared.named_table(("库", "stores"), self.stores, rows.into_iter().map(row), named);
        let rows: Vec<(SlotId, StoreId, String, String, String, i64, bool)> =
            on!(tx, conn => sqlx::query_as(SLOTS).fetch_all(conn).await?);
        let row = |(id, store, zone, name, code, capacity, closed)| {
            (id, (store, zone, name, code, capacity, closed))
        };
        let named = |_: &SlotId, (_, _, name, code, ..): &SlotRow| Some(format!("{name}/{code}"));
        compared.named_table(("库位", "slots"), self.slots, rows.into_iter().map(row), named);
        Ok(())
    }
}

const PERSONS: &str = "select id, unit, name, login, disabled from persons";
const STATIONS: &str = "select id, unit, name, page, disabled, device_key from stations";
const STORES: &str = "select id, kind, name, unit, closed from stores";
const SLOTS: &str = "select id, store, zone, name, code, capacity, closed from slots";
