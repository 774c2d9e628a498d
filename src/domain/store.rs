//! Where things lie: stores of six kinds, their zones and slots (库、库区、库位).

use crate::{
    id::{SlotId, StoreId, UnitId},
    ledger::Category,
};
use serde::Serialize;
use std::collections::BTreeSet;

/// A ledger's word, since entries say it: of which kind a store is.
pub use crate::ledger::StoreKind;

impl StoreKind {
    /// Whether those who are assigned to such a store keep it by themselves: what lies there is worth a key of its own.
    pub fn has_own_keepers(self) -> bool {
        match self {
            StoreKind::Vault | StoreKind::Cold | StoreKind::Lot => true,
            StoreKind::Centre | StoreKind::EvidenceRoom | StoreKind::Bank => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Store {
    pub id: StoreId,
    pub kind: StoreKind,
    pub name: String,
    /// The unit that keeps it.
    pub unit: UnitId,
    /// Whether it is closed: nothing is laid into it any more.
    pub closed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Slot {
    pub id: SlotId,
    pub store: StoreId,
    pub store_name: String,
    pub zone: String,
    pub name: String,
    /// What its label says.
    pub code: String,
    /// How many items it takes before it counts as full.
    pub capacity: i64,
    /// Whether nothing is laid into it any more: it is closed, or its store is.
    pub closed: bool,
}

/// What lies in a slot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotContents {
    /// How many items it takes; none is said when it is 0.
    pub capacity: i64,
    pub items: i64,
    pub categories: BTreeSet<Category>,
}

impl SlotContents {
    pub fn is_full(&self) -> bool {
        self.capacity > 0 && self.items >= self.capacity
    }

    /// One thing more of this category.
    pub fn put(&mut self, category: Category) {
        self.items += 1;
        self.categories.insert(category);
    }
}

impl Slot {
    /// As people say it: store and slot.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.store_name, self.name)
    }
}
