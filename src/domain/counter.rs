//! What is going on at a counter (窗口): what its custodian does there, what is known so far of the thing in hand, and
//! what comes next. Nothing here is recorded yet; a draft becomes an entry by the last scan.

use super::{rule::IntakeStep, words};
use crate::{
    clock::Moment,
    id::{CaseId, CountId, ItemId, PersonId, SlotId},
    ledger::{BoundLabel, Category, Denomination, Measure, Weighing},
    vocabulary::vocabulary,
};
use hufu_wire::weight::NoWeight;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the person at a counter is doing; it decides what a scan means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Activity {
    /// Looking things up, and moving them: first the item, then the slot.
    Idle {
        held: Option<HeldItem>,
    },
    Receiving(Receiving),
    Counting {
        count: CountId,
        /// The cases that were open here and go on when the count is over, the last opened last.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        waiting: Vec<WaitingCase>,
    },
    /// Every blank label scanned is spoiled, for this reason.
    Voiding {
        reason: String,
    },
}

/// An item that was just scanned, and may be moved by scanning a slot next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HeldItem {
    pub item: ItemId,
    pub scanned_at: Moment,
}

/// One case being taken in, line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Receiving {
    pub case: CaseId,
    /// The officer who stands at the counter.
    pub delivered_by: PersonId,
    /// The line in hand.
    pub item: Option<ItemId>,
    /// Whether a line's label is printed as soon as the line is picked, so that the scanner alone is enough.
    pub print_on_pick: bool,
    /// What was put away last: the same scan again is a repeat, not a mistake.
    pub last: Option<PlacedItem>,
    /// Things that the next slot takes together; nothing while they are taken one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tray: Option<Vec<ItemId>>,
    /// The station's last event when the line was picked on the page: answers up to it are about something else.
    #[serde(default)]
    pub answered: u64,
    /// The cases that were open here before and go on when this one is closed, the last opened last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<WaitingCase>,
}

/// A case whose intake goes on later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WaitingCase {
    pub case: CaseId,
    pub delivered_by: PersonId,
    pub print_on_pick: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PlacedItem {
    pub item: ItemId,
    pub slot: SlotId,
}

impl Activity {
    /// The cases that are open here, the one in hand last.
    pub fn open_cases(&self) -> Vec<WaitingCase> {
        match self {
            Activity::Idle { .. } | Activity::Voiding { .. } => Vec::new(),
            Activity::Counting { waiting, .. } => waiting.clone(),
            Activity::Receiving(open) => {
                let Receiving { case, delivered_by, print_on_pick, .. } = *open;
                let now = WaitingCase { case, delivered_by, print_on_pick };
                open.waiting.iter().copied().chain([now]).collect()
            }
        }
    }

    pub const IDLE: Activity = Activity::Idle { held: None };
}

/// What is known of one line before it is received. Kept until then, whoever stands at the counter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct LineDraft {
    pub weighing: Option<Weighing>,
    /// What the thing is packed in, weighed by itself.
    pub tare: Option<Weighing>,
    /// Why the thing is taken in although its weight is not the list's.
    pub weight_reason: Option<String>,
    /// Who saw it besides the custodian, and proved who they are.
    pub second: Option<PersonId>,
    /// Of money: how many of each face value.
    pub denominations: Vec<Denomination>,
    /// Whether the reading that was asked for is of what the thing is packed in.
    pub weighs_tare: bool,
    /// The reading that was asked for and has not come.
    pub weigh_request: Option<Uuid>,
    /// Why the last reading was not taken.
    pub weight_refused: Option<WeightRefusal>,
    /// Digests (hex) of the photographs.
    pub photographs: Vec<String>,
    pub seal: Option<String>,
    /// What came, when it is less than what is owed, and why.
    pub short: Option<Short>,
    /// What is damaged, in words.
    pub damage: Option<String>,
    pub remark: Option<String>,
    /// The label that was scanned back.
    pub bound: Option<BoundLabel>,
}

