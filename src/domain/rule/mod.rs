//! Deadlines, placements and weighing as data, with effective dates and the article each rests on. The engine never hard-codes a
//! day; the city adopts rules of its own by entries ([`RuleBook`]).

mod book;
mod effective;
mod file;
mod intake;
mod label;

pub use book::{Adopted, RuleBook};
pub use effective::Effective;
pub use file::RulesError;
pub use intake::{IntakeStep, Tolerance};
pub use label::LabelTemplate;

use super::{StoreKind, words};
use crate::{
    clock::{Moment, Span},
    ledger::{Category, DifferenceClass, HandoverPurpose},
};
use effective::Series;
use file::Section;
use serde::{Deserialize, Serialize};

words! {
    /// The clocks that run.
    Deadline {
        /// 扣押后移交保管: from seizure to the counter
        HandIn "hand_in",
        OfferExpires "offer_expires",
        SettleCounterDifference "settle_counter_difference",
        SettleRefusedLine "settle_refused_line",
        SettleCountDifference "settle_count_difference",
        /// 更正审批的有效期: from the approval of a correction to its recording
        CorrectionApproved "correction_approved",
        /// 借出审批的有效期: from the approval of a loan to its check-out
        LoanApproved "loan_approved",
        /// 处置审批的有效期: from the approval of a disposal until the things are gone
        DisposalApproved "disposal_approved",
        /// 灭失审批的有效期: from the approval of a declaration of loss to its recording
        LossApproved "loss_approved",
        /// 补充侦查: from the return to the police until the case goes up again
        Supplementary "supplementary",
        /// 见证落后: how long a witness may leave entries unsigned, and the time to put that right
        WitnessBehind "witness_behind",
    }
}

impl DifferenceClass {
    /// How long there is to settle a difference of this class.
    pub fn deadline(self) -> Deadline {
        match self {
            DifferenceClass::Short
            | DifferenceClass::Extra
            | DifferenceClass::WrongWeight
            | DifferenceClass::Damaged
            | DifferenceClass::RefusedAtCounter
            | DifferenceClass::TakenTwice => Deadline::SettleCounterDifference,
            DifferenceClass::RefusedInHandover => Deadline::SettleRefusedLine,
            DifferenceClass::Missing
            | DifferenceClass::Misplaced
            | DifferenceClass::Surplus
            | DifferenceClass::UnknownCode
            | DifferenceClass::WrongSeal
            | DifferenceClass::WrongQuantity => Deadline::SettleCountDifference,
            DifferenceClass::WitnessBehind | DifferenceClass::WitnessRefused => Deadline::WitnessBehind,
        }
    }
}

/// What becomes of a weight of a scale whose calibration (检定) has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverdueScale {
    Refused,
    Taken,
}

/// One file of rules: the shipped one, or one that the city has adopted.
#[derive(Clone, Debug)]
pub struct Rules {
    deadlines: Series<Deadline, Span>,
    placements: Series<Category, Vec<StoreKind>>,
    weighings: Series<Category, OverdueScale>,
    intakes: Series<Category, Vec<IntakeStep>>,
    tolerances: Series<Category, Tolerance>,
    sharings: Series<Category, Vec<Category>>,
    copies: Series<HandoverPurpose, Vec<String>>,
    receipt_copies: Series<(), Vec<String>>,
    labels: Series<Category, LabelTemplate>,
    completed: Vec<Deadline>,
}

impl Rules {
    /// The file that ships with the program.
    pub const SHIPPED: &str = include_str!("../rules.toml");

    /// Reads a rules file. Refuses unknown words and impossible values. A deadline that it does not have is the shipped
    /// one: a file from before the program learnt of it does not stop the server. Where things may lie and what may weigh
    /// them are restrictions, and one that is absent is meant to be; what binds at the intake is the shipped rule unless the file
    /// has such a section, be it an empty one.
    pub fn read(text: &str) -> Result<Rules, RulesError> {
        let (mut rules, silent) = file::read(text)?;
        let shipped = Rules::shipped()?;
        for section in silent {
            match section {
                Section::Intake => rules.intakes.clone_from(&shipped.intakes),
                Section::Tolerance => rules.tolerances.clone_from(&shipped.tolerances),
                Section::Sharing => rules.sharings.clone_from(&shipped.sharings),
                Section::Copies => rules.copies.clone_from(&shipped.copies),
                Section::ReceiptCopies => rules.receipt_copies.clone_from(&shipped.receipt_copies),
                Section::Label => rules.labels.clone_from(&shipped.labels),
            }
        }
        let missing = |name: &&Deadline| !rules.deadlines.has(name);
        let completed: Vec<Deadline> = Deadline::ALL.iter().filter(missing).copied().collect();
        let taken = shipped.deadlines.0.into_iter().filter(|(name, _)| completed.contains(name));
        rules.deadlines.0.extend(taken);
        Ok(Rules { completed, ..rules })
    }

