//! What an officer says of a row, and why it cannot be kept as it was typed: which of its fields is in the way.

use super::row_label;
use crate::{
    custody::{Error, Invalid},
    import::{DoubtCode, ListRow},
    ledger::{Category, Holding, Particulars, apply::TEXT_MAX},
};
use serde::Deserialize;

/// The longest name of a thing, in characters.
const NAME_MAX: usize = 200;
/// Doubts at one row: each quantity that is typed may bring some.
const DOUBTS_MAX: usize = 100;

/// What an officer says about one row.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct Amendment {
    /// The row's number in the file.
    pub row: u32,
    pub name: String,
    /// As people write it: `3部`, `12.35克`, `人民币12,000元`.
    pub quantity: String,
    pub category: Category,
    pub features: String,
    #[serde(default)]
    pub particulars: Particulars,
    pub holding: Holding,
    /// The doubts that are left were looked at, and the row is right as it stands.
    pub accept: bool,
    /// Why the row is left out; empty when it is not.
    pub drop: String,
}

/// What is in the way of keeping a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The row's number in the file.
    pub row: u32,
    pub field: RowField,
    /// One whole sentence.
    pub zh: String,
    pub en: String,
}

/// The part of an [`Amendment`] that cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowField {
    Name,
    /// The name, which names no thing.
    NoThing,
    Quantity,
    Features,
    Particulars,
    Drop,
}

impl RowField {
    pub const fn word(self) -> &'static str {
        match self {
            RowField::Name | RowField::NoThing => "name",
            RowField::Quantity => "quantity",
            RowField::Features => "features",
            RowField::Particulars => "particulars",
            RowField::Drop => "drop",
        }
    }

    const fn remedy(self) -> (&'static str, &'static str) {
        match self {
            RowField::Quantity => (
                "其他各行的内容和勾选都还在。请写成“数字＋单位”，例如 3部、12.35克、人民币12000元。",
                "Everything typed and ticked in the other rows is still there. Write a number and a unit, such as 3部, 12.35克 or 人民币12000元.",
            ),
            RowField::NoThing => (
                "其他各行的内容和勾选都还在。请写明财物的名称；合计、签名等不用写。",
                "Everything typed and ticked in the other rows is still there. Say what the thing is; sums and signatures need not be typed.",
            ),
            RowField::Name | RowField::Features | RowField::Particulars | RowField::Drop => (
                "其他各行的内容和勾选都还在。请把这一项写短些。",
                "Everything typed and ticked in the other rows is still there. Make this text shorter.",
            ),
        }
    }
}

impl From<RowFault> for Error {
    fn from(it: RowFault) -> Error {
        let RowFault { row, field, zh, en } = it;
        let row = row_label(row);
        Invalid::new(
            "row_not_understood",
            (&format!("第 {row} 行：{zh}"), &format!("Row {row}: {en}")),
            field.remedy(),
        )
    }
}

impl Amendment {
    /// Refuses texts that are longer than what the ledger holds, and a row that has `doubts` of them already.
    pub(super) fn fits(&self, doubts: usize) -> Result<(), RowFault> {
        texts_fit(self.row, (&self.name, &self.features), &self.particulars)?;
        if longer(&self.drop, TEXT_MAX) {
            return Err(RowFault::new(
                self.row,
                RowField::Drop,
                "不登记的原因超过 1000 字。",
                "the reason to leave it out has more than 1,000 characters.",
            ));
        }
        if doubts > DOUBTS_MAX {
            return Err(RowFault::new(
                self.row,
                RowField::Quantity,
                "数量改过的次数太多，不能再改。",
                "its quantity was changed too often; it cannot be changed any more.",
            ));
        }
        Ok(())
    }
}

fn longer(text: &str, most: usize) -> bool {
    text.trim().chars().count() > most
}

/// Refuses texts of a row that are longer than what the ledger holds.
pub(super) fn texts_fit(
    row: u32,
    (name, features): (&str, &str),
    particulars: &Particulars,
) -> Result<(), RowFault> {
    let (field, zh, en) = if longer(name, NAME_MAX) {
        (RowField::Name, "名称超过 200 字。", "its name has more than 200 characters.")
    } else if longer(features, TEXT_MAX) {
        (RowField::Features, "特征超过 1000 字。", "its features have more than 1,000 characters.")
    } else if particulars.iter().any(|(_, text)| longer(text, TEXT_MAX)) {
        (
            RowField::Particulars,
            "有一项要素超过 1000 字。",
            "one of its fields has more than 1,000 characters.",
        )
    } else {
        return Ok(());
    };
    Err(RowFault::new(row, field, zh, en))
}

impl RowFault {
    fn new(row: u32, field: RowField, zh: &str, en: &str) -> RowFault {
        RowFault { row, field, zh: zh.to_owned(), en: en.to_owned() }
    }

    pub(super) fn unnamed(row: u32) -> RowFault {
        RowFault::new(row, RowField::NoThing, "没有名称。", "it has no name.")
    }

    /// What was typed reads as a sum, a note or a signature.
    pub(super) fn no_thing(row: u32, name: &str) -> RowFault {
        let (zh, en) = (
            format!("“{name}”不像财物。"),
            format!("“{name}” reads as a sum, a note or an example, and as no thing."),
        );
        RowFault::new(row, RowField::NoThing, &zh, &en)
    }

    pub(super) fn uncounted(row: u32) -> RowFault {
        RowFault::new(row, RowField::Quantity, "没有数量。", "it has no quantity.")
    }

    /// What was typed for a quantity gives none. Zero, less and far too much are told apart, as the importer does.
    pub(super) fn not_counted(row: u32, text: &str, read: Option<&ListRow>) -> RowFault {
        let impossible = [DoubtCode::Zero, DoubtCode::Negative, DoubtCode::TooLarge];
        let doubts = read.into_iter().flat_map(|row| &row.doubts);
        let (zh, en) = match doubts.into_iter().find(|doubt| impossible.contains(&doubt.code)) {
            Some(doubt) => (doubt.sentence_zh(), doubt.sentence_en()),
            None => (format!("“{text}”读不出数量。"), format!("“{text}” gives no quantity.")),
        };
        RowFault::new(row, RowField::Quantity, &zh, &en)
    }
}
