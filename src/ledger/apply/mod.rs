//! The rules. [`apply`] is asked before anything is written: it answers with the postings and changes of an entry, or
//! refuses. It looks at what it is given and nothing else, and a refused entry changes nothing.
//!
//! Each kind has its rule in its own file ([`super::kinds`]). [`Work`] is what the rules are written in: the questions that many
//! of them ask, and the two ways to post.

mod registering;
#[cfg(test)]
mod tests;

use super::{
    Account, ApprovedAct, ApprovedLine, Change, Draft, DutyAccount, Edition, Effects, HeldLine, Measure,
    Mentions, PaperKind, Party, Posting, QUANTITY_MAX, RaisedDifference, Refusal, RefusalReason, Signature,
    SignerRole, State, StatementForm, StockAccount, canonical, check,
    quantity::check_quantity,
    state::{DescriptionFacts, ItemFacts, KeyFacts, KeyStanding, OfferFacts},
};
use crate::{
    clock::{Moment, Span},
    id::{ApprovalId, HandoverId, ItemId, PersonId, UnitId},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The longest text of an entry, in characters.
pub const TEXT_MAX: usize = 1_000;
/// The longest entry in bytes, lines left out; and so much more for each item it names.
pub const ENTRY_MAX: usize = 65_535;
pub const LINE_MAX: usize = 16_384;

/// How far a station's clock may run ahead before its entries are refused.
pub const CLOCK_TOLERANCE: Span = Span::minutes(10);

/// What the entry would do to the ledger as it stands, or why it may not be, by the rules of one edition. Every rule is
/// asked; of the refusals found, the earliest in [`RefusalReason::ALL`] is the answer, so that it depends neither on the
/// order of the lines nor of the rules.
pub fn apply(
    state: &State,
    draft: &Draft,
    recorded_at: Moment,
    edition: Edition,
) -> Result<Effects, Refusal> {
    let effects = Effects::default();
    let mut work =
        Work { state, draft, recorded_at, edition, effects, moved: BTreeMap::new(), refusal: None };
    work.not_in_the_future(draft.happened_at);
    work.recordable();
    draft.body.rule(&mut work);
    match work.refusal {
        Some(refusal) => Err(refusal),
        None => Ok(work.effects),
    }
}

/// One entry being worked out.
pub(super) struct Work<'a> {
    pub(super) state: &'a State,
    pub(super) draft: &'a Draft,
    pub(super) recorded_at: Moment,
    edition: Edition,
    effects: Effects,
    /// What this entry has changed so far, so that two lines cannot take the same thing.
    moved: BTreeMap<(ItemId, StockAccount), i64>,
    /// The earliest refusal in the order of precedence, and of those the first line's.
    refusal: Option<Refusal>,
}

impl<'a> Work<'a> {
    /// Whether the entry is recorded under this edition of the rules, or a later one.
    pub(super) fn since(&self, edition: Edition) -> bool {
        self.edition >= edition
    }

    pub(super) fn refuse(&mut self, item: Option<ItemId>, reason: RefusalReason) {
        if self.refusal.as_ref().is_none_or(|found| reason < found.reason) {
            let number = item.and_then(|item| self.state.items.get(&item)).map(|facts| facts.number.clone());
            self.refusal = Some(Refusal { reason, item, number });
        }
    }

    pub(super) fn refuse_if(&mut self, wrong: bool, reason: RefusalReason) {
        if wrong {
            self.refuse(None, reason);
        }
    }

    /// A refusal about one item, with its number.
    pub(super) fn refuse_item_if(&mut self, wrong: bool, item: ItemId, reason: RefusalReason) {
        if wrong {
            self.refuse(Some(item), reason);
        }
    }

    pub(super) fn not_empty<T>(&mut self, lines: &[T]) {
        self.refuse_if(lines.is_empty(), RefusalReason::EntryIsEmpty);
    }

    pub(super) fn reason_given(&mut self, text: &str) {
        self.refuse_if(text.trim().is_empty(), RefusalReason::ReasonMissing);
    }

    pub(super) fn paper(&mut self, kind: PaperKind) {
        let there =
            self.draft.papers.iter().any(|paper| paper.kind == kind && !paper.number.trim().is_empty());
        self.refuse_if(!there, RefusalReason::PaperMissing);
    }

    pub(super) fn not_in_the_future(&mut self, at: Moment) {
        self.refuse_if(at > self.recorded_at.plus(CLOCK_TOLERANCE), RefusalReason::HappenedInTheFuture);
    }

