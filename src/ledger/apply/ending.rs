//! The rules of endings and of errors: disposal, declared loss, the statement of a count, settling, declaring and
//! correcting.

use super::{Work, stock::quantities, sums};
use crate::id::ItemId;
use crate::ledger::{
    ApprovedAct, Book, Change, Correct, CorrectedLine, CountStatement, DeclareError, DeclareLoss, Dispose,
    DutyAccount, Effects, SettleDifference, State, StockAccount, Transfer, Why, check,
};
use std::collections::BTreeMap;

impl Work<'_> {
    /// slot → disposed; duty → closed. Rests on an approval and a voucher; nothing leaves while it is on offer.
    pub(super) fn dispose(&mut self, dispose: &Dispose) {
        self.refuse_if(dispose.voucher.trim().is_empty(), Why::PaperMissing);
        self.held_once(&dispose.lines);
        for line in &dispose.lines {
            let outcome = StockAccount::Disposed(dispose.outcome);
            self.stock(line.item, line.quantity, StockAccount::Slot(line.slot), outcome);
            self.not_on_offer(line.item);
            self.post_duty_from_responsible(line.item, line.quantity, DutyAccount::Closed);
        }
        self.use_approval(dispose.approval, ApprovedAct::Dispose, quantities(&dispose.lines));
    }

    /// any → declared loss; duty stays, so that somebody answers.
    pub(super) fn declare_loss(&mut self, loss: &DeclareLoss) {
        self.not_empty(&loss.lines);
        self.said(&loss.report);
        self.once(loss.lines.iter().map(|line| (line.item, line.from)));
        for line in &loss.lines {
            self.refuse_item_if(!line.from.is_open(), line.item, Why::NotThere);
            self.stock(line.item, line.quantity, line.from, StockAccount::DeclaredLoss);
        }
        let lines = loss.lines.iter().map(|line| (line.item, line.quantity));
        self.use_approval(loss.approval, ApprovedAct::DeclareLoss, lines);
    }

    /// A count is an assertion at an entry number; it posts nothing, and every line of it is accounted for.
    pub(super) fn count_statement(&mut self, count: &CountStatement) {
        self.refuse_if(self.state.counts.contains(&count.count), Why::CountAlreadyStated);
        let outcomes = [count.seen, count.on_loan, count.not_found].map(u64::from);
        let adds_up = outcomes.into_iter().fold(0, u64::saturating_add) == u64::from(count.expected);
        self.refuse_if(!adds_up, Why::CountDoesNotAddUp);
        self.effects.changes.push(Change::Counted(count.count));
        count.differences.iter().for_each(|raised| self.raise(raised));
    }

    pub(super) fn settle(&mut self, settle: &SettleDifference) {
        self.said(&settle.finding);
        let settled = self.state.differences.get(&settle.difference);
        self.refuse_if(settled.is_none(), Why::DifferenceUnknown);
        self.refuse_if(settled == Some(&true), Why::DifferenceSettled);
        self.effects.changes.push(Change::DifferenceSettled(settle.difference));
    }

    pub(super) fn declare_error(&mut self, error: &DeclareError) {
        self.said(&error.reason);
        let entry = self.state.entries.get(&error.wrong_seq).filter(|entry| entry.id == error.wrong);
        self.refuse_if(entry.is_none(), Why::EntryUnknown);
        self.refuse_if(entry.is_some_and(|entry| entry.declared_wrong), Why::ErrorAlreadyDeclared);
        self.effects.changes.push(Change::ErrorDeclared { wrong_seq: error.wrong_seq });
    }

    /// Puts right what a declared entry did, for its items only, by approval; both books must agree afterwards.
    pub(super) fn correct(&mut self, correct: &Correct) {
        let state = self.state;
        self.not_empty(&correct.lines);
        for line in &correct.lines {
            self.correct_line(line.item, line.quantity, &line.transfer);
        }
        for line in &correct.lines {
            self.refuse_item_if(!self.books_agree(line.item), line.item, Why::BooksWouldDisagree);
        }
        self.use_approval(correct.approval, ApprovedAct::Correct, of_either_book(&correct.lines).into_iter());
        let Some(error) = state.errors.get(&correct.declaration) else {
            return self.refuse(None, Why::DeclarationUnknown);
        };
        self.refuse_if(error.corrected, Why::AlreadyCorrected);
        let wrong = state.entries.get(&error.wrong_seq);
        for line in &correct.lines {
            let part = wrong.is_some_and(|wrong| wrong.items.contains(&line.item));
            self.refuse_item_if(!part, line.item, Why::NotPartOfTheError);
        }
        self.effects.changes.push(Change::ErrorCorrected { declaration: correct.declaration });
    }

    /// A correction stays inside what its approval could see: it takes nothing out of an end, lets nothing leave or be
    /// lost (those have approvals of their own), and gives no other unit the duty (that takes its signature).
    fn correct_line(&mut self, item: ItemId, quantity: i64, transfer: &Transfer) {
        match *transfer {
            Transfer::Stock { from, to } => {
                self.refuse_item_if(!from.is_open() || to.is_source(), item, Why::NotThere);
                let other_act = matches!(to, StockAccount::Disposed(_) | StockAccount::DeclaredLoss);
                self.refuse_item_if(other_act, item, Why::ApprovalForAnotherAct);
                self.stock(item, quantity, from, to);
            }
            Transfer::Duty { from, to } => {
                self.quantity(item, quantity);
                self.open_item(item);
                self.refuse_item_if(from == to, item, Why::SameAccount);
                let there = from.party().is_some() && self.state.in_duty(item, from) >= quantity;
                self.refuse_item_if(!there || to == DutyAccount::None, item, Why::NotThere);
                self.not_on_offer(item);
                let unit = |account: DutyAccount| account.party().map(|party| party.unit);
                let other_unit = to.party().is_some() && unit(to) != unit(from);
                self.refuse_item_if(other_unit, item, Why::DutyNeedsHandover);
                self.post_duty(item, quantity, from, to);
            }
        }
    }

    /// After this entry, what somebody answers for is what is in care or was lost, and one party answers for all of it.
    fn books_agree(&self, item: ItemId) -> bool {
        let mut after = State::default();
        after.stock.extend(self.state.places(item).map(|(account, n)| ((item, account), n)));
        let duty = self.state.duty.range((item, DutyAccount::None)..).take_while(|((id, _), _)| *id == item);
        after.duty.extend(duty.map(|(key, n)| (*key, *n)));
        after.items.extend(self.state.items.get(&item).map(|facts| (item, facts.clone())));
        let postings = self.effects.postings.iter().filter(|posting| posting.item == item).copied().collect();
        after.absorb(0, self.draft.id, &Effects { postings, changes: Vec::new() });
        check::books_agree(&after, item)
    }
}

/// Per item what the correction moves, in whichever book it moves more: the approval must cover both.
pub fn of_either_book(lines: &[CorrectedLine]) -> BTreeMap<ItemId, i64> {
    let moved_in = |book: Book| {
        let lines = lines.iter().filter(move |line| line.transfer.accounts().0.book() == book);
        sums(lines.map(|line| (line.item, line.quantity)))
    };
    let mut most = moved_in(Book::Stock);
    for (item, quantity) in moved_in(Book::Duty) {
        let moved = most.entry(item).or_insert(quantity);
        *moved = quantity.max(*moved);
    }
    most
}
