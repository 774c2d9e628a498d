//! 移交要约: what the giver saw and signed. The lines are pending until the exchange, a withdrawal or expiry.

use super::{Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    clock::Moment,
    id::{HandoverId, ItemId, UnitId},
    ledger::{
        Change, Edition, Measure, Mentions, Party, RefusalReason, RosterPart, SignerRole, State,
        StatementForm, StockAccount,
        apply::Work,
        canonical,
        state::{DescriptionFacts, OfferFacts},
    },
    vocabulary::vocabulary,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub statement: OfferStatement,
}

/// What the giver signs ([`OfferStatement::signed_bytes`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferStatement {
    /// Not written when it is the first.
    #[serde(default, skip_serializing_if = "StatementForm::is_first")]
    pub form: StatementForm,
    pub handover: HandoverId,
    pub purpose: HandoverPurpose,
    pub from: NamedParty,
    /// The unit that is to answer next; it brings its own case number when it concludes.
    pub to_unit: UnitId,
    pub to_name: String,
    pub made_at: Moment,
    pub expires_at: Moment,
    #[serde(default, flatten)]
    pub told: OfferTold,
    pub lines: Vec<OfferedLine>,
    /// Never the same twice, so that a signature cannot be used again.
    pub nonce: String,
}

/// What the giver says of the case beside the things; each may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OfferTold {
    /// 犯罪嫌疑人
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspect: Option<String>,
    /// The number of the 起诉意见书, 起诉书 or other letter by which the case goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    /// Its day: `2026-11-22`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter_date: Option<String>,
    /// Of whoever handles the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
}

/// A party with the names people sign by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedParty {
    #[serde(flatten)]
    pub party: Party,
    pub name: String,
    /// 案件名称, by which people know the case; the receiver's own is not named when it concludes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_name: Option<String>,
    pub case_number: String,
}

vocabulary! {
    /// Why the duty changes (domain §1.11).
    HandoverPurpose "purpose" {
        ToProsecution "to_prosecution" "移送审查起诉" "To prosecution",
        ToTrial "to_trial" "提起公诉" "To trial",
        /// Of the procuratorate, to the police: a new exchange the other way, never an undo.
        SentBack "sent_back" "退回补充侦查" "Sent back for investigation",
        /// Of the court, to the procuratorate.
        ReturnedToProsecution "returned_to_prosecution" "退回人民检察院" "Returned to the procuratorate",
        Appeal "appeal" "上诉、抗诉" "Appeal",
        Jurisdiction "jurisdiction" "指定管辖、并案" "Change of jurisdiction",
        ToExecution "to_execution" "移送执行" "To execution",
    }

    /// What the giver suggests should become of a line (L2 §288).
    Suggestion "suggestion" {
        KeepForTrial "keep_for_trial" "随案保管，待判决处理" "Keep for trial",
        ReturnToOwner "return_to_owner" "建议发还" "Return to owner",
        Forfeit "forfeit" "建议没收" "Forfeit",
        Destroy "destroy" "建议销毁" "Destroy",
        Sell "sell" "建议变卖" "Sell",
        CourtDecides "court_decides" "由法院依法处理" "The court decides",
    }
}

/// What is suggested of a line about which nothing was said.
impl Default for Suggestion {
    fn default() -> Suggestion {
        Suggestion::KeepForTrial
    }
}

/// One line as the giver saw it: the 换押 packet of L5 §441.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedLine {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    /// What tells the thing from others; since the second form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<String>,
    pub quantity: i64,
    #[serde(flatten)]
    pub measure: Measure,
    /// The list's own word for a piece; since the second form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_as: Option<String>,
    pub seal: Option<String>,
    /// 未入库: all of it, or what `received` leaves of it, is still owed to a store, and nobody there has seen it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub not_received: bool,
    /// 部分入库: how much of it a store has, where the rest is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<i64>,
    pub photographs: Vec<String>,
    /// Where it lies, in words; it stays there.
    pub place: String,
    /// 处理建议 (L2 §288)
    pub suggestion: Suggestion,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_false(it: &bool) -> bool {
    !*it
}

impl State {
    /// How much of the item no store has received.
    pub fn owed_quantity(&self, item: ItemId) -> i64 {
        self.places(item)
            .filter(|(account, _)| matches!(account, StockAccount::Owed(_)))
            .map(|(_, n)| n)
            .fold(0, i64::saturating_add)
    }
}

/// How much of a line a store has when some of it, and not all, is still owed.
pub fn part_received(quantity: i64, owed: i64) -> Option<i64> {
    Some(quantity.saturating_sub(owed)).filter(|received| owed > 0 && *received > 0)
}

