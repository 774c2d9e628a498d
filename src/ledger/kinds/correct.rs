//! 更正: the postings and the words that should have been, for the items of the wrong entry only.

use super::{
    ApprovedAct, ApprovedCorrection, Description, Kind, OtherPerson, PaperForm, Register, Statement,
    description,
};
use crate::{
    id::{ApprovalId, ItemId, UnitId},
    ledger::{
        Account, Book, Change, DutyAccount, Edition, Holders, Mentions, RefusalReason, SignerRole, State,
        StockAccount,
        apply::{Work, sums},
        state::ApprovalFacts,
    },
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correct {
    /// The entry number of the error declaration.
    pub declaration: u64,
    pub approval: ApprovalId,
    /// The approvals of the other units that hold or answer for what is corrected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<ApprovalId>,
    pub lines: Vec<CorrectedLine>,
    /// What is written of the items anew; since the second edition of the rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub descriptions: Vec<Description>,
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
        work.refuse_if(self.lines.is_empty() && self.descriptions.is_empty(), RefusalReason::EntryIsEmpty);
        for line in &self.lines {
            line.rule(work);
        }
        description::rule(&self.descriptions, work);
        for item in self.items() {
            work.refuse_item_if(!work.books_agree(item), item, RefusalReason::BooksWouldDisagree);
        }
        let covered = self.what().covered();
        for approval in self.approvals() {
            work.use_approval(approval, ApprovedAct::Correct, covered.clone().into_iter());
        }
        if work.since(Edition::SECOND) {
            self.consented(work);
        }
        let Some(error) = work.state.errors.get(&self.declaration) else {
            return work.refuse(None, RefusalReason::DeclarationUnknown);
        };
        work.refuse_if(error.corrected, RefusalReason::AlreadyCorrected);
        let wrong = work.state.entries.get(&error.wrong_seq);
        for item in self.items() {
            let part = wrong.is_some_and(|wrong| wrong.items.contains(&item));
            work.refuse_item_if(!part, item, RefusalReason::NotPartOfTheError);
        }
        for line in &self.lines {
            let of_a_loan = wrong.is_some_and(|wrong| wrong.lent.contains(&line.item));
            if work.since(Edition::SECOND) {
                self.lends_nothing_new(work, line, of_a_loan);
            }
        }
        work.change(Change::ErrorCorrected { declaration: self.declaration });
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.entries.insert(self.declaration);
        self.approvals().for_each(|approval| mentions.use_approval(approval));
        self.lines.iter().for_each(|line| mentions.corrected(line));
        self.descriptions.iter().for_each(|it| mentions.described(it));
    }

    fn narrow(&mut self, item: ItemId) {
        self.lines.retain(|line| line.item == item);
        self.descriptions.retain(|it| it.item == item);
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

impl Correct {
    pub fn of(what: ApprovedCorrection, approval: ApprovalId, consents: Vec<ApprovalId>) -> Correct {
        let ApprovedCorrection { declaration, lines, descriptions } = what;
        Correct { declaration, approval, consents, lines, descriptions }
    }

    /// What everybody must have said yes to.
    pub fn what(&self) -> ApprovedCorrection {
        let Correct { declaration, lines, descriptions, .. } = self.clone();
        ApprovedCorrection { declaration, lines, descriptions }
    }

    fn items(&self) -> BTreeSet<ItemId> {
        let described = self.descriptions.iter().map(|it| it.item);
        self.lines.iter().map(|line| line.item).chain(described).collect()
    }

    /// All that it rests on, its own agency's last.
    fn approvals(&self) -> impl Iterator<Item = ApprovalId> {
        self.consents.iter().copied().chain([self.approval])
    }

    /// Only what a loan or a return got wrong is put on loan by a correction: a new loan has an approval of its own. The borrower
    /// neither records nor approves it and the unit that lends it is the keeper, as with any loan.
    fn lends_nothing_new(&self, work: &mut Work<'_>, line: &CorrectedLine, of_a_loan: bool) {
        let Transfer::Stock { from, to: to @ StockAccount::OnLoan(borrower) } = line.transfer else { return };
        work.refuse_item_if(!of_a_loan, line.item, RefusalReason::ApprovalForAnotherAct);
        let own = work.own_to_take(line.item, from, to);
        work.refuse_item_if(!own, line.item, RefusalReason::NotTheKeeper);
        work.one_lender(line.item, borrower);
        work.refuse_if(borrower == work.draft.actor, RefusalReason::CustodianDelivers);
        let approvers = self.approvals().filter_map(|approval| work.state.approvals.get(&approval));
        let approves = approvers.into_iter().any(|facts| facts.approver == borrower);
        work.refuse_if(approves, RefusalReason::RequesterApproves);
    }

    /// Every approval is of exactly these postings and words. Whoever else holds or answers for what is corrected says yes by an approver
    /// of their own, one for each unit; the first approval is of the agency that recorded the error.
    fn consented(&self, work: &mut Work<'_>) {
        let (state, own, what) = (work.state, work.draft.unit, self.what());
        let given: Vec<(ApprovalId, &ApprovalFacts)> = self
            .approvals()
            .filter_map(|approval| Some((approval, state.approvals.get(&approval)?)))
            .collect();
        for (_, facts) in &given {
            let exact = facts.correction.as_ref() == Some(&what);
            work.refuse_if(!exact, RefusalReason::ApprovalOfOtherPostings);
        }
        let first = state.approvals.get(&self.approval);
        let theirs = first.is_none_or(|facts| state.holders.same_agency(facts.unit, own));
        work.refuse_if(!theirs, RefusalReason::ApprovalOfAnotherAgency);
        let Ok(needed) = what.consenting_units(state, own) else {
            return work.refuse(None, RefusalReason::ConsentMissing);
        };
        let consents = |unit: UnitId| {
            let mut others = given.iter().filter(|(approval, _)| *approval != self.approval);
            others.any(|(_, facts)| consents_for(&state.holders, facts.unit, unit, own))
        };
        work.refuse_if(!needed.iter().all(|unit| consents(*unit)), RefusalReason::ConsentMissing);
        let once: BTreeSet<ApprovalId> = given.iter().map(|(approval, _)| *approval).collect();
        work.refuse_if(once.len() != given.len(), RefusalReason::ApprovalUsed);
    }
}

/// Whether an approver of this unit says yes for that unit: it is the unit itself, or another of its agency, unless that is the
/// agency of those who ask.
pub fn consents_for(holders: &Holders, approver: UnitId, unit: UnitId, asking: UnitId) -> bool {
    approver == unit || (holders.same_agency(approver, unit) && !holders.same_agency(unit, asking))
}

impl ApprovedCorrection {
    /// The units beside the own one whose consent it needs: who holds what it takes from or adds to, who lent what is out, who
    /// answers for what changes hands; and of what is written anew, whoever holds or answers for any of it. Refuses accounts whose
    /// holder is not known here.
    pub fn consenting_units(&self, state: &State, own: UnitId) -> Result<BTreeSet<UnitId>, UnknownHolder> {
        let mut units = BTreeSet::new();
        for line in &self.lines {
            match line.transfer {
                Transfer::Stock { from, to } => {
                    let holders = [from, to].map(|account| holders(state, line.item, account));
                    let [of_from, of_to] = holders;
                    let (of_from, of_to) = (of_from?, of_to?);
                    // Where in its own rooms a thing lies is its keeper's to say; whether it is there at all is not.
                    let slots = matches!((from, to), (StockAccount::Slot(_), StockAccount::Slot(_)));
                    if !slots || of_from != of_to {
                        units.extend(state.responsible(line.item).map(|(party, _)| party.unit));
                    }
                    units.extend(of_from.into_iter().chain(of_to));
                }
                Transfer::Duty { from, to } => {
                    units.extend([from, to].iter().filter_map(DutyAccount::party).map(|party| party.unit));
                }
            }
        }
        for it in &self.descriptions {
            let open = state.places(it.item).map(|(account, _)| account).filter(StockAccount::is_open);
            for account in open.chain(it.account()) {
                units.extend(holders(state, it.item, account)?);
            }
            units.extend(state.responsible(it.item).map(|(party, _)| party.unit));
        }
        units.remove(&own);
        Ok(units)
    }

    /// Per item what it moves, in whichever book it moves more, or all of what it writes anew: the approval must cover both.
    pub fn covered(&self) -> BTreeMap<ItemId, i64> {
        let moved_in = |book: Book| {
            let lines = self.lines.iter().filter(move |line| line.transfer.accounts().0.book() == book);
            sums(lines.map(|line| (line.item, line.quantity)))
        };
        let mut most = moved_in(Book::Stock);
        let described = self.descriptions.iter().map(|it| (it.item, it.quantity));
        for (item, quantity) in moved_in(Book::Duty).into_iter().chain(described) {
            let covered = most.entry(item).or_insert(quantity);
            *covered = quantity.max(*covered);
        }
        most
    }
}

/// An account is somebody's, and nobody here knows whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownHolder;

/// Who must say yes when a correction touches the account. On loan, both who lent it and the borrower's unit.
fn holders(state: &State, item: ItemId, account: StockAccount) -> Result<BTreeSet<UnitId>, UnknownHolder> {
    let holder = || state.holders.of(account).ok_or(UnknownHolder);
    Ok(match account {
        StockAccount::Owed(_)
        | StockAccount::Slot(_)
        | StockAccount::InTransit(_)
        | StockAccount::Bank(_) => BTreeSet::from([holder()?]),
        StockAccount::OnLoan(borrower) => {
            let lender = state.lenders.get(&(item, borrower)).copied();
            lender.into_iter().chain([holder()?]).collect()
        }
        // No unit's: whoever answers for the item says yes.
        StockAccount::NotHeld | StockAccount::Disputed => BTreeSet::new(),
        StockAccount::ThirdParty(_) => return Err(UnknownHolder),
        // Refused for what they are.
        StockAccount::Origin
        | StockAccount::Converted
        | StockAccount::Disposed(_)
        | StockAccount::Consumed
        | StockAccount::DeclaredLoss => BTreeSet::new(),
    })
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
                // Under the first rules what was used up could be said by a correction.
                let other_act = matches!(to, StockAccount::Disposed(_) | StockAccount::DeclaredLoss)
                    || (work.since(Edition::SECOND) && to == StockAccount::Consumed);
                work.refuse_item_if(other_act, item, RefusalReason::ApprovalForAnotherAct);
                if work.since(Edition::SECOND) && matches!(to, StockAccount::Bank(_)) {
                    work.money(item);
                }
                work.transfer(item, quantity, from, to);
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
