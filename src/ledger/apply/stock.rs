//! The rules of the stock book: things come in, lie, travel, are lent, split and banked.

use super::{Work, sums};
use crate::id::ItemId;
use crate::ledger::{
    ApprovedAct, Arrive, Change, CheckOut, Deposit, Dispatch, DutyAccount, Edition, HeldLine, Holding,
    Measure, Move, PaperKind, Party, Receive, ReceivedLine, Reception, Return, Seize, Split, StockAccount,
    Why, state::ItemFacts,
};
use std::collections::BTreeSet;

impl Work<'_> {
    /// origin → owed (or not held); none → (unit, case). Rests on a seizure list (L2 §230).
    pub(super) fn seize(&mut self, seize: &Seize) {
        self.not_empty(&seize.lines);
        self.paper(PaperKind::SeizureList);
        self.once(seize.lines.iter().map(|line| (line.item, ())));
        self.numbers_once(seize.lines.iter().map(|line| (line.item, line.number.as_str())));
        for line in &seize.lines {
            self.new_item(line.item, &line.number, &line.name, line.quantity);
            let to = match line.holding {
                Holding::InHand => StockAccount::Owed(seize.unit),
                Holding::InPlace => StockAccount::NotHeld,
            };
            let party = Party { unit: seize.unit, case: seize.case };
            self.open(line.item, &line.number, line.measure.clone(), None);
            self.post_stock(line.item, line.quantity, StockAccount::Origin, to);
            self.post_duty(line.item, line.quantity, DutyAccount::None, DutyAccount::Party(party));
        }
    }

    /// Numbered, named and not yet in the ledger.
    fn new_item(&mut self, item: ItemId, number: &str, name: &str, quantity: i64) {
        let described = !number.trim().is_empty() && !name.trim().is_empty();
        self.refuse_item_if(!described, item, Why::ItemNotDescribed);
        self.quantity(item, quantity);
        self.refuse_item_if(self.state.items.contains_key(&item), item, Why::ItemAlreadyExists);
    }

    /// No two items of one entry by the same number. (Against all the others the store's unique number stands.)
    fn numbers_once<'n>(&mut self, numbers: impl Iterator<Item = (ItemId, &'n str)>) {
        let mut seen = BTreeSet::new();
        for (item, number) in numbers {
            self.refuse_item_if(!seen.insert(number), item, Why::LineRepeated);
        }
    }

    fn open(&mut self, item: ItemId, number: &str, measure: Measure, parent: Option<ItemId>) {
        let seized_by = parent
            .and_then(|parent| self.state.items.get(&parent))
            .map_or(self.draft.actor, |facts| facts.seized_by);
        let facts = ItemFacts { number: number.to_owned(), measure, seized_by, parent, on_offer: None };
        self.effects.changes.push(Change::ItemOpened(item, facts));
    }

    /// owed → slot, line by line. The custodian is neither the officer who seized nor the one who brings it
    /// (L2 §235, 中办发〔2015〕7号: handling and keeping are separate).
    pub(super) fn receive(&mut self, receive: &Receive) {
        self.not_empty(&receive.lines);
        self.once(receive.lines.iter().map(|line| (line.item, ())));
        for line in &receive.lines {
            self.receive_line(line);
            let seized_by = self.state.items.get(&line.item).map(|facts| facts.seized_by);
            self.refuse_item_if(seized_by == Some(self.draft.actor), line.item, Why::CustodianSeizedIt);
        }
        self.refuse_if(receive.delivered_by == self.draft.actor, Why::CustodianDelivers);
        receive
            .lines
            .iter()
            .filter_map(|line| line.difference.as_ref())
            .for_each(|raised| self.raise(raised));
    }

    fn receive_line(&mut self, line: &ReceivedLine) {
        let owed = StockAccount::Owed(line.owed_by);
        let owed_quantity = self.state.in_stock(line.item, owed);
        let must_differ = match &line.answer {
            Reception::Accepted { quantity, slot, label, damaged, .. } => {
                let bound = !label.code.trim().is_empty() && label.copy > 0;
                self.refuse_item_if(!bound, line.item, Why::LabelMissing);
                self.stock(line.item, *quantity, owed, StockAccount::Slot(*slot));
                *damaged || *quantity < owed_quantity
            }
            Reception::Refused { reason } => {
                self.said(reason);
                self.open_item(line.item);
                self.refuse_item_if(owed_quantity == 0, line.item, Why::NotThere);
                true
            }
        };
        let differs = line.difference.as_ref().is_some_and(|raised| raised.item == Some(line.item));
        self.refuse_item_if(must_differ && !differs, line.item, Why::DifferenceMissing);
    }

    pub(super) fn move_lines(&mut self, moved: &Move) {
        self.not_empty(&moved.lines);
        self.once(moved.lines.iter().map(|line| (line.item, line.from)));
        for line in &moved.lines {
            self.stock(line.item, line.quantity, StockAccount::Slot(line.from), StockAccount::Slot(line.to));
        }
    }

    pub(super) fn dispatch(&mut self, dispatch: &Dispatch) {
        self.held_once(&dispatch.lines);
        for line in &dispatch.lines {
            let transit = StockAccount::InTransit(dispatch.to);
            self.stock(line.item, line.quantity, StockAccount::Slot(line.slot), transit);
        }
        self.refuse_if(dispatch.carrier == self.draft.actor, Why::CustodianDelivers);
    }

    pub(super) fn arrive(&mut self, arrive: &Arrive) {
        self.held_once(&arrive.lines);
        for line in &arrive.lines {
            let transit = StockAccount::InTransit(arrive.at);
            self.stock(line.item, line.quantity, transit, StockAccount::Slot(line.slot));
        }
    }

    /// slot → on loan, by an approval for exactly this (L3 §190). Nobody lends to themselves what they approved.
    pub(super) fn check_out(&mut self, loan: &CheckOut) {
        self.held_once(&loan.lines);
        self.said(&loan.purpose);
        for line in &loan.lines {
            let on_loan = StockAccount::OnLoan(loan.borrower);
            self.stock(line.item, line.quantity, StockAccount::Slot(line.slot), on_loan);
            // The offer that its giver signed says where the item lies until the receiver answers.
            if self.since(Edition::SECOND) {
                self.not_on_offer(line.item);
            }
        }
        self.refuse_if(loan.borrower == self.draft.actor, Why::CustodianDelivers);
        let approver = self.state.approvals.get(&loan.approval).map(|facts| facts.approver);
        self.refuse_if(approver == Some(loan.borrower), Why::RequesterApproves);
        self.use_approval(loan.approval, ApprovedAct::CheckOut, quantities(&loan.lines));
        self.refuse_if(loan.due_at <= self.draft.happened_at, Why::DueBeforeStart);
    }

    pub(super) fn give_back(&mut self, back: &Return) {
        self.held_once(&back.lines);
        self.said(&back.condition);
        for line in &back.lines {
            let on_loan = StockAccount::OnLoan(back.borrower);
            self.stock(line.item, line.quantity, on_loan, StockAccount::Slot(line.slot));
        }
        self.refuse_if(back.borrower == self.draft.actor, Why::CustodianDelivers);
    }

    /// parent slot → converted, converted → children's slots; children and declared loss make up the parent's part. What
    /// is lost on the way rests on a written report (sampling loss needs written proof, domain §1.3).
    pub(super) fn split(&mut self, split: &Split) {
        let Split { item: parent, quantity, lost, .. } = *split;
        self.not_empty(&split.children);
        self.said(&split.reason);
        if lost > 0 {
            self.paper(PaperKind::Report);
        }
        self.once(split.children.iter().map(|child| (child.item, ())));
        let parent_number = self.state.items.get(&parent).map(|facts| (parent, facts.number.as_str()));
        let child_numbers = split.children.iter().map(|child| (child.item, child.number.as_str()));
        self.numbers_once(parent_number.into_iter().chain(child_numbers));
        for child in &split.children {
            self.new_item(child.item, &child.number, &child.name, child.quantity);
        }
        self.quantity(parent, quantity);
        self.refuse_item_if(lost < 0, parent, Why::QuantityNotPositive);
        self.open_item(parent);
        self.not_on_offer(parent);
        let there = self.state.in_stock(parent, StockAccount::Slot(split.from));
        self.refuse_item_if(there < quantity, parent, Why::NotThere);
        let children = split.children.iter().map(|child| child.quantity).fold(0, i64::saturating_add);
        let adds_up = children.saturating_add(lost) == quantity;
        self.refuse_item_if(!adds_up, parent, Why::ChildrenDoNotAddUp);
        self.post_split(split, children);
    }

    fn post_split(&mut self, split: &Split, children: i64) {
        let (parent, slot) = (split.item, StockAccount::Slot(split.from));
        self.post_stock(parent, children, slot, StockAccount::Converted);
        if split.lost > 0 {
            self.post_stock(parent, split.lost, slot, StockAccount::DeclaredLoss);
        }
        let party = self.post_duty_from_responsible(parent, children, DutyAccount::Closed);
        let facts = self.state.items.get(&parent);
        let (Some(party), Some(measure)) = (party, facts.map(|facts| &facts.measure)) else { return };
        for child in &split.children {
            self.open(child.item, &child.number, measure.clone(), Some(parent));
            self.post_stock(
                child.item,
                child.quantity,
                StockAccount::Converted,
                StockAccount::Slot(child.slot),
            );
            self.post_duty(child.item, child.quantity, DutyAccount::None, DutyAccount::Party(party));
        }
    }

    /// owed or slot → bank: money only, with its slip (L5 §437).
    pub(super) fn deposit(&mut self, deposit: &Deposit) {
        self.not_empty(&deposit.lines);
        self.refuse_if(deposit.slip.trim().is_empty(), Why::PaperMissing);
        self.once(deposit.lines.iter().map(|line| (line.item, line.from)));
        for line in &deposit.lines {
            let from_hand = matches!(line.from, StockAccount::Owed(_) | StockAccount::Slot(_));
            self.refuse_item_if(!from_hand, line.item, Why::NotThere);
            self.stock(line.item, line.quantity, line.from, StockAccount::Bank(deposit.bank));
            let measure = self.state.items.get(&line.item).map(|facts| &facts.measure);
            let money = matches!(measure, Some(Measure::Minor(_)));
            self.refuse_item_if(!money, line.item, Why::NotMoney);
        }
    }

    pub(super) fn held_once(&mut self, lines: &[HeldLine]) {
        self.not_empty(lines);
        self.once(lines.iter().map(|line| (line.item, line.slot)));
    }
}

/// Item and quantity of each line.
pub(super) fn quantities(lines: &[HeldLine]) -> impl Iterator<Item = (ItemId, i64)> {
    sums(lines.iter().map(|line| (line.item, line.quantity))).into_iter()
}
