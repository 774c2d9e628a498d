//! What the rules need to know: the balances of both books and the open offers, approvals, differences and errors. It
//! may hold the whole ledger (in tests and when verifying) or only what a batch of entries touches (in service).

use super::{
    Account, ApprovedAct, ApprovedCorrection, ApprovedDisposal, ApprovedLine, ApprovedLoss, Basis, Body,
    BoundLabel, Category, DeliveredLine, DifferenceClass, DutyAccount, HandoverPurpose, Holders, KeyAct,
    Measure, Particulars, Party, Places, Posting, Roster, StockAccount,
    passage::{Passage, Way, take_passage},
    places::{SlotFacts, StoreFacts},
    roster::{PersonFacts, StationFacts, UnitFacts},
};
use crate::{
    clock::Moment,
    id::{
        AgencyId, ApprovalId, CaseId, CountId, DifferenceId, EntryId, HandoverId, ItemId, PersonId, SlotId,
        StationId, StoreId, UnitId,
    },
    vocabulary::vocabulary,
};
use std::collections::{BTreeMap, BTreeSet};

/// The ledger as far as it is known here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub items: BTreeMap<ItemId, ItemFacts>,
    /// What is written of items.
    pub descriptions: BTreeMap<ItemId, DescriptionFacts>,
    /// The item that a label is on, by its code.
    pub labels: BTreeMap<String, ItemId>,
    /// Without zero balances.
    pub stock: BTreeMap<(ItemId, StockAccount), i64>,
    /// Without zero balances.
    pub duty: BTreeMap<(ItemId, DutyAccount), i64>,
    pub offers: BTreeMap<HandoverId, OfferFacts>,
    pub approvals: BTreeMap<ApprovalId, ApprovalFacts>,
    /// How far cases have gone and come back.
    pub ways: BTreeMap<CaseId, Way>,
    /// Each difference raised.
    pub differences: BTreeMap<DifferenceId, DifferenceFacts>,
    pub counts: BTreeSet<CountId>,
    /// Entries by number, as far as an error declaration needs them.
    pub entries: BTreeMap<u64, EntryFacts>,
    /// Declared errors by the declaration's entry number.
    pub errors: BTreeMap<u64, ErrorFacts>,
    /// Which unit lent an item to a borrower.
    pub lenders: BTreeMap<(ItemId, PersonId), UnitId>,
    /// What no entry says.
    pub holders: Holders,
    /// People's keys that entered by entries, by their ids.
    pub keys: BTreeMap<String, KeyFacts>,
    /// Who and what there is.
    pub roster: Roster,
    /// Where things may lie.
    pub places: Places,
    /// Rules that were adopted, by the numbers of their entries.
    pub rules: BTreeMap<u64, RulesFacts>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFacts {
    pub number: String,
    pub measure: Measure,
    pub seized_by: PersonId,
    pub parent: Option<ItemId>,
    /// The open offer the item is on.
    pub on_offer: Option<HandoverId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescriptionFacts {
    pub name: String,
    pub category: Category,
    pub features: String,
    pub particulars: Particulars,
    /// By the list.
    pub quantity: i64,
    /// The list's own word for a piece.
    pub counted_as: Option<String>,
    pub seal: Option<String>,
    pub label: Option<BoundLabel>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferFacts {
    pub from: Party,
    pub to_unit: UnitId,
    pub purpose: HandoverPurpose,
    pub giver: PersonId,
    pub digest: String,
    pub expires_at: Moment,
    pub items: Vec<ItemId>,
    pub open: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalFacts {
    pub act: ApprovedAct,
    pub approver: PersonId,
    /// The approver's.
    pub unit: UnitId,
    pub requester: PersonId,
    pub expires_at: Moment,
    pub lines: Vec<ApprovedLine>,
    pub correction: Option<ApprovedCorrection>,
    pub disposal: Option<ApprovedDisposal>,
    pub loss: Option<ApprovedLoss>,
    pub used: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryFacts {
    pub id: EntryId,
    pub items: BTreeSet<ItemId>,
    /// Those of them that it lent or took back.
    pub lent: BTreeSet<ItemId>,
    /// Those of them of which it declared a loss.
    pub lost: BTreeSet<ItemId>,
    pub declared_wrong: bool,
    /// Whether it states a count that was not given up.
    pub count: bool,
    /// What it is when it took things in.
    pub receipt: Option<ReceiptFacts>,
}

/// What was taken in or refused at a counter by one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptFacts {
    pub delivered_by: PersonId,
    /// The keeper's.
    pub unit: UnitId,
    /// Its things, and whether a delivery has them already.
    pub delivered: BTreeMap<ItemId, bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferenceFacts {
    pub class: DifferenceClass,
    pub item: Option<ItemId>,
    /// The entry that raised it.
    pub raised: u64,
    /// The officer who brought the thing, if it was brought.
    pub brought_by: Option<PersonId>,
    pub settled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorFacts {
    pub wrong_seq: u64,
    pub corrected: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    pub agency: AgencyId,
    /// The unit that its holder signs for.
    pub unit: UnitId,
    pub holder: PersonId,
    pub public_pem: String,
    pub registered_by: PersonId,
    pub standing: KeyStanding,
}

/// A file of rules that was adopted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesFacts {
    pub digest: String,
    pub begins: Moment,
    pub adopted_by: PersonId,
    pub confirmed: bool,
}

vocabulary! {
    /// How a key stands.
    KeyStanding "key.standing" {
        Waiting "waiting" "待确认" "Awaiting confirmation",
        InForce "in_force" "有效" "In force",
        Revoked "revoked" "已注销" "Revoked",
    }
}

impl KeyFacts {
    pub fn is_in_force(&self) -> bool {
        self.standing == KeyStanding::InForce
    }
}

/// What one entry does: its postings, and what else changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    pub postings: Vec<Posting>,
    pub changes: Vec<Change>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    ItemOpened(ItemId, ItemFacts),
    Described(ItemId, DescriptionFacts),
    /// As it was taken in.
    Labelled {
        item: ItemId,
        label: BoundLabel,
        seal: Option<String>,
    },
    Received {
        delivered_by: PersonId,
        unit: UnitId,
        items: BTreeSet<ItemId>,
    },
    Delivered(Vec<DeliveredLine>),
    OfferOpened(HandoverId, OfferFacts),
    OfferClosed(HandoverId),
    /// Things went from one case to another.
    Passed(Passage),
    Approved(ApprovalId, ApprovalFacts),
    ApprovalUsed(ApprovalId),
    Lent {
        item: ItemId,
        borrower: PersonId,
        lender: UnitId,
    },
    DifferenceRaised {
        difference: DifferenceId,
        class: DifferenceClass,
        item: Option<ItemId>,
        brought_by: Option<PersonId>,
    },
    DifferenceSettled(DifferenceId),
    Counted {
        count: CountId,
        finished: bool,
    },
    ErrorDeclared {
        wrong_seq: u64,
    },
    ErrorCorrected {
        declaration: u64,
    },
    KeyRegistered(String, KeyFacts),
    KeyStands(String, KeyStanding),
    UnitRegistered(UnitId, UnitFacts, Basis),
    Appointed(PersonId, PersonFacts, Basis),
    StationRegistered(StationId, StationFacts, Basis),
    StoreRegistered(StoreId, StoreFacts, Basis),
    SlotsRegistered(StoreId, Vec<(SlotId, SlotFacts)>, Basis),
    RulesAdopted(RulesFacts),
    RulesConfirmed(u64),
}

impl State {
    pub fn in_stock(&self, item: ItemId, account: StockAccount) -> i64 {
        self.stock.get(&(item, account)).copied().unwrap_or(0)
    }

    pub fn in_duty(&self, item: ItemId, account: DutyAccount) -> i64 {
        self.duty.get(&(item, account)).copied().unwrap_or(0)
    }

    /// Every stock balance of the item, sources among them.
    pub fn stock_of(&self, item: ItemId) -> impl Iterator<Item = (&(ItemId, StockAccount), &i64)> {
        self.stock.range((item, StockAccount::Origin)..).take_while(move |((id, _), _)| *id == item)
    }

    /// Every duty balance of the item.
    pub fn duty_of(&self, item: ItemId) -> impl Iterator<Item = (&(ItemId, DutyAccount), &i64)> {
        self.duty.range((item, DutyAccount::None)..).take_while(move |((id, _), _)| *id == item)
    }

    /// Every stock account that holds some of the item, sources left out.
    pub fn places(&self, item: ItemId) -> impl Iterator<Item = (StockAccount, i64)> {
        self.stock_of(item)
            .map(|((_, account), quantity)| (*account, *quantity))
            .filter(|(account, _)| !account.is_source())
    }

    /// The item's quantity that is still in somebody's care.
    pub fn open_quantity(&self, item: ItemId) -> i64 {
        self.places(item)
            .filter(|(account, _)| account.is_open())
            .map(|(_, n)| n)
            .fold(0, i64::saturating_add)
    }

    /// How many items lie in these accounts.
    pub fn lying_in(&self, accounts: &BTreeSet<StockAccount>) -> usize {
        self.stock.iter().filter(|((_, it), quantity)| accounts.contains(it) && **quantity > 0).count()
    }

    /// Who answers for the item, with how much of it.
    pub fn responsible(&self, item: ItemId) -> Option<(Party, i64)> {
        self.duty_of(item)
            .find_map(|((_, account), quantity)| account.party().map(|party| (party, *quantity)))
    }

    pub fn has_key_in_force(&self, agency: AgencyId) -> bool {
        self.keys.values().any(|key| key.is_in_force() && key.agency == agency)
    }

    /// Takes in what becomes of a key: entries about keys need nothing else of the ledger.
    pub fn take_key(&mut self, seq: u64, actor: PersonId, act: KeyAct<'_>) {
        self.change(seq, &act.change(actor));
    }

    /// Takes in what somebody's appointment means for their keys, if it is one: who has left, or came to another agency, or has no
    /// role that signs any more, signs with none of them. None comes back with them.
    pub fn take_appointment(&mut self, body: &Body) {
        if let Body::Appoint(it) = body {
            self.end_keys(it.person, &it.facts());
        }
    }

    fn end_keys(&mut self, person: PersonId, facts: &PersonFacts) {
        let agency = self.holders.agencies.get(&facts.unit).copied();
        let held = self.keys.values_mut().filter(|key| key.holder == person);
        held.filter(|key| !facts.keeps_key(agency, key.agency))
            .for_each(|key| key.standing = KeyStanding::Revoked);
    }

    /// Takes in what was said of rules, if the entry speaks of them: it needs nothing else of the ledger.
    pub fn take_rules(&mut self, seq: u64, actor: PersonId, body: &Body) {
        if let Body::AdoptRules(it) = body {
            self.change(seq, &Change::RulesAdopted(it.facts(actor)));
        } else if let Body::ConfirmRules(it) = body {
            self.change(seq, &Change::RulesConfirmed(it.adoption));
        }
    }

    /// Takes an accepted entry in. The order is the order of the journal.
    pub fn absorb(&mut self, seq: u64, id: EntryId, effects: &Effects) {
        let described = effects.changes.iter().filter_map(|change| match change {
            Change::Described(item, _) => Some(*item),
            _ => None,
        });
        let items = effects.postings.iter().map(|posting| posting.item).chain(described).collect();
        let count =
            effects.changes.iter().any(|change| matches!(change, Change::Counted { finished: true, .. }));
        let lent = effects.postings.iter().filter(|posting| posting.account.is_loan());
        let lent = lent.map(|posting| posting.item).collect();
        let lost = effects.postings.iter().filter(|posting| posting.account.is_loss() && posting.change > 0);
        let lost = lost.map(|posting| posting.item).collect();
        self.entries
            .insert(seq, EntryFacts { id, items, lent, lost, declared_wrong: false, count, receipt: None });
        effects.postings.iter().for_each(|posting| self.post(posting));
        effects.changes.iter().for_each(|change| self.change(seq, change));
    }

    fn post(&mut self, posting: &Posting) {
        fn add<K: Ord>(book: &mut BTreeMap<K, i64>, key: K, change: i64) {
            let balance = book.remove(&key).unwrap_or(0).saturating_add(change);
            if balance != 0 {
                book.insert(key, balance);
            }
        }
        match posting.account {
            Account::Stock(account) => {
                self.places.used.extend(account.is_place().then_some(account));
                add(&mut self.stock, (posting.item, account), posting.change);
            }
            Account::Duty(account) => add(&mut self.duty, (posting.item, account), posting.change),
        }
    }

    fn change(&mut self, seq: u64, change: &Change) {
        match change {
            Change::ItemOpened(item, facts) => {
                self.items.insert(*item, facts.clone());
            }
            Change::Described(item, facts) => self.describe(*item, facts.clone()),
            Change::Labelled { item, label, seal } => match self.descriptions.get(item).cloned() {
                Some(facts) => {
                    let (seal, label) = (seal.clone(), Some(label.clone()));
                    self.describe(*item, DescriptionFacts { seal, label, ..facts });
                }
                None => drop(self.labels.insert(label.code.clone(), *item)),
            },
            Change::Received { delivered_by, unit, items } => {
                let delivered = items.iter().map(|item| (*item, false)).collect();
                let facts = ReceiptFacts { delivered_by: *delivered_by, unit: *unit, delivered };
                if let Some(entry) = self.entries.get_mut(&seq) {
                    entry.receipt = Some(facts);
                }
            }
            Change::Delivered(lines) => {
                for DeliveredLine { item, receipt } in lines {
                    let facts = self.entries.get_mut(receipt).and_then(|it| it.receipt.as_mut());
                    if let Some(delivered) = facts.and_then(|it| it.delivered.get_mut(item)) {
                        *delivered = true;
                    }
                }
            }
            Change::OfferOpened(handover, facts) => {
                self.mark_offer(&facts.items, Some(*handover));
                self.offers.insert(*handover, facts.clone());
            }
            Change::OfferClosed(handover) => {
                let items = self.offers.get_mut(handover).map(|offer| {
                    offer.open = false;
                    offer.items.clone()
                });
                self.mark_offer(&items.unwrap_or_default(), None);
            }
            Change::Passed(passage) => take_passage(&mut self.ways, *passage),
            Change::Approved(approval, facts) => {
                self.approvals.insert(*approval, facts.clone());
            }
            Change::ApprovalUsed(approval) => {
                if let Some(facts) = self.approvals.get_mut(approval) {
                    facts.used = true;
                }
            }
            Change::Lent { item, borrower, lender } => {
                self.lenders.insert((*item, *borrower), *lender);
            }
            Change::DifferenceRaised { difference, class, item, brought_by } => {
                let (class, item, brought_by) = (*class, *item, *brought_by);
                let facts = DifferenceFacts { class, item, raised: seq, brought_by, settled: false };
                self.differences.insert(*difference, facts);
            }
            Change::DifferenceSettled(difference) => {
                if let Some(facts) = self.differences.get_mut(difference) {
                    facts.settled = true;
                }
            }
            Change::Counted { count, .. } => {
                self.counts.insert(*count);
            }
            Change::ErrorDeclared { wrong_seq } => {
                if let Some(entry) = self.entries.get_mut(wrong_seq) {
                    entry.declared_wrong = true;
                }
                self.errors.insert(seq, ErrorFacts { wrong_seq: *wrong_seq, corrected: false });
            }
            Change::ErrorCorrected { declaration } => {
                if let Some(error) = self.errors.get_mut(declaration) {
                    error.corrected = true;
                }
            }
            Change::KeyRegistered(key, facts) => {
                self.keys.insert(key.clone(), facts.clone());
            }
            Change::RulesAdopted(facts) => {
                self.rules.insert(seq, facts.clone());
            }
            Change::RulesConfirmed(adoption) => {
                if let Some(facts) = self.rules.get_mut(adoption) {
                    facts.confirmed = true;
                }
            }
            Change::KeyStands(key, standing) => {
                if let Some(facts) = self.keys.get_mut(key) {
                    facts.standing = *standing;
                }
            }
            Change::UnitRegistered(unit, facts, basis) => {
                self.holders.agencies.insert(*unit, facts.agency);
                self.roster.set_unit(*unit, facts.clone());
                self.roster.begun |= *basis == Basis::Act;
            }
            Change::Appointed(person, facts, basis) => {
                self.end_keys(*person, facts);
                self.holders.units.insert(StockAccount::OnLoan(*person), facts.unit);
                self.roster.persons.insert(*person, facts.clone());
                self.roster.begun |= *basis == Basis::Act;
            }
            Change::StationRegistered(station, facts, basis) => {
                self.roster.stations.insert(*station, facts.clone());
                self.roster.begun |= *basis == Basis::Act;
            }
            Change::StoreRegistered(store, facts, basis) => {
                self.places.stores.insert(*store, facts.clone());
                self.places.begun |= *basis == Basis::Act;
                self.places.tell(*store, &mut self.holders);
            }
            Change::SlotsRegistered(store, slots, basis) => {
                self.places.slots.extend(slots.iter().cloned());
                self.places.begun |= *basis == Basis::Act;
                self.places.tell(*store, &mut self.holders);
            }
        }
    }

    /// Writes the words of an item anew. A label that two things exchange is on the second by the time the first gives it up.
    fn describe(&mut self, item: ItemId, facts: DescriptionFacts) {
        let before = self.descriptions.get(&item).and_then(|facts| facts.label.as_ref());
        if let Some(before) = before.filter(|label| self.labels.get(&label.code) == Some(&item)) {
            self.labels.remove(&before.code);
        }
        if let Some(label) = &facts.label {
            self.labels.insert(label.code.clone(), item);
        }
        self.descriptions.insert(item, facts);
    }

    fn mark_offer(&mut self, items: &[ItemId], offer: Option<HandoverId>) {
        for item in items {
            if let Some(facts) = self.items.get_mut(item) {
                facts.on_offer = offer;
            }
        }
    }
}
