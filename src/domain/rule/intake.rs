//! What must be done with a thing before it is received, how far its weight may be from the list's, and with what it may share a
//! slot.

use super::{Effective, RuleBook, Rules};
use crate::{clock::Moment, ledger::Category, vocabulary::vocabulary};
use serde::Deserialize;

vocabulary! {
    /// One step of the intake (入库) that a rule makes binding.
    IntakeStep "intake" {
        Weight "weight" "称重" "weight",
        Photograph "photograph" "拍照" "photograph",
        Seal "seal" "封签" "seal",
        /// Somebody else of the keeping unit, who proves who they are.
        SecondPerson "second_person" "第二人在场" "second person",
        /// How many notes and coins of each face value.
        Denominations "denominations" "券别" "denominations",
    }
}

/// How far a net weight may be from the list's: so many thousandths of it, and never less than so many milligrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Tolerance {
    pub permille: u32,
    pub milligrams: u32,
}

impl Tolerance {
    /// In milligrams, around a weight of the list.
    pub fn around(self, listed: i64) -> i64 {
        let relative = listed.saturating_mul(i64::from(self.permille)) / 1_000;
        relative.max(i64::from(self.milligrams))
    }

    pub fn allows(self, listed: i64, net: i64) -> bool {
        net.saturating_sub(listed).abs() <= self.around(listed)
    }
}

impl Rules {
    /// The steps that are binding for this category, at that moment.
    pub fn intake(&self, category: Category, at: Moment) -> Option<&Effective<Vec<IntakeStep>>> {
        self.intakes.at(&category, at)
    }

    pub fn tolerance(&self, category: Category, at: Moment) -> Option<&Effective<Tolerance>> {
        self.tolerances.at(&category, at)
    }

    /// With what this category may share a slot; nothing is said of the others.
    pub fn sharing(&self, category: Category, at: Moment) -> Option<&Effective<Vec<Category>>> {
        self.sharings.at(&category, at)
    }

    /// The rule that keeps two categories out of one slot, if there is one.
    pub fn keeps_apart(&self, a: Category, b: Category, at: Moment) -> Option<&Effective<Vec<Category>>> {
        let apart = |one, other| self.sharing(one, at).filter(|it| !it.rule.contains(&other));
        apart(a, b).or_else(|| apart(b, a))
    }
}

impl RuleBook {
    pub fn intake(&self, category: Category, at: Moment) -> Option<&Effective<Vec<IntakeStep>>> {
        self.at(at).intake(category, at)
    }

    pub fn tolerance(&self, category: Category, at: Moment) -> Option<&Effective<Tolerance>> {
        self.at(at).tolerance(category, at)
    }

    pub fn keeps_apart(&self, a: Category, b: Category, at: Moment) -> Option<&Effective<Vec<Category>>> {
        self.at(at).keeps_apart(a, b, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment(1_767_574_800_000_000);

    #[test]
    fn a_weight_may_differ_by_what_the_rule_says() {
        let rules = Rules::shipped().unwrap();
        let drug = rules.tolerance(Category::Drug, NOW).unwrap().rule;
        for (listed, net, allowed) in [
            (24_400, 24_400, true),
            (24_400, 24_644, true),
            (24_400, 24_645, false),
            (24_400, 20_000, false),
            (1_000, 1_050, true),
            (1_000, 949, false),
        ] {
            assert_eq!(drug.allows(listed, net), allowed, "{listed} {net}");
        }
    }

    #[test]
    fn what_tempts_or_burns_lies_with_its_own_kind() {
        let rules = Rules::shipped().unwrap();
        let apart = |a, b| rules.keeps_apart(a, b, NOW).is_some();
        assert!(
            apart(Category::Hazardous, Category::General) && apart(Category::General, Category::Hazardous)
        );
        assert!(apart(Category::Drug, Category::Weapon) && apart(Category::Cash, Category::Valuable));
        assert!(!apart(Category::Drug, Category::Drug) && !apart(Category::General, Category::Electronic));
    }

    #[test]
    fn a_file_from_before_there_were_such_rules_takes_the_shipped_ones_and_one_that_empties_them_has_none() {
        let deadline =
            "[[deadline]]\nname = \"hand_in\"\nhours = 12\neffective_from = \"2020-01-01\"\ncitation = \"x\"";
        let old = Rules::read(&format!("placement = []\n{deadline}")).unwrap();
        assert!(old.intake(Category::Drug, NOW).is_some_and(|it| it.rule.contains(&IntakeStep::Weight)));
        assert!(
            old.tolerance(Category::Drug, NOW).is_some()
                && old.keeps_apart(Category::Drug, Category::Cash, NOW).is_some()
        );
        let none = "placement = []\nintake = []\ntolerance = []\nsharing = []";
        let none = Rules::read(&format!("{none}\n{deadline}")).unwrap();
        assert!(none.intake(Category::Drug, NOW).is_none() && none.tolerance(Category::Drug, NOW).is_none());
        assert!(none.keeps_apart(Category::Drug, Category::Cash, NOW).is_none());
    }
}
