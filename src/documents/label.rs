//! What stands on an item's label. Nothing of case or person: parking staff and laboratories read it too. Only the outer label
//! names them, for the categories whose rule asks for it.

use crate::{
    domain::{Code, rule::LabelTemplate},
    language::Language,
    ledger::Category,
};
use label_templates::{InnerLabel, ItemLabel, Label, OuterLabel, Stock};

/// What a label is made of.
pub struct Item<'a> {
    /// With its copy.
    pub code: &'a Code,
    pub name: &'a str,
    pub category: Category,
    pub seal: &'a str,
    pub quantity: &'a str,
    pub received_on: &'a str,
    pub centre: &'a str,
    pub case_number: &'a str,
    /// Who took it in and packed it.
    pub packed_by: &'a str,
}

/// The longest name that fits on two lines of the label.
const NAME_MAX: usize = 28;

/// The label that the rule of its category asks for.
pub fn item(template: LabelTemplate, item: &Item<'_>) -> Label {
    match template {
        LabelTemplate::Shelf => Label::Item(shelf(item)),
        LabelTemplate::InnerSmall => Label::Inner(inner(Stock::Small, item)),
        LabelTemplate::InnerLarge => Label::Inner(inner(Stock::Large, item)),
        LabelTemplate::OuterSmall => Label::Outer(outer(Stock::Small, item)),
        LabelTemplate::OuterLarge => Label::Outer(outer(Stock::Large, item)),
    }
}

fn inner(stock: Stock, item: &Item<'_>) -> InnerLabel {
    InnerLabel {
        stock,
        code: item.code.printed(),
        number: item.code.number(),
        name: shortened(item.name),
        copy: item.code.copy(),
    }
}

fn outer(stock: Stock, item: &Item<'_>) -> OuterLabel {
    OuterLabel {
        stock,
        code: item.code.printed(),
        number: item.code.number(),
        name: shortened(item.name),
        hazard: hazard(item.category).to_owned(),
        case_number: item.case_number.to_owned(),
        quantity: item.quantity.to_owned(),
        seal: item.seal.to_owned(),
        packed_on: item.received_on.to_owned(),
        packed_by: item.packed_by.to_owned(),
        kept_by: item.centre.to_owned(),
        copy: item.code.copy(),
    }
}

fn shelf(item: &Item<'_>) -> ItemLabel {
    ItemLabel {
        code: item.code.printed(),
        number: item.code.number(),
        name: shortened(item.name),
        category: item.category.text(Language::Zh).to_owned(),
        hazard: hazard(item.category).to_owned(),
        seal: item.seal.to_owned(),
        quantity: item.quantity.to_owned(),
        copy: item.code.copy(),
        received_on: item.received_on.to_owned(),
        centre: item.centre.to_owned(),
    }
}

/// A label that names nothing yet: its number and its code; what stays white is for a pen.
pub fn blank(code: &Code, centre: &str) -> ItemLabel {
    ItemLabel {
        code: code.to_string(),
        number: code.number(),
        name: String::new(),
        category: String::new(),
        hazard: String::new(),
        seal: String::new(),
        quantity: String::new(),
        copy: 1,
        received_on: String::new(),
        centre: centre.to_owned(),
    }
}

fn shortened(name: &str) -> String {
    match name.chars().count() {
        0..=NAME_MAX => name.to_owned(),
        _ => name.chars().take(NAME_MAX - 1).chain(['…']).collect(),
    }
}

/// What must be seen from afar.
fn hazard(category: Category) -> &'static str {
    match category {
        Category::Hazardous => "危险",
        Category::Weapon => "枪弹",
        Category::Biological => "冷藏",
        Category::General
        | Category::Electronic
        | Category::Document
        | Category::Cash
        | Category::Valuable
        | Category::Drug
        | Category::Vehicle => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CodeKind;

    /// Everything that the label would print, as one text.
    fn printed(template: LabelTemplate) -> String {
        let code = Code::new(CodeKind::Item, "26", 12).on_copy(2);
        let label = item(
            template,
            &Item {
                code: &code,
                name: "手术刀",
                category: Category::Biological,
                seal: "F-0001",
                quantity: "1 把",
                received_on: "2026-11-22",
                centre: "管理中心",
                case_number: "A3301060000002026010012",
                packed_by: "陈守仁",
            },
        );
        assert_eq!(label.code(), code.printed());
        serde_json::to_string(&label).unwrap()
    }

    #[test]
    fn only_the_outer_label_names_case_and_person() {
        for template in LabelTemplate::ALL.iter().copied() {
            let outer = matches!(template, LabelTemplate::OuterSmall | LabelTemplate::OuterLarge);
            let text = printed(template);
            for words in ["A3301060000002026010012", "陈守仁"] {
                assert_eq!(text.contains(words), outer, "{template:?}: {text}");
            }
            let alone = matches!(template, LabelTemplate::InnerSmall | LabelTemplate::InnerLarge);
            assert_eq!(text.contains("1 把") || text.contains("F-0001"), !alone, "{template:?}: {text}");
            assert!(text.contains("手术刀") && text.contains("W26-0000012") && text.contains("*2"), "{text}");
        }
    }
}
