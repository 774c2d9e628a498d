//! 差异了结: how a difference was explained or put right, said by somebody other than who raised it.

use super::{DifferenceClass, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{DifferenceId, ItemId},
    ledger::{Change, Edition, Mentions, RefusalReason, SignerRole, apply::Work, state::DifferenceFacts},
    vocabulary::vocabulary,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettleDifference {
    pub difference: DifferenceId,
    /// How it was explained or put right, in a sentence.
    pub finding: String,
    /// What became of it; since the second edition of the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<SettlementCause>,
    /// The entry that shows it: where the thing was seen again, which declares its loss, which corrects what was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
}

vocabulary! {
    /// What became of a difference.
    SettlementCause "settlement_cause" {
        FoundAgain "found_again" "已找到" "Found again",
        /// Of a line that was refused in a handover: it was accepted in a later one.
        AcceptedLater "accepted_later" "后来接收" "Accepted later",
        HandedIn "handed_in" "后来交到" "Handed in later",
        CountedWrong "counted_wrong" "清点有误" "Counted wrongly",
        WrittenWrong "written_wrong" "记载有误，已更正" "Written wrongly and corrected",
        LossDeclared "loss_declared" "已申报灭失" "Loss declared",
        Explained "explained" "查明原因，账目无误" "Explained; the ledger is right",
    }
}

impl SettlementCause {
    /// Whether another entry must show it.
    pub fn rests_on_entry(self) -> bool {
        match self {
            SettlementCause::FoundAgain
            | SettlementCause::AcceptedLater
            | SettlementCause::HandedIn
            | SettlementCause::WrittenWrong
            | SettlementCause::LossDeclared => true,
            SettlementCause::CountedWrong | SettlementCause::Explained => false,
        }
    }
}

impl SettleDifference {
    /// A cause that another entry shows names one since the difference was raised that is about the thing, or a count in which it
    /// was looked for again; a loss, the entry that declared it of the thing. And whatever the cause, a thing that was not found is not settled by words alone.
    fn shown(&self, work: &mut Work<'_>, difference: &DifferenceFacts) {
        let missing = difference.class == DifferenceClass::Missing;
        let needed = missing || self.cause.is_some_and(SettlementCause::rests_on_entry);
        let entry = self.entry.and_then(|seq| Some((seq, work.state.entries.get(&seq)?)));
        let fits = entry.is_some_and(|(seq, entry)| {
            let about = difference.item.is_none_or(|item| entry.items.contains(&item));
            let shows = match self.cause {
                // Of this thing, and nothing but a loss: a count has not declared one.
                Some(SettlementCause::LossDeclared) => {
                    difference.item.map_or(!entry.lost.is_empty(), |item| entry.lost.contains(&item))
                }
                _ => about || entry.count,
            };
            seq > difference.raised && shows
        });
        let named = self.entry.is_some();
        work.refuse_if((needed || named) && !fits, RefusalReason::SettlementNotShown);
    }
}

impl Kind for SettleDifference {
    fn rule(&self, work: &mut Work<'_>) {
        work.reason_given(&self.finding);
        let found = work.state.differences.get(&self.difference);
        work.refuse_if(found.is_none(), RefusalReason::DifferenceUnknown);
        work.refuse_if(found.is_some_and(|it| it.settled), RefusalReason::DifferenceSettled);
        if work.since(Edition::SECOND) {
            work.refuse_if(self.cause.is_none(), RefusalReason::CauseMissing);
            if let Some(difference) = found {
                self.shown(work, difference);
            }
        }
        if work.since(Edition::THIRD) {
            let brought_it = found.is_some_and(|it| it.brought_by == Some(work.draft.actor));
            work.refuse_if(brought_it, RefusalReason::SettledByWhoBroughtIt);
            let in_words = self.cause.is_some_and(|cause| !cause.rests_on_entry()) && self.entry.is_none();
            let paper = work.draft.papers.iter().any(|paper| !paper.number.trim().is_empty());
            work.refuse_if(in_words && !paper, RefusalReason::EvidenceMissing);
        }
        work.change(Change::DifferenceSettled(self.difference));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.differences.insert(self.difference);
        mentions.entries.extend(self.entry);
    }

    fn narrow(&mut self, _: ItemId) {}

    fn other_people(&self) -> Vec<OtherPerson> {
        vec![OtherPerson::RaiserOf(self.difference), OtherPerson::BringerOf(self.difference)]
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        None
    }

    fn register(&self) -> Register<'_> {
        Register::Settlement(self)
    }
}
