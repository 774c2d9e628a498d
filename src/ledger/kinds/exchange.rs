//! 换押: accepted lines change duty at this moment; refused ones stay, each with a difference. Stock does not move.

use super::{Kind, NamedParty, OtherPerson, PaperForm, RaisedDifference, Register, Statement};
use crate::{
    clock::Moment,
    id::{HandoverId, ItemId},
    ledger::{
        Change, DutyAccount, Edition, Mentions, Passage, RefusalReason, RosterPart, SignerRole,
        StatementForm, apply::Work, canonical, state::OfferFacts,
    },
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    pub statement: ConclusionStatement,
    /// One for each refused line, in the order of the lines.
    pub differences: Vec<RaisedDifference>,
}

/// What the receiver signs ([`ConclusionStatement::signed_bytes`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConclusionStatement {
    /// Not written when it is the first.
    #[serde(default, skip_serializing_if = "StatementForm::is_first")]
    pub form: StatementForm,
    pub handover: HandoverId,
    /// Digest (hex) of the giver's signed statement: the receiver signs that it answers exactly this.
    pub offer_digest: String,
    pub to: NamedParty,
    pub concluded_at: Moment,
    pub lines: Vec<AnsweredLine>,
    pub nonce: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredLine {
    pub item: ItemId,
    pub number: String,
    #[serde(flatten)]
    pub answer: Answer,
}

/// The receiver's answer to one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "answer", content = "note", rename_all = "snake_case")]
pub enum Answer {
    Accepted,
    AcceptedWithRemark(String),
    Refused(String),
}

impl Answer {
    pub fn is_refusal(&self) -> bool {
        matches!(self, Answer::Refused(_))
    }

    pub fn word(&self) -> &'static str {
        match self {
            Answer::Accepted => "accepted",
            Answer::AcceptedWithRemark(_) => "accepted_with_remark",
            Answer::Refused(_) => "refused",
        }
    }

    pub fn note(&self) -> Option<&str> {
        match self {
            Answer::Accepted => None,
            Answer::AcceptedWithRemark(note) | Answer::Refused(note) => Some(note),
        }
    }
}

impl Kind for Exchange {
    /// (A, case a) → (B, case b) for each accepted line, at this moment. Refused lines stay, each with a difference.
    fn rule(&self, work: &mut Work<'_>) {
        let statement = &self.statement;
        work.not_empty(&statement.lines);
        work.not_in_the_future(statement.concluded_at);
        work.once(statement.lines.iter().map(|line| (line.item, ())));
        statement.lines.iter().filter_map(|line| line.answer.note()).for_each(|note| work.reason_given(note));
        let refused = statement.lines.iter().filter(|line| line.answer.is_refusal());
        let differences = self.differences.iter().map(|raised| raised.item);
        let each_has_one = differences.eq(refused.map(|line| Some(line.item)));
        work.refuse_if(!each_has_one, RefusalReason::DifferenceMissing);
        self.differences.iter().for_each(|raised| work.raise(raised));
        if work.since(Edition::SECOND) {
            work.called(statement.to.party.unit, &statement.to.name);
        }
        let receiver = work.signed(
            SignerRole::Receiver,
            statement.to.party.unit,
            statement.form,
            statement.signed_bytes(),
        );
        let Some(offer) = work.open_offer(statement.handover) else { return };
        work.refuse_if(offer.expires_at <= work.recorded_at, RefusalReason::OfferExpired);
        work.refuse_if(!statement.answers(offer, work), RefusalReason::AnswersDoNotMatch);
        work.refuse_if(statement.offer_digest != offer.digest, RefusalReason::OfferChanged);
        let same = receiver.is_some_and(|it| it.person == offer.giver);
        work.refuse_if(same, RefusalReason::ReceiverIsGiver);
        for line in statement.lines.iter().filter(|line| !line.answer.is_refusal()) {
            work.open_item(line.item);
            let (party, quantity) = work.state.responsible(line.item).unzip();
            work.refuse_item_if(party != Some(offer.from), line.item, RefusalReason::NotResponsible);
            let (from, to) = (DutyAccount::Party(offer.from), DutyAccount::Party(statement.to.party));
            work.post_duty(line.item, quantity.unwrap_or(0), from, to);
        }
        work.change(Change::OfferClosed(statement.handover));
        if statement.lines.iter().any(|line| !line.answer.is_refusal()) {
            let (from, to, purpose) = (offer.from, statement.to.party, offer.purpose);
            work.change(Change::Passed(Passage { purpose, from, to }));
        }
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.keys = true;
        mentions.roster = mentions.roster.max(RosterPart::Units);
        mentions.offers.insert(self.statement.handover);
        mentions.units.insert(self.statement.to.party.unit);
        mentions.items.extend(self.statement.lines.iter().map(|line| line.item));
        mentions.raise(&self.differences);
    }

    fn narrow(&mut self, item: ItemId) {
        self.statement.lines.retain(|line| line.item == item);
    }

    fn other_people(&self) -> Vec<OtherPerson> {
        vec![OtherPerson::GiverOf(self.statement.handover)]
    }

    /// The giver's signature stands beside the receiver's, so that the exchange proves both.
    fn statement(&self, role: SignerRole) -> Option<Statement> {
        match role {
            SignerRole::Giver => Some(Statement::OfOffer(self.statement.handover)),
            SignerRole::Receiver => Some(Statement::Own(self.statement.signed_bytes())),
        }
    }

    fn paper(&self) -> Option<PaperForm> {
        Some(PaperForm::HandoverList)
    }

    fn register(&self) -> Register<'_> {
        Register::Exchange(self)
    }
}

impl ConclusionStatement {
    /// The bytes under the receiver's signature.
    pub fn signed_bytes(&self) -> Result<Vec<u8>, canonical::Error> {
        self.form.bytes(hufu_wire::statement::EXCHANGE, self)
    }

    /// The unit the offer was made to answers each line of it, in its order, by the item's own number.
    fn answers(&self, offer: &OfferFacts, work: &Work<'_>) -> bool {
        let items = self.lines.iter().map(|line| line.item);
        let numbers_fit = self
            .lines
            .iter()
            .all(|line| work.state.items.get(&line.item).is_some_and(|facts| facts.number == line.number));
        items.eq(offer.items.iter().copied()) && numbers_fit && self.to.party.unit == offer.to_unit
    }
}
