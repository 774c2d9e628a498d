//! 名册: who and what is registered, for administrators and those who see everything: lists to search, and a page of each with the
//! entries by which it came to stand so.

use crate::custody::{
    Error, Thing, access,
    ledger::{EntryLine, line_said},
    said::{self, Said},
    texts,
};
use crate::{
    app::App,
    clock::Moment,
    domain::{AgencyKind, Person, Role, Store},
    id::{AgencyId, PersonId, StationId, UnitId},
    language::Language,
    ledger::{
        RecordedDraft, Register, Roster, RosterAct, Standing,
        roster::{PersonFacts, StationFacts, UnitFacts},
    },
    store::{Tx, attempts, keys, people, places, roster, stations},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many people stand on a page.
pub const PEOPLE_PER_PAGE: usize = 100;

/// Which people somebody looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleFilter {
    /// In name and login.
    pub text: String,
    pub unit: Option<UnitId>,
    pub standing: Option<Standing>,
    /// How many of them stand before the page.
    pub from: usize,
}

/// A page of the people who are looked for.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct People {
    /// How many there are on all pages.
    pub total: usize,
    pub people: Vec<PersonLine>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct UnitLine {
    pub id: UnitId,
    pub agency_id: AgencyId,
    pub agency: String,
    pub kind: AgencyKind,
    pub name: String,
    /// How many people of it may log in.
    pub people: usize,
    pub stations: usize,
    pub standing: Standing,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PersonLine {
    pub id: PersonId,
    pub login: String,
    pub name: String,
    pub agency: String,
    pub unit_id: UnitId,
    pub unit: String,
    pub roles: Vec<Role>,
    pub standing: Standing,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct StationLine {
    pub id: StationId,
    pub name: String,
    pub agency: String,
    pub unit_id: UnitId,
    pub unit: String,
    /// The address of its own page on its PC.
    pub page: String,
    pub enrolled: bool,
    /// Whether it is heard at this moment.
    pub connected: bool,
    pub standing: Standing,
}

/// Whether the one who looks may change what they look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MayChange {
    Yes,
    /// Nobody changes themselves.
    Oneself,
    /// They look only.
    Never,
}

/// Somebody, with the entries about them, newest first.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PersonView {
    pub person: PersonLine,
    pub may_change: MayChange,
    /// The first password was not changed yet.
    pub must_change: bool,
    /// Wrong passwords came: from somewhere nobody logs in as this person before.
    pub locked_until: Option<Moment>,
    /// Their public keys that are not revoked.
    pub keys: Vec<String>,
    pub entries: Vec<EntryLine>,
}

/// A station, with the entries about it, newest first.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct StationView {
    pub station: StationLine,
    pub may_change: MayChange,
    /// A one-time code was given and may be used until then.
    pub invited_until: Option<Moment>,
    pub entries: Vec<EntryLine>,
}

/// A unit with what is of it, and the entries about it, newest first.
#[derive(Clone, Debug, Serialize)]
pub struct UnitView {
    pub unit: UnitLine,
    pub people: Vec<PersonLine>,
    pub stations: Vec<StationLine>,
    pub stores: Vec<Store>,
    pub may_change: MayChange,
    pub entries: Vec<EntryLine>,
}

/// Refuses whoever neither registers nor sees everything.
pub(super) fn may_look(me: &Person) -> Result<(), Error> {
    if access::sees_all(me) { Ok(()) } else { access::require(me, Role::Administrator) }
}

/// Refuses whoever registers nobody, before anything is said of a form.
pub fn may_register(me: &Person) -> Result<(), Error> {
    access::require(me, Role::Administrator)
}

async fn read(app: &App, me: &Person) -> Result<Roster, Error> {
    may_look(me)?;
    Ok(roster::load(&mut app.db.read().await?).await?)
}

pub(super) fn may_change(me: &Person) -> MayChange {
    if me.is(Role::Administrator) { MayChange::Yes } else { MayChange::Never }
}

