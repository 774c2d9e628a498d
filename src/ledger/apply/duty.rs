//! The rules of the duty book: approval, offer, withdrawal and the exchange. None of them moves a thing.

use super::Work;
use crate::ledger::{
    Approve, Change, DutyAccount, Exchange, Offer, Refusal, Signature, SignatureSuite, SignerRole, Suite, Why,
    Withdraw, WithdrawCause, canonical,
    state::{ApprovalFacts, OfferFacts},
};
use serde::Serialize;

impl Work<'_> {
    pub(super) fn approve(&mut self, approve: &Approve) -> Result<(), Refusal> {
        self.not_empty(&approve.lines)?;
        self.said(&approve.purpose)?;
        self.once(approve.lines.iter().map(|line| (line.item, ())))?;
        for line in &approve.lines {
            self.quantity(line.item, line.quantity)?;
            self.open_item(line.item)?;
        }
        self.refuse_if(approve.requester == self.draft.actor, Why::RequesterApproves)?;
        let again = self.state.approvals.contains_key(&approve.approval);
        self.refuse_if(again, Why::ApprovalAlreadyGiven)?;
        self.refuse_if(approve.expires_at <= self.recorded_at, Why::ApprovalExpired)?;
        let facts = ApprovalFacts {
            act: approve.act,
            approver: self.draft.actor,
            requester: approve.requester,
            expires_at: approve.expires_at,
            lines: approve.lines.clone(),
            used: false,
        };
        self.effects.changes.push(Change::Approved(approve.approval, facts));
        Ok(())
    }

    /// The giver lists whole items it answers for and signs; they cannot be offered elsewhere meanwhile.
    pub(super) fn offer(&mut self, offer: &Offer) -> Result<(), Refusal> {
        let statement = &offer.statement;
        self.not_empty(&statement.lines)?;
        self.once(statement.lines.iter().map(|line| (line.item, ())))?;
        for line in &statement.lines {
            self.quantity(line.item, line.quantity)?;
            self.open_item(line.item)?;
            self.not_on_offer(line.item)?;
            let (party, whole) = self.state.responsible(line.item).unzip();
            self.refuse_item_if(party != Some(statement.from.party), line.item, Why::NotResponsible)?;
            self.refuse_item_if(whole != Some(line.quantity), line.item, Why::PartOfAnItem)?;
        }
        self.refuse_if(statement.from.party.unit == statement.to_unit, Why::SameParty)?;
        let again = self.state.offers.contains_key(&statement.handover);
        self.refuse_if(again, Why::OfferAlreadyMade)?;
        self.refuse_if(statement.expires_at <= self.recorded_at, Why::OfferExpired)?;
        let signature = self.signed(SignerRole::Giver, statement)?;
        let facts = OfferFacts {
            from: statement.from.party,
            to_unit: statement.to_unit,
            giver: signature.person,
            digest: signature.digest.clone(),
            expires_at: statement.expires_at,
            items: statement.lines.iter().map(|line| line.item).collect(),
            open: true,
        };
        self.effects.changes.push(Change::OfferOpened(statement.handover, facts));
        Ok(())
    }

    /// The offer as it stands, if it still stands.
    fn open_offer(&self, handover: crate::id::HandoverId) -> Result<&OfferFacts, Refusal> {
        let offer = self.state.offers.get(&handover).ok_or(Why::OfferUnknown)?;
        self.refuse_if(!offer.open, Why::OfferClosed)?;
        Ok(offer)
    }

    pub(super) fn withdraw(&mut self, withdraw: &Withdraw) -> Result<(), Refusal> {
        self.said(&withdraw.reason)?;
        let expired = self.open_offer(withdraw.handover)?.expires_at <= self.recorded_at;
        let too_early = withdraw.cause == WithdrawCause::Expired && !expired;
        self.refuse_if(too_early, Why::OfferNotExpired)?;
        self.effects.changes.push(Change::OfferClosed(withdraw.handover));
        Ok(())
    }

    /// (A, case a) → (B, case b) for each accepted line, at this moment. Refused lines stay, each with a difference.
    pub(super) fn exchange(&mut self, exchange: &Exchange) -> Result<(), Refusal> {
        let statement = &exchange.statement;
        self.not_empty(&statement.lines)?;
        self.once(statement.lines.iter().map(|line| (line.item, ())))?;
        let offer = self.open_offer(statement.handover)?.clone();
        self.refuse_if(offer.expires_at <= self.recorded_at, Why::OfferExpired)?;
        let answered: Vec<_> = statement.lines.iter().map(|line| line.item).collect();
        let fits = answered == offer.items && statement.to.party.unit == offer.to_unit;
        self.refuse_if(!fits, Why::AnswersDoNotMatch)?;
        self.refuse_if(statement.offer_digest != offer.digest, Why::OfferChanged)?;
        let receiver = self.signed(SignerRole::Receiver, statement)?;
        self.refuse_if(receiver.person == offer.giver, Why::ReceiverIsGiver)?;
        let refused: Vec<_> = statement.lines.iter().filter(|line| line.answer.is_refusal()).collect();
        let differences = exchange.differences.iter().map(|raised| raised.item);
        let each_has_one = differences.eq(refused.iter().map(|line| Some(line.item)));
        self.refuse_if(!each_has_one, Why::DifferenceMissing)?;
        for line in statement.lines.iter().filter(|line| !line.answer.is_refusal()) {
            self.open_item(line.item)?;
            let (party, quantity) = self.state.responsible(line.item).ok_or(Why::NotResponsible)?;
            self.refuse_item_if(party != offer.from, line.item, Why::NotResponsible)?;
            let to = DutyAccount::Party(statement.to.party);
            self.post_duty(line.item, quantity, DutyAccount::Party(party), to);
        }
        self.effects.changes.push(Change::OfferClosed(statement.handover));
        exchange.differences.iter().try_for_each(|raised| self.raise(raised))
    }

    /// The signature of that role, if its digest is the digest of the statement. Whether the key made it is asked
    /// outside, where keys are known.
    fn signed<T: Serialize>(&self, role: SignerRole, statement: &T) -> Result<&Signature, Refusal> {
        let signature = self.draft.signatures.iter().find(|signature| signature.role == role);
        let signature = signature.ok_or(Why::SignatureMissing)?;
        let bytes = canonical::bytes(statement).map_err(|_| Why::SignatureDoesNotFit)?;
        let fits = signature.suite.digest(&bytes) == signature.digest && signature.person == self.draft.actor;
        self.refuse_if(!fits, Why::SignatureDoesNotFit)?;
        Ok(signature)
    }
}

impl SignatureSuite {
    /// The hex digest of a statement under the suite's hash.
    pub fn digest(self, bytes: &[u8]) -> String {
        match self {
            SignatureSuite::Sm2Sm3 => Suite::Sm.digest(bytes).to_string(),
            SignatureSuite::Ed25519 => Suite::C2sp.digest(bytes).to_string(),
        }
    }
}