    /// The rules that ship with the program. They have every deadline.
    pub fn shipped() -> Result<Rules, RulesError> {
        Ok(file::read(Rules::SHIPPED)?.0)
    }

    /// The deadlines that the file does not have and that were taken from the shipped rules.
    pub fn completed(&self) -> &[Deadline] {
        &self.completed
    }

    /// The rule in effect at that moment: the newest that has begun; before the first, the first.
    pub fn deadline(&self, name: Deadline, at: Moment) -> Option<&Effective<Span>> {
        self.deadlines.at_or_first(&name, at)
    }

    /// The article that sets it; empty where no rule does.
    pub fn citation(&self, name: Deadline, at: Moment) -> String {
        self.deadline(name, at).map_or_else(String::new, |rule| rule.citation.clone())
    }

    /// When something that began at `from` is due.
    pub fn due(&self, name: Deadline, from: Moment) -> Moment {
        self.deadline(name, from).map_or(from, |it| from.plus(it.rule))
    }

    /// The rule that keeps this category out of that kind of store, if there is one: the kinds of store it allows.
    pub fn keeps_out(
        &self,
        category: Category,
        kind: StoreKind,
        at: Moment,
    ) -> Option<&Effective<Vec<StoreKind>>> {
        self.placement(category, at).filter(|it| !it.rule.contains(&kind))
    }

    /// What restricts where this category may lie, at that moment.
    pub fn placement(&self, category: Category, at: Moment) -> Option<&Effective<Vec<StoreKind>>> {
        self.placements.at(&category, at)
    }

    /// Who keeps a copy of the list of a handover for this purpose; its citation is what the list rests on.
    pub fn copies(&self, purpose: HandoverPurpose, at: Moment) -> Option<&Effective<Vec<String>>> {
        self.copies.at_or_first(&purpose, at)
    }

    /// Who keeps a copy of the paper of a delivery.
    pub fn receipt_copies(&self, at: Moment) -> Option<&Effective<Vec<String>>> {
        self.receipt_copies.at_or_first(&(), at)
    }

    pub fn weighing(&self, category: Category, at: Moment) -> Option<&Effective<OverdueScale>> {
        self.weighings.at(&category, at)
    }

