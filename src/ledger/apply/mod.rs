//! The rules. [`apply`] is asked before anything is written: it answers with the postings and changes of an entry, or
//! refuses. It looks at what it is given and nothing else, and a refused entry changes nothing.
//!
//! [`stock`] moves things, [`duty`] moves responsibility, [`ending`] disposes, declares and corrects.

mod duty;
mod ending;
mod stock;
#[cfg(test)]
mod tests;

pub use ending::of_either_book;

use super::{
    Account, ApprovedAct, ApprovedLine, Body, Change, Draft, DutyAccount, Edition, Effects, PaperKind, Party,
    Posting, QUANTITY_MAX, RaisedDifference, Refusal, State, StockAccount, Why, quantity::check_quantity,
};
use crate::{
    clock::{Moment, Span},
    id::{ApprovalId, ItemId},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How far a station's clock may run ahead before its entries are refused.
pub const CLOCK_TOLERANCE: Span = Span::minutes(10);

/// What the entry would do to the ledger as it stands, or why it may not be, by the rules of one edition. Every rule is
/// asked; of the refusals found, the earliest in [`Why::ALL`] is the answer, so that it depends neither on the order of the
/// lines nor of the rules.
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
    match &draft.body {
        Body::Seize(it) => work.seize(it),
        Body::Receive(it) => work.receive(it),
        Body::Move(it) => work.move_lines(it),
        Body::Dispatch(it) => work.dispatch(it),
        Body::Arrive(it) => work.arrive(it),
        Body::CheckOut(it) => work.check_out(it),
        Body::Return(it) => work.give_back(it),
        Body::Split(it) => work.split(it),
        Body::Deposit(it) => work.deposit(it),
        Body::Approve(it) => work.approve(it),
        Body::Offer(it) => work.offer(it),
        Body::Withdraw(it) => work.withdraw(it),
        Body::Exchange(it) => work.exchange(it),
        Body::Dispose(it) => work.dispose(it),
        Body::DeclareLoss(it) => work.declare_loss(it),
        Body::CountStatement(it) => work.count_statement(it),
        Body::RaiseDifference(it) => work.raise(it),
        Body::SettleDifference(it) => work.settle(it),
        Body::DeclareError(it) => work.declare_error(it),
        Body::Correct(it) => work.correct(it),
    }
    match work.refusal {
        Some(refusal) => Err(refusal),
        None => Ok(work.effects),
    }
}

/// One entry being worked out.
pub(super) struct Work<'a> {
    state: &'a State,
    draft: &'a Draft,
    recorded_at: Moment,
    edition: Edition,
    effects: Effects,
    /// What this entry has changed so far, so that two lines cannot take the same thing.
    moved: BTreeMap<(ItemId, StockAccount), i64>,
    /// The earliest refusal in the order of precedence, and of those the first line's.
    refusal: Option<Refusal>,
}

