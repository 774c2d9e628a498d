//! The rules of endings and of errors: disposal, declared loss, the statement of a count, settling, declaring and
//! correcting.

use super::{Work, stock::quantities};
use crate::ledger::{
    ApprovedAct, Change, Correct, CountStatement, DeclareError, DeclareLoss, Dispose, DutyAccount, Effects, Refusal,
    SettleDifference, State, StockAccount, Transfer, Why, check,
};
use crate::id::ItemId;

impl Work<'_> {
    /// slot → disposed; duty → closed. Rests on an approval and a voucher; nothing leaves while it is on offer.
    pub(super) fn dispose(&mut self, dispose: &Dispose) -> Result<(), Refusal> {
        self.refuse_if(dispose.voucher.trim().is_empty(), Why::PaperMissing)?;
        self.held_once(&dispose.lines)?;
        for line in &dispose.lines {
            let outcome = StockAccount::Disposed(dispose.outcome);
            self.stock(line.item, line.quantity, StockAccount::Slot(line.slot), outcome)?;
            self.not_on_offer(line.item)?;
            let duty = self.responsible(line.item)?;
            self.post_duty(line.item, line.quantity, duty, DutyAccount::Closed);
        }
        self.use_approval(dispose.approval, ApprovedAct::Dispose, quantities(&dispose.lines))
    }

    /// any → declared loss; duty stays, so that somebody answers.
    pub(super) fn declare_loss(&mut self, loss: &DeclareLoss) -> Result<(), Refusal> {
        self.not_empty(&loss.lines)?;
        self.said(&loss.report)?;
        self.once(loss.lines.iter().map(|line| (line.item, line.from)))?;
        for line in &loss.lines {
            self.refuse_item_if(!line.from.is_open(), line.item, Why::NotThere)?;
            self.stock(line.item, line.quantity, line.from, StockAccount::DeclaredLoss)?;
        }
        let lines = loss.lines.iter().map(|line| (line.item, line.quantity));
        self.use_approval(loss.approval, ApprovedAct::DeclareLoss, lines)
    }

    /// A count is an assertion at an entry number; it posts nothing, and every line of it is accounted for.
    pub(super) fn count_statement(&mut self, count: &CountStatement) -> Result<(), Refusal> {
        self.refuse_if(self.state.counts.contains(&count.count), Why::CountAlreadyStated)?;
        let sum = count.seen.saturating_add(count.on_loan).saturating_add(count.not_found);
        self.refuse_if(sum != count.expected, Why::CountDoesNotAddUp)?;
        self.effects.changes.push(Change::Counted(count.count));
        count.differences.iter().try_for_each(|raised| self.raise(raised))
    }

    pub(super) fn settle(&mut self, settle: &SettleDifference) -> Result<(), Refusal> {
        self.said(&settle.finding)?;
        let settled = self.state.differences.get(&settle.difference).ok_or(Why::DifferenceUnknown)?;
        self.refuse_if(*settled, Why::DifferenceSettled)?;
        self.effects.changes.push(Change::DifferenceSettled(settle.difference));
        Ok(())
    }

    pub(super) fn declare_error(&mut self, error: &DeclareError) -> Result<(), Refusal> {
        self.said(&error.reason)?;
        let entry = self.state.entries.get(&error.wrong_seq).filter(|entry| entry.id == error.wrong);
        let entry = entry.ok_or(Why::EntryUnknown)?;
        self.refuse_if(entry.declared_wrong, Why::ErrorAlreadyDeclared)?;
        self.effects.changes.push(Change::ErrorDeclared { wrong_seq: error.wrong_seq });
        Ok(())
    }

    /// Puts right what a declared entry did, for its items only, by approval; both books must agree afterwards.
    pub(super) fn correct(&mut self, correct: &Correct) -> Result<(), Refusal> {
        self.not_empty(&correct.lines)?;
        for line in &correct.lines {
            self.correct_line(line.item, line.quantity, &line.transfer)?;
        }
        let stock_lines = correct.lines.iter().filter(|line| matches!(line.transfer, Transfer::Stock { .. }));
        let lines: Vec<_> = match stock_lines.clone().next() {
            Some(_) => stock_lines.map(|line| (line.item, line.quantity)).collect(),
            None => correct.lines.iter().map(|line| (line.item, line.quantity)).collect(),
        };
        self.use_approval(correct.approval, ApprovedAct::Correct, lines.into_iter())?;
        let error = self.state.errors.get(&correct.declaration).ok_or(Why::DeclarationUnknown)?;
        self.refuse_if(error.corrected, Why::AlreadyCorrected)?;
        let wrong = self.state.entries.get(&error.wrong_seq).ok_or(Why::EntryUnknown)?;
        for line in &correct.lines {
            let part = wrong.items.contains(&line.item);
            self.refuse_item_if(!part, line.item, Why::NotPartOfTheError)?;
        }
        for line in &correct.lines {
            self.refuse_item_if(!self.books_agree(line.item), line.item, Why::BooksWouldDisagree)?;
        }
        self.effects.changes.push(Change::ErrorCorrected { declaration: correct.declaration });
        Ok(())
    }

    fn correct_line(&mut self, item: ItemId, quantity: i64, transfer: &Transfer) -> Result<(), Refusal> {
        match *transfer {
            Transfer::Stock { from, to } => {
                self.refuse_item_if(!from.is_open() || to.is_source(), item, Why::NotThere)?;
                self.stock(item, quantity, from, to)
            }
            Transfer::Duty { from, to } => {
                self.quantity(item, quantity)?;
                self.open_item(item)?;
                self.refuse_item_if(from == to, item, Why::SameAccount)?;
                let there = from.party().is_some() && self.state.in_duty(item, from) >= quantity;
                self.refuse_item_if(!there || to == DutyAccount::None, item, Why::NotThere)?;
                self.not_on_offer(item)?;
                self.post_duty(item, quantity, from, to);
                Ok(())
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
