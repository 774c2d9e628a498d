//! 差异了结: how a difference was explained or put right, said by somebody other than who raised it.

use super::{Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{DifferenceId, ItemId},
    ledger::{Change, Mentions, RefusalReason, SignerRole, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettleDifference {
    pub difference: DifferenceId,
    /// How it was explained or put right, in a sentence.
    pub finding: String,
}

impl Kind for SettleDifference {
    fn rule(&self, work: &mut Work<'_>) {
        work.reason_given(&self.finding);
        let settled = work.state.differences.get(&self.difference);
        work.refuse_if(settled.is_none(), RefusalReason::DifferenceUnknown);
        work.refuse_if(settled == Some(&true), RefusalReason::DifferenceSettled);
        work.change(Change::DifferenceSettled(self.difference));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.differences.insert(self.difference);
    }

    fn narrow(&mut self, _: ItemId) {}

    fn other_people(&self) -> Vec<OtherPerson> {
        vec![OtherPerson::RaiserOf(self.difference)]
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