impl Work<'_> {
    /// Whether the entry is recorded under this edition of the rules, or a later one.
    pub(super) fn since(&self, edition: Edition) -> bool {
        self.edition >= edition
    }

    fn refuse(&mut self, item: Option<ItemId>, why: Why) {
        if self.refusal.as_ref().is_none_or(|found| why < found.why) {
            let number = item.and_then(|item| self.state.items.get(&item)).map(|facts| facts.number.clone());
            self.refusal = Some(Refusal { why, item, number });
        }
    }

    fn refuse_if(&mut self, wrong: bool, why: Why) {
        if wrong {
            self.refuse(None, why);
        }
    }

    /// A refusal about one item, with its number.
    fn refuse_item_if(&mut self, wrong: bool, item: ItemId, why: Why) {
        if wrong {
            self.refuse(Some(item), why);
        }
    }

    fn not_empty<T>(&mut self, lines: &[T]) {
        self.refuse_if(lines.is_empty(), Why::EntryIsEmpty);
    }

    fn said(&mut self, text: &str) {
        self.refuse_if(text.trim().is_empty(), Why::ReasonMissing);
    }

    fn paper(&mut self, kind: PaperKind) {
        let there =
            self.draft.papers.iter().any(|paper| paper.kind == kind && !paper.number.trim().is_empty());
        self.refuse_if(!there, Why::PaperMissing);
    }

    fn not_in_the_future(&mut self, at: Moment) {
        self.refuse_if(at > self.recorded_at.plus(CLOCK_TOLERANCE), Why::HappenedInTheFuture);
    }

    /// Canonical JSON writes a number beyond [`QUANTITY_MAX`] as its nearest double (RFC 8785 §3.2.2.3), so that the entry
    /// could not be read back; PostgreSQL keeps no text with U+0000.
    fn recordable(&mut self) {
        let fits = serde_json::to_value(self.draft).is_ok_and(|draft| recordable(&draft));
        self.refuse_if(!fits, Why::NotRecordable);
    }

    /// Each key once.
    fn once<K: Ord>(&mut self, keys: impl Iterator<Item = (ItemId, K)>) {
        let mut seen = BTreeSet::new();
        for (item, key) in keys {
            self.refuse_item_if(!seen.insert((item, key)), item, Why::LineRepeated);
        }
    }

    fn quantity(&mut self, item: ItemId, quantity: i64) {
        if let Err(why) = check_quantity(quantity) {
            self.refuse(Some(item), why);
        }
    }

    /// The item is known and still in somebody's care.
    fn open_item(&mut self, item: ItemId) {
        self.refuse_item_if(!self.state.items.contains_key(&item), item, Why::ItemUnknown);
        self.refuse_item_if(self.state.open_quantity(item) == 0, item, Why::ItemIsClosed);
    }

    fn not_on_offer(&mut self, item: ItemId) {
        let on_offer = self.state.items.get(&item).is_some_and(|facts| facts.on_offer.is_some());
        self.refuse_item_if(on_offer, item, Why::ItemOnOffer);
    }

    /// Moves some of an item from one stock account to another. Refuses what is not there.
    fn stock(&mut self, item: ItemId, quantity: i64, from: StockAccount, to: StockAccount) {
        self.quantity(item, quantity);
        self.open_item(item);
        self.refuse_item_if(from == to, item, Why::SameAccount);
        let moved = self.moved.get(&(item, from)).copied().unwrap_or(0);
        let there = self.state.in_stock(item, from).saturating_add(moved);
        self.refuse_item_if(from.is_source() || there < quantity, item, Why::NotThere);
        self.post_stock(item, quantity, from, to);
    }

    fn post_stock(&mut self, item: ItemId, quantity: i64, from: StockAccount, to: StockAccount) {
        for (account, change) in [(from, quantity.saturating_neg()), (to, quantity)] {
            let moved = self.moved.entry((item, account)).or_insert(0);
            *moved = moved.saturating_add(change);
            self.effects.postings.push(Posting { item, account: Account::Stock(account), change });
        }
    }

    fn post_duty(&mut self, item: ItemId, quantity: i64, from: DutyAccount, to: DutyAccount) {
        for (account, change) in [(from, quantity.saturating_neg()), (to, quantity)] {
            self.effects.postings.push(Posting { item, account: Account::Duty(account), change });
        }
    }

    /// The party that answers for the item lets go of so much of it. An open item always has one.
    fn post_duty_from_responsible(&mut self, item: ItemId, quantity: i64, to: DutyAccount) -> Option<Party> {
        let party = self.state.responsible(item).map(|(party, _)| party);
        match party {
            Some(party) => self.post_duty(item, quantity, DutyAccount::Party(party), to),
            None => self.refuse(Some(item), Why::NotResponsible),
        }
        party
    }

    fn raise(&mut self, raised: &RaisedDifference) {
        self.said(&raised.finding);
        let known = raised.item.is_none_or(|item| self.state.items.contains_key(&item));
        self.refuse_if(!known, Why::ItemUnknown);
        let again = self.effects.changes.contains(&Change::DifferenceRaised(raised.difference));
        let there = self.state.differences.contains_key(&raised.difference);
        self.refuse_if(again || there, Why::DifferenceAlreadyRaised);
        self.effects.changes.push(Change::DifferenceRaised(raised.difference));
    }

    /// Takes the approval for exactly these items and quantities, once. The one who acts is neither the one who asked
    /// nor the one who approved.
    fn use_approval(
        &mut self,
        approval: ApprovalId,
        act: ApprovedAct,
        lines: impl Iterator<Item = (ItemId, i64)>,
    ) {
        let state = self.state;
        let Some(facts) = state.approvals.get(&approval) else {
            return self.refuse(None, Why::ApprovalUnknown);
        };
        self.refuse_if(facts.approver == self.draft.actor, Why::CustodianIsApprover);
        self.refuse_if(facts.requester == self.draft.actor, Why::CustodianIsRequester);
        self.refuse_if(facts.used, Why::ApprovalUsed);
        self.refuse_if(facts.expires_at <= self.recorded_at, Why::ApprovalExpired);
        self.refuse_if(facts.act != act, Why::ApprovalForAnotherAct);
        let covered = facts.lines.iter().map(|ApprovedLine { item, quantity }| (*item, *quantity));
        self.refuse_if(sums(covered) != sums(lines), Why::ApprovalDoesNotCover);
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

/// The sum per item.
fn sums(lines: impl Iterator<Item = (ItemId, i64)>) -> BTreeMap<ItemId, i64> {
    lines.fold(BTreeMap::new(), |mut sums, (item, quantity)| {
        let sum: &mut i64 = sums.entry(item).or_insert(0);
        *sum = sum.saturating_add(quantity);
        sums
    })
}
