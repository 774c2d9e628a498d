//! What a plan would change, by the ledger as it stands.

use super::{Changes, CityPlan, PersonChange, PersonPlan, Planned, PlannedEntry, StorePlan};
use crate::custody::{
    Error, Invalid,
    city::{new_agency, person_facts, station_facts},
    login,
    places::new_slots,
    recording::Recording,
    roster::{appointed, roster, station_of, unit_of},
};
use crate::{
    app::App,
    domain::{Agency, Code, CodeKind, Person, Unit},
    id::{StoreId, UnitId},
    language::Language,
    ledger::{Basis, Body, Draft, RegisterSlots, RegisterStore, Roster, Standing, places::StoreFacts},
    store::{AppendError, people, sequencer},
};

/// Works out what the plan changes, and asks the ledger's rules about all of it. `reason` stands in the entries that change
/// somebody. Nothing is recorded.
pub async fn work_out(app: &App, me: &Person, plan: &CityPlan, reason: &str) -> Result<Changes, Error> {
    let mut planning = Planning {
        app,
        roster: roster(app, me).await?,
        changes: Changes::default(),
        codes: u64::from(u32::MAX),
    };
    planning.units(plan);
    for person in &plan.person {
        planning.person(person, reason)?;
    }
    planning.stations(plan)?;
    planning.stores(plan).await?;
    let changes = planning.changes;
    allowed(app, me, &changes).await?;
    Ok(changes)
}

/// As they would be recorded now.
pub(super) fn drafts(app: &App, me: &Person, changes: &Changes) -> Vec<Draft> {
    let draft = |it: &PlannedEntry| Recording::new(app, me, app.ids.new_id()).draft(it.body.clone());
    changes.entries.iter().map(draft).collect()
}

async fn allowed(app: &App, me: &Person, changes: &Changes) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let drafts = drafts(app, me, changes);
    let answers = sequencer::rehearse(&mut tx, app.settings.suite, app.clock.now(), &drafts).await?;
    for (planned, answer) in changes.entries.iter().zip(answers) {
        answer.map_err(|error| refused(&planned.what, error))?;
    }
    Ok(())
}

/// The refusal, with whom or what it is about.
pub(super) fn refused(what: &Planned, error: AppendError) -> Error {
    let AppendError::Refused(refusal) = error else { return error.into() };
    let about = match what {
        Planned::Unit(name)
        | Planned::Station(name)
        | Planned::Store(name)
        | Planned::Slots(name)
        | Planned::Person { login: name, .. } => name,
    };
    let (reason, [zh, en]) = (refusal.reason, [Language::Zh, Language::En]);
    Invalid::new(
        reason.code(),
        (&format!("{about}：{}", reason.sentence(zh)), &format!("{about}: {}", reason.sentence(en))),
        (reason.remedy(zh), reason.remedy(en)),
    )
}

struct Planning<'a> {
    app: &'a App,
    /// As it will be.
    roster: Roster,
    changes: Changes,
    /// Codes are shown to the rules from here downwards.
    codes: u64,
}

impl Planning<'_> {
    fn plan(&mut self, what: Planned, body: Body) {
        self.changes.entries.push(PlannedEntry { what, body });
    }

    fn units(&mut self, plan: &CityPlan) {
        for agency in &plan.agency {
            let known = self.roster.units.values().find(|it| it.agency_name == agency.name);
            let agency_as_planned = match known {
                Some(it) => Agency { id: it.agency, kind: agency.kind, name: agency.name.clone() },
                None => new_agency(self.app, agency.kind, &agency.name),
            };
            for name in &agency.units {
                let same = |agency_name: &str, unit: &str| agency_name == agency.name && unit == name;
                if self.roster.units.values().any(|it| same(&it.agency_name, &it.name)) {
                    continue;
                }
                let body = unit_of(self.app.ids.new_id(), &agency_as_planned, name);
                self.roster.units.insert(body.unit, body.facts());
                self.plan(Planned::Unit(format!("{}/{name}", agency.name)), Body::RegisterUnit(body));
            }
        }
    }

    fn unit(&self, text: &str) -> Result<UnitId, Error> {
        let units = &self.roster.units;
        named(text, units.iter().map(|(id, it)| (*id, it.agency_name.as_str(), it.name.as_str())))
    }

    fn person(&mut self, plan: &PersonPlan, reason: &str) -> Result<(), Error> {
        login::check_length(&plan.login)?;
        let facts = person_facts(&plan.name, &plan.login, self.unit(&plan.unit)?, &plan.roles);
        let known = self.roster.persons.iter().find(|(_, it)| it.login == plan.login);
        let (person, reason, change) = match known {
            None => (self.app.ids.new_id(), "", PersonChange::New),
            Some((_, it)) if it.standing == Standing::Closed => {
                self.changes.closed.push(plan.login.clone());
                return Ok(());
            }
            Some((_, it)) if *it == facts => {
                self.changes.unchanged.push(plan.login.clone());
                return Ok(());
            }
            Some((person, it)) => {
                let (name, unit) = (it.name != facts.name, it.unit != facts.unit);
                (*person, reason, PersonChange::Changed { name, unit, roles: it.roles != facts.roles })
            }
        };
        let what = Planned::Person { login: plan.login.clone(), change };
        self.plan(what, Body::Appoint(appointed(person, facts, reason.to_owned())));
        Ok(())
    }

    fn stations(&mut self, plan: &CityPlan) -> Result<(), Error> {
        for station in &plan.station {
            let unit = self.unit(&station.unit)?;
            if self.roster.stations.values().any(|it| it.name == station.name && it.unit == unit) {
                continue;
            }
            let facts = station_facts(unit, &station.name, &station.page);
            let body = station_of(self.app.ids.new_id(), facts, String::new());
            self.plan(Planned::Station(station.name.clone()), Body::RegisterStation(body));
        }
        Ok(())
    }

    async fn stores(&mut self, plan: &CityPlan) -> Result<(), Error> {
        let mut tx = self.app.db.read().await?;
        let known = crate::store::places::stores(&mut tx).await?;
        for store in &plan.store {
            let unit = self.unit(&store.unit)?;
            for keeper in &store.keepers {
                let there = self.roster.persons.values().any(|it| it.login == *keeper)
                    || plan.person.iter().any(|it| it.login == *keeper);
                if !there {
                    return Err(unknown_keeper(&store.name, keeper));
                }
            }
            if !known.iter().any(|it| it.name == store.name) {
                self.store(store, unit);
            }
        }
        Ok(())
    }
}

