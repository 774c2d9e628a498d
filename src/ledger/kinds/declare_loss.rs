//! 灭失申报: what is lost is declared, by approval; duty stays, so that somebody answers.

use super::{AccountLine, ApprovedAct, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{ApprovalId, ItemId},
    ledger::{Mentions, RefusalReason, SignerRole, StockAccount, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclareLoss {
    pub approval: ApprovalId,
    pub report: String,
    pub lines: Vec<AccountLine>,
}

impl Kind for DeclareLoss {
    /// any → declared loss
    fn rule(&self, work: &mut Work<'_>) {
        work.not_empty(&self.lines);
        work.reason_given(&self.report);
        work.once(self.lines.iter().map(|line| (line.item, line.from)));
        for line in &self.lines {
            work.refuse_item_if(!line.from.is_open(), line.item, RefusalReason::NotThere);
            work.stock(line.item, line.quantity, line.from, StockAccount::DeclaredLoss);
        }
        let lines = self.lines.iter().map(|line| (line.item, line.quantity));
        work.use_approval(self.approval, ApprovedAct::DeclareLoss, lines);
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.use_approval(self.approval);
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