impl Kind for Offer {
    /// The giver lists whole items it answers for, as the ledger has them, and signs; they cannot be offered elsewhere
    /// meanwhile.
    fn rule(&self, work: &mut Work<'_>) {
        let statement = &self.statement;
        work.not_empty(&statement.lines);
        work.not_in_the_future(statement.made_at);
        work.once(statement.lines.iter().map(|line| (line.item, ())));
        for line in &statement.lines {
            line.rule(work, statement.from.party);
        }
        work.refuse_if(statement.from.party.unit == statement.to_unit, RefusalReason::SameParty);
        work.refuse_if(!statement.tells_features(), RefusalReason::LineDoesNotMatch);
        if work.since(Edition::SECOND) {
            work.called(statement.from.party.unit, &statement.from.name);
            work.called(statement.to_unit, &statement.to_name);
            for line in &statement.lines {
                let written = work.state.descriptions.get(&line.item);
                let lies = written.is_some_and(|written| !line.as_written(written));
                work.refuse_item_if(lies, line.item, RefusalReason::SaysOtherwise);
            }
        }
        if work.since(Edition::THIRD) {
            let closed = RefusalReason::UnitClosed;
            work.refuse_if(work.state.roster.bars(statement.to_unit) == Some(closed), closed);
            for line in &statement.lines {
                let owed = work.state.owed_quantity(line.item);
                let lies =
                    line.not_received != (owed > 0) || line.received != part_received(line.quantity, owed);
                work.refuse_item_if(lies, line.item, RefusalReason::SaysOtherwise);
            }
            work.may_go_back(statement.purpose, statement.from.party, statement.to_unit);
        }
        let again = work.state.offers.contains_key(&statement.handover);
        work.refuse_if(again, RefusalReason::OfferAlreadyMade);
        work.refuse_if(statement.expires_at <= work.recorded_at, RefusalReason::OfferExpired);
        let Some(signature) = work.signed(
            SignerRole::Giver,
            statement.from.party.unit,
            statement.form,
            statement.signed_bytes(),
        ) else {
            return;
        };
        let facts = OfferFacts {
            from: statement.from.party,
            to_unit: statement.to_unit,
            purpose: statement.purpose,
            giver: signature.person,
            digest: signature.digest.clone(),
            expires_at: statement.expires_at,
            items: statement.lines.iter().map(|line| line.item).collect(),
            open: true,
        };
        work.change(Change::OfferOpened(statement.handover, facts));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.keys = true;
        mentions.roster = mentions.roster.max(RosterPart::Units);
        let statement = &self.statement;
        mentions.offers.insert(statement.handover);
        mentions.units.extend([statement.from.party.unit, statement.to_unit]);
        mentions.cases.insert(statement.from.party.case);
        mentions.ways.insert(statement.from.party.case);
        mentions.items.extend(statement.lines.iter().map(|line| line.item));
        mentions.stated.extend(statement.lines.iter().map(|line| line.item));
    }

    fn narrow(&mut self, item: ItemId) {
        self.statement.lines.retain(|line| line.item == item);
    }

    fn other_people(&self) -> Vec<OtherPerson> {
        Vec::new()
    }

    fn statement(&self, role: SignerRole) -> Option<Statement> {
        match role {
            SignerRole::Giver => Some(Statement::Own(self.statement.signed_bytes())),
            SignerRole::Receiver => None,
        }
    }

    fn paper(&self) -> Option<PaperForm> {
        Some(PaperForm::OfferList)
    }

    fn register(&self) -> Register<'_> {
        Register::Offer(self)
    }
}

impl OfferStatement {
    /// The bytes under the giver's signature.
    pub fn signed_bytes(&self) -> Result<Vec<u8>, canonical::Error> {
        self.form.bytes(hufu_wire::statement::OFFER, self)
    }

    /// The second form tells every thing by its features, the first by none.
    fn tells_features(&self) -> bool {
        let told = self.form == StatementForm::Second;
        self.lines.iter().all(|line| line.features.is_some() == told && (told || line.counted_as.is_none()))
    }
}

impl OfferedLine {
    /// Whether what the line says of the thing is what is written of it; its features with the marks that stand in fields of their
    /// own. The first form tells neither features nor the list's
    /// own word for a piece.
    pub fn as_written(&self, written: &DescriptionFacts) -> bool {
        let told = |features: &String| *features == written.particulars.told(&written.features);
        let features = self.features.as_ref().is_none_or(told);
        let counted_as = self.features.is_none() || self.counted_as == written.counted_as;
        self.name == written.name && self.seal == written.seal && features && counted_as
    }

    fn rule(&self, work: &mut Work<'_>, from: Party) {
        work.quantity(self.item, self.quantity);
        work.open_item(self.item);
        work.not_on_offer(self.item);
        let (party, whole) = work.state.responsible(self.item).unzip();
        work.refuse_item_if(party != Some(from), self.item, RefusalReason::NotResponsible);
        work.refuse_item_if(whole != Some(self.quantity), self.item, RefusalReason::PartOfAnItem);
        let facts = work.state.items.get(&self.item);
        let fits = facts.is_some_and(|facts| facts.number == self.number && facts.measure == self.measure);
        work.refuse_item_if(!fits, self.item, RefusalReason::LineDoesNotMatch);
    }
}
