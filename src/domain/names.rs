//! What people call the things that entries name by id. Entries are read as sentences with these at hand.

use crate::{
    domain::person::{SYSTEM, SYSTEM_NAME},
    id::{AgencyId, CaseId, ItemId, PersonId, SlotId, StoreId, UnitId},
    ledger::{
        Account, AccountLine, Body, CorrectedLine, DutyAccount, Entry, Measure, OfferStatement, Receive,
        Reception, StockAccount, Transfer,
    },
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
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
        named(&self.persons, id, id.0)
    }

    pub fn unit(&self, id: UnitId) -> String {
        named(&self.units, id, id.0)
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

/// The ids that entries mention, to be looked up at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentioned {
    pub persons: BTreeSet<PersonId>,
    pub units: BTreeSet<UnitId>,
    pub agencies: BTreeSet<AgencyId>,
    pub cases: BTreeSet<CaseId>,
    pub stores: BTreeSet<StoreId>,
    pub slots: BTreeSet<SlotId>,
    pub items: BTreeSet<ItemId>,
}

impl Mentioned {
    pub fn by<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Mentioned {
        let mut mentioned = Mentioned::default();
        for entry in entries {
            mentioned.persons.insert(entry.draft.actor);
            mentioned.units.insert(entry.draft.unit);
            for posting in &entry.postings {
                mentioned.items.insert(posting.item);
                match &posting.account {
                    Account::Stock(account) => mentioned.stock(account),
                    Account::Duty(account) => mentioned.duty(account),
                }
            }
            mentioned.body(&entry.draft.body);
        }
        mentioned
    }

    pub fn stock(&mut self, account: &StockAccount) {
        match account {
            StockAccount::Owed(unit) => drop(self.units.insert(*unit)),
            StockAccount::Slot(slot) => drop(self.slots.insert(*slot)),
            StockAccount::InTransit(store) | StockAccount::Bank(store) => drop(self.stores.insert(*store)),
            StockAccount::OnLoan(person) => drop(self.persons.insert(*person)),
            StockAccount::ThirdParty(agency) => drop(self.agencies.insert(*agency)),
            _ => (),
        }
    }

    pub fn duty(&mut self, account: &DutyAccount) {
        if let DutyAccount::Party(party) = account {
            self.units.insert(party.unit);
            self.cases.insert(party.case);
        }
    }

    /// What a body mentions beyond its postings; many bodies post nothing.
    fn body(&mut self, body: &Body) {
        match body {
            Body::Seize(it) => {
                self.cases.insert(it.case);
                self.units.insert(it.unit);
            }
            Body::Receive(it) => self.receive(it),
            Body::Dispatch(it) => {
                self.stores.insert(it.to);
                self.persons.insert(it.carrier);
            }
            Body::Arrive(it) => drop(self.stores.insert(it.at)),
            Body::CheckOut(it) => drop(self.persons.insert(it.borrower)),
            Body::Return(it) => drop(self.persons.insert(it.borrower)),
            Body::Deposit(it) => {
                self.stores.insert(it.bank);
                self.account_lines(&it.lines);
            }
            Body::DeclareLoss(it) => self.account_lines(&it.lines),
            Body::Approve(it) => {
                self.persons.insert(it.requester);
                self.items.extend(it.lines.iter().map(|line| line.item));
            }
            Body::Offer(it) => self.offer(&it.statement),
            Body::Exchange(it) => {
                self.units.insert(it.statement.to.party.unit);
                self.items.extend(it.statement.lines.iter().map(|line| line.item));
            }
            Body::CountStatement(it) => drop(self.stores.insert(it.store)),
            Body::RaiseDifference(it) => {
                self.items.extend(it.item);
                self.units.insert(it.owner);
            }
            Body::Correct(it) => it.lines.iter().for_each(|line| self.corrected(line)),
            Body::Move(_) | Body::Split(_) | Body::Dispose(_) => (),
            Body::Withdraw(_) | Body::SettleDifference(_) | Body::DeclareError(_) => (),
        }
    }

    fn receive(&mut self, receive: &Receive) {
        self.persons.insert(receive.delivered_by);
        for line in &receive.lines {
            self.items.insert(line.item);
            self.units.insert(line.owed_by);
            if let Reception::Accepted { slot, .. } = &line.answer {
                self.slots.insert(*slot);
            }
        }
    }

    fn offer(&mut self, offer: &OfferStatement) {
        self.units.extend([offer.from.party.unit, offer.to_unit]);
        self.cases.insert(offer.from.party.case);
        self.items.extend(offer.lines.iter().map(|line| line.item));
    }

    fn account_lines(&mut self, lines: &[AccountLine]) {
        for line in lines {
            self.items.insert(line.item);
            self.stock(&line.from);
        }
    }

    fn corrected(&mut self, line: &CorrectedLine) {
        self.items.insert(line.item);
        match &line.transfer {
            Transfer::Stock { from, to } => [from, to].into_iter().for_each(|account| self.stock(account)),
            Transfer::Duty { from, to } => [from, to].into_iter().for_each(|account| self.duty(account)),
        }
    }
}