/// Agency and unit of a unit.
pub(super) fn called(units: &BTreeMap<UnitId, UnitFacts>, unit: UnitId) -> (String, String) {
    units.get(&unit).map(|it| (it.agency_name.clone(), it.name.clone())).unwrap_or_default()
}

fn person_line(units: &BTreeMap<UnitId, UnitFacts>, id: PersonId, it: &PersonFacts) -> PersonLine {
    let (agency, unit) = called(units, it.unit);
    let PersonFacts { name, login, unit: unit_id, roles, standing } = it.clone();
    PersonLine { id, login, name, agency, unit_id, unit, roles, standing }
}

fn station_line(
    app: &App,
    units: &BTreeMap<UnitId, UnitFacts>,
    id: StationId,
    it: &StationFacts,
) -> StationLine {
    let (agency, unit) = called(units, it.unit);
    let StationFacts { name, unit: unit_id, page, device_key, standing } = it.clone();
    let (enrolled, connected) = (device_key.is_some(), app.live.station(id).connected);
    StationLine { id, name, agency, unit_id, unit, page, enrolled, connected, standing }
}

fn unit_line(roster: &Roster, id: UnitId, it: &UnitFacts) -> UnitLine {
    let UnitFacts { agency, agency_kind, agency_name, name, standing } = it.clone();
    let open = |standing| standing == Standing::Open;
    UnitLine {
        id,
        agency_id: agency,
        agency: agency_name,
        kind: agency_kind,
        name,
        people: roster.persons.values().filter(|it| it.unit == id && open(it.standing)).count(),
        stations: roster.stations.values().filter(|it| it.unit == id && open(it.standing)).count(),
        standing,
    }
}

/// People by agency, unit and login, those of one page.
pub async fn people(app: &App, me: &Person, wanted: &PeopleFilter) -> Result<People, Error> {
    texts::searched(&wanted.text)?;
    let Roster { units, persons, .. } = read(app, me).await?;
    let text = wanted.text.trim().to_lowercase();
    let fits = |it: &PersonFacts| {
        wanted.unit.is_none_or(|unit| it.unit == unit)
            && wanted.standing.is_none_or(|standing| it.standing == standing)
            && (it.name.to_lowercase().contains(&text) || it.login.to_lowercase().contains(&text))
    };
    let found = persons.iter().filter(|(_, it)| fits(it));
    let mut people: Vec<PersonLine> = found.map(|(id, it)| person_line(&units, *id, it)).collect();
    people.sort_by(|a, b| (&a.agency, &a.unit, &a.login).cmp(&(&b.agency, &b.unit, &b.login)));
    let total = people.len();
    Ok(People { total, people: people.into_iter().skip(wanted.from).take(PEOPLE_PER_PAGE).collect() })
}

/// Every unit, by kind of agency, agency and name.
pub async fn units(app: &App, me: &Person) -> Result<Vec<UnitLine>, Error> {
    let roster = read(app, me).await?;
    let mut units: Vec<UnitLine> = roster.units.iter().map(|(id, it)| unit_line(&roster, *id, it)).collect();
    units.sort_by(|a, b| (a.kind, &a.agency, &a.name).cmp(&(b.kind, &b.agency, &b.name)));
    Ok(units)
}

/// Every station, by agency, unit and name.
pub async fn all_stations(app: &App, me: &Person) -> Result<Vec<StationLine>, Error> {
    let Roster { units, stations, .. } = read(app, me).await?;
    let lines = stations.iter().map(|(id, it)| station_line(app, &units, *id, it));
    let mut lines: Vec<StationLine> = lines.collect();
    lines.sort_by(|a, b| (&a.agency, &a.unit, &a.name).cmp(&(&b.agency, &b.unit, &b.name)));
    Ok(lines)
}

