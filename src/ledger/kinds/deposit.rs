//! 缴存: money into the single compliant account (L5 §437).

use super::{AccountLine, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{ItemId, StoreId},
    ledger::{Mentions, RefusalReason, SignerRole, StockAccount, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    pub bank: StoreId,
    /// Name and number of the deposit slip (L5 §437).
    pub slip: String,
    pub lines: Vec<AccountLine>,
}

impl Kind for Deposit {
    /// owed or slot → bank: money only, with its slip.
    fn rule(&self, work: &mut Work<'_>) {
        work.not_empty(&self.lines);
        work.refuse_if(self.slip.trim().is_empty(), RefusalReason::PaperMissing);
        work.once(self.lines.iter().map(|line| (line.item, line.from)));
        for line in &self.lines {
            let from_hand = matches!(line.from, StockAccount::Owed(_) | StockAccount::Slot(_));
            work.refuse_item_if(!from_hand, line.item, RefusalReason::NotThere);
            work.stock(line.item, line.quantity, line.from, StockAccount::Bank(self.bank));
            work.money(line.item);
        }
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.stores.insert(self.bank);
        mentions.account_lines(&self.lines);
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
