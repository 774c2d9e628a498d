//! Where a sentence finds what things are called. Names that are known are one such place. The other knows none and notes
//! what it is asked for: an entry of thousands of lines names three of them, and only those are worth looking up.

use super::SentenceWriter;
use crate::{
    domain::names::{ItemName, Names},
    id::{AgencyId, CaseId, ItemId, PersonId, SlotId, StoreId, UnitId},
    language::Language,
    ledger::{Draft, Mentions},
};
use std::cell::RefCell;

/// What things are called.
pub trait Naming {
    fn person(&self, id: PersonId) -> String;
    /// Agency and unit.
    fn unit(&self, id: UnitId) -> String;
    fn agency(&self, id: AgencyId) -> String;
    /// The case's number.
    fn case(&self, id: CaseId) -> String;
    fn store(&self, id: StoreId) -> String;
    /// Store and slot.
    fn slot(&self, id: SlotId) -> String;
    fn item(&self, id: ItemId) -> Option<&ItemName>;
}

impl Naming for Names {
    fn person(&self, id: PersonId) -> String {
        self.person(id)
    }

    fn unit(&self, id: UnitId) -> String {
        self.unit(id)
    }

    fn agency(&self, id: AgencyId) -> String {
        self.agency(id)
    }

    fn case(&self, id: CaseId) -> String {
        self.case(id)
    }

    fn store(&self, id: StoreId) -> String {
        self.store(id)
    }

    fn slot(&self, id: SlotId) -> String {
        self.slot(id)
    }

    fn item(&self, id: ItemId) -> Option<&ItemName> {
        self.items.get(&id)
    }
}

/// Knows no name, and notes each that is asked for.
#[derive(Default)]
struct Missing(RefCell<Mentions<'static>>);

impl Naming for Missing {
    fn person(&self, id: PersonId) -> String {
        self.0.borrow_mut().persons.insert(id);
        String::new()
    }

    fn unit(&self, id: UnitId) -> String {
        self.0.borrow_mut().units.insert(id);
        String::new()
    }

    fn agency(&self, id: AgencyId) -> String {
        self.0.borrow_mut().agencies.insert(id);
        String::new()
    }

    fn case(&self, id: CaseId) -> String {
        self.0.borrow_mut().cases.insert(id);
        String::new()
    }

    fn store(&self, id: StoreId) -> String {
        self.0.borrow_mut().stores.insert(id);
        String::new()
    }

    fn slot(&self, id: SlotId) -> String {
        self.0.borrow_mut().slots.insert(id);
        String::new()
    }

    fn item(&self, id: ItemId) -> Option<&ItemName> {
        self.0.borrow_mut().items.insert(id);
        None
    }
}

/// What must be known to say these entries as sentences, and whose they are: found by saying them without any name.
pub fn named_in<'a>(drafts: impl IntoIterator<Item = &'a Draft>) -> Mentions<'static> {
    let missing = Missing::default();
    for draft in drafts {
        missing.person(draft.actor);
        missing.unit(draft.unit);
        SentenceWriter { language: Language::Zh, names: &missing, draft }.tell();
    }
    missing.0.into_inner()
}
