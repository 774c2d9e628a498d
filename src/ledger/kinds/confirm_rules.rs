//! 确认规则: somebody other than the one who brought them has read the rules, and confirms exactly these bytes before the day from which
//! they hold.

use super::{Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::ItemId,
    ledger::{Change, Mentions, RefusalReason, SignerRole, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmRules {
    /// The number of the entry by which they were adopted.
    pub adoption: u64,
    /// SM3 of the bytes that were read.
    pub digest: String,
}

impl Kind for ConfirmRules {
    fn rule(&self, work: &mut Work<'_>) {
        let Some(rules) = work.state.rules.get(&self.adoption) else {
            return work.refuse(None, RefusalReason::RulesUnknown);
        };
        work.refuse_if(rules.digest != self.digest, RefusalReason::RulesDiffer);
        work.refuse_if(rules.confirmed, RefusalReason::RulesAlreadyConfirmed);
        work.refuse_if(rules.begins <= work.recorded_at, RefusalReason::RulesBeginInThePast);
        work.refuse_if(rules.adopted_by == work.draft.actor, RefusalReason::AdopterConfirms);
        work.change(Change::RulesConfirmed(self.adoption));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.rules = true;
    }

    fn narrow(&mut self, _: ItemId) {}

    fn other_people(&self) -> Vec<OtherPerson> {
        vec![OtherPerson::AdopterOf(self.adoption)]
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
