//! 更正: the postings that should have been, for the items of the wrong entry only.

use super::{ApprovedAct, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{ApprovalId, ItemId},
    ledger::{
        Account, Book, Change, DutyAccount, Mentions, RefusalReason, SignerRole, StockAccount,
        apply::{Work, sums},
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correct {
    /// The entry number of the error declaration.
    pub declaration: u64,
    pub approval: ApprovalId,
    pub lines: Vec<CorrectedLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectedLine {
    pub item: ItemId,
    pub quantity: i64,
    #[serde(flatten)]
    pub transfer: Transfer,
}

/// From one account of a book to another of the same book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "book", rename_all = "snake_case")]
pub enum Transfer {
    Stock { from: StockAccount, to: StockAccount },
    Duty { from: DutyAccount, to: DutyAccount },
}

impl Transfer {
    /// The accounts as (from, to).
    pub fn accounts(&self) -> (Account, Account) {
        match *self {
            Transfer::Stock { from, to } => (Account::Stock(from), Account::Stock(to)),
            Transfer::Duty { from, to } => (Account::Duty(from), Account::Duty(to)),
        }
    }
}

impl Kind for Correct {
    /// Puts right what a declared entry did, for its items only, by approval; both books must agree afterwards.
    fn rule(&self, work: &mut Work<'_>) {
        work.not_empty(&self.lines);
        for line in &self.lines {
            line.rule(work);
        }
        for line in &self.lines {
            work.refuse_item_if(!work.books_agree(line.item), line.item, RefusalReason::BooksWouldDisagree);
        }
        work.use_approval(self.approval, ApprovedAct::Correct, of_either_book(&self.lines).into_iter());
        let Some(error) = work.state.errors.get(&self.declaration) else {
            return work.refuse(None, RefusalReason::DeclarationUnknown);
        };
        work.refuse_if(error.corrected, RefusalReason::AlreadyCorrected);
        let wrong = work.state.entries.get(&error.wrong_seq);
        for line in &self.lines {
            let part = wrong.is_some_and(|wrong| wrong.items.contains(&line.item));
            work.refuse_item_if(!part, line.item, RefusalReason::NotPartOfTheError);
        }
        work.change(Change::ErrorCorrected { declaration: self.declaration });
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.entries.insert(self.declaration);
        mentions.use_approval(self.approval);
        self.lines.iter().for_each(|line| mentions.corrected(line));
    }

    fn narrow(&mut self, item: ItemId) {
        self.lines.retain(|line| line.item == item);
    }

    fn other_people(&self) -> Vec<OtherPerson> {
        Vec::new()
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        None
    }

    fn register(&self) -> Register<'_> {
        Register::Correction(self)
    }
}

impl CorrectedLine {
    /// A correction stays inside what its approval could see: it takes nothing out of an end, lets nothing leave or be
    /// lost (those have approvals of their own), and gives no other unit the duty (that takes its signature).
    fn rule(&self, work: &mut Work<'_>) {
        let CorrectedLine { item, quantity, .. } = *self;
        match self.transfer {
            Transfer::Stock { from, to } => {
                let source = !from.is_open() || to.is_source();
                work.refuse_item_if(source, item, RefusalReason::NotThere);
                let other_act = matches!(to, StockAccount::Disposed(_) | StockAccount::DeclaredLoss);
                work.refuse_item_if(other_act, item, RefusalReason::ApprovalForAnotherAct);
                work.stock(item, quantity, from, to);
            }
            Transfer::Duty { from, to } => {
                work.quantity(item, quantity);
                work.open_item(item);
                work.refuse_item_if(from == to, item, RefusalReason::SameAccount);
                let there = from.party().is_some() && work.state.in_duty(item, from) >= quantity;
                work.refuse_item_if(!there || to == DutyAccount::None, item, RefusalReason::NotThere);
                work.not_on_offer(item);
                let unit = |account: DutyAccount| account.party().map(|party| party.unit);
                let other_unit = to.party().is_some() && unit(to) != unit(from);
                work.refuse_item_if(other_unit, item, RefusalReason::DutyNeedsHandover);
                work.post_duty(item, quantity, from, to);
            }
        }
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
