//! 扣押: things come into being in the ledger; the officer's unit owes them from this moment (L3 §190: 24 h).

use super::{Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{CaseId, ItemId, UnitId},
    ledger::{
        DutyAccount, Measure, Mentions, PaperKind, Particulars, Party, SignerRole, StockAccount, apply::Work,
        state::DescriptionFacts,
    },
    vocabulary::vocabulary,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seize {
    pub case: CaseId,
    pub unit: UnitId,
    pub lines: Vec<SeizedLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeizedLine {
    pub item: ItemId,
    /// The item's number for people; its label carries it with check characters.
    pub number: String,
    /// The line of the seizure list.
    pub paper_line: u32,
    pub name: String,
    pub category: Category,
    pub features: String,
    /// What the list says in fields of their own.
    #[serde(default, skip_serializing_if = "Particulars::is_empty")]
    pub particulars: Particulars,
    pub measure: Measure,
    pub quantity: i64,
    /// The list's own word: 部, 张, 克 …
    pub counted_as: Option<String>,
    pub holding: Holding,
}

vocabulary! {
    /// Whether the thing was taken along or sealed where it stands (L2 §240: houses, frozen accounts).
    Holding "holding" {
        InHand "in_hand" "已取走" "Taken along",
        InPlace "in_place" "就地封存" "Sealed in place",
    }

    /// What kind of thing it is; rules of where it may lie hang on it (domain §1.5).
    Category "category" {
        General "general" "一般物品" "General",
        Electronic "electronic" "电子设备" "Electronic device",
        Document "document" "书证文件" "Document",
        Cash "cash" "现金" "Cash",
        Valuable "valuable" "贵重物品" "Valuable",
        Drug "drug" "毒品" "Drug",
        Weapon "weapon" "枪弹管制器具" "Weapon",
        Vehicle "vehicle" "车辆" "Vehicle",
        Biological "biological" "生物检材" "Biological sample",
        Hazardous "hazardous" "危险品" "Hazardous",
    }
}

/// What no word of a list says otherwise.
impl Default for Category {
    fn default() -> Category {
        Category::General
    }
}

impl SeizedLine {
    fn description(&self) -> DescriptionFacts {
        DescriptionFacts {
            name: self.name.clone(),
            category: self.category,
            features: self.features.clone(),
            particulars: self.particulars.clone(),
            quantity: self.quantity,
            counted_as: self.counted_as.clone(),
            seal: None,
            label: None,
        }
    }
}

impl Kind for Seize {
    /// origin → owed (or not held); none → (unit, case). Rests on a seizure list (L2 §230).
    fn rule(&self, work: &mut Work<'_>) {
        work.not_empty(&self.lines);
        work.paper(PaperKind::SeizureList);
        work.once(self.lines.iter().map(|line| (line.item, ())));
        work.numbers_once(self.lines.iter().map(|line| (line.item, line.number.as_str())));
        for line in &self.lines {
            work.new_item(line.item, &line.number, &line.name, line.quantity);
            let to = match line.holding {
                Holding::InHand => StockAccount::Owed(self.unit),
                Holding::InPlace => StockAccount::NotHeld,
            };
            let party = Party { unit: self.unit, case: self.case };
            work.open(line.item, &line.number, line.measure.clone(), None);
            work.describe(line.item, line.description());
            work.post_stock(line.item, line.quantity, StockAccount::Origin, to);
            work.post_duty(line.item, line.quantity, DutyAccount::None, DutyAccount::Party(party));
        }
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.cases.insert(self.case);
        mentions.units.insert(self.unit);
        mentions.items.extend(self.lines.iter().map(|line| line.item));
    }

    fn narrow(&mut self, item: ItemId) {
        self.lines.retain(|line| line.item == item);
    }

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
        Register::Items(self)
    }
}