impl Planning<'_> {
    fn store(&mut self, plan: &StorePlan, unit: UnitId) {
        let (store, name): (StoreId, _) = (self.app.ids.new_id(), plan.name.clone());
        let facts = StoreFacts { kind: plan.kind, name: name.clone(), unit, standing: Standing::Open };
        let entry = Body::RegisterStore(RegisterStore::of(store, facts, String::new(), Basis::Act));
        self.plan(Planned::Store(name.clone()), entry);
        for zone in &plan.zone {
            let names = (1..=zone.slots).map(|n| format!("{}-{n:02}", zone.name)).collect();
            let mut slots = new_slots(self.app, &zone.name, names, zone.capacity);
            // The numbers are taken when it is recorded; until then the rules are shown some that nothing has.
            slots.iter_mut().for_each(|slot| slot.code = self.code());
            for entry in RegisterSlots::entries(store, &slots, Basis::Act) {
                self.plan(Planned::Slots(name.clone()), entry);
            }
        }
        self.changes.keepers.push((store, plan.keepers.clone()));
    }

    fn code(&mut self) -> String {
        self.codes -= 1;
        Code::new(CodeKind::Slot, "00", self.codes).to_string()
    }
}

/// The unit of this name, or of `agency/unit` where several agencies have one of the name.
pub async fn unit_named(app: &App, text: &str) -> Result<UnitId, Error> {
    let mut tx = app.db.read().await?;
    let units: Vec<Unit> = people::units(&mut tx).await?;
    named(text, units.iter().map(|it| (it.id, it.agency_name.as_str(), it.name.as_str())))
}

fn named<'a>(text: &str, units: impl Iterator<Item = (UnitId, &'a str, &'a str)>) -> Result<UnitId, Error> {
    let fits = |(_, agency, unit): &(UnitId, &str, &str)| {
        *unit == text || text.strip_prefix(*agency).and_then(|rest| rest.strip_prefix('/')) == Some(*unit)
    };
    let found: Vec<_> = units.filter(fits).collect();
    match found.as_slice() {
        [(unit, ..)] => Ok(*unit),
        [] => Err(Invalid::new(
            "unknown_unit",
            (&format!("没有名为「{text}」的部门。"), &format!("There is no unit called «{text}».")),
            ("请核对部门名称，或写作「机关/部门」。", "Check the unit's name, or write agency/unit."),
        )),
        several => {
            let names: Vec<String> =
                several.iter().map(|(_, agency, unit)| format!("{agency}/{unit}")).collect();
            let names = names.join("、");
            Err(Invalid::new(
                "ambiguous_unit",
                (
                    &format!("不止一个机关有「{text}」：{names}。"),
                    &format!("More than one agency has a unit «{text}»: {names}."),
                ),
                ("请写作「机关/部门」。", "Write agency/unit."),
            ))
        }
    }
}

fn unknown_keeper(store: &str, login: &str) -> Error {
    Invalid::new(
        "unknown_keeper",
        (&format!("{store}：没有账号「{login}」。"), &format!("{store}: there is no login «{login}».")),
        ("请核对保管人的账号。", "Check the keeper's login."),
    )
}
