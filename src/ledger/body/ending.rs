//! What entries say that end, count or correct: disposal, loss, the statement of a count, differences, errors.

use crate::{
    clock::Moment,
    id::{ApprovalId, CountId, DifferenceId, EntryId, ItemId, StoreId, UnitId},
    ledger::{AccountLine, DutyAccount, HeldLine, Outcome, StockAccount},
};
use serde::{
    Deserialize, Serialize,
    de::{IntoDeserializer, value::StrDeserializer},
};

/// 处置
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispose {
    pub approval: ApprovalId,
    pub outcome: Outcome,
    pub voucher: String,
    pub recipient: Option<String>,
    pub lines: Vec<HeldLine>,
}

/// 灭失申报: duty stays, somebody answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclareLoss {
    pub approval: ApprovalId,
    pub report: String,
    pub lines: Vec<AccountLine>,
}

/// 盘点结论: what was expected at an entry number, what was seen, and each difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountStatement {
    pub count: CountId,
    pub store: StoreId,
    /// The zone counted; the whole store when absent.
    pub zone: Option<String>,
    /// The entry number the expected set was taken at.
    pub as_of: u64,
    pub expected: u32,
    pub seen: u32,
    pub on_loan: u32,
    pub not_found: u32,
    pub unexpected: u32,
    /// What moved in or out after `as_of` and was rolled forward.
    pub rolled_forward: u32,
    pub differences: Vec<RaisedDifference>,
}

/// One disagreement, with somebody who must settle it by a day (差异).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaisedDifference {
    pub difference: DifferenceId,
    pub class: DifferenceClass,
    pub item: Option<ItemId>,
    /// What was found, in a sentence.
    pub finding: String,
    pub owner: UnitId,
    pub due_at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceClass {
    /// Less came than is owed.
    Short,
    /// More came, or a thing that is on no list.
    Extra,
    Damaged,
    RefusedAtCounter,
    /// Two counters say that they took in the same thing.
    TakenTwice,
    RefusedInHandover,
    Missing,
    Misplaced,
    Surplus,
    UnknownCode,
    WrongSeal,
    WrongQuantity,
    /// A witness has not signed for longer than it may.
    WitnessBehind,
    /// A witness would not sign what it was shown.
    WitnessRefused,
}

impl DifferenceClass {
    pub fn word(self) -> &'static str {
        match self {
            DifferenceClass::Short => "short",
            DifferenceClass::Extra => "extra",
            DifferenceClass::Damaged => "damaged",
            DifferenceClass::RefusedAtCounter => "refused_at_counter",
            DifferenceClass::TakenTwice => "taken_twice",
            DifferenceClass::RefusedInHandover => "refused_in_handover",
            DifferenceClass::Missing => "missing",
            DifferenceClass::Misplaced => "misplaced",
            DifferenceClass::Surplus => "surplus",
            DifferenceClass::UnknownCode => "unknown_code",
            DifferenceClass::WrongSeal => "wrong_seal",
            DifferenceClass::WrongQuantity => "wrong_quantity",
            DifferenceClass::WitnessBehind => "witness_behind",
            DifferenceClass::WitnessRefused => "witness_refused",
        }
    }

    /// Refuses a word that names no class.
    pub fn from_word(word: &str) -> Option<DifferenceClass> {
        let word: StrDeserializer<'_, serde::de::value::Error> = word.into_deserializer();
        DifferenceClass::deserialize(word).ok()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettleDifference {
    pub difference: DifferenceId,
    /// How it was explained or put right, in a sentence.
    pub finding: String,
}

/// 更正声明: names the wrong entry. Nothing is edited (EPCIS `ErrorDeclaration` is the model).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclareError {
    pub wrong_seq: u64,
    pub wrong: EntryId,
    pub reason: String,
}

/// 更正: the postings that should have been, for the items of the wrong entry only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correct {
    /// The entry number of the error declaration.
    pub declaration: u64,
    pub approval: ApprovalId,
    pub lines: Vec<CorrectedLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectedLine {
    pub item: ItemId,
    pub quantity: i64,
    #[serde(flatten)]
    pub transfer: Transfer,
}

/// From one account of a book to another of the same book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "book", rename_all = "snake_case")]
pub enum Transfer {
    Stock { from: StockAccount, to: StockAccount },
    Duty { from: DutyAccount, to: DutyAccount },
}
