//! The rules of the duty book: approval, offer, withdrawal and the exchange. None of them moves a thing.

use super::Work;
use crate::id::{HandoverId, UnitId};
use crate::ledger::{
    Approve, Change, ConclusionStatement, DutyAccount, Exchange, Offer, OfferedLine, Party, Signature,
    SignatureSuite, SignerRole, Suite, Why, Withdraw, WithdrawCause, canonical,
    state::{ApprovalFacts, OfferFacts},
};
use serde::Serialize;

impl<'a> Work<'a> {
    pub(super) fn approve(&mut self, approve: &Approve) {
        self.not_empty(&approve.lines);
        self.said(&approve.purpose);
        self.once(approve.lines.iter().map(|line| (line.item, ())));
        for line in &approve.lines {
            self.quantity(line.item, line.quantity);
            self.open_item(line.item);
        }
        self.refuse_if(approve.requester == self.draft.actor, Why::RequesterApproves);
        let again = self.state.approvals.contains_key(&approve.approval);
        self.refuse_if(again, Why::ApprovalAlreadyGiven);
        self.refuse_if(approve.expires_at <= self.recorded_at, Why::ApprovalExpired);
        let facts = ApprovalFacts {
            act: approve.act,
            approver: self.draft.actor,
            requester: approve.requester,
            expires_at: approve.expires_at,
            lines: approve.lines.clone(),
            used: false,
        };
        self.effects.changes.push(Change::Approved(approve.approval, facts));
    }

    /// The giver lists whole items it answers for, as the ledger has them, and signs; they cannot be offered elsewhere
    /// meanwhile.
    pub(super) fn offer(&mut self, offer: &Offer) {
        let statement = &offer.statement;
        self.not_empty(&statement.lines);
        self.not_in_the_future(statement.made_at);
        self.once(statement.lines.iter().map(|line| (line.item, ())));
        for line in &statement.lines {
            self.offered_line(line, statement.from.party);
        }
        self.refuse_if(statement.from.party.unit == statement.to_unit, Why::SameParty);
        let again = self.state.offers.contains_key(&statement.handover);
        self.refuse_if(again, Why::OfferAlreadyMade);
        self.refuse_if(statement.expires_at <= self.recorded_at, Why::OfferExpired);
        let Some(signature) = self.signed(SignerRole::Giver, statement.from.party.unit, statement) else {
            return;
        };
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
    }

    fn offered_line(&mut self, line: &OfferedLine, from: Party) {
        self.quantity(line.item, line.quantity);
        self.open_item(line.item);
        self.not_on_offer(line.item);
        let (party, whole) = self.state.responsible(line.item).unzip();
        self.refuse_item_if(party != Some(from), line.item, Why::NotResponsible);
        self.refuse_item_if(whole != Some(line.quantity), line.item, Why::PartOfAnItem);
        let facts = self.state.items.get(&line.item);
        let fits = facts.is_some_and(|facts| facts.number == line.number && facts.measure == line.measure);
        self.refuse_item_if(!fits, line.item, Why::LineDoesNotMatch);
    }

    /// The offer, if it still stands. What its lines are like is not asked of an offer that has ended.
    fn open_offer(&mut self, handover: HandoverId) -> Option<&'a OfferFacts> {
        let offer = self.state.offers.get(&handover);
        self.refuse_if(offer.is_none(), Why::OfferUnknown);
        self.refuse_if(offer.is_some_and(|offer| !offer.open), Why::OfferClosed);
        offer.filter(|offer| offer.open)
    }

    pub(super) fn withdraw(&mut self, withdraw: &Withdraw) {
        self.said(&withdraw.reason);
        let Some(offer) = self.open_offer(withdraw.handover) else { return };
        let too_early = withdraw.cause == WithdrawCause::Expired && offer.expires_at > self.recorded_at;
        self.refuse_if(too_early, Why::OfferNotExpired);
        self.effects.changes.push(Change::OfferClosed(withdraw.handover));
    }

    /// (A, case a) → (B, case b) for each accepted line, at this moment. Refused lines stay, each with a difference.
    pub(super) fn exchange(&mut self, exchange: &Exchange) {
        let statement = &exchange.statement;
        self.not_empty(&statement.lines);
        self.not_in_the_future(statement.concluded_at);
        self.once(statement.lines.iter().map(|line| (line.item, ())));
        statement.lines.iter().filter_map(|line| line.answer.note()).for_each(|note| self.said(note));
        let refused = statement.lines.iter().filter(|line| line.answer.is_refusal());
        let differences = exchange.differences.iter().map(|raised| raised.item);
        let each_has_one = differences.eq(refused.map(|line| Some(line.item)));
        self.refuse_if(!each_has_one, Why::DifferenceMissing);
        exchange.differences.iter().for_each(|raised| self.raise(raised));
        let receiver = self.signed(SignerRole::Receiver, statement.to.party.unit, statement);
        let Some(offer) = self.open_offer(statement.handover) else { return };
        self.refuse_if(offer.expires_at <= self.recorded_at, Why::OfferExpired);
        self.refuse_if(!self.answers(statement, offer), Why::AnswersDoNotMatch);
        self.refuse_if(statement.offer_digest != offer.digest, Why::OfferChanged);
        self.refuse_if(receiver.is_some_and(|it| it.person == offer.giver), Why::ReceiverIsGiver);
        for line in statement.lines.iter().filter(|line| !line.answer.is_refusal()) {
            self.open_item(line.item);
            let (party, quantity) = self.state.responsible(line.item).unzip();
            self.refuse_item_if(party != Some(offer.from), line.item, Why::NotResponsible);
            let (from, to) = (DutyAccount::Party(offer.from), DutyAccount::Party(statement.to.party));
            self.post_duty(line.item, quantity.unwrap_or(0), from, to);
        }
        self.effects.changes.push(Change::OfferClosed(statement.handover));
    }

    /// The unit the offer was made to answers each line of it, in its order, by the item's own number.
    fn answers(&self, statement: &ConclusionStatement, offer: &OfferFacts) -> bool {
        let items = statement.lines.iter().map(|line| line.item);
        let numbers_fit = statement
            .lines
            .iter()
            .all(|line| self.state.items.get(&line.item).is_some_and(|facts| facts.number == line.number));
        items.eq(offer.items.iter().copied()) && numbers_fit && statement.to.party.unit == offer.to_unit
    }

    /// The one signature of that role, if its digest is the digest of the statement and the one who acts made it for that
    /// unit. Whether the key made it is asked outside, where keys are known.
    fn signed<T: Serialize>(
        &mut self,
        role: SignerRole,
        unit: UnitId,
        statement: &T,
    ) -> Option<&'a Signature> {
        let draft = self.draft;
        let mut signatures = draft.signatures.iter().filter(|signature| signature.role == role);
        let Some(signature) = signatures.next() else {
            self.refuse(None, Why::SignatureMissing);
            return None;
        };
        let alone = signatures.next().is_none();
        let signer_fits = signature.person == draft.actor && signature.unit == unit;
        let fits =
            canonical::bytes(statement).is_ok_and(|bytes| signature.suite.digest(&bytes) == signature.digest);
        self.refuse_if(!(alone && signer_fits && fits), Why::SignatureDoesNotFit);
        Some(signature)
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
