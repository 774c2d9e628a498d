//! 处置: the last of a thing, by approval and with a voucher.

use super::{ApprovedAct, HeldLine, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{ApprovalId, ItemId},
    ledger::{
        DutyAccount, Mentions, Outcome, RefusalReason, SignerRole, StockAccount,
        apply::{Work, quantities},
    },
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispose {
    pub approval: ApprovalId,
    pub outcome: Outcome,
    pub voucher: String,
    pub recipient: Option<String>,
    pub lines: Vec<HeldLine>,
}

impl Kind for Dispose {
    /// slot → disposed; duty → closed. Rests on an approval and a voucher; nothing leaves while it is on offer.
    fn rule(&self, work: &mut Work<'_>) {
        work.refuse_if(self.voucher.trim().is_empty(), RefusalReason::PaperMissing);
        work.held_once(&self.lines);
        for line in &self.lines {
            let outcome = StockAccount::Disposed(self.outcome);
            work.stock(line.item, line.quantity, StockAccount::Slot(line.slot), outcome);
            work.not_on_offer(line.item);
            work.post_duty_from_responsible(line.item, line.quantity, DutyAccount::Closed);
        }
        work.use_approval(self.approval, ApprovedAct::Dispose, quantities(&self.lines));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.use_approval(self.approval);
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