    /// An entry stays for ever and is carried by every copy: no text and no entry is longer than people need.
    fn bounded(&mut self, draft: &Value) {
        if !self.since(Edition::SECOND) {
            return;
        }
        self.refuse_if(longest_text(draft) > TEXT_MAX, RefusalReason::TextTooLong);
        let mentions = Mentions::of(&self.draft.body);
        // A thing that no book knows has no item, and is a line of its count all the same.
        let unknown = mentions.raised.iter().filter(|raised| raised.item.is_none()).count();
        let lines = mentions.items.len() + unknown;
        let size = serde_json::to_vec(draft).map_or(usize::MAX, |bytes| bytes.len());
        self.refuse_if(size > ENTRY_MAX + lines * LINE_MAX, RefusalReason::EntryTooLong);
    }

    /// Canonical JSON writes a number beyond [`QUANTITY_MAX`] as its nearest double (RFC 8785 §3.2.2.3), so that the entry
    /// could not be read back; PostgreSQL keeps no text with U+0000.
    fn recordable(&mut self) {
        let draft = serde_json::to_value(self.draft).ok();
        self.refuse_if(!draft.as_ref().is_some_and(recordable), RefusalReason::NotRecordable);
        if let Some(draft) = draft {
            self.bounded(&draft);
        }
    }

    /// Each key once.
    pub(super) fn once<K: Ord>(&mut self, keys: impl Iterator<Item = (ItemId, K)>) {
        let mut seen = BTreeSet::new();
        for (item, key) in keys {
            self.refuse_item_if(!seen.insert((item, key)), item, RefusalReason::LineRepeated);
        }
    }

    pub(super) fn quantity(&mut self, item: ItemId, quantity: i64) {
        if let Err(reason) = check_quantity(quantity) {
            self.refuse(Some(item), reason);
        }
    }

    /// The item is known and still in somebody's care.
    pub(super) fn open_item(&mut self, item: ItemId) {
        self.refuse_item_if(!self.state.items.contains_key(&item), item, RefusalReason::ItemUnknown);
        self.refuse_item_if(self.state.open_quantity(item) == 0, item, RefusalReason::ItemIsClosed);
    }

    pub(super) fn money(&mut self, item: ItemId) {
        let measure = self.state.items.get(&item).map(|facts| &facts.measure);
        self.refuse_item_if(!matches!(measure, Some(Measure::Minor(_))), item, RefusalReason::NotMoney);
    }

    pub(super) fn not_on_offer(&mut self, item: ItemId) {
        let on_offer = self.state.items.get(&item).is_some_and(|facts| facts.on_offer.is_some());
        self.refuse_item_if(on_offer, item, RefusalReason::ItemOnOffer);
    }

    /// Moves some of an item from one stock account to another. Refuses what is not there, and what is not the unit's to move.
    pub(super) fn stock(&mut self, item: ItemId, quantity: i64, from: StockAccount, to: StockAccount) {
        if self.since(Edition::SECOND) {
            let own = self.own_to_take(item, from, to) && self.own_to_fill(to);
            self.refuse_item_if(!own, item, RefusalReason::NotTheKeeper);
        }
        self.transfer(item, quantity, from, to);
    }

    /// Whether the acting unit may take out of the account: it holds it, or lent what is there, or answers for what nobody
    /// holds. What is owed to a store may be taken in by the store.
    pub(super) fn own_to_take(&self, item: ItemId, from: StockAccount, to: StockAccount) -> bool {
        let own = |unit: Option<UnitId>| unit == Some(self.draft.unit);
        match from {
            StockAccount::Owed(_) => {
                own(self.state.holders.of(from))
                    || (matches!(to, StockAccount::Slot(_) | StockAccount::Bank(_))
                        && own(self.state.holders.of(to)))
            }
            StockAccount::Slot(_) | StockAccount::InTransit(_) | StockAccount::Bank(_) => {
                own(self.state.holders.of(from))
            }
            StockAccount::OnLoan(borrower) => own(self.state.lenders.get(&(item, borrower)).copied()),
            StockAccount::NotHeld | StockAccount::ThirdParty(_) | StockAccount::Disputed => {
                own(self.state.responsible(item).map(|(party, _)| party.unit))
            }
            // Sources and ends are refused for what they are.
            StockAccount::Origin
            | StockAccount::Converted
            | StockAccount::Disposed(_)
            | StockAccount::Consumed
            | StockAccount::DeclaredLoss => true,
        }
    }

