//! Deadlines, placements and weighing as data, with effective dates and the article each rests on. The engine never hard-codes a
//! day; an administrator can read and replace `rules.toml`.

use super::{StoreKind, words};
use crate::{
    clock::{Moment, Span},
    ledger::Category,
};
use serde::Deserialize;

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
        /// 见证落后: how long a witness may leave entries unsigned, and the time to put that right
        WitnessBehind "witness_behind",
    }
}

/// What becomes of a weight of a scale whose calibration (检定) has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OverdueScale {
    Refused,
    Taken,
}

/// The shipped rules or an administrator's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    deadline: Vec<DeadlineRule>,
    placement: Vec<PlacementRule>,
    /// A rules file from before there were such rules has none.
    #[serde(default)]
    weighing: Vec<WeighingRule>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineRule {
    name: Deadline,
    hours: i64,
    effective_from: chrono::NaiveDate,
    pub citation: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacementRule {
    category: Category,
    stores: Vec<StoreKind>,
    effective_from: chrono::NaiveDate,
    pub citation: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeighingRule {
    category: Category,
    overdue_scale: OverdueScale,
    effective_from: chrono::NaiveDate,
    pub citation: String,
}

/// A rules file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    #[error("the rules file cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    #[error("the rules file has no deadline «{0}» — nothing was loaded; add it with its citation")]
    Missing(&'static str),
}

impl Rules {
    /// Reads a rules file. Refuses unknown words and a missing deadline.
    pub fn read(text: &str) -> Result<Rules, RulesError> {
        let rules: Rules = toml::from_str(text)?;
        let has = |name: &&Deadline| rules.deadline.iter().any(|rule| rule.name == **name);
        match Deadline::ALL.iter().find(|name| !has(name)) {
            Some(missing) => Err(RulesError::Missing(missing.word())),
            None => Ok(rules),
        }
    }

    /// The rules that ship with the program.
    pub fn shipped() -> Result<Rules, RulesError> {
        Rules::read(include_str!("rules.toml"))
    }

    /// The rule in effect at that moment: the newest that has begun; before the first, the first.
    pub fn deadline(&self, name: Deadline, at: Moment) -> Option<&DeadlineRule> {
        let named = || self.deadline.iter().filter(move |rule| rule.name == name);
        let begun = named().filter(|rule| begins(rule.effective_from) <= at);
        begun
            .max_by_key(|rule| rule.effective_from)
            .or_else(|| named().min_by_key(|rule| rule.effective_from))
    }

    /// When something that began at `from` is due.
    pub fn due(&self, name: Deadline, from: Moment) -> Moment {
        self.deadline(name, from).map_or(from, |rule| from.plus(Span::hours(rule.hours)))
    }

    /// The rule that keeps this category out of that kind of store, if there is one.
    pub fn keeps_out(&self, category: Category, kind: StoreKind, at: Moment) -> Option<&PlacementRule> {
        let begun = self
            .placement
            .iter()
            .filter(|rule| rule.category == category && begins(rule.effective_from) <= at);
        begun.max_by_key(|rule| rule.effective_from).filter(|rule| !rule.stores.contains(&kind))
    }

    /// The rule that refuses weights of an overdue scale for this category, if there is one.
    pub fn refuses_overdue_scale(&self, category: Category, at: Moment) -> Option<&WeighingRule> {
        let begun = self
            .weighing
            .iter()
            .filter(|rule| rule.category == category && begins(rule.effective_from) <= at);
        begun
            .max_by_key(|rule| rule.effective_from)
            .filter(|rule| rule.overdue_scale == OverdueScale::Refused)
    }
}

impl PlacementRule {
    pub fn stores(&self) -> &[StoreKind] {
        &self.stores
    }
}

/// Midnight in China at the start of that day.
fn begins(day: chrono::NaiveDate) -> Moment {
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros();
    Moment(midnight).plus(Span::hours(-8))
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
        let text = format!("{}{newer}", include_str!("rules.toml"));
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
        let rules = Rules::read(&format!("{}{newer}", include_str!("rules.toml"))).unwrap();
        assert!(rules.refuses_overdue_scale(Category::Drug, now).is_some());
        assert!(rules.refuses_overdue_scale(Category::Drug, now.plus(Span::days(400))).is_none());

        let old = include_str!("rules.toml").split("[[weighing]]").next().unwrap();
        assert!(Rules::read(old).unwrap().refuses_overdue_scale(Category::Drug, now).is_none());
    }

    #[test]
    fn a_rules_file_that_forgets_a_deadline_is_refused() {
        assert!(matches!(Rules::read("deadline = []\nplacement = []"), Err(RulesError::Missing("hand_in"))));
        assert!(Rules::read("deadline = 3").is_err());
    }
}
