//! Who and what there is, as the rules ask it: from the tables that follow from the entries, which verification derives again.

use super::{Error, Tx, damaged, db::on, journal};
use crate::{
    id::{AgencyId, PersonId, StationId, UnitId},
    ledger::{
        AgencyKind, Appoint, Basis, Body, RecordedDraft, Register, RegisterStation, RegisterUnit, Role,
        Roster, Standing,
        roster::{PersonFacts, StationFacts, UnitFacts},
    },
};
use std::collections::BTreeMap;

/// The kinds of entry about it, as the index `journal_of_roster` has them, word for word.
pub(super) const KINDS: &str = "('register_unit', 'appoint', 'reset_password', 'register_station')";

/// These kinds, and those about places: nobody sees such an entry because a unit recorded it.
pub(super) const REGISTERS: &str =
    "('register_unit', 'appoint', 'reset_password', 'register_station', 'register_store', 'register_slots')";

/// Everything that is registered by entries. Before the first of them that is nothing, whatever the tables hold.
pub async fn load(tx: &mut Tx) -> Result<Roster, Error> {
    match last_basis(tx, KINDS).await? {
        Some(basis) => Ok(Roster { begun: basis == Basis::Act, ..tables(tx).await? }),
        None => Ok(Roster::default()),
    }
}

/// The units alone.
pub async fn registered_units(tx: &mut Tx) -> Result<BTreeMap<UnitId, UnitFacts>, Error> {
    match last_basis(tx, KINDS).await? {
        Some(_) => units(tx).await,
        None => Ok(BTreeMap::new()),
    }
}

/// What the tables hold.
async fn tables(tx: &mut Tx) -> Result<Roster, Error> {
    let (units, persons) = (units(tx).await?, persons(tx).await?);
    Ok(Roster { units, persons, stations: stations(tx).await?, begun: false })
}

/// On what the last entry of these kinds rests; nothing where there is none yet.
pub(super) async fn last_basis(tx: &mut Tx, kinds: &str) -> Result<Option<Basis>, Error> {
    let sql = format!("select entry from journal where kind in {kinds} order by seq desc limit 1");
    let last: Option<Vec<u8>> =
        on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_optional(conn).await?);
    let Some(bytes) = last else { return Ok(None) };
    match journal::recorded_draft(&bytes)?.draft.body.register() {
        Register::Roster(act) => Ok(Some(act.basis())),
        _ => Err(damaged("journal", "an entry of a register is of another kind")),
    }
}

async fn units(tx: &mut Tx) -> Result<BTreeMap<UnitId, UnitFacts>, Error> {
    const SQL: &str = "select u.id, u.agency, a.kind, a.name, u.name, u.closed from units u join agencies a on a.id = u.agency";
    let rows: Vec<(UnitId, AgencyId, AgencyKind, String, String, bool)> =
        on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?);
    let facts = |(unit, agency, agency_kind, agency_name, name, closed)| {
        (unit, UnitFacts { agency, agency_kind, agency_name, name, standing: standing(closed) })
    };
    Ok(rows.into_iter().map(facts).collect())
}

type PersonRow = (PersonId, String, String, UnitId, bool);

async fn persons(tx: &mut Tx) -> Result<BTreeMap<PersonId, PersonFacts>, Error> {
    const SQL: &str = "select id, name, login, unit, disabled from persons";
    const ROLES: &str = "select person, role from person_roles";
    let rows: Vec<PersonRow> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?);
    let facts = |(person, name, login, unit, disabled)| {
        let standing = standing(disabled);
        (person, PersonFacts { name, login, unit, roles: Vec::new(), standing })
    };
    let mut persons: BTreeMap<PersonId, PersonFacts> = rows.into_iter().map(facts).collect();
    let roles: Vec<(PersonId, Role)> = on!(tx, conn => sqlx::query_as(ROLES).fetch_all(conn).await?);
    for (person, role) in roles {
        if let Some(facts) = persons.get_mut(&person) {
            facts.roles.push(role);
        }
    }
    persons.values_mut().for_each(|facts| facts.roles.sort_unstable());
    Ok(persons)
}

type StationRow = (StationId, String, UnitId, String, Option<String>, bool);

async fn stations(tx: &mut Tx) -> Result<BTreeMap<StationId, StationFacts>, Error> {
    const SQL: &str = "select id, name, unit, page, device_key, disabled from stations";
    let rows: Vec<StationRow> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?);
    let facts = |(station, name, unit, page, device_key, disabled)| {
        (station, StationFacts { name, unit, page, device_key, standing: standing(disabled) })
    };
    Ok(rows.into_iter().map(facts).collect())
}

pub(super) fn standing(disabled: bool) -> Standing {
    if disabled { Standing::Closed } else { Standing::Open }
}

/// The entries about it, newest first.
pub async fn entries(tx: &mut Tx) -> Result<Vec<RecordedDraft>, Error> {
    entries_of(tx, KINDS).await
}

/// The entries of these kinds, newest first.
pub(super) async fn entries_of(tx: &mut Tx, kinds: &str) -> Result<Vec<RecordedDraft>, Error> {
    let sql = format!("select entry from journal where kind in {kinds} order by seq desc");
    let entries: Vec<Vec<u8>> =
        on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?);
    entries.iter().map(|bytes| journal::recorded_draft(bytes)).collect()
}

/// What was there before there were entries about it, as entries that take it over; nothing where there are such entries already:
/// from then on a row without an entry is a finding.
pub async fn unrecorded(tx: &mut Tx) -> Result<Vec<Body>, Error> {
    if last_basis(tx, KINDS).await?.is_some() {
        return Ok(Vec::new());
    }
    let Roster { units, persons, stations, .. } = tables(tx).await?;
    let basis = Basis::TakenOver;
    let units = units
        .into_iter()
        .map(|(unit, it)| Body::RegisterUnit(RegisterUnit::of(unit, it, String::new(), basis)));
    let persons = persons.into_iter().map(|(person, it)| {
        let PersonFacts { name, login, unit, roles, standing } = it;
        let roles = if standing == Standing::Open { roles } else { Vec::new() };
        Body::Appoint(Appoint { person, name, login, unit, roles, standing, reason: String::new(), basis })
    });
    let stations = stations.into_iter().map(|(station, it)| {
        let StationFacts { name, unit, page, device_key, standing } = it;
        let (device_key, reason) = (device_key.filter(|_| standing == Standing::Open), String::new());
        Body::RegisterStation(RegisterStation {
            station,
            name,
            unit,
            page,
            device_key,
            standing,
            reason,
            basis,
        })
    });
    Ok(units.chain(persons).chain(stations).collect())
}
