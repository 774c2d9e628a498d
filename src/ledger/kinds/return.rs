//! 归还: what was lent is back in a slot, in the condition that is written down.

use super::{HeldLine, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{ItemId, PersonId},
    ledger::{Mentions, RefusalReason, SignerRole, StockAccount, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    pub borrower: PersonId,
    pub condition: String,
    pub lines: Vec<HeldLine>,
}

impl Kind for Return {
    /// on loan → slot; the one who brings it is not the custodian.
    fn rule(&self, work: &mut Work<'_>) {
        work.held_once(&self.lines);
        work.reason_given(&self.condition);
        for line in &self.lines {
            let on_loan = StockAccount::OnLoan(self.borrower);
            work.stock(line.item, line.quantity, on_loan, StockAccount::Slot(line.slot));
        }
        work.refuse_if(self.borrower == work.draft.actor, RefusalReason::CustodianDelivers);
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.persons.insert(self.borrower);
        mentions.held(&self.lines);
    }

    fn narrow(&mut self, item: ItemId) {
        self.lines.retain(|line| line.item == item);
    }

    fn other_people(&self) -> Vec<OtherPerson> {
        vec![OtherPerson::Person(self.borrower)]
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        Some(PaperForm::ReturnSlip)
    }

    fn register(&self) -> Register<'_> {
        Register::Nothing
    }
}
