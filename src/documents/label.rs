//! What stands on an item's label. Nothing of case or person: parking staff and laboratories read it too.

use crate::{domain::Code, language::Language, ledger::Category};
use label_templates::ItemLabel;

/// What a label is made of.
pub struct Item<'a> {
    pub code: &'a Code,
    pub name: &'a str,
    pub category: Category,
    pub seal: &'a str,
    pub quantity: &'a str,
    pub copy: u32,
    pub received_on: &'a str,
    pub centre: &'a str,
}

/// The longest name that fits on two lines of the label.
const NAME_MAX: usize = 28;

pub fn item(item: &Item<'_>) -> ItemLabel {
    ItemLabel {
        code: item.code.to_string(),
        number: item.code.number(),
        name: shortened(item.name),
        category: item.category.text(Language::Zh).to_owned(),
        hazard: hazard(item.category).to_owned(),
        seal: item.seal.to_owned(),
        quantity: item.quantity.to_owned(),
        copy: item.copy,
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
