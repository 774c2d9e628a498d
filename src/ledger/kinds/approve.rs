//! 审批: one yes, to one act, on exact items; used at most once.

use super::{Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    clock::Moment,
    id::{ApprovalId, ItemId, PersonId, UnitId},
    ledger::{
        Change, CorrectedLine, Description, Edition, Mentions, Outcome, RefusalReason, SignerRole,
        apply::Work, state::ApprovalFacts,
    },
    vocabulary::vocabulary,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approve {
    pub approval: ApprovalId,
    pub act: ApprovedAct,
    pub requester: PersonId,
    pub purpose: String,
    pub expires_at: Moment,
    pub lines: Vec<ApprovedLine>,
    /// What exactly is corrected, when it is a correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<ApprovedCorrection>,
    /// Which way out, when it is a disposal; since the third edition of the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposal: Option<ApprovedDisposal>,
    /// Why it is lost and who is liable, when it is a loss; since the third edition of the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<ApprovedLoss>,
}

vocabulary! {
    /// What an approval lets happen.
    ApprovedAct "approved_act" {
        CheckOut "check_out" "借出" "Check out",
        Dispose "dispose" "处置" "Dispose",
        DeclareLoss "declare_loss" "灭失申报" "Declare loss",
        Correct "correct" "更正" "Correct",
    }

    /// How a thing came to be lost.
    LossCause "loss_cause" {
        Lost "lost" "遗失" "Lost",
        Stolen "stolen" "被盗" "Stolen",
        Destroyed "destroyed" "损毁" "Destroyed",
        /// Handed to somebody to whom it was not to be handed, and not had back.
        Misdelivered "misdelivered" "错发" "Handed to the wrong person",
        /// It perished or evaporated by itself.
        Perished "perished" "变质自耗" "Perished",
        /// Taken by an examination.
        UsedUp "used_up" "检验耗用" "Used up in an examination",
        ForceMajeure "force_majeure" "不可抗力" "Force majeure",
    }
}

impl LossCause {
    /// Whether somebody has to answer for it (执法过错责任): what nature, an examination or force majeure took is nobody's fault.
    pub fn has_liable(self) -> bool {
        match self {
            LossCause::Lost | LossCause::Stolen | LossCause::Destroyed | LossCause::Misdelivered => true,
            LossCause::Perished | LossCause::UsedUp | LossCause::ForceMajeure => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedLine {
    pub item: ItemId,
    pub quantity: i64,
}

/// The correction of one declared error, line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedCorrection {
    /// The entry number of the error declaration.
    pub declaration: u64,
    pub lines: Vec<CorrectedLine>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub descriptions: Vec<Description>,
}

/// One way out: what becomes of the things, by which decision, and who gets them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedDisposal {
    pub outcome: Outcome,
    /// 处理文书: the number of the decision or judgment by which the things go. It stands on the paper.
    pub decision: String,
    /// Owner, treasury, buyer or the organ that takes over; nobody only where the things are destroyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
}

/// One loss: how it came about, who is liable, and the written report on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedLoss {
    pub cause: LossCause,
    /// 责任人: somebody of the roster; nobody only where it is nobody's fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liable: Option<PersonId>,
    /// 情况说明: the number of the report.
    pub report: String,
}

impl ApprovedLoss {
    fn rule(&self, work: &mut Work<'_>) {
        work.refuse_if(self.report.trim().is_empty(), RefusalReason::PaperMissing);
        let named = self.liable.is_some() || !self.cause.has_liable();
        work.refuse_if(!named, RefusalReason::LiableMissing);
        work.refuse_if(self.liable == Some(work.draft.actor), RefusalReason::LiableActs);
    }
}

impl ApprovedDisposal {
    fn rule(&self, work: &mut Work<'_>) {
        work.refuse_if(self.decision.trim().is_empty(), RefusalReason::PaperMissing);
        let named = self.recipient.as_deref().is_some_and(|name| !name.trim().is_empty());
        work.refuse_if(named != self.outcome.has_recipient(), RefusalReason::RecipientMissing);
    }
}

impl Approve {
    /// The approval as this person of that unit gives it.
    pub fn facts(&self, approver: PersonId, unit: UnitId) -> ApprovalFacts {
        ApprovalFacts {
            act: self.act,
            approver,
            unit,
            requester: self.requester,
            expires_at: self.expires_at,
            lines: self.lines.clone(),
            correction: self.correction.clone(),
            disposal: self.disposal.clone(),
            loss: self.loss.clone(),
            used: false,
        }
    }
}

impl Kind for Approve {
    /// Posts nothing. Nobody approves what they asked for.
    fn rule(&self, work: &mut Work<'_>) {
        work.not_empty(&self.lines);
        work.reason_given(&self.purpose);
        work.once(self.lines.iter().map(|line| (line.item, ())));
        for line in &self.lines {
            work.quantity(line.item, line.quantity);
            work.open_item(line.item);
        }
        if work.since(Edition::SECOND) {
            let says_what = (self.act == ApprovedAct::Correct) == self.correction.is_some();
            work.refuse_if(!says_what, RefusalReason::ApprovalOfOtherPostings);
        }
        if work.since(Edition::THIRD) {
            let says_which = (self.act == ApprovedAct::Dispose) == self.disposal.is_some();
            work.refuse_if(!says_which, RefusalReason::DisposalDiffers);
            if let Some(disposal) = &self.disposal {
                disposal.rule(work);
            }
            let says_how = (self.act == ApprovedAct::DeclareLoss) == self.loss.is_some();
            work.refuse_if(!says_how, RefusalReason::LossDiffers);
            if let Some(loss) = &self.loss {
                loss.rule(work);
            }
        }
        work.refuse_if(self.requester == work.draft.actor, RefusalReason::RequesterApproves);
        let again = work.state.approvals.contains_key(&self.approval);
        work.refuse_if(again, RefusalReason::ApprovalAlreadyGiven);
        work.refuse_if(self.expires_at <= work.recorded_at, RefusalReason::ApprovalExpired);
        work.change(Change::Approved(self.approval, self.facts(work.draft.actor, work.draft.unit)));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.approvals.insert(self.approval);
        mentions.persons.insert(self.requester);
        mentions.persons.extend(self.loss.as_ref().and_then(|it| it.liable));
        mentions.items.extend(self.lines.iter().map(|line| line.item));
    }

    fn narrow(&mut self, item: ItemId) {
        self.lines.retain(|line| line.item == item);
        if let Some(correction) = &mut self.correction {
            correction.lines.retain(|line| line.item == item);
            correction.descriptions.retain(|it| it.item == item);
        }
    }

    fn other_people(&self) -> Vec<OtherPerson> {
        let liable = self.loss.as_ref().and_then(|it| it.liable);
        [Some(self.requester), liable].into_iter().flatten().map(OtherPerson::Person).collect()
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        None
    }

    fn register(&self) -> Register<'_> {
        Register::Approval(self)
    }
}
