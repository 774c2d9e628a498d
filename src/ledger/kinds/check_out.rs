//! 借出: lent for case work only, by approval, to be brought back (L3 §190).

use super::{ApprovedAct, HeldLine, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    clock::Moment,
    id::{ApprovalId, ItemId, PersonId},
    ledger::{
        Edition, Mentions, RefusalReason, SignerRole, StockAccount,
        apply::{Work, quantities},
    },
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckOut {
    pub approval: ApprovalId,
    pub borrower: PersonId,
    pub purpose: String,
    pub due_at: Moment,
    pub lines: Vec<HeldLine>,
}

impl Kind for CheckOut {
    /// slot → on loan, by an approval for exactly this. Nobody lends to themselves what they approved.
    fn rule(&self, work: &mut Work<'_>) {
        work.held_once(&self.lines);
        work.reason_given(&self.purpose);
        for line in &self.lines {
            let on_loan = StockAccount::OnLoan(self.borrower);
            work.stock(line.item, line.quantity, StockAccount::Slot(line.slot), on_loan);
            // The offer that its giver signed says where the item lies until the receiver answers.
            if work.since(Edition::SECOND) {
                work.not_on_offer(line.item);
                work.one_lender(line.item, self.borrower);
            }
        }
        work.refuse_if(self.borrower == work.draft.actor, RefusalReason::CustodianDelivers);
        let approver = work.state.approvals.get(&self.approval).map(|facts| facts.approver);
        work.refuse_if(approver == Some(self.borrower), RefusalReason::RequesterApproves);
        work.use_approval(self.approval, ApprovedAct::CheckOut, quantities(&self.lines));
        work.refuse_if(self.due_at <= work.draft.happened_at, RefusalReason::DueBeforeStart);
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.persons.insert(self.borrower);
        mentions.use_approval(self.approval);
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
        Some(PaperForm::LoanSlip)
    }

    fn register(&self) -> Register<'_> {
        Register::Nothing
    }
}
