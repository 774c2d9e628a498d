//! Handovers (移交): their states, who may give what to whom, and the words both sides read and sign.

use super::{AgencyKind, Stage, Unit};
use crate::{
    clock::Moment,
    id::{CaseId, HandoverId, ItemId, MatterId, PersonId},
    ledger::{Answer, HandoverPurpose, Measure, OfferTold, Suggestion},
    vocabulary::vocabulary,
};
use serde::Serialize;

vocabulary! {
    /// Draft and offered may still end without an exchange; the others have ended.
    HandoverState "handover_state" {
        /// Lines are being put together; nothing is promised.
        Draft "draft" "草稿" "Draft",
        /// Signed by the giver; the receiver inspects line by line.
        Offered "offered" "已发出" "Offered",
        /// Signed by both; accepted lines have changed duty.
        Concluded "concluded" "已了结" "Concluded",
        Withdrawn "withdrawn" "已撤回" "Withdrawn",
        Expired "expired" "已过期" "Expired",
    }
}

/// One handover as it stands.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Handover {
    pub id: HandoverId,
    pub purpose: HandoverPurpose,
    pub state: HandoverState,
    pub giver: Unit,
    pub from_case: CaseId,
    pub case_number: String,
    pub case_name: String,
    pub from_stage: Stage,
    pub matter: MatterId,
    pub receiver: Unit,
    /// The receiver's own case, once it has concluded.
    pub to_case: Option<CaseId>,
    pub made_by: PersonId,
    pub made_by_name: String,
    pub made_at: Moment,
    /// Of an offer; a draft has no limit yet.
    pub expires_at: Moment,
    /// The person who signed the offer.
    pub signed_by: Option<PersonId>,
    /// Digest of the statement the giver signed.
    pub offer_digest: Option<String>,
    pub offer_seq: Option<u64>,
    pub end_seq: Option<u64>,
    /// What the giver says of the case beside the things.
    pub told: OfferTold,
    pub lines: u32,
    pub answered: u32,
    pub refused: u32,
}

/// One line of a handover: the item as the books have it now, and what both sides have said about it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct HandoverLine {
    pub line: u32,
    pub item: ItemId,
    pub number: String,
    pub name: String,
    pub category: String,
    /// As papers tell them: the free features and the marks of the thing.
    pub features: String,
    #[serde(skip)]
    pub measure: Measure,
    pub quantity: i64,
    pub counted_as: Option<String>,
    pub seal: Option<String>,
    pub suggestion: Suggestion,
    pub answer: Option<Answer>,
    /// The handover that holds the item now.
    pub on_offer: Option<HandoverId>,
    /// How much of it the giver's unit answers for, for the giver's case.
    pub answered_for: i64,
}

impl HandoverLine {
    /// `12.35 克`
    pub fn amount(&self) -> String {
        self.measure.text(self.quantity, self.counted_as.as_deref())
    }
}

/// The kinds of agencies that may give for this purpose, and those that may receive (domain §1.11).
pub fn parties(purpose: HandoverPurpose) -> (&'static [AgencyKind], &'static [AgencyKind]) {
    use AgencyKind::{Court, Police, Procuratorate};
    match purpose {
        HandoverPurpose::ToProsecution => (&[Police], &[Procuratorate]),
        HandoverPurpose::ToTrial => (&[Procuratorate], &[Court]),
        HandoverPurpose::SentBack => (&[Procuratorate], &[Police]),
        HandoverPurpose::ReturnedToProsecution => (&[Court], &[Procuratorate]),
        HandoverPurpose::Appeal | HandoverPurpose::ToExecution => (&[Court], &[Court]),
        HandoverPurpose::Jurisdiction => (&[Police, Procuratorate, Court], &[Police, Procuratorate, Court]),
    }
}

/// The purposes for which an agency of this kind may give to one of that kind. What goes back goes one step.
pub fn may_pass(purpose: HandoverPurpose, giver: AgencyKind, receiver: AgencyKind) -> bool {
    let (givers, receivers) = parties(purpose);
    let fits = givers.contains(&giver) && receivers.contains(&receiver);
    match purpose {
        HandoverPurpose::Jurisdiction => fits && giver == receiver,
        _ => fits,
    }
}

/// The stage of a case that the receiver opens when it concludes.
pub fn stage_after(purpose: HandoverPurpose, receiver: AgencyKind) -> Stage {
    match (purpose, receiver) {
        (HandoverPurpose::ToExecution, _) => Stage::Execution,
        (_, AgencyKind::Procuratorate) => Stage::Prosecution,
        (_, AgencyKind::Court) => Stage::Trial,
        _ => Stage::Investigation,
    }
}

/// The stored parts of an answer, put together. Refuses an unknown word and an answer that lacks its note.
pub fn answer_from_parts(word: &str, note: Option<&str>) -> Option<Answer> {
    match (word, note) {
        ("accepted", _) => Some(Answer::Accepted),
        ("accepted_with_remark", Some(note)) => Some(Answer::AcceptedWithRemark(note.to_owned())),
        ("refused", Some(note)) => Some(Answer::Refused(note.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AgencyKind::{Court, Finance, Police, Procuratorate};

    #[test]
    fn a_case_goes_forward_or_one_step_back() {
        for (purpose, giver, receiver, fits) in [
            (HandoverPurpose::ToProsecution, Police, Procuratorate, true),
            (HandoverPurpose::ToProsecution, Police, Court, false),
            (HandoverPurpose::ToProsecution, Court, Procuratorate, false),
            (HandoverPurpose::ToTrial, Procuratorate, Court, true),
            (HandoverPurpose::SentBack, Court, Procuratorate, false),
            (HandoverPurpose::ReturnedToProsecution, Court, Procuratorate, true),
            (HandoverPurpose::ReturnedToProsecution, Procuratorate, Police, false),
            (HandoverPurpose::SentBack, Procuratorate, Police, true),
            (HandoverPurpose::SentBack, Procuratorate, Procuratorate, false),
            (HandoverPurpose::SentBack, Court, Police, false),
            (HandoverPurpose::Jurisdiction, Police, Police, true),
            (HandoverPurpose::Jurisdiction, Police, Court, false),
            (HandoverPurpose::Appeal, Court, Court, true),
            (HandoverPurpose::ToExecution, Court, Finance, false),
        ] {
            assert_eq!(may_pass(purpose, giver, receiver), fits, "{purpose:?} {giver:?} {receiver:?}");
        }
    }

    #[test]
    fn a_stored_answer_needs_its_note() {
        assert_eq!(answer_from_parts("accepted", None), Some(Answer::Accepted));
        assert_eq!(
            answer_from_parts("refused", Some("封签号不符")),
            Some(Answer::Refused("封签号不符".to_owned()))
        );
        assert_eq!(answer_from_parts("refused", None), None);
        assert_eq!(answer_from_parts("maybe", Some("x")), None);
    }
}
