//! 到库: what was on the way lies in a slot of the store it was sent to.

use super::{HeldLine, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{ItemId, StoreId},
    ledger::{Mentions, SignerRole, StockAccount, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrive {
    pub at: StoreId,
    pub lines: Vec<HeldLine>,
}

impl Kind for Arrive {
    /// in transit → slot
    fn rule(&self, work: &mut Work<'_>) {
        work.held_once(&self.lines);
        for line in &self.lines {
            let transit = StockAccount::InTransit(self.at);
            work.stock(line.item, line.quantity, transit, StockAccount::Slot(line.slot));
        }
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.stores.insert(self.at);
        mentions.held(&self.lines);
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
