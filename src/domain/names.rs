//! What people call the things that entries name by id. Entries are read as sentences with these at hand.

use crate::{
    domain::person::{MACHINE, MACHINE_NAME, SYSTEM, SYSTEM_NAME},
    id::{AgencyId, CaseId, ItemId, PersonId, SlotId, StoreId, UnitId},
    ledger::Measure,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// An item as a sentence names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemName {
    pub number: String,
    pub name: String,
    pub measure: Measure,
    /// The list's own word: 部, 张, 克 …
    pub counted_as: Option<String>,
}

/// Names by id, of everything that some entries mention.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Names {
    pub persons: BTreeMap<PersonId, String>,
    /// Agency and unit.
    pub units: BTreeMap<UnitId, String>,
    pub agencies: BTreeMap<AgencyId, String>,
    /// The case's number.
    pub cases: BTreeMap<CaseId, String>,
    pub stores: BTreeMap<StoreId, String>,
    /// Store and slot.
    pub slots: BTreeMap<SlotId, String>,
    pub items: BTreeMap<ItemId, ItemName>,
}

impl Names {
    pub fn person(&self, id: PersonId) -> String {
        if id == SYSTEM {
            return SYSTEM_NAME.to_owned();
        }
        if id == MACHINE {
            return MACHINE_NAME.to_owned();
        }
        named(&self.persons, id, id.0)
    }

    pub fn unit(&self, id: UnitId) -> String {
        // What is done at the server's machine is done for no unit.
        if id.0.is_nil() { "—".to_owned() } else { named(&self.units, id, id.0) }
    }

    pub fn agency(&self, id: AgencyId) -> String {
        named(&self.agencies, id, id.0)
    }

    pub fn case(&self, id: CaseId) -> String {
        named(&self.cases, id, id.0)
    }

    pub fn store(&self, id: StoreId) -> String {
        named(&self.stores, id, id.0)
    }

    pub fn slot(&self, id: SlotId) -> String {
        named(&self.slots, id, id.0)
    }
}

/// The name; where none is known, the start of the id, so that a gap is seen and can be looked up.
fn named<Id: Ord>(names: &BTreeMap<Id, String>, id: Id, uuid: Uuid) -> String {
    names.get(&id).cloned().unwrap_or_else(|| format!("#{:08x}", uuid.as_fields().0))
}
