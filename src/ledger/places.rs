//! Where things may lie, as entries say: stores and their slots. The rules ask it what a place is, and whether it is in use.

use super::{Holders, Standing, StockAccount, StoreKind};
use crate::id::{SlotId, StoreId, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// Every place that is registered, by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    pub stores: BTreeMap<StoreId, StoreFacts>,
    pub slots: BTreeMap<SlotId, SlotFacts>,
    /// Slots, transit and bank accounts in which something has lain, be it long ago.
    pub used: BTreeSet<StockAccount>,
    /// Whether any place was registered that had not been there before there were entries about it.
    pub begun: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreFacts {
    pub kind: StoreKind,
    pub name: String,
    /// The unit that keeps it.
    pub unit: UnitId,
    pub standing: Standing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotFacts {
    pub store: StoreId,
    pub zone: String,
    pub name: String,
    /// What its label says.
    pub code: String,
    /// How many items it takes before it counts as full; no bound is set by 0.
    pub capacity: i64,
    pub standing: Standing,
}

impl Places {
    /// The slots of a store.
    pub fn slots_of(&self, store: StoreId) -> impl Iterator<Item = (SlotId, &SlotFacts)> {
        self.slots.iter().filter(move |(_, it)| it.store == store).map(|(slot, it)| (*slot, it))
    }

    /// The accounts of a store: its slots, what is on its way to it, and what lies there as a sum at a bank.
    pub fn accounts_of(&self, store: StoreId) -> impl Iterator<Item = StockAccount> {
        let slots = self.slots_of(store).map(|(slot, _)| StockAccount::Slot(slot));
        slots.chain([StockAccount::InTransit(store), StockAccount::Bank(store)])
    }

    /// Whether something has ever lain in a store.
    pub fn has_kept(&self, store: StoreId) -> bool {
        self.accounts_of(store).any(|account| self.used.contains(&account))
    }

    /// Tells the holders who keeps the accounts of a store, and which of them take nothing any more.
    pub(super) fn tell(&self, store: StoreId, holders: &mut Holders) {
        let Some(facts) = self.stores.get(&store) else { return };
        for account in self.accounts_of(store) {
            holders.units.insert(account, facts.unit);
            let slot = match account {
                StockAccount::Slot(slot) => self.slots.get(&slot),
                _ => None,
            };
            let closed = facts.standing == Standing::Closed
                || slot.is_some_and(|slot| slot.standing == Standing::Closed);
            if closed {
                holders.closed.insert(account);
            } else {
                holders.closed.remove(&account);
            }
        }
    }
}