pub async fn person(app: &App, me: &Person, language: Language, id: PersonId) -> Result<PersonView, Error> {
    let Roster { units, persons, .. } = read(app, me).await?;
    let facts = persons.get(&id).ok_or(Error::NotFound(Thing::Person))?;
    let mut tx = app.db.read().await?;
    let known = people::person(&mut tx, id).await?;
    let keys = keys::all(&mut tx).await?.into_iter().filter(|it| it.holder == id && it.revoked_seq.is_none());
    Ok(PersonView {
        person: person_line(&units, id, facts),
        may_change: if id == me.id { MayChange::Oneself } else { may_change(me) },
        must_change: known.is_some_and(|it| it.must_change),
        locked_until: attempts::locked_until(&mut tx, &facts.login, app.clock.now()).await?,
        keys: keys.map(|it| it.key).collect(),
        entries: said_of(&mut tx, language, |act| match act {
            RosterAct::Person(it) => it.person == id,
            RosterAct::Password(it) => it.person == id,
            RosterAct::Unit(_) | RosterAct::Station(_) | RosterAct::Store(_) | RosterAct::Slots(_) => false,
        })
        .await?,
    })
}

pub async fn station(
    app: &App,
    me: &Person,
    language: Language,
    id: StationId,
) -> Result<StationView, Error> {
    let Roster { units, stations, .. } = read(app, me).await?;
    let facts = stations.get(&id).ok_or(Error::NotFound(Thing::Station))?;
    let mut tx = app.db.read().await?;
    Ok(StationView {
        station: station_line(app, &units, id, facts),
        may_change: may_change(me),
        invited_until: stations::invited_until(&mut tx, id, app.clock.now()).await?,
        entries: said_of(&mut tx, language, |act| matches!(act, RosterAct::Station(it) if it.station == id))
            .await?,
    })
}

pub async fn unit(app: &App, me: &Person, language: Language, id: UnitId) -> Result<UnitView, Error> {
    let roster = read(app, me).await?;
    let facts = roster.units.get(&id).ok_or(Error::NotFound(Thing::Unit))?;
    let Roster { units, persons, stations, .. } = &roster;
    let people = persons.iter().filter(|(_, it)| it.unit == id);
    let mut people: Vec<PersonLine> = people.map(|(person, it)| person_line(units, *person, it)).collect();
    people.sort_by(|a, b| a.login.cmp(&b.login));
    let stations = stations.iter().filter(|(_, it)| it.unit == id);
    let mut tx = app.db.read().await?;
    let stores = places::stores(&mut tx).await?;
    Ok(UnitView {
        unit: unit_line(&roster, id, facts),
        people,
        stations: stations.map(|(station, it)| station_line(app, units, *station, it)).collect(),
        stores: stores.into_iter().filter(|it| it.unit == id).collect(),
        may_change: may_change(me),
        entries: said_of(&mut tx, language, |act| matches!(act, RosterAct::Unit(it) if it.unit == id))
            .await?,
    })
}

/// The entries about something, as sentences.
async fn said_of(
    tx: &mut Tx,
    language: Language,
    about: impl Fn(RosterAct<'_>) -> bool,
) -> Result<Vec<EntryLine>, Error> {
    let entries = roster::entries(tx).await?;
    lines_about(tx, language, entries, about).await
}

/// Those of the entries that are about something, as lines.
pub(super) async fn lines_about(
    tx: &mut Tx,
    language: Language,
    entries: Vec<RecordedDraft>,
    about: impl Fn(RosterAct<'_>) -> bool,
) -> Result<Vec<EntryLine>, Error> {
    let mut said = Vec::new();
    for entry in entries {
        if let Register::Roster(act) = entry.draft.body.register()
            && about(act)
        {
            said.push(Said::Entry(Box::new(entry)));
        }
    }
    let names = said::names_in(tx, &said).await?;
    Ok(said.iter().map(|entry| line_said(language, entry, &names)).collect())
}
