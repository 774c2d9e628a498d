//! One thing on a list that waits: as it is understood now, and how a person's word changes it.

use super::{Amendment, DoubtAnswer, DraftDoubt, RowFault, row_label};
use crate::{
    custody::Error,
    domain::category,
    id::ItemId,
    import::{self, ListRow, SeizureList, UnitOfMeasure},
    ledger::{Category, Holding, Measure, Particulars, QUANTITY_MAX, SeizedLine},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a row came to stand on the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Read from the file.
    #[default]
    File,
    /// Typed by a person.
    Added,
    /// A part of what this row said, set apart by a person.
    Split(u32),
}

/// One thing on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DraftRow {
    /// The row's number as the spreadsheet shows it.
    pub row: u32,
    #[serde(default)]
    pub origin: Origin,
    pub name: String,
    pub quantity: Option<i64>,
    pub measure: Option<Measure>,
    pub counted_as: Option<String>,
    /// As people write it; empty while it is in doubt.
    pub quantity_text: String,
    pub category: Category,
    pub features: String,
    /// What the list says in fields of their own.
    #[serde(default)]
    pub particulars: Particulars,
    pub holding: Holding,
    pub doubts: Vec<DraftDoubt>,
    /// Why the row is left out.
    pub dropped: Option<String>,
}

impl DraftRow {
    /// The rows of a list, at most this many. Lists beside each other share the rows of a sheet; those of the right one are
    /// numbered from the next power of ten on (3 becomes 103), so that each row has a number of its own.
    pub(super) fn of_list(list: &SeizureList, most: usize) -> Vec<DraftRow> {
        let last = list.rows.iter().map(|row| row.row).max().unwrap_or(0);
        let step = 10_u32.checked_pow(last.checked_ilog10().unwrap_or(0) + 1).unwrap_or(1);
        let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
        let rows = list.rows.iter().take(most).map(|row| {
            let tables = seen.entry(row.row).or_insert(0);
            let number = row.row.saturating_add(tables.saturating_mul(step));
            *tables += 1;
            DraftRow { row: number, ..DraftRow::of(row) }
        });
        rows.collect()
    }

    pub(super) fn of(row: &ListRow) -> DraftRow {
        let listed = row.category.as_deref().map(category::guess).filter(|it| *it != Category::General);
        let measure = measure_of(row);
        let mut it = DraftRow {
            row: row.row,
            origin: Origin::File,
            name: row.name.clone(),
            quantity: row.quantity,
            measure,
            counted_as: row.counted_as.clone(),
            quantity_text: String::new(),
            category: listed.unwrap_or_else(|| category::guess(&row.name)),
            features: row.free_features(),
            particulars: row.particulars.clone(),
            holding: Holding::InHand,
            doubts: row.doubts.iter().map(DraftDoubt::of).collect(),
            dropped: None,
        };
        it.quantity_text = it.written();
        it
    }

    /// What people call the row: its number in the file, or `+1` for the first that is in no file.
    pub fn label(&self) -> String {
        row_label(self.row)
    }

    fn written(&self) -> String {
        match (self.quantity, &self.measure) {
            (Some(quantity), Some(measure)) => measure.text(quantity, self.counted_as.as_deref()),
            _ => String::new(),
        }
    }

    /// Whether nothing is open: complete, and every doubt answered.
    pub fn is_settled(&self) -> bool {
        self.is_complete() && self.doubts.iter().all(|doubt| doubt.answer.is_some())
    }

    fn is_complete(&self) -> bool {
        self.quantity.is_some_and(bookable) && self.measure.is_some() && !self.name.is_empty()
    }

    pub(super) fn amend(&mut self, it: &Amendment) -> Result<(), RowFault> {
        let (name, features) = (it.name.trim().to_owned(), it.features.trim().to_owned());
        it.fits(self.doubts.len())?;
        self.dropped = Some(it.drop.trim().to_owned()).filter(|reason| !reason.is_empty());
        let described = name != self.name || features != self.features || it.particulars != self.particulars;
        self.particulars.clone_from(&it.particulars);
        self.name = name;
        self.features = features;
        self.category = it.category;
        self.holding = it.holding;
        let counted = self.count(it.quantity.trim())?;
        for doubt in self.doubts.iter_mut().filter(|doubt| doubt.answer.is_none()) {
            let changed = !counted && !doubt.is_about_quantity() && described;
            if changed {
                doubt.answer = Some(DoubtAnswer::Amended);
            } else if it.accept {
                doubt.answer = Some(DoubtAnswer::Accepted);
            }
        }
        Ok(())
    }

    /// Reads a quantity that was typed anew, as the importer reads a cell. The doubts about the old one are answered;
    /// the new one may bring its own. Says whether there was a new one.
    pub(super) fn count(&mut self, text: &str) -> Result<bool, RowFault> {
        if text == self.quantity_text {
            return Ok(false);
        }
        let bare = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || ('０'..='９').contains(&c));
        let cell = match &self.counted_as {
            Some(word) if bare => format!("{text}{word}"),
            _ => text.to_owned(),
        };
        let read = match read_cell(&self.name, &cell) {
            Some(row) if row.quantity.is_some_and(bookable) => row,
            row => return Err(RowFault::not_counted(self.row, text, row.as_ref())),
        };
        for doubt in self.doubts.iter_mut().filter(|doubt| doubt.is_about_quantity()) {
            doubt.answer.get_or_insert(DoubtAnswer::Amended);
        }
        self.quantity = read.quantity;
        self.measure = measure_of(&read);
        self.counted_as.clone_from(&read.counted_as);
        self.quantity_text = self.written();
        self.doubts.extend(read.doubts.iter().map(DraftDoubt::of).filter(DraftDoubt::is_about_quantity));
        Ok(true)
    }

    /// The line of the entry. Only asked of rows that are complete.
    pub(super) fn seized(&self, item: ItemId, number: String, paper_line: u32) -> Result<SeizedLine, Error> {
        let (Some(quantity), Some(measure)) = (self.quantity, self.measure.clone()) else {
            return Err(RowFault::uncounted(self.row).into());
        };
        Ok(SeizedLine {
            item,
            number,
            paper_line,
            name: self.name.clone(),
            category: self.category,
            features: self.features.clone(),
            particulars: self.particulars.clone(),
            measure,
            quantity,
            counted_as: self.counted_as.clone(),
            holding: self.holding,
        })
    }
}

fn bookable(quantity: i64) -> bool {
    (1..=QUANTITY_MAX).contains(&quantity)
}

fn measure_of(row: &ListRow) -> Option<Measure> {
    let word = match row.unit? {
        UnitOfMeasure::Piece => "piece",
        UnitOfMeasure::Mg => "mg",
        UnitOfMeasure::Ul => "ul",
        UnitOfMeasure::Minor => "minor",
    };
    Measure::from_word(word, row.currency.as_deref())
}

/// One cell as the importer understands it.
fn read_cell(name: &str, quantity: &str) -> Option<ListRow> {
    read_cells(&[("名称", name), ("数量", quantity)])
}

/// One row as the importer understands it; nothing when it is no thing.
pub(super) fn read_cells(cells: &[(&str, &str)]) -> Option<ListRow> {
    import::read_row(cells)
}
