//! What entries say about who answers: approval, offer, withdrawal, exchange. The statements are what people sign.

use crate::{
    clock::Moment,
    id::{ApprovalId, HandoverId, ItemId, PersonId, UnitId},
    ledger::{Measure, Party, RaisedDifference},
};
use serde::{Deserialize, Serialize};

/// 审批: one yes, to one act, on exact items; used at most once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approve {
    pub approval: ApprovalId,
    pub act: ApprovedAct,
    pub requester: PersonId,
    pub purpose: String,
    pub expires_at: Moment,
    pub lines: Vec<ApprovedLine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovedAct {
    CheckOut,
    Dispose,
    DeclareLoss,
    Correct,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedLine {
    pub item: ItemId,
    pub quantity: i64,
}

/// 移交要约: what the giver saw and signed. The lines are pending until the exchange, a withdrawal or expiry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub statement: OfferStatement,
}

/// The canonical bytes of this are what the giver signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferStatement {
    pub handover: HandoverId,
    pub purpose: HandoverPurpose,
    pub from: NamedParty,
    /// The unit that is to answer next; it brings its own case number when it concludes.
    pub to_unit: UnitId,
    pub to_name: String,
    pub made_at: Moment,
    pub expires_at: Moment,
    pub lines: Vec<OfferedLine>,
    /// Never the same twice, so that a signature cannot be used again.
    pub nonce: String,
}

/// A party with the names people sign by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedParty {
    #[serde(flatten)]
    pub party: Party,
    pub name: String,
    pub case_number: String,
}

/// Why the duty changes (domain §1.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandoverPurpose {
    /// 移送审查起诉
    ToProsecution,
    /// 提起公诉
    ToTrial,
    /// 退回补充侦查: a new exchange the other way, never an undo
    SentBack,
    /// 上诉、抗诉
    Appeal,
    /// 指定管辖、并案
    Jurisdiction,
    /// 移送执行
    ToExecution,
}

impl HandoverPurpose {
    pub const ALL: [HandoverPurpose; 6] = [
        HandoverPurpose::ToProsecution,
        HandoverPurpose::ToTrial,
        HandoverPurpose::SentBack,
        HandoverPurpose::Appeal,
        HandoverPurpose::Jurisdiction,
        HandoverPurpose::ToExecution,
    ];

    pub fn word(self) -> &'static str {
        match self {
            HandoverPurpose::ToProsecution => "to_prosecution",
            HandoverPurpose::ToTrial => "to_trial",
            HandoverPurpose::SentBack => "sent_back",
            HandoverPurpose::Appeal => "appeal",
            HandoverPurpose::Jurisdiction => "jurisdiction",
            HandoverPurpose::ToExecution => "to_execution",
        }
    }
}

/// One line as the giver saw it: the 换押 packet of L5 §441.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedLine {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    pub quantity: i64,
    #[serde(flatten)]
    pub measure: Measure,
    pub seal: Option<String>,
    pub photographs: Vec<String>,
    /// Where it lies, in words; it stays there.
    pub place: String,
    /// 处理建议 (L2 §288)
    pub suggestion: Suggestion,
}

/// What the giver suggests should become of a line (L2 §288).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Suggestion {
    /// 随案保管，待判决处理
    #[default]
    KeepForTrial,
    ReturnToOwner,
    Forfeit,
    Destroy,
    Sell,
    /// 由法院依法处理
    CourtDecides,
}

impl Suggestion {
    pub const ALL: [Suggestion; 6] = [
        Suggestion::KeepForTrial,
        Suggestion::ReturnToOwner,
        Suggestion::Forfeit,
        Suggestion::Destroy,
        Suggestion::Sell,
        Suggestion::CourtDecides,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Suggestion::KeepForTrial => "keep_for_trial",
            Suggestion::ReturnToOwner => "return_to_owner",
            Suggestion::Forfeit => "forfeit",
            Suggestion::Destroy => "destroy",
            Suggestion::Sell => "sell",
            Suggestion::CourtDecides => "court_decides",
        }
    }
}

/// The offer ends without an exchange: withdrawn by the giver, or its time ran out.
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

/// 换押: accepted lines change duty at this moment; refused ones stay, each with a difference. Stock does not move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    pub statement: ConclusionStatement,
    /// One for each refused line, in the order of the lines.
    pub differences: Vec<RaisedDifference>,
}

/// The canonical bytes of this are what the receiver signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConclusionStatement {
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
