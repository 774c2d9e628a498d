//! The rules of the stock book: things come in, lie, travel, are lent, split and banked.

use super::{Work, sums};
use crate::ledger::{
    ApprovedAct, Arrive, Change, CheckOut, Deposit, Dispatch, DutyAccount, HeldLine, Holding, Measure,
    Move, PaperKind, Party, Receive, ReceivedLine, Reception, Refusal, Return, Seize, Split, StockAccount, Why,
    state::ItemFacts,
};
use crate::id::ItemId;

impl Work<'_> {
    /// origin → owed (or not held); none → (unit, case). Rests on a seizure list (L2 §230).
    pub(super) fn seize(&mut self, seize: &Seize) -> Result<(), Refusal> {
        self.not_empty(&seize.lines)?;
        self.paper(PaperKind::SeizureList)?;
        self.once(seize.lines.iter().map(|line| (line.item, ())))?;
        for line in &seize.lines {
            self.said(&line.name)?;
            self.quantity(line.item, line.quantity)?;
            self.refuse_item_if(self.state.items.contains_key(&line.item), line.item, Why::ItemAlreadyExists)?;
            let to = match line.holding {
                Holding::InHand => StockAccount::Owed(seize.unit),
                Holding::InPlace => StockAccount::NotHeld,
            };
            let party = Party { unit: seize.unit, case: seize.case };
            self.open(line.item, &line.number, line.measure.clone(), None);
            self.post_stock(line.item, line.quantity, StockAccount::Origin, to);
            self.post_duty(line.item, line.quantity, DutyAccount::None, DutyAccount::Party(party));
        }
        Ok(())
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
    pub(super) fn receive(&mut self, receive: &Receive) -> Result<(), Refusal> {
        self.not_empty(&receive.lines)?;
        self.once(receive.lines.iter().map(|line| (line.item, ())))?;
        for line in &receive.lines {
            self.receive_line(line)?;
            let seized_by = self.state.items.get(&line.item).map(|facts| facts.seized_by);
            self.refuse_item_if(seized_by == Some(self.draft.actor), line.item, Why::CustodianSeizedIt)?;
        }
        self.refuse_if(receive.delivered_by == self.draft.actor, Why::CustodianDelivers)?;
        receive.lines.iter().filter_map(|line| line.difference.as_ref()).try_for_each(|raised| self.raise(raised))
    }

    fn receive_line(&mut self, line: &ReceivedLine) -> Result<(), Refusal> {
        let owed = StockAccount::Owed(line.owed_by);
        let owed_quantity = self.state.in_stock(line.item, owed);
        let must_differ = match &line.answer {
            Reception::Accepted { quantity, slot, damaged, .. } => {
                self.stock(line.item, *quantity, owed, StockAccount::Slot(*slot))?;
                *damaged || *quantity < owed_quantity
            }
            Reception::Refused { reason } => {
                self.said(reason)?;
                self.open_item(line.item)?;
                self.refuse_item_if(owed_quantity == 0, line.item, Why::NotThere)?;
                true
            }
        };
        self.refuse_item_if(must_differ && line.difference.is_none(), line.item, Why::DifferenceMissing)
    }

    pub(super) fn move_lines(&mut self, moved: &Move) -> Result<(), Refusal> {
        self.not_empty(&moved.lines)?;
        self.once(moved.lines.iter().map(|line| (line.item, line.from)))?;
        moved.lines.iter().try_for_each(|line| {
            self.stock(line.item, line.quantity, StockAccount::Slot(line.from), StockAccount::Slot(line.to))
        })
    }

    pub(super) fn dispatch(&mut self, dispatch: &Dispatch) -> Result<(), Refusal> {
        self.held_once(&dispatch.lines)?;
        dispatch.lines.iter().try_for_each(|line| {
            let slot = StockAccount::Slot(line.slot);
            self.stock(line.item, line.quantity, slot, StockAccount::InTransit(dispatch.to))
        })?;
        self.refuse_if(dispatch.carrier == self.draft.actor, Why::CustodianDelivers)
    }

    pub(super) fn arrive(&mut self, arrive: &Arrive) -> Result<(), Refusal> {
        self.held_once(&arrive.lines)?;
        arrive.lines.iter().try_for_each(|line| {
            let slot = StockAccount::Slot(line.slot);
            self.stock(line.item, line.quantity, StockAccount::InTransit(arrive.at), slot)
        })
    }

    /// slot → on loan, by an approval for exactly this (L3 §190).
    pub(super) fn check_out(&mut self, loan: &CheckOut) -> Result<(), Refusal> {
        self.held_once(&loan.lines)?;
        self.said(&loan.purpose)?;
        loan.lines.iter().try_for_each(|line| {
            let slot = StockAccount::Slot(line.slot);
            self.stock(line.item, line.quantity, slot, StockAccount::OnLoan(loan.borrower))
        })?;
        self.refuse_if(loan.borrower == self.draft.actor, Why::CustodianDelivers)?;
        self.use_approval(loan.approval, ApprovedAct::CheckOut, quantities(&loan.lines))?;
        self.refuse_if(loan.due_at <= self.draft.happened_at, Why::DueBeforeStart)
    }

    pub(super) fn give_back(&mut self, back: &Return) -> Result<(), Refusal> {
        self.held_once(&back.lines)?;
        self.said(&back.condition)?;
        back.lines.iter().try_for_each(|line| {
            let slot = StockAccount::Slot(line.slot);
            self.stock(line.item, line.quantity, StockAccount::OnLoan(back.borrower), slot)
        })?;
        self.refuse_if(back.borrower == self.draft.actor, Why::CustodianDelivers)
    }

    /// parent slot → converted, converted → children's slots; children and declared loss make up the parent's part.
    pub(super) fn split(&mut self, split: &Split) -> Result<(), Refusal> {
        self.not_empty(&split.children)?;
        self.said(&split.reason)?;
        self.once(split.children.iter().map(|child| (child.item, ())))?;
        let Split { item: parent, quantity, lost, .. } = *split;
        self.quantity(parent, quantity)?;
        self.refuse_item_if(lost < 0, parent, Why::QuantityNotPositive)?;
        for child in &split.children {
            self.quantity(child.item, child.quantity)?;
            self.refuse_item_if(self.state.items.contains_key(&child.item), child.item, Why::ItemAlreadyExists)?;
        }
        self.open_item(parent)?;
        self.not_on_offer(parent)?;
        let children = split.children.iter().map(|child| child.quantity).fold(0, i64::saturating_add);
        let adds_up = children.saturating_add(lost) == quantity;
        self.refuse_item_if(!adds_up, parent, Why::ChildrenDoNotAddUp)?;
        self.post_split(split, children)
    }

    fn post_split(&mut self, split: &Split, children: i64) -> Result<(), Refusal> {
        let parent = split.item;
        let duty = self.responsible(parent)?;
        self.stock(parent, children, StockAccount::Slot(split.from), StockAccount::Converted)?;
        self.post_duty(parent, children, duty, DutyAccount::Closed);
        if split.lost > 0 {
            self.stock(parent, split.lost, StockAccount::Slot(split.from), StockAccount::DeclaredLoss)?;
        }
        let measure = self.state.items.get(&parent).map(|facts| facts.measure.clone());
        for child in &split.children {
            self.open(child.item, &child.number, measure.clone().unwrap_or(Measure::Piece), Some(parent));
            self.post_stock(child.item, child.quantity, StockAccount::Converted, StockAccount::Slot(child.slot));
            self.post_duty(child.item, child.quantity, DutyAccount::None, duty);
        }
        Ok(())
    }

    /// owed or slot → bank: money only, with its slip (L5 §437).
    pub(super) fn deposit(&mut self, deposit: &Deposit) -> Result<(), Refusal> {
        self.not_empty(&deposit.lines)?;
        self.said(&deposit.slip)?;
        self.once(deposit.lines.iter().map(|line| (line.item, line.from)))?;
        for line in &deposit.lines {
            let from_hand = matches!(line.from, StockAccount::Owed(_) | StockAccount::Slot(_));
            self.refuse_item_if(!from_hand, line.item, Why::NotThere)?;
            self.stock(line.item, line.quantity, line.from, StockAccount::Bank(deposit.bank))?;
            let measure = self.state.items.get(&line.item).map(|facts| &facts.measure);
            let money = matches!(measure, Some(Measure::Minor(_)));
            self.refuse_item_if(!money, line.item, Why::NotMoney)?;
        }
        Ok(())
    }

    pub(super) fn held_once(&self, lines: &[HeldLine]) -> Result<(), Refusal> {
        self.not_empty(lines)?;
        self.once(lines.iter().map(|line| (line.item, line.slot)))
    }
}

/// Item and quantity of each line.
pub(super) fn quantities(lines: &[HeldLine]) -> impl Iterator<Item = (ItemId, i64)> {
    sums(lines.iter().map(|line| (line.item, line.quantity))).into_iter()
}