    /// The rule that refuses weights of an overdue scale for this category, if there is one.
    pub fn refuses_overdue_scale(&self, category: Category, at: Moment) -> Option<&Effective<OverdueScale>> {
        self.weighing(category, at).filter(|it| it.rule == OverdueScale::Refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_are_complete_and_the_newest_in_effect_counts() {
        let rules = Rules::shipped().unwrap();
        let seized = Moment(1_767_574_800_000_000);
        assert_eq!(rules.due(Deadline::HandIn, seized), seized.plus(Span::hours(24)));
        assert!(rules.keeps_out(Category::Cash, StoreKind::Centre, seized).is_some());
        assert!(rules.keeps_out(Category::Cash, StoreKind::Vault, seized).is_none());
        assert!(rules.keeps_out(Category::General, StoreKind::Centre, seized).is_none());

        let newer = "\n[[deadline]]\nname = \"hand_in\"\nhours = 12\neffective_from = \"2027-01-01\"\ncitation = \"x\"";
        let text = format!("{}{newer}", include_str!("../rules.toml"));
        let rules = Rules::read(&text).unwrap();
        assert_eq!(rules.due(Deadline::HandIn, seized), seized.plus(Span::hours(24)));
        let later = seized.plus(Span::days(400));
        assert_eq!(rules.due(Deadline::HandIn, later), later.plus(Span::hours(12)));
    }

    #[test]
    fn an_overdue_scale_is_refused_where_the_newest_rule_says_so() {
        let rules = Rules::shipped().unwrap();
        let now = Moment(1_767_574_800_000_000);
        assert!(rules.refuses_overdue_scale(Category::Drug, now).is_some());
        assert!(rules.refuses_overdue_scale(Category::General, now).is_none());
        let before = Moment(1_400_000_000_000_000);
        assert!(rules.refuses_overdue_scale(Category::Drug, before).is_none());

        let newer = "\n[[weighing]]\ncategory = \"drug\"\noverdue_scale = \"taken\"\neffective_from = \"2027-01-01\"\ncitation = \"x\"";
        let rules = Rules::read(&format!("{}{newer}", include_str!("../rules.toml"))).unwrap();
        assert!(rules.refuses_overdue_scale(Category::Drug, now).is_some());
        assert!(rules.refuses_overdue_scale(Category::Drug, now.plus(Span::days(400))).is_none());

        let old = include_str!("../rules.toml").split("[[weighing]]").next().unwrap();
        assert!(Rules::read(old).unwrap().refuses_overdue_scale(Category::Drug, now).is_none());
    }

    #[test]
    fn the_shipped_rules_have_every_deadline() {
        let rules = Rules::shipped().unwrap();
        assert!(Deadline::ALL.iter().all(|name| rules.deadlines.has(name)));
        assert_eq!(Rules::read(include_str!("../rules.toml")).unwrap().completed(), []);
    }

    #[test]
    fn a_rules_file_that_lacks_a_deadline_is_completed_from_the_shipped_rules_and_says_which() {
        let rules = Rules::read(&one_deadline("hours = 12")).unwrap();
        let missing: Vec<Deadline> =
            Deadline::ALL.iter().copied().filter(|it| *it != Deadline::HandIn).collect();
        assert_eq!(rules.completed(), missing);
        let seized = Moment(1_767_574_800_000_000);
        assert_eq!(
            rules.due(Deadline::HandIn, seized),
            seized.plus(Span::hours(12)),
            "the file's own stands"
        );
        assert_eq!(rules.due(Deadline::OfferExpires, seized), seized.plus(Span::hours(72)));
        let citation = |name| rules.deadline(name, seized).map(|it| it.citation.clone());
        assert_eq!(citation(Deadline::HandIn).as_deref(), Some("x"));
        assert!(citation(Deadline::WitnessBehind).is_some_and(|it| it.contains("虎符设计")));
        assert!(rules.keeps_out(Category::Cash, StoreKind::Centre, seized).is_none(), "no placement is none");
    }

    /// A file with one deadline, the hours on line 4.
    fn one_deadline(hours: &str) -> String {
        let text = "placement = []\n[[deadline]]\nname = \"hand_in\"\nHOURS\neffective_from = \"2020-01-01\"\ncitation = \"x\"";
        text.replace("HOURS", hours)
    }

    #[test]
    fn impossible_values_are_refused_with_their_line() {
        for (hours, most) in
            [(-5, false), (0, false), (1, true), (87_840, true), (87_841, false), (i64::MAX, false)]
        {
            match Rules::read(&one_deadline(&format!("hours = {hours}"))) {
                Ok(_) => assert!(most, "{hours}"),
                Err(RulesError::Hours { line, hours: found }) => {
                    assert_eq!((line, found, most), (4, hours, false));
                }
                Err(other) => panic!("{other}"),
            }
        }
        let error = Rules::read(&one_deadline("hours = -5")).unwrap_err().to_string();
        for part in ["第 4 行", "Line 4", "-5"] {
            assert!(error.contains(part), "{error}");
        }
        let nowhere = "deadline = []\n[[placement]]\ncategory = \"cash\"\nstores = []\neffective_from = \"2020-01-01\"\ncitation = \"x\"";
        assert!(matches!(Rules::read(nowhere), Err(RulesError::NoStore { line: 4 })));
    }

    #[test]
    fn what_is_no_rules_file_is_refused_with_its_line() {
        let error = Rules::read("placement = []\ndeadline = 3").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
        assert!(Rules::read(&one_deadline("hours = \"12\"")).is_err());
        assert!(Rules::read(&one_deadline("hours = 12").replace("hand_in", "hand_out")).is_err());
    }
}
