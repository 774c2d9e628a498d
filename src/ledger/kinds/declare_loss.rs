//! 灭失申报: what is lost is declared, by approval, with its cause and whoever is liable (执法过错责任); duty stays, so that somebody
//! answers.

use super::{AccountLine, ApprovedAct, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{ApprovalId, ItemId, PersonId},
    ledger::{Edition, LossCause, Mentions, RefusalReason, SignerRole, StockAccount, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclareLoss {
    pub approval: ApprovalId,
    /// 情况说明: the number of the report on it, since the third edition of the rules the one that was approved.
    pub report: String,
    pub lines: Vec<AccountLine>,
    /// How it came about; since the third edition of the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<LossCause>,
    /// 责任人: who is liable; nobody where it is nobody's fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liable: Option<PersonId>,
}

impl DeclareLoss {
    /// What was approved is declared, and not by who is liable.
    fn as_approved(&self, work: &mut Work<'_>) {
        let Some(facts) = work.state.approvals.get(&self.approval) else { return };
        let same = facts.loss.as_ref().is_some_and(|it| {
            Some(it.cause) == self.cause && it.liable == self.liable && it.report == self.report
        });
        work.refuse_if(!same, RefusalReason::LossDiffers);
        work.refuse_if(self.liable == Some(work.draft.actor), RefusalReason::LiableActs);
    }
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
        if work.since(Edition::THIRD) {
            self.as_approved(work);
        }
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.use_approval(self.approval);
        mentions.persons.extend(self.liable);
        mentions.account_lines(&self.lines);
    }

    fn narrow(&mut self, item: ItemId) {
        self.lines.retain(|line| line.item == item);
    }

    fn other_people(&self) -> Vec<OtherPerson> {
        self.liable.into_iter().map(OtherPerson::Person).collect()
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        Some(PaperForm::LossRecord)
    }

    fn register(&self) -> Register<'_> {
        Register::Nothing
    }
}
