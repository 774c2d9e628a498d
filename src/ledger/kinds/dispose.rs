//! 处置: the last of a thing, by approval and with a voucher. Whoever collects it is seen and written down; where nobody does, because
//! it is destroyed, two people stand by (L3 §193–196).

use super::{ApprovedAct, HeldLine, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{ApprovalId, ItemId, PersonId},
    ledger::{
        DutyAccount, Edition, Mentions, Outcome, RefusalReason, SignerRole, StockAccount,
        apply::{Work, quantities},
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// So many people stand by when things are destroyed.
const WITNESSES: usize = 2;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispose {
    pub approval: ApprovalId,
    pub outcome: Outcome,
    /// The decision by which the things go, since the third edition of the rules the one that was approved.
    pub voucher: String,
    pub recipient: Option<String>,
    pub lines: Vec<HeldLine>,
    /// 领取人: who stood at the counter and took the things away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collector: Option<Collector>,
    /// 监销人: who stood by while the things were destroyed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witnesses: Vec<PersonId>,
}

/// Who collects: the recipient, or somebody on their behalf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Collector {
    pub name: String,
    /// The number of the identity document that was seen.
    pub document: String,
    /// 委托书, 介绍信: by which somebody else than the recipient collects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
}

impl Collector {
    /// Whether they may collect for this recipient.
    fn is_shown_for(&self, recipient: &str) -> bool {
        let said = |text: &str| !text.trim().is_empty();
        let themselves = self.name.trim() == recipient.trim();
        said(&self.name)
            && said(&self.document)
            && (themselves || self.authority.as_deref().is_some_and(said))
    }
}

impl Dispose {
    /// What was approved, collected by whom it is for, or watched by two who have no part in it.
    fn as_approved(&self, work: &mut Work<'_>) {
        let Some(facts) = work.state.approvals.get(&self.approval) else { return };
        let same = facts.disposal.as_ref().is_some_and(|it| {
            it.outcome == self.outcome && it.decision == self.voucher && it.recipient == self.recipient
        });
        let part = [work.draft.actor, facts.requester, facts.approver];
        let apart: BTreeSet<PersonId> =
            self.witnesses.iter().copied().filter(|person| !part.contains(person)).collect();
        let shown = match (&self.recipient, &self.collector) {
            (Some(recipient), Some(collector)) => collector.is_shown_for(recipient),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let watched = self.outcome.has_recipient() || apart.len() >= WITNESSES;
        let all_apart = apart.len() == self.witnesses.len();
        work.refuse_if(!same, RefusalReason::DisposalDiffers);
        work.refuse_if(!shown, RefusalReason::CollectorNotShown);
        work.refuse_if(!watched || !all_apart, RefusalReason::WitnessesMissing);
    }
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
        if work.since(Edition::THIRD) {
            self.as_approved(work);
        }
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.use_approval(self.approval);
        mentions.persons.extend(&self.witnesses);
        mentions.held(&self.lines);
    }

    fn narrow(&mut self, item: ItemId) {
        self.lines.retain(|line| line.item == item);
    }

    fn other_people(&self) -> Vec<OtherPerson> {
        self.witnesses.iter().map(|person| OtherPerson::Person(*person)).collect()
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        Some(PaperForm::DisposalList)
    }

    fn register(&self) -> Register<'_> {
        Register::Nothing
    }
}