impl LineDraft {
    /// The weight, with what it is packed in.
    pub fn weighed(&self) -> Option<Weighing> {
        let weighing = self.weighing.clone()?;
        let tare_mg = self.tare.as_ref().map(|tare| tare.gross_mg).or(weighing.tare_mg);
        Some(Weighing { tare_mg, ..weighing })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Short {
    pub quantity: i64,
    pub reason: String,
}

words! {
    /// Why a reading of the scale was not taken.
    WeightRefusal {
        Unstable "unstable",
        Overload "overload",
        Underload "underload",
        NotReady "not_ready",
        /// The scale shows a unit that nobody here knows.
        UnknownUnit "unknown_unit",
        /// It was asked for while another line was in hand.
        OtherLine "other_line",
        NotPositive "not_positive",
        /// The scale's calibration has run out, and the rules take no such weight for this kind of thing.
        Overdue "overdue",
    }
}

impl From<NoWeight> for WeightRefusal {
    fn from(why: NoWeight) -> WeightRefusal {
        match why {
            NoWeight::Unsteady => WeightRefusal::Unstable,
            NoWeight::UnknownUnit => WeightRefusal::UnknownUnit,
            NoWeight::NotPositive => WeightRefusal::NotPositive,
            NoWeight::Overload => WeightRefusal::Overload,
            NoWeight::Underload => WeightRefusal::Underload,
            NoWeight::NotReady => WeightRefusal::NotReady,
        }
    }
}

vocabulary! {
    /// Where a print job stands; it never goes backwards.
    PrintState "counter.job" {
        Queued "queued" "等待打印" "waiting",
        Sent "sent" "已打印" "printed",
        Confirmed "confirmed" "已打印" "printed",
        /// Nobody can tell whether the label came out: a person looks and says.
        Unknown "unknown" "不确定" "unknown",
        Failed "failed" "没有打印" "not printed",
    }
}

impl PrintState {
    /// Whether the job may go from here to there.
    pub fn may_become(self, next: PrintState) -> bool {
        use PrintState::{Confirmed, Failed, Queued, Sent, Unknown};
        match self {
            Queued => next != Queued,
            Sent => matches!(next, Confirmed | Unknown | Failed),
            Unknown => matches!(next, Confirmed | Failed),
            Confirmed | Failed => false,
        }
    }

    /// Whether a label may be out there to be scanned back. Scanning an unknown one is the proof that it came out.
    pub fn may_be_scanned(self) -> bool {
        matches!(self, PrintState::Sent | PrintState::Confirmed | PrintState::Unknown)
    }
}

words! {
    /// What the custodian does next with the line in hand.
    Step {
        Weigh "weigh",
        Photograph "photograph",
        Seal "seal",
        Denominations "denominations",
        SecondPerson "second_person",
        Print "print",
        /// The label is on its way out of the printer.
        Printing "printing",
        /// 标签出来了吗？
        LookForLabel "look_for_label",
        ScanLabel "scan_label",
        ScanSlot "scan_slot",
    }
}

/// The binding steps that are not done yet, in the order in which they are best done.
pub fn missing_steps(binding: &[IntakeStep], measure: &Measure, draft: &LineDraft) -> Vec<IntakeStep> {
    let missing = |step: &&IntakeStep| match step {
        IntakeStep::Weight => draft.weighing.is_none(),
        IntakeStep::Photograph => draft.photographs.is_empty(),
        IntakeStep::Seal => draft.seal.is_none(),
        IntakeStep::SecondPerson => draft.second.is_none(),
        IntakeStep::Denominations => measure.currency().is_some() && draft.denominations.is_empty(),
    };
    IntakeStep::ALL.iter().filter(|step| binding.contains(step)).filter(missing).copied().collect()
}

/// The next step for a line. Binding steps come first and cannot be passed; others are advised.
pub fn next_step(
    category: Category,
    measure: &Measure,
    draft: &LineDraft,
    label: Option<PrintState>,
    binding: &[IntakeStep],
) -> Step {
    if let Some(step) = missing_steps(binding, measure, draft).first() {
        return match step {
            IntakeStep::Weight => Step::Weigh,
            IntakeStep::Photograph => Step::Photograph,
            IntakeStep::Seal => Step::Seal,
            IntakeStep::SecondPerson => Step::SecondPerson,
            IntakeStep::Denominations => Step::Denominations,
        };
    }
    if draft.bound.is_some() {
        return Step::ScanSlot;
    }
    if draft.weighing.is_none() && weighs(category, measure) {
        return Step::Weigh;
    }
    if draft.photographs.is_empty() {
        return Step::Photograph;
    }
    match label {
        None | Some(PrintState::Failed) => Step::Print,
        Some(PrintState::Queued) => Step::Printing,
        Some(PrintState::Unknown) => Step::LookForLabel,
        Some(PrintState::Sent | PrintState::Confirmed) => Step::ScanLabel,
    }
}

/// What is worth nothing without its weight: whatever is measured in grams, drugs and valuables (domain §1.5).
pub fn weighs(category: Category, measure: &Measure) -> bool {
    *measure == Measure::Milligram || matches!(category, Category::Drug | Category::Valuable)
}

words! {
    /// How far a line has come, for the list.
    LineState {
        Owed "owed",
        Weighed "weighed",
        Labelled "labelled",
        Bound "bound",
        InSlot "in_slot",
        /// Some of it came, the rest is owed.
        Short "short",
        Refused "refused",
        /// Sealed where it stands; it is not brought.
        InPlace "in_place",
        /// Lent, moved out, disposed: no more at the counter.
        Elsewhere "elsewhere",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_never_goes_backwards() {
        use PrintState::{Confirmed, Failed, Queued, Sent, Unknown};
        for (from, may) in [
            (Queued, vec![Sent, Confirmed, Unknown, Failed]),
            (Sent, vec![Confirmed, Unknown, Failed]),
            (Unknown, vec![Confirmed, Failed]),
            (Confirmed, vec![]),
            (Failed, vec![]),
        ] {
            let found: Vec<PrintState> =
                PrintState::ALL.iter().copied().filter(|to| from.may_become(*to)).collect();
            assert_eq!(found, may, "{from:?}");
        }
    }

    fn weighed() -> Weighing {
        let (shown, device) = ("12.35 g".to_owned(), "scale".to_owned());
        Weighing { gross_mg: 12_350, tare_mg: None, shown, stable: true, device, read_at: Moment(0) }
    }

    #[test]
    fn one_step_after_the_other() {
        let mut draft = LineDraft::default();
        let step =
            |draft: &LineDraft, label| next_step(Category::Drug, &Measure::Milligram, draft, label, &[]);
        assert_eq!(step(&draft, None), Step::Weigh);
        assert_eq!(next_step(Category::General, &Measure::Piece, &draft, None, &[]), Step::Photograph);
        draft.weighing = Some(weighed());
        draft.photographs.push("d".to_owned());
        for (label, next) in [
            (None, Step::Print),
            (Some(PrintState::Failed), Step::Print),
            (Some(PrintState::Queued), Step::Printing),
            (Some(PrintState::Unknown), Step::LookForLabel),
            (Some(PrintState::Sent), Step::ScanLabel),
        ] {
            assert_eq!(step(&draft, label), next);
        }
        draft.bound = Some(BoundLabel { code: "W26-0000001-XX".to_owned(), copy: 1 });
        assert_eq!(step(&draft, Some(PrintState::Sent)), Step::ScanSlot);
    }

    #[test]
    fn a_binding_step_comes_before_the_slot_whatever_was_scanned() {
        let label = BoundLabel { code: "W26-0000001-XX".to_owned(), copy: 1 };
        let mut draft = LineDraft { bound: Some(label), ..LineDraft::default() };
        let binding =
            [IntakeStep::SecondPerson, IntakeStep::Seal, IntakeStep::Weight, IntakeStep::Photograph];
        let step = |draft: &LineDraft| {
            let sent = Some(PrintState::Sent);
            next_step(Category::Drug, &Measure::Milligram, draft, sent, &binding)
        };
        assert_eq!(step(&draft), Step::Weigh);
        draft.weighing = Some(weighed());
        assert_eq!(step(&draft), Step::Photograph);
        draft.photographs.push("d".to_owned());
        assert_eq!(step(&draft), Step::Seal);
        draft.seal = Some("F1".to_owned());
        assert_eq!(step(&draft), Step::SecondPerson);
        draft.second = Some(PersonId(Uuid::from_u128(1)));
        assert_eq!(step(&draft), Step::ScanSlot);
        let coins = [IntakeStep::Denominations];
        assert!(missing_steps(&coins, &Measure::Piece, &draft).is_empty(), "only money has face values");
        let cny = Measure::from_word("minor", Some("CNY")).unwrap();
        assert_eq!(missing_steps(&coins, &cny, &draft), coins);
    }
}
