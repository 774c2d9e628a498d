//! 拆分: a part of the parent becomes children; what was lost on the way is declared with it.

use super::{ApprovedAct, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{ApprovalId, ItemId, SlotId},
    ledger::{
        DutyAccount, Edition, Mentions, PaperKind, RefusalReason, SignerRole, StockAccount, apply::Work,
        state::DescriptionFacts,
    },
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    pub item: ItemId,
    pub from: SlotId,
    /// What is taken out of the parent: the children's sum and the loss.
    pub quantity: i64,
    pub lost: i64,
    pub children: Vec<Child>,
    pub reason: String,
    /// By which the loss is declared; since the second edition of the rules, and only where something was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    pub quantity: i64,
    pub slot: SlotId,
    pub seal: Option<String>,
}

impl Kind for Split {
    /// parent slot → converted, converted → children's slots; children and declared loss make up the parent's part. What
    /// is lost on the way rests on a written report (sampling loss needs written proof, domain §1.3) and on an approval of exactly
    /// this loss, as every other loss does.
    fn rule(&self, work: &mut Work<'_>) {
        let Split { item: parent, quantity, lost, .. } = *self;
        work.not_empty(&self.children);
        work.reason_given(&self.reason);
        if lost > 0 {
            work.paper(PaperKind::Report);
        }
        if work.since(Edition::SECOND) {
            self.loss_approved(work);
        }
        work.once(self.children.iter().map(|child| (child.item, ())));
        let parent_number = work.state.items.get(&parent).map(|facts| (parent, facts.number.as_str()));
        let child_numbers = self.children.iter().map(|child| (child.item, child.number.as_str()));
        work.numbers_once(parent_number.into_iter().chain(child_numbers));
        for child in &self.children {
            work.new_item(child.item, &child.number, &child.name, child.quantity);
        }
        work.quantity(parent, quantity);
        work.refuse_item_if(lost < 0, parent, RefusalReason::QuantityNotPositive);
        work.open_item(parent);
        work.not_on_offer(parent);
        if work.since(Edition::SECOND) {
            let mut slots = self.children.iter().map(|child| child.slot).chain([self.from]);
            let own = slots.all(|slot| work.own_to_fill(StockAccount::Slot(slot)));
            work.refuse_item_if(!own, parent, RefusalReason::NotTheKeeper);
        }
        let there = work.state.in_stock(parent, StockAccount::Slot(self.from));
        work.refuse_item_if(there < quantity, parent, RefusalReason::NotThere);
        let children = self.children.iter().map(|child| child.quantity).fold(0, i64::saturating_add);
        let adds_up = children.saturating_add(lost) == quantity;
        work.refuse_item_if(!adds_up, parent, RefusalReason::ChildrenDoNotAddUp);
        self.post(work, children);
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.items.insert(self.item);
        mentions.described.insert(self.item);
        if let Some(approval) = self.approval {
            mentions.use_approval(approval);
        }
        mentions.slots.insert(self.from);
        mentions.items.extend(self.children.iter().map(|child| child.item));
        mentions.slots.extend(self.children.iter().map(|child| child.slot));
    }

    /// A child's life tells of all its brothers: together they are the parent's part.
    fn narrow(&mut self, _: ItemId) {}

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
        Register::Parts(self)
    }
}

impl Child {
    /// It is of the parent's category and has its features.
    fn description(&self, parent: &DescriptionFacts) -> DescriptionFacts {
        DescriptionFacts {
            name: self.name.clone(),
            quantity: self.quantity,
            seal: self.seal.clone(),
            label: None,
            ..parent.clone()
        }
    }
}

impl Split {
    fn loss_approved(&self, work: &mut Work<'_>) {
        let lost = [(self.item, self.lost)].into_iter().filter(|_| self.lost > 0);
        match self.approval {
            Some(approval) => work.use_approval(approval, ApprovedAct::DeclareLoss, lost),
            None => work.refuse_if(self.lost > 0, RefusalReason::ApprovalUnknown),
        }
    }

    fn post(&self, work: &mut Work<'_>, children: i64) {
        let (parent, slot) = (self.item, StockAccount::Slot(self.from));
        work.post_stock(parent, children, slot, StockAccount::Converted);
        if self.lost > 0 {
            work.post_stock(parent, self.lost, slot, StockAccount::DeclaredLoss);
        }
        let party = work.post_duty_from_responsible(parent, children, DutyAccount::Closed);
        let facts = work.state.items.get(&parent);
        let (Some(party), Some(measure)) = (party, facts.map(|facts| &facts.measure)) else { return };
        let described = work.state.descriptions.get(&parent);
        for child in &self.children {
            work.open(child.item, &child.number, measure.clone(), Some(parent));
            if let Some(parent) = described {
                work.describe(child.item, child.description(parent));
            }
            let slot = StockAccount::Slot(child.slot);
            work.post_stock(child.item, child.quantity, StockAccount::Converted, slot);
            work.post_duty(child.item, child.quantity, DutyAccount::None, DutyAccount::Party(party));
        }
    }
}
