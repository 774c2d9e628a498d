//! 库位登记: the whole standing of some slots of one store from now on. One entry holds as many as one act is about, so that the
//! shelves of a new zone are there together or not at all.

use super::{Basis, Body, Kind, OtherPerson, PaperForm, Register, RosterAct, Standing, Statement};
use crate::{
    id::{ItemId, SlotId, StoreId},
    ledger::{
        Change, Mentions, RefusalReason, RosterPart, SignerRole, StockAccount, apply::Work, places::SlotFacts,
    },
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many slots one entry holds: an entry has a longest length.
pub const SLOTS_MAX: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterSlots {
    pub store: StoreId,
    pub slots: Vec<RegisteredSlot>,
    /// Why they are changed; may be empty where all are new.
    pub reason: String,
    pub basis: Basis,
}

/// How a slot stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredSlot {
    pub slot: SlotId,
    pub zone: String,
    pub name: String,
    /// What its label says; it stays the slot's for ever.
    pub code: String,
    /// How many items it takes before it counts as full; no bound is set by 0.
    pub capacity: i64,
    pub standing: Standing,
}

impl RegisteredSlot {
    pub fn of(slot: SlotId, facts: SlotFacts) -> RegisteredSlot {
        let SlotFacts { zone, name, code, capacity, standing, .. } = facts;
        RegisteredSlot { slot, zone, name, code, capacity, standing }
    }
}

impl RegisterSlots {
    /// As many entries as hold these slots, none of them known before.
    pub fn entries(store: StoreId, slots: &[RegisteredSlot], basis: Basis) -> Vec<Body> {
        let entry = |slots: &[RegisteredSlot]| {
            let (slots, reason) = (slots.to_vec(), String::new());
            Body::RegisterSlots(RegisterSlots { store, slots, reason, basis })
        };
        slots.chunks(SLOTS_MAX).map(entry).collect()
    }

    pub fn facts(&self, line: &RegisteredSlot) -> SlotFacts {
        let RegisteredSlot { zone, name, code, capacity, standing, .. } = line.clone();
        SlotFacts { store: self.store, zone, name, code, capacity, standing }
    }

    /// One line, against what the ledger knows of the slot.
    fn line(&self, line: &RegisteredSlot, work: &mut Work<'_>) {
        work.names_given(&[&line.zone, &line.name, &line.code]);
        work.refuse_if(line.capacity < 0, RefusalReason::CapacityTooSmall);
        let (places, account) = (&work.state.places, StockAccount::Slot(line.slot));
        let before = places.slots.get(&line.slot);
        if line.standing == Standing::Closed && before.is_none_or(|it| it.standing == Standing::Open) {
            work.empty(&BTreeSet::from([account]));
        }
        let Some(before) = before else { return };
        work.reason_given(&self.reason);
        work.refuse_if(*before == self.facts(line), RefusalReason::NothingChanges);
        let stays = before.store == self.store && before.code == line.code;
        work.refuse_if(!stays, RefusalReason::SlotCodeStays);
        if line.capacity != before.capacity && line.capacity > 0 {
            let lying = work.state.lying_in(&BTreeSet::from([account]));
            let lying = i64::try_from(lying).unwrap_or(i64::MAX);
            work.refuse_if(lying > line.capacity, RefusalReason::CapacityTooSmall);
        }
    }

    /// Whether two of them, or one of them and another slot, have the same of something.
    fn alike<'a, K: Ord>(
        &'a self,
        work: &Work<'a>,
        key: impl Fn(&'a SlotFacts) -> K,
        own: impl Fn(&'a RegisteredSlot) -> K,
    ) -> bool {
        let lines: BTreeMap<SlotId, &RegisteredSlot> = self.slots.iter().map(|it| (it.slot, it)).collect();
        let others = work.state.places.slots.iter().filter(|(slot, _)| !lines.contains_key(slot));
        let mut keys: BTreeSet<K> = others.map(|(_, facts)| key(facts)).collect();
        !self.slots.iter().all(|line| keys.insert(own(line)))
    }
}

impl Kind for RegisterSlots {
    fn rule(&self, work: &mut Work<'_>) {
        work.by_registrar_of_places(self.basis);
        work.not_empty(&self.slots);
        work.refuse_if(self.slots.len() > SLOTS_MAX, RefusalReason::EntryTooLong);
        let store = work.state.places.stores.get(&self.store);
        work.refuse_if(store.is_none(), RefusalReason::StoreUnknown);
        let closed = store.is_some_and(|store| store.standing == Standing::Closed);
        work.refuse_if(closed && self.basis == Basis::Act, RefusalReason::StoreClosed);
        self.slots.iter().for_each(|line| self.line(line, work));
        let twice = self.slots.iter().map(|line| line.slot).collect::<BTreeSet<_>>().len() < self.slots.len();
        let named = self.alike(work, |it| (it.store, it.name.as_str()), |it| (self.store, it.name.as_str()));
        work.refuse_if(named, RefusalReason::SlotNameTaken);
        let coded = self.alike(work, |it| it.code.as_str(), |it| it.code.as_str());
        work.refuse_if(coded || twice, RefusalReason::SlotCodeTaken);
        let slots = self.slots.iter().map(|line| (line.slot, self.facts(line))).collect();
        work.change(Change::SlotsRegistered(self.store, slots, self.basis));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.roster = mentions.roster.max(RosterPart::All);
        mentions.stores.insert(self.store);
        mentions.registered_stores.insert(self.store);
        mentions.slots.extend(self.slots.iter().map(|it| it.slot));
        mentions.slot_codes.extend(self.slots.iter().map(|it| it.code.as_str()));
    }

    fn narrow(&mut self, _: ItemId) {}

    fn other_people(&self) -> Vec<OtherPerson> {
        Vec::new()
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        None
    }

    fn register(&self) -> Register<'_> {
        Register::Roster(RosterAct::Slots(self))
    }
}
