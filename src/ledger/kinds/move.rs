//! 移库: from one slot into another.

use super::{Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{ItemId, SlotId},
    ledger::{Mentions, SignerRole, StockAccount, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    pub lines: Vec<MovedLine>,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedLine {
    pub item: ItemId,
    pub quantity: i64,
    pub from: SlotId,
    pub to: SlotId,
}

impl Kind for Move {
    /// slot → slot
    fn rule(&self, work: &mut Work<'_>) {
        work.not_empty(&self.lines);
        work.once(self.lines.iter().map(|line| (line.item, line.from)));
        for line in &self.lines {
            work.stock(line.item, line.quantity, StockAccount::Slot(line.from), StockAccount::Slot(line.to));
        }
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.items.extend(self.lines.iter().map(|line| line.item));
        mentions.slots.extend(self.lines.iter().flat_map(|line| [line.from, line.to]));
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
        Register::Nothing
    }
}
