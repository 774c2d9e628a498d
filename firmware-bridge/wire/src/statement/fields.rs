//! The fields of a statement, as they are written. The ledger writes the same with types of its own; a test of the server holds
//! the two together.

use crate::{
    amount::{self, QUANTITY_MAX},
    message::Micros,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The form that is signed today.
pub(super) const FORM: u8 = 2;

/// A unit hands things over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Absent in the first form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<u8>,
    pub handover: Uuid,
    pub purpose: Purpose,
    pub from: Side,
    pub to_unit: Uuid,
    pub to_name: String,
    pub made_at: Micros,
    pub expires_at: Micros,
    /// 犯罪嫌疑人
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspect: Option<String>,
    /// The letter by which the case goes, and its day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter_date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    pub lines: Vec<OfferedLine>,
    pub nonce: String,
}

/// Another unit answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    pub form: u8,
    pub handover: Uuid,
    /// SM3 of the offer as it was signed, in hexadecimal.
    pub offer_digest: String,
    pub to: Side,
    pub concluded_at: Micros,
    pub lines: Vec<AnsweredLine>,
    pub nonce: String,
}

/// A unit, for one of its cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    pub unit: Uuid,
    pub case: Uuid,
    pub name: String,
    /// By which people know the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_name: Option<String>,
    pub case_number: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedLine {
    pub item: Uuid,
    pub number: String,
    pub name: String,
    /// What tells it from others, IMEI and plates among them. Absent in the first form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<String>,
    pub quantity: i64,
    #[serde(flatten)]
    pub measure: Measure,
    /// The list's own word for a piece: 部, 张 …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_as: Option<String>,
    pub seal: Option<String>,
    /// All of it, or what `received` leaves of it, is still owed to a store, where nobody has seen it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub not_received: bool,
    /// How much of it a store has, where the rest is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<i64>,
    pub photographs: Vec<String>,
    pub place: String,
    pub suggestion: Suggestion,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_false(it: &bool) -> bool {
    !*it
}

/// What a quantity counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "unit", content = "currency")]
pub enum Measure {
    #[serde(rename = "piece")]
    Piece,
    #[serde(rename = "mg")]
    Milligram,
    #[serde(rename = "ul")]
    Microlitre,
    #[serde(rename = "minor")]
    Minor(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredLine {
    pub item: Uuid,
    pub number: String,
    #[serde(flatten)]
    pub answer: Answer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", content = "note", rename_all = "snake_case")]
pub enum Answer {
    Accepted,
    AcceptedWithRemark(String),
    Refused(String),
}

/// Declares a closed set of words: its word in the statement, and in both languages.
macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($variant:ident $word:literal $zh:literal $en:literal,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $(#[serde(rename = $word)] $variant,)*
        }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),*];

            /// The word of the statement, Chinese, English.
            pub fn words(self) -> [&'static str; 3] {
                match self {
                    $($name::$variant => [$word, $zh, $en],)*
                }
            }
        }
    )*};
}

words! {
    /// Why things are handed over.
    Purpose {
        ToProsecution "to_prosecution" "移送审查起诉" "To prosecution",
        ToTrial "to_trial" "提起公诉" "To trial",
        SentBack "sent_back" "退回补充侦查" "Sent back for investigation",
        ReturnedToProsecution "returned_to_prosecution" "退回人民检察院" "Returned to the procuratorate",
        Appeal "appeal" "上诉、抗诉" "Appeal",
        Jurisdiction "jurisdiction" "指定管辖、并案" "Change of jurisdiction",
        ToExecution "to_execution" "移送执行" "To execution",
    }

    /// What the giver suggests should become of a thing.
    Suggestion {
        KeepForTrial "keep_for_trial" "随案保管，待判决处理" "Keep for trial",
        ReturnToOwner "return_to_owner" "建议发还" "Return to owner",
        Forfeit "forfeit" "建议没收" "Forfeit",
        Destroy "destroy" "建议销毁" "Destroy",
        Sell "sell" "建议变卖" "Sell",
        CourtDecides "court_decides" "由法院依法处理" "The court decides",
    }
}

impl Offer {
    pub(super) fn makes_sense(&self) -> bool {
        let sound = |line: &OfferedLine| (1..=QUANTITY_MAX).contains(&line.quantity) && line.measure.sound();
        !self.lines.is_empty() && self.lines.iter().all(sound)
    }
}

impl Exchange {
    /// Whether it answers each line of the offer, in its order.
    pub(super) fn answers(&self, offer: &Offer) -> bool {
        let asked = offer.lines.iter().map(|line| (line.item, &line.number));
        let answered = self.lines.iter().map(|line| (line.item, &line.number));
        self.handover == offer.handover && self.to.unit == offer.to_unit && asked.eq(answered)
    }
}

impl OfferedLine {
    pub(super) fn amount(&self, quantity: i64) -> String {
        match &self.measure {
            Measure::Piece => amount::pieces(quantity, self.counted_as.as_deref()),
            Measure::Milligram => amount::milligrams(quantity),
            Measure::Microlitre => amount::microlitres(quantity),
            Measure::Minor(currency) => amount::money(quantity, currency),
        }
    }
}

impl Measure {
    fn sound(&self) -> bool {
        match self {
            Measure::Piece | Measure::Milligram | Measure::Microlitre => true,
            Measure::Minor(code) => amount::is_currency(code),
        }
    }
}