    /// What a borrower has of an item is one unit's to take back.
    pub(super) fn one_lender(&mut self, item: ItemId, borrower: PersonId) {
        let lent = self.state.in_stock(item, StockAccount::OnLoan(borrower)) > 0;
        let lender = self.state.lenders.get(&(item, borrower)).filter(|_| lent);
        let other = lender.is_some_and(|lender| *lender != self.draft.unit);
        self.refuse_item_if(other, item, RefusalReason::LentByAnotherUnit);
    }

    /// Nobody lays anything into a slot of another unit.
    pub(super) fn own_to_fill(&self, to: StockAccount) -> bool {
        !matches!(to, StockAccount::Slot(_)) || self.state.holders.of(to) == Some(self.draft.unit)
    }

    /// Moves some of an item, whoever holds the accounts. Refuses what is not there.
    pub(super) fn transfer(&mut self, item: ItemId, quantity: i64, from: StockAccount, to: StockAccount) {
        self.quantity(item, quantity);
        self.open_item(item);
        self.refuse_item_if(from == to, item, RefusalReason::SameAccount);
        let moved = self.moved.get(&(item, from)).copied().unwrap_or(0);
        let there = self.state.in_stock(item, from).saturating_add(moved);
        self.refuse_item_if(from.is_source() || there < quantity, item, RefusalReason::NotThere);
        self.post_stock(item, quantity, from, to);
    }

    pub(super) fn post_stock(&mut self, item: ItemId, quantity: i64, from: StockAccount, to: StockAccount) {
        let closed = self.since(Edition::THIRD) && self.state.holders.closed.contains(&to);
        self.refuse_item_if(closed, item, RefusalReason::PlaceClosed);
        for (account, change) in [(from, quantity.saturating_neg()), (to, quantity)] {
            let moved = self.moved.entry((item, account)).or_insert(0);
            *moved = moved.saturating_add(change);
            self.effects.postings.push(Posting { item, account: Account::Stock(account), change });
        }
        if let StockAccount::OnLoan(borrower) = to {
            self.change(Change::Lent { item, borrower, lender: self.draft.unit });
        }
    }

    pub(super) fn post_duty(&mut self, item: ItemId, quantity: i64, from: DutyAccount, to: DutyAccount) {
        for (account, change) in [(from, quantity.saturating_neg()), (to, quantity)] {
            self.effects.postings.push(Posting { item, account: Account::Duty(account), change });
        }
    }

    /// The list should have said another quantity: the difference comes from where the thing came from, or goes back there, and
    /// whoever answers for it answers for so much more or less. The parts of a thing that was split stay its parts.
    pub(super) fn restate(&mut self, item: ItemId, (before, after): (i64, i64), account: StockAccount) {
        self.quantity(item, after);
        let whole = self.state.items.get(&item).is_none_or(|facts| facts.parent.is_none())
            && self.state.in_stock(item, StockAccount::Converted) == 0;
        self.refuse_item_if(!whole, item, RefusalReason::ChildrenDoNotAddUp);
        let kept = matches!(account, StockAccount::Owed(_) | StockAccount::Slot(_) | StockAccount::NotHeld);
        self.refuse_item_if(!kept, item, RefusalReason::NotThere);
        let Some((party, _)) = self.state.responsible(item) else {
            return self.refuse(Some(item), RefusalReason::NotResponsible);
        };
        let (party, more) = (DutyAccount::Party(party), after.saturating_sub(before));
        if more > 0 {
            self.post_stock(item, more, StockAccount::Origin, account);
            return self.post_duty(item, more, DutyAccount::None, party);
        }
        let less = more.saturating_neg();
        let moved = self.moved.get(&(item, account)).copied().unwrap_or(0);
        let there = self.state.in_stock(item, account).saturating_add(moved);
        self.refuse_item_if(there < less, item, RefusalReason::NotThere);
        let all = self.state.open_quantity(item) <= less;
        self.refuse_item_if(all, item, RefusalReason::QuantityNotPositive);
        self.post_stock(item, less, account, StockAccount::Origin);
        self.post_duty(item, less, party, DutyAccount::None);
    }

    /// Writes the words of an item anew.
    pub(super) fn describe(&mut self, item: ItemId, facts: DescriptionFacts) {
        self.change(Change::Described(item, facts));
    }

    /// Since the second edition, a label is on one thing at a time.
    pub(super) fn label_free(&mut self, item: ItemId, code: &str) {
        let other = self.state.labels.get(code).is_some_and(|holder| *holder != item);
        self.refuse_item_if(other && self.since(Edition::SECOND), item, RefusalReason::LabelOfAnother);
    }

