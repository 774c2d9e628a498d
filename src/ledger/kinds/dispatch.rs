//! 发运: out of a slot, on the way to another store.

use super::{HeldLine, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{ItemId, PersonId, StoreId},
    ledger::{Mentions, RefusalReason, SignerRole, StockAccount, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    pub to: StoreId,
    pub carrier: PersonId,
    pub lines: Vec<HeldLine>,
}

impl Kind for Dispatch {
    /// slot → in transit; the carrier is not the custodian.
    fn rule(&self, work: &mut Work<'_>) {
        work.held_once(&self.lines);
        for line in &self.lines {
            let transit = StockAccount::InTransit(self.to);
            work.stock(line.item, line.quantity, StockAccount::Slot(line.slot), transit);
        }
        work.refuse_if(self.carrier == work.draft.actor, RefusalReason::CustodianDelivers);
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.stores.insert(self.to);
        mentions.persons.insert(self.carrier);
        mentions.held(&self.lines);
    }

    fn narrow(&mut self, item: ItemId) {
        self.lines.retain(|line| line.item == item);
    }

    fn other_people(&self) -> Vec<OtherPerson> {
        vec![OtherPerson::Person(self.carrier)]
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
