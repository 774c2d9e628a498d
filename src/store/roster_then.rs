//! What people, units, agencies and stores were called up to an entry, and of which unit somebody was: a paper keeps the names of its
//! time, whoever is moved or renamed later.

use super::{Error, Tx, db::on, journal, registered_places, roster};
use crate::{
    domain::{Names, Person},
    id::{PersonId, StoreId, UnitId},
    ledger::{
        RecordedDraft, Register, Roster, RosterAct,
        roster::{PersonFacts, UnitFacts},
    },
};
use std::collections::BTreeMap;

/// Who and what was registered otherwise then than now; of units all, once one of them is registered otherwise.
#[derive(Debug, Default)]
pub struct RosterThen {
    persons: BTreeMap<PersonId, Option<PersonFacts>>,
    units: Option<BTreeMap<UnitId, UnitFacts>>,
    stores: BTreeMap<StoreId, Option<String>>,
}

impl RosterThen {
    /// How the roster stood when this entry was recorded, as far as later entries say otherwise.
    pub async fn load(tx: &mut Tx, seq: u64) -> Result<RosterThen, Error> {
        let later = acts(tx, "> $1", seq).await?;
        // Passwords, stations and slots rename nobody: then the earlier acts, which are many, are not read.
        if RosterThen::of(&later, seq).is_empty() {
            return Ok(RosterThen::default());
        }
        let mut acts = acts(tx, "<= $1", seq).await?;
        acts.extend(later);
        Ok(RosterThen::of(&acts, seq))
    }

    /// The same from all acts about the roster, the earlier ones of which are in their order.
    fn of(acts: &[(u64, RecordedDraft)], seq: u64) -> RosterThen {
        let mut then = RosterThen::default();
        for (_, later) in acts.iter().filter(|(at, _)| *at > seq) {
            if let Register::Roster(act) = later.draft.body.register() {
                then.changed(act);
            }
        }
        let mut units = Roster::default();
        for (_, earlier) in acts.iter().filter(|(at, _)| *at <= seq) {
            if let Register::Roster(act) = earlier.draft.body.register() {
                then.stood(act, &mut units);
            }
        }
        if then.units.is_some() {
            then.units = Some(units.units);
        }
        then
    }

    fn is_empty(&self) -> bool {
        self.persons.is_empty() && self.units.is_none() && self.stores.is_empty()
    }

    fn changed(&mut self, act: RosterAct<'_>) {
        match act {
            RosterAct::Unit(_) => drop(self.units.get_or_insert_default()),
            RosterAct::Person(it) => drop(self.persons.insert(it.person, None)),
            RosterAct::Store(it) => drop(self.stores.insert(it.store, None)),
            RosterAct::Password(_) | RosterAct::Station(_) | RosterAct::Slots(_) => (),
        }
    }

    fn stood(&mut self, act: RosterAct<'_>, units: &mut Roster) {
        match act {
            RosterAct::Unit(it) => units.set_unit(it.unit, it.facts()),
            RosterAct::Person(it) => {
                if let Some(stood) = self.persons.get_mut(&it.person) {
                    *stood = Some(it.facts());
                }
            }
            RosterAct::Store(it) => {
                if let Some(stood) = self.stores.get_mut(&it.store) {
                    *stood = Some(it.name.clone());
                }
            }
            RosterAct::Password(_) | RosterAct::Station(_) | RosterAct::Slots(_) => (),
        }
    }

    fn unit(&self, unit: UnitId) -> Option<&UnitFacts> {
        self.units.as_ref().and_then(|units| units.get(&unit))
    }

    /// Somebody with the name, unit and agency of then. What they may do is not told.
    pub fn person(&self, mut person: Person) -> Person {
        if let Some(Some(stood)) = self.persons.get(&person.id) {
            person.name.clone_from(&stood.name);
            person.unit = stood.unit;
        }
        if let Some(unit) = self.unit(person.unit) {
            person.unit_name.clone_from(&unit.name);
            person.agency = unit.agency;
            person.agency_name.clone_from(&unit.agency_name);
            person.agency_kind = unit.agency_kind;
        }
        person
    }