    /// The party that answers for the item lets go of so much of it. An open item always has one.
    pub(super) fn post_duty_from_responsible(
        &mut self,
        item: ItemId,
        quantity: i64,
        to: DutyAccount,
    ) -> Option<Party> {
        let party = self.state.responsible(item).map(|(party, _)| party);
        match party {
            Some(party) => self.post_duty(item, quantity, DutyAccount::Party(party), to),
            None => self.refuse(Some(item), RefusalReason::NotResponsible),
        }
        party
    }

    pub(super) fn raise(&mut self, raised: &RaisedDifference) {
        self.reason_given(&raised.finding);
        let known = raised.item.is_none_or(|item| self.state.items.contains_key(&item));
        self.refuse_if(!known, RefusalReason::ItemUnknown);
        let again = self.effects.changes.iter().any(
            |change| matches!(change, Change::DifferenceRaised { difference, .. } if *difference == raised.difference),
        );
        let there = self.state.differences.contains_key(&raised.difference);
        self.refuse_if(again || there, RefusalReason::DifferenceAlreadyRaised);
        let RaisedDifference { difference, class, item, brought_by, .. } = *raised;
        self.effects.changes.push(Change::DifferenceRaised { difference, class, item, brought_by });
    }

    /// What else changes, besides the books.
    pub(super) fn change(&mut self, change: Change) {
        self.effects.changes.push(change);
    }

    /// Numbered, named and not yet in the ledger.
    pub(super) fn new_item(&mut self, item: ItemId, number: &str, name: &str, quantity: i64) {
        let described = !number.trim().is_empty() && !name.trim().is_empty();
        self.refuse_item_if(!described, item, RefusalReason::ItemNotDescribed);
        self.quantity(item, quantity);
        self.refuse_item_if(self.state.items.contains_key(&item), item, RefusalReason::ItemAlreadyExists);
    }

