//! 差异: one disagreement, with somebody who must settle it by a day. Raised by itself, or by the entry that finds it.

use super::{Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    clock::Moment,
    id::{CaseId, DifferenceId, ItemId, PersonId, UnitId},
    ledger::{Mentions, SignerRole, apply::Work},
    vocabulary::vocabulary,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaisedDifference {
    pub difference: DifferenceId,
    pub class: DifferenceClass,
    pub item: Option<ItemId>,
    /// What was found, in a sentence.
    pub finding: String,
    pub owner: UnitId,
    pub due_at: Moment,
    /// The officer who brought what does not agree: they do not settle it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brought_by: Option<PersonId>,
    /// Of a thing that is on no list: the case with which it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// Of a thing that is on no list: what it looks like, by the digest of the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photograph: Option<String>,
}

vocabulary! {
    /// What kind of disagreement it is.
    DifferenceClass "difference" {
        /// Less came than is owed.
        Short "short" "短少" "Short",
        /// More came, or a thing that is on no list.
        Extra "extra" "多出" "Extra",
        /// The scale shows another weight than the list says.
        WrongWeight "wrong_weight" "重量不符" "Wrong weight",
        Damaged "damaged" "破损" "Damaged",
        RefusedAtCounter "refused_at_counter" "入库拒收" "Refused at the counter",
        /// Two counters say that they took in the same thing.
        TakenTwice "taken_twice" "重复收件" "Taken in twice",
        RefusedInHandover "refused_in_handover" "移交拒收" "Refused in a handover",
        Missing "missing" "未找到" "Missing",
        Misplaced "misplaced" "错位" "Misplaced",
        Surplus "surplus" "盘盈" "Surplus",
        UnknownCode "unknown_code" "无法识别的码" "Unknown code",
        WrongSeal "wrong_seal" "封签不符" "Wrong seal",
        WrongQuantity "wrong_quantity" "数量不符" "Wrong quantity",
        /// A witness has not signed for longer than it may.
        WitnessBehind "witness_behind" "见证落后" "Witness behind",
        /// A witness would not sign what it was shown.
        WitnessRefused "witness_refused" "拒绝见证" "Witness refused",
    }
}

impl Kind for RaisedDifference {
    fn rule(&self, work: &mut Work<'_>) {
        work.raise(self);
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.raise([self]);
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
        Register::Nothing
    }
}