    /// The name of somebody who is called so now.
    pub fn name(&self, person: PersonId, now: String) -> String {
        match self.persons.get(&person) {
            Some(Some(stood)) => stood.name.clone(),
            Some(None) | None => now,
        }
    }

    /// The name of a store that is called so now.
    pub fn store(&self, store: StoreId, now: String) -> String {
        self.stores.get(&store).cloned().flatten().unwrap_or(now)
    }

    /// Gives the names of now the form of then.
    pub fn rename(&self, names: &mut Names) {
        for (person, name) in &mut names.persons {
            *name = self.name(*person, std::mem::take(name));
        }
        for (store, name) in &mut names.stores {
            *name = self.store(*store, std::mem::take(name));
        }
        for (unit, name) in &mut names.units {
            if let Some(stood) = self.unit(*unit) {
                *name = format!("{} {}", stood.agency_name, stood.name);
            }
        }
        for (agency, name) in &mut names.agencies {
            let stood = self.units.iter().flat_map(BTreeMap::values).find(|it| it.agency == *agency);
            if let Some(stood) = stood {
                name.clone_from(&stood.agency_name);
            }
        }
    }
}

/// What entries name, as it is called now, and for those from before a renaming as it was called then.
#[derive(Debug)]
pub struct NamesThen {
    now: Names,
    /// The entries by which somebody or something of the names was registered after the oldest of the entries that are told.
    changes: Vec<u64>,
    /// By how many of these were recorded then.
    then: BTreeMap<usize, Names>,
}

impl NamesThen {
    pub async fn load(
        tx: &mut Tx,
        now: Names,
        seqs: impl Iterator<Item = u64> + Clone,
    ) -> Result<NamesThen, Error> {
        let mut names = NamesThen { now, changes: Vec::new(), then: BTreeMap::new() };
        let Some(oldest) = seqs.clone().min() else { return Ok(names) };
        let later = acts(tx, "> $1", oldest).await?;
        names.changes = later.iter().filter(|(_, act)| names.changed_by(act)).map(|(seq, _)| *seq).collect();
        if names.changes.is_empty() {
            return Ok(names);
        }
        let mut acts = acts(tx, "<= $1", oldest).await?;
        acts.extend(later);
        for seq in seqs {
            let recorded = names.recorded_by(seq);
            if recorded < names.changes.len() && !names.then.contains_key(&recorded) {
                let mut then = names.now.clone();
                RosterThen::of(&acts, seq).rename(&mut then);
                names.then.insert(recorded, then);
            }
        }
        Ok(names)
    }

    fn changed_by(&self, act: &RecordedDraft) -> bool {
        let Register::Roster(act) = act.draft.body.register() else { return false };
        match act {
            RosterAct::Unit(_) => !self.now.units.is_empty(),
            RosterAct::Person(it) => self.now.persons.contains_key(&it.person),
            RosterAct::Store(it) => self.now.stores.contains_key(&it.store),
            RosterAct::Password(_) | RosterAct::Station(_) | RosterAct::Slots(_) => false,
        }
    }

    fn recorded_by(&self, seq: u64) -> usize {
        self.changes.partition_point(|change| *change <= seq)
    }

    /// As everything was called when this entry was recorded.
    pub fn at(&self, seq: u64) -> &Names {
        self.then.get(&self.recorded_by(seq)).unwrap_or(&self.now)
    }
}

/// The acts about people, units and places with such a number, oldest first.
async fn acts(tx: &mut Tx, which: &str, seq: u64) -> Result<Vec<(u64, RecordedDraft)>, Error> {
    let mut found: Vec<(i64, Vec<u8>)> = Vec::new();
    for kinds in [roster::KINDS, registered_places::KINDS] {
        let sql = format!("select seq, entry from journal where kind in {kinds} and seq {which}");
        let rows: Vec<(i64, Vec<u8>)> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(seq.cast_signed())
            .fetch_all(conn)
            .await?);
        found.extend(rows);
    }
    found.sort_by_key(|(seq, _)| *seq);
    found
        .into_iter()
        .map(|(seq, entry)| Ok((seq.cast_unsigned(), journal::recorded_draft(&entry)?)))
        .collect()
}
