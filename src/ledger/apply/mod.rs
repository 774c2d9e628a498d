//! The rules. [`apply`] is asked before anything is written: it answers with the postings and changes of an entry, or
//! refuses. It looks at what it is given and nothing else, and a refused entry changes nothing.
//!
//! [`stock`] moves things, [`duty`] moves responsibility, [`ending`] disposes, declares and corrects.

mod duty;
mod ending;
mod stock;
#[cfg(test)]
mod tests;

use super::{
    Account, ApprovedAct, ApprovedLine, Body, Change, Draft, DutyAccount, Effects, PaperKind, Posting,
    RaisedDifference, Refusal, State, StockAccount, Why, quantity::check_quantity,
};
use crate::{
    clock::{Moment, Span},
    id::{ApprovalId, ItemId},
};
use std::collections::{BTreeMap, BTreeSet};

/// How far a station's clock may run ahead before its entries are refused.
pub const CLOCK_TOLERANCE: Span = Span::minutes(10);

/// What the entry would do to the ledger as it stands, or why it may not be.
pub fn apply(state: &State, draft: &Draft, recorded_at: Moment) -> Result<Effects, Refusal> {
    let mut work = Work { state, draft, recorded_at, effects: Effects::default(), moved: BTreeMap::new() };
    work.refuse_if(draft.happened_at > recorded_at.plus(CLOCK_TOLERANCE), Why::HappenedInTheFuture)?;
    match &draft.body {
        Body::Seize(it) => work.seize(it)?,
        Body::Receive(it) => work.receive(it)?,
        Body::Move(it) => work.move_lines(it)?,
        Body::Dispatch(it) => work.dispatch(it)?,
        Body::Arrive(it) => work.arrive(it)?,
        Body::CheckOut(it) => work.check_out(it)?,
        Body::Return(it) => work.give_back(it)?,
        Body::Split(it) => work.split(it)?,
        Body::Deposit(it) => work.deposit(it)?,
        Body::Approve(it) => work.approve(it)?,
        Body::Offer(it) => work.offer(it)?,
        Body::Withdraw(it) => work.withdraw(it)?,
        Body::Exchange(it) => work.exchange(it)?,
        Body::Dispose(it) => work.dispose(it)?,
        Body::DeclareLoss(it) => work.declare_loss(it)?,
        Body::CountStatement(it) => work.count_statement(it)?,
        Body::RaiseDifference(it) => work.raise(it)?,
        Body::SettleDifference(it) => work.settle(it)?,
        Body::DeclareError(it) => work.declare_error(it)?,
        Body::Correct(it) => work.correct(it)?,
    }
    Ok(work.effects)
}

/// One entry being worked out.
struct Work<'a> {
    state: &'a State,
    draft: &'a Draft,
    recorded_at: Moment,
    effects: Effects,
    /// What this entry has changed so far, so that two lines cannot take the same thing.
    moved: BTreeMap<(ItemId, StockAccount), i64>,
}