    /// No two items of one entry by the same number. (Against all the others the store's unique number stands.)
    pub(super) fn numbers_once<'n>(&mut self, numbers: impl Iterator<Item = (ItemId, &'n str)>) {
        let mut seen = BTreeSet::new();
        for (item, number) in numbers {
            self.refuse_item_if(!seen.insert(number), item, RefusalReason::LineRepeated);
        }
    }

    pub(super) fn open(&mut self, item: ItemId, number: &str, measure: Measure, parent: Option<ItemId>) {
        let seized_by = parent
            .and_then(|parent| self.state.items.get(&parent))
            .map_or(self.draft.actor, |facts| facts.seized_by);
        let facts = ItemFacts { number: number.to_owned(), measure, seized_by, parent, on_offer: None };
        self.change(Change::ItemOpened(item, facts));
    }

    /// Some lines, each item once from each slot.
    pub(super) fn held_once(&mut self, lines: &[HeldLine]) {
        self.not_empty(lines);
        self.once(lines.iter().map(|line| (line.item, line.slot)));
    }

    /// The offer, if it still stands. What its lines are like is not asked of an offer that has ended.
    pub(super) fn open_offer(&mut self, handover: HandoverId) -> Option<&'a OfferFacts> {
        let offer = self.state.offers.get(&handover);
        self.refuse_if(offer.is_none(), RefusalReason::OfferUnknown);
        self.refuse_if(offer.is_some_and(|offer| !offer.open), RefusalReason::OfferClosed);
        offer.filter(|offer| offer.open)
    }

    /// A key that was registered by an entry and is not revoked.
    pub(super) fn known_key(&mut self, key: &str) -> Option<&'a KeyFacts> {
        let facts = self.state.keys.get(key);
        self.refuse_if(facts.is_none(), RefusalReason::KeyUnknown);
        let revoked = facts.is_some_and(|it| it.standing == KeyStanding::Revoked);
        self.refuse_if(revoked, RefusalReason::KeyRevoked);
        facts.filter(|_| !revoked)
    }

    /// The one signature of that role, if its digest is the digest of the statement, the statement has the form of its edition,
    /// the one who acts made it for that unit, and its key is theirs for that unit and in force: entered by entries, not merely by
    /// a row in a table. Whether the key made it is asked where it comes in, and of every entry again by [`super::signatures`].
    pub(super) fn signed(
        &mut self,
        role: SignerRole,
        unit: UnitId,
        form: StatementForm,
        statement: Result<Vec<u8>, canonical::Error>,
    ) -> Option<&'a Signature> {
        let draft = self.draft;
        let mut signatures = draft.signatures.iter().filter(|signature| signature.role == role);
        let Some(signature) = signatures.next() else {
            self.refuse(None, RefusalReason::SignatureMissing);
            return None;
        };
        let alone = signatures.next().is_none();
        let signer_fits = signature.person == draft.actor && signature.unit == unit;
        let form_fits = form == StatementForm::of(self.edition);
        let fits = statement.is_ok_and(|bytes| signature.suite.digest(&bytes) == signature.digest);
        self.refuse_if(!(alone && signer_fits && form_fits && fits), RefusalReason::SignatureDoesNotFit);
        let key = self.state.keys.get(&signature.key);
        let in_force = key.is_some_and(|key| key.is_in_force() && key.unit == unit);
        let theirs = key.is_some_and(|key| key.holder == signature.person);
        self.refuse_if(self.since(Edition::SECOND) && !in_force, RefusalReason::KeyNotInForce);
        self.refuse_if(self.since(Edition::SECOND) && !theirs, RefusalReason::KeyOfAnotherPerson);
        Some(signature)
    }

    /// After this entry, what somebody answers for is what is in care or was lost, and one party answers for all of it.
    pub(super) fn books_agree(&self, item: ItemId) -> bool {
        let mut after = State::default();
        after.stock.extend(self.state.places(item).map(|(account, n)| ((item, account), n)));
        after.duty.extend(self.state.duty_of(item).map(|(key, n)| (*key, *n)));
        after.items.extend(self.state.items.get(&item).map(|facts| (item, facts.clone())));
        let postings = self.effects.postings.iter().filter(|posting| posting.item == item).copied().collect();
        after.absorb(0, self.draft.id, &Effects { postings, changes: Vec::new() });
        check::books_agree(&after, item)
    }

    /// Takes the approval for exactly these items and quantities, once. The one who acts is neither the one who asked
    /// nor the one who approved.
    pub(super) fn use_approval(
        &mut self,
        approval: ApprovalId,
        act: ApprovedAct,
        lines: impl Iterator<Item = (ItemId, i64)>,
    ) {
        let state = self.state;
        let Some(facts) = state.approvals.get(&approval) else {
            return self.refuse(None, RefusalReason::ApprovalUnknown);
        };
        self.refuse_if(facts.approver == self.draft.actor, RefusalReason::CustodianIsApprover);
        self.refuse_if(facts.requester == self.draft.actor, RefusalReason::CustodianIsRequester);
        self.refuse_if(facts.used, RefusalReason::ApprovalUsed);
        self.refuse_if(facts.expires_at <= self.recorded_at, RefusalReason::ApprovalExpired);
        self.refuse_if(facts.act != act, RefusalReason::ApprovalForAnotherAct);
        let covered = facts.lines.iter().map(|ApprovedLine { item, quantity }| (*item, *quantity));
        let lines = sums(lines);
        self.refuse_if(sums(covered) != lines, RefusalReason::ApprovalDoesNotCover);
        // Whose yes a correction needs is its own rule.
        if self.since(Edition::SECOND) && act != ApprovedAct::Correct {
            for item in lines.into_keys() {
                let answers = state.responsible(item).map(|(party, _)| party.unit);
                let theirs = answers.is_some_and(|unit| state.holders.same_agency(unit, facts.unit));
                self.refuse_item_if(!theirs, item, RefusalReason::ApprovalOfAnotherAgency);
            }
        }
        self.effects.changes.push(Change::ApprovalUsed(approval));
    }
}

/// Whether every number in it is exact in every JSON reader, and no text holds U+0000.
fn recordable(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(n) => n.as_i64().is_some_and(|n| (-QUANTITY_MAX..=QUANTITY_MAX).contains(&n)),
        Value::String(text) => !text.contains('\0'),
        Value::Array(values) => values.iter().all(recordable),
        Value::Object(fields) => fields.values().all(recordable),
    }
}

/// Of all texts in it, the longest, in characters.
fn longest_text(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.chars().count(),
        Value::Array(values) => values.iter().map(longest_text).max().unwrap_or(0),
        Value::Object(fields) => fields.values().map(longest_text).max().unwrap_or(0),
    }
}

/// Item and quantity of each line, items added up.
pub(super) fn quantities(lines: &[HeldLine]) -> impl Iterator<Item = (ItemId, i64)> {
    sums(lines.iter().map(|line| (line.item, line.quantity))).into_iter()
}

/// The sum per item.
pub(super) fn sums(lines: impl Iterator<Item = (ItemId, i64)>) -> BTreeMap<ItemId, i64> {
    lines.fold(BTreeMap::new(), |mut sums, (item, quantity)| {
        let sum: &mut i64 = sums.entry(item).or_insert(0);
        *sum = sum.saturating_add(quantity);
        sums
    })
}
