//! What entries name: the ids to load before the rules are asked, the names to look up, and what a list can be filtered by.
//! Each kind answers for its body; nobody else takes a body apart to find out.

use super::{
    Account, AccountLine, ApprovedCorrection, Body, BoundLabel, CorrectedLine, Description, DutyAccount,
    Entry, HeldLine, RaisedDifference, StockAccount,
};
use crate::id::{
    AgencyId, ApprovalId, CaseId, CountId, DifferenceId, HandoverId, ItemId, PersonId, SlotId, StoreId,
    UnitId,
};
use std::collections::BTreeSet;

/// Everything that some entries or bodies name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions<'a> {
    pub items: BTreeSet<ItemId>,
    pub persons: BTreeSet<PersonId>,
    /// Those of the persons who borrow.
    pub borrowers: BTreeSet<PersonId>,
    pub units: BTreeSet<UnitId>,
    pub agencies: BTreeSet<AgencyId>,
    pub cases: BTreeSet<CaseId>,
    pub stores: BTreeSet<StoreId>,
    pub slots: BTreeSet<SlotId>,
    pub offers: BTreeSet<HandoverId>,
    pub approvals: BTreeSet<ApprovalId>,
    /// Those of the approvals that are used up.
    pub used_approvals: Vec<ApprovalId>,
    pub differences: BTreeSet<DifferenceId>,
    /// Those of the differences that are raised.
    pub raised: Vec<&'a RaisedDifference>,
    /// The cases of which it matters how far they have gone and come back.
    pub ways: BTreeSet<CaseId>,
    pub counts: BTreeSet<CountId>,
    /// Entry numbers: wrong entries and error declarations.
    pub entries: BTreeSet<u64>,
    /// Those of the items of which it matters what is written.
    pub described: BTreeSet<ItemId>,
    /// Those of the items of which it says what is written of them.
    pub stated: BTreeSet<ItemId>,
    /// The codes of labels that are stuck on or taken off.
    pub labels: BTreeSet<&'a str>,
    /// Those of the stores of which it matters what they and their slots are, and what lies there; and all stores with them, since
    /// they are few.
    pub registered_stores: BTreeSet<StoreId>,
    /// Units that are closed: whether they still answer for, owe or keep anything, and all stores with them.
    pub closed_units: BTreeSet<UnitId>,
    /// The codes of slots that are registered.
    pub slot_codes: BTreeSet<&'a str>,
    /// Whether it rests on agencies' keys: all of them, since they are few and one key may need another.
    pub keys: bool,
    /// How much it rests on of who and what there is.
    pub roster: RosterPart,
    /// Whether it rests on adopted rules: all of them, since they are few.
    pub rules: bool,
}

/// So much of the roster as a rule asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum RosterPart {
    #[default]
    Nothing,
    /// What units are called.
    Units,
    /// All of it: names and logins are compared with all others.
    All,
}

impl<'a> Mentions<'a> {
    /// What the body alone names.
    pub fn of(body: &'a Body) -> Mentions<'a> {
        let mut mentions = Mentions::default();
        mentions.add(body);
        mentions
    }

    /// Adds what the body names.
    pub fn add(&mut self, body: &'a Body) {
        body.mention(self);
    }

    /// What entries name: their bodies, who acted for which unit, and the accounts that they post.
    pub fn by(entries: impl IntoIterator<Item = &'a Entry>) -> Mentions<'a> {
        let mut mentions = Mentions::default();
        for entry in entries {
            mentions.persons.insert(entry.draft.actor);
            mentions.units.insert(entry.draft.unit);
            for posting in &entry.postings {
                mentions.items.insert(posting.item);
                mentions.account(&posting.account);
            }
            mentions.add(&entry.draft.body);
        }
        mentions
    }

    /// Whoever or whatever an account belongs to.
    pub fn account(&mut self, account: &Account) {
        match account {
            Account::Stock(account) => self.stock(account),
            Account::Duty(account) => self.duty(account),
        }
    }

    pub fn stock(&mut self, account: &StockAccount) {
        match account {
            StockAccount::Owed(unit) => drop(self.units.insert(*unit)),
            StockAccount::Slot(slot) => drop(self.slots.insert(*slot)),
            StockAccount::InTransit(store) | StockAccount::Bank(store) => drop(self.stores.insert(*store)),
            StockAccount::OnLoan(person) => {
                self.persons.insert(*person);
                self.borrowers.insert(*person);
            }
            StockAccount::ThirdParty(agency) => drop(self.agencies.insert(*agency)),
            StockAccount::Origin
            | StockAccount::NotHeld
            | StockAccount::Converted
            | StockAccount::Disposed(_)
            | StockAccount::Consumed
            | StockAccount::DeclaredLoss
            | StockAccount::Disputed => (),
        }
    }

    pub fn duty(&mut self, account: &DutyAccount) {
        match account {
            DutyAccount::Party(party) => {
                self.units.insert(party.unit);
                self.cases.insert(party.case);
            }
            DutyAccount::None | DutyAccount::Closed => (),
        }
    }

    pub(super) fn held(&mut self, lines: &[HeldLine]) {
        self.items.extend(lines.iter().map(|line| line.item));
        self.slots.extend(lines.iter().map(|line| line.slot));
    }

    pub(super) fn account_lines(&mut self, lines: &[AccountLine]) {
        self.items.extend(lines.iter().map(|line| line.item));
        lines.iter().for_each(|line| self.stock(&line.from));
    }

    /// The item and both accounts of a correction.
    pub fn corrected(&mut self, line: &CorrectedLine) {
        self.items.insert(line.item);
        let (from, to) = line.transfer.accounts();
        [from, to].iter().for_each(|account| self.account(account));
    }

    /// What a correction names.
    pub fn correction(&mut self, what: &'a ApprovedCorrection) {
        what.lines.iter().for_each(|line| self.corrected(line));
        what.descriptions.iter().for_each(|it| self.described(it));
    }

    /// The item of a description, the account that it changes, and its labels.
    pub fn described(&mut self, it: &'a Description) {
        self.items.insert(it.item);
        self.described.insert(it.item);
        it.account().iter().for_each(|account| self.stock(account));
        if let Some((from, to)) = it.labels() {
            self.labels.extend(from.into_iter().chain([to]).map(|label| label.code.as_str()));
        }
    }

    pub(super) fn label(&mut self, label: &'a BoundLabel) {
        self.labels.insert(&label.code);
    }

    /// The act rests on this approval and uses it up.
    pub(super) fn use_approval(&mut self, approval: ApprovalId) {
        self.approvals.insert(approval);
        self.used_approvals.push(approval);
    }

    pub(super) fn raise(&mut self, differences: impl IntoIterator<Item = &'a RaisedDifference>) {
        for raised in differences {
            self.differences.insert(raised.difference);
            self.items.extend(raised.item);
            self.units.insert(raised.owner);
            self.raised.push(raised);
        }
    }
}
