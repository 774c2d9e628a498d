//! 换标签: a thing that lies in a slot carries a newer copy of its label, which was stuck on and scanned back. The copy before is void.

use super::{BoundLabel, Description, DescriptionChange, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::ItemId,
    ledger::{Mentions, RefusalReason, SignerRole, StockAccount, apply::Work, state::DescriptionFacts},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplaceLabel {
    pub lines: Vec<ReplacedLabel>,
    /// Why it was printed again: torn, faded, come off.
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplacedLabel {
    pub item: ItemId,
    pub from: BoundLabel,
    /// The same code on a newer copy.
    pub to: BoundLabel,
}

impl Kind for ReplaceLabel {
    /// A newer copy of the same code, on a thing in a slot of the unit that acts. Another code is a matter of a correction.
    fn rule(&self, work: &mut Work<'_>) {
        work.not_empty(&self.lines);
        work.once(self.lines.iter().map(|line| (line.item, ())));
        work.reason_given(&self.reason);
        self.lines.iter().for_each(|line| line.rule(work));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        for line in &self.lines {
            mentions.items.insert(line.item);
            mentions.described.insert(line.item);
            mentions.label(&line.from);
        }
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
        Register::Labels(self)
    }
}

impl ReplaceLabel {
    /// As the register of what is written of things has it. No quantity is concerned.
    pub fn descriptions(&self) -> Vec<Description> {
        let description = |line: &ReplacedLabel| Description {
            item: line.item,
            quantity: 0,
            change: DescriptionChange::Label { from: Some(line.from.clone()), to: line.to.clone() },
            photographs: Vec::new(),
        };
        self.lines.iter().map(description).collect()
    }
}

impl ReplacedLabel {
    fn rule(&self, work: &mut Work<'_>) {
        let ReplacedLabel { item, from, to } = self;
        work.open_item(*item);
        let own = work.draft.unit;
        let slots = work.state.places(*item).filter(|(account, _)| matches!(account, StockAccount::Slot(_)));
        let keepers: Vec<_> = slots.map(|(account, _)| work.state.holders.of(account)).collect();
        work.refuse_item_if(keepers.is_empty(), *item, RefusalReason::NotThere);
        let others = keepers.iter().any(|keeper| *keeper != Some(own));
        work.refuse_item_if(others, *item, RefusalReason::NotTheKeeper);
        let facts = work.state.descriptions.get(item);
        let stands = facts.is_some_and(|facts| facts.label.as_ref() == Some(from));
        work.refuse_item_if(!stands, *item, RefusalReason::DescriptionChanged);
        let newer = to.code == from.code && to.copy > from.copy;
        work.refuse_item_if(!newer, *item, RefusalReason::NoNewerCopy);
        if let Some(facts) = facts {
            work.describe(*item, DescriptionFacts { label: Some(to.clone()), ..facts.clone() });
        }
    }
}