impl Work<'_> {
    #[expect(clippy::unused_self, reason = "reads as a rule where it is used")]
    fn refuse_if(&self, wrong: bool, why: Why) -> Result<(), Refusal> {
        if wrong { Err(why.into()) } else { Ok(()) }
    }

    /// A refusal about one item, with its number.
    fn refuse_item(&self, item: ItemId, why: Why) -> Refusal {
        let number = self.state.items.get(&item).map(|facts| facts.number.clone());
        Refusal { why, item: Some(item), number }
    }

    fn refuse_item_if(&self, wrong: bool, item: ItemId, why: Why) -> Result<(), Refusal> {
        if wrong { Err(self.refuse_item(item, why)) } else { Ok(()) }
    }

    fn not_empty<T>(&self, lines: &[T]) -> Result<(), Refusal> {
        self.refuse_if(lines.is_empty(), Why::EntryIsEmpty)
    }

    fn said(&self, text: &str) -> Result<(), Refusal> {
        self.refuse_if(text.trim().is_empty(), Why::ReasonMissing)
    }

    fn paper(&self, kind: PaperKind) -> Result<(), Refusal> {
        let there = self.draft.papers.iter().any(|paper| paper.kind == kind && !paper.number.trim().is_empty());
        self.refuse_if(!there, Why::PaperMissing)
    }

    /// Each key once.
    fn once<K: Ord>(&self, keys: impl Iterator<Item = (ItemId, K)>) -> Result<(), Refusal> {
        let mut seen = BTreeSet::new();
        for (item, key) in keys {
            self.refuse_item_if(!seen.insert((item, key)), item, Why::LineRepeated)?;
        }
        Ok(())
    }

    fn quantity(&self, item: ItemId, quantity: i64) -> Result<(), Refusal> {
        check_quantity(quantity).map_err(|why| self.refuse_item(item, why))
    }

    /// The item is known and still in somebody's care.
    fn open_item(&self, item: ItemId) -> Result<(), Refusal> {
        self.refuse_item_if(!self.state.items.contains_key(&item), item, Why::ItemUnknown)?;
        self.refuse_item_if(self.state.open_quantity(item) == 0, item, Why::ItemIsClosed)
    }

    fn not_on_offer(&self, item: ItemId) -> Result<(), Refusal> {
        let on_offer = self.state.items.get(&item).is_some_and(|facts| facts.on_offer.is_some());
        self.refuse_item_if(on_offer, item, Why::ItemOnOffer)
    }

    /// Moves some of an item from one stock account to another. Refuses what is not there.
    fn stock(&mut self, item: ItemId, quantity: i64, from: StockAccount, to: StockAccount) -> Result<(), Refusal> {
        self.quantity(item, quantity)?;
        self.open_item(item)?;
        self.refuse_item_if(from == to, item, Why::SameAccount)?;
        let moved = self.moved.get(&(item, from)).copied().unwrap_or(0);
        let there = self.state.in_stock(item, from).saturating_add(moved);
        self.refuse_item_if(from.is_source() || there < quantity, item, Why::NotThere)?;
        self.post_stock(item, quantity, from, to);
        Ok(())
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

    /// Who answers for the item now, as an account. An open item always has one.
    fn responsible(&self, item: ItemId) -> Result<DutyAccount, Refusal> {
        let party = self.state.responsible(item).map(|(party, _)| DutyAccount::Party(party));
        party.ok_or_else(|| self.refuse_item(item, Why::NotResponsible))
    }

    fn raise(&mut self, raised: &RaisedDifference) -> Result<(), Refusal> {
        self.said(&raised.finding)?;
        let known = raised.item.is_none_or(|item| self.state.items.contains_key(&item));
        self.refuse_if(!known, Why::ItemUnknown)?;
        let again = self.effects.changes.contains(&Change::DifferenceRaised(raised.difference));
        let there = self.state.differences.contains_key(&raised.difference);
        self.refuse_if(again || there, Why::DifferenceAlreadyRaised)?;
        self.effects.changes.push(Change::DifferenceRaised(raised.difference));
        Ok(())
    }

    /// Takes the approval for exactly these items and quantities, once. The one who acts is neither the one who asked
    /// nor the one who approved.
    fn use_approval(
        &mut self,
        approval: ApprovalId,
        act: ApprovedAct,
        lines: impl Iterator<Item = (ItemId, i64)>,
    ) -> Result<(), Refusal> {
        let state = self.state;
        let facts = state.approvals.get(&approval).ok_or(Why::ApprovalUnknown)?;
        self.refuse_if(facts.approver == self.draft.actor, Why::CustodianIsApprover)?;
        self.refuse_if(facts.requester == self.draft.actor, Why::CustodianIsRequester)?;
        self.refuse_if(facts.used, Why::ApprovalUsed)?;
        self.refuse_if(facts.expires_at <= self.recorded_at, Why::ApprovalExpired)?;
        self.refuse_if(facts.act != act, Why::ApprovalForAnotherAct)?;
        let covered = facts.lines.iter().map(|ApprovedLine { item, quantity }| (*item, *quantity));
        self.refuse_if(sums(covered) != sums(lines), Why::ApprovalDoesNotCover)?;
        self.effects.changes.push(Change::ApprovalUsed(approval));
        Ok(())
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
