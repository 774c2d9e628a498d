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
}

vocabulary! {
    /// What an approval lets happen.
    ApprovedAct "approved_act" {
        CheckOut "check_out" "借出" "Check out",
        Dispose "dispose" "处置" "Dispose",
        DeclareLoss "declare_loss" "灭失申报" "Declare loss",
        Correct "correct" "更正" "Correct",
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
        vec![OtherPerson::Person(self.requester)]
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
