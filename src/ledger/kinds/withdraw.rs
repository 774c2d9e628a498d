//! The offer ends without an exchange: withdrawn by the giver, or its time ran out.

use super::{Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{HandoverId, ItemId},
    ledger::{Change, Mentions, RefusalReason, SignerRole, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdraw {
    pub handover: HandoverId,
    pub cause: WithdrawCause,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawCause {
    Withdrawn,
    Expired,
}

impl Kind for Withdraw {
    /// Posts nothing; the lines are free again.
    fn rule(&self, work: &mut Work<'_>) {
        work.reason_given(&self.reason);
        let Some(offer) = work.open_offer(self.handover) else { return };
        let too_early = self.cause == WithdrawCause::Expired && offer.expires_at > work.recorded_at;
        work.refuse_if(too_early, RefusalReason::OfferNotExpired);
        work.change(Change::OfferClosed(self.handover));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.offers.insert(self.handover);
    }

    fn narrow(&mut self, _: ItemId) {}

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
        Register::Withdrawal(self)
    }
}
