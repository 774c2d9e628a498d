//! Which label a thing of each category gets at the counter. Without a rule it is the shelf's own label, which says nothing of a
//! case; a package that leaves the shelves may have to say more (GA/T 966), and a bag less.

use super::{Effective, RuleBook, Rules};
use crate::{clock::Moment, ledger::Category, vocabulary::vocabulary};

vocabulary! {
    /// What stands on a thing's label, and the size of its paper in millimetres.
    LabelTemplate "label_template" {
        /// Number, code, name, kind, amount and seal; no case and no person.
        Shelf "shelf_60x40" "架上标签 60×40" "shelf label 60×40",
        /// For the bag: number, code and name alone.
        InnerSmall "inner_60x40" "内标签 60×40" "inner label 60×40",
        InnerLarge "inner_100x70" "内标签 100×70" "inner label 100×70",
        /// For the package: what GA/T 966 wants, the case among it.
        OuterSmall "outer_60x40" "外标签 60×40" "outer label 60×40",
        OuterLarge "outer_100x70" "外标签 100×70" "outer label 100×70",
    }
}

impl Rules {
    /// The rule about the labels of this category, at that moment, if there is one.
    pub fn label(&self, category: Category, at: Moment) -> Option<&Effective<LabelTemplate>> {
        self.labels.at(&category, at)
    }
}

impl RuleBook {
    /// What is printed for a thing of this category now.
    pub fn label(&self, category: Category, at: Moment) -> LabelTemplate {
        self.at(at).label(category, at).map_or(LabelTemplate::Shelf, |it| it.rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment(1_767_574_800_000_000);
    const DEADLINE: &str =
        "[[deadline]]\nname = \"hand_in\"\nhours = 12\neffective_from = \"2020-01-01\"\ncitation = \"x\"\n";

    #[test]
    fn a_category_has_the_label_that_its_newest_rule_names_and_others_the_shelfs() {
        let shipped = Rules::shipped().unwrap();
        assert_eq!(shipped.label(Category::Biological, NOW).unwrap().rule, LabelTemplate::OuterSmall);
        assert!(shipped.label(Category::General, NOW).is_none());
        let rule = |word: &str| {
            format!(
                "placement = []\n{DEADLINE}[[label]]\ncategory = \"drug\"\ntemplate = \"{word}\"\neffective_from = \"2026-01-01\"\ncitation = \"x\""
            )
        };
        let own = Rules::read(&rule("outer_100x70")).unwrap();
        assert_eq!(own.label(Category::Drug, NOW).unwrap().rule, LabelTemplate::OuterLarge);
        assert!(own.label(Category::Biological, NOW).is_none(), "the file has such a section");
        assert!(own.label(Category::Drug, Moment(NOW.0 - 864_000_000_000 * 10)).is_none(), "not yet");
        assert!(Rules::read(&rule("outer_10x70")).is_err());
        let silent = Rules::read(&format!("placement = []\n{DEADLINE}")).unwrap();
        assert!(silent.label(Category::Biological, NOW).is_some());
    }
}
