//! A list as it was understood.

use std::collections::BTreeSet;

use serde::Serialize;

use super::stated::Stated;
use crate::import::doubt::Doubt;
use crate::import::header::Column;
use crate::import::row::ListRow;
use crate::import::text::squeeze;

/// A list of seized property as a file gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SeizureList {
    /// The sheet that was read; empty for a text file.
    pub sheet: String,
    /// What each column of the header was taken for.
    pub columns: Vec<Column>,
    /// The things, in order.
    pub rows: Vec<ListRow>,
    /// Every other row: title, header, blank lines, notes, signatures. Together with `rows` and `total_row` this is every
    /// row of the sheet up to its last one with content.
    pub ignored_rows: Vec<IgnoredRow>,
    pub total_row: Option<TotalRow>,
    /// The sheet as it stands, as far as it helps to see what the columns hold; nothing of cards.
    pub excerpt: Vec<ExcerptRow>,
    /// What the file says about its case and its paper.
    pub stated: Stated,
    /// Doubts about the list as a whole.
    pub doubts: Vec<Doubt>,
}

impl SeizureList {
    /// Whether it was read from cards, which have no columns to speak of.
    pub fn is_cards(&self) -> bool {
        self.excerpt.is_empty()
    }

    /// The titles of its columns with their places, in the form in which two of them are equal: files of one form agree in it.
    /// Empty for cards.
    pub fn shape(&self) -> String {
        let titled = self.columns.iter().filter(|it| !it.untitled && !self.is_cards());
        titled.map(|it| format!("{} {}\n", it.letter, squeeze(&it.header))).collect()
    }

    /// The last row that is accounted for.
    pub(super) fn last_row(&self) -> u32 {
        let rows = self.rows.iter().map(|it| it.row).chain(self.ignored_rows.iter().map(|it| it.row));
        rows.chain(self.total_row.iter().map(|it| it.row)).max().unwrap_or(0)
    }

    /// Takes in a table that stands to the right of this one. Rows of both carry the number of the row they share.
    pub(in crate::import) fn join(&mut self, right: SeizureList) {
        let table = self.columns.last().map_or(0, |it| it.table + 1);
        self.columns.extend(right.columns.into_iter().map(|it| Column { table, ..it }));
        self.rows.extend(right.rows);
        let known: BTreeSet<u32> = self.ignored_rows.iter().map(|it| it.row).collect();
        self.ignored_rows.extend(right.ignored_rows.into_iter().filter(|it| !known.contains(&it.row)));
        self.ignored_rows.sort_by_key(|it| it.row);
        self.doubts.extend(right.doubts);
        self.total_row = right.total_row.or(self.total_row.take());
    }
}

/// One row of the sheet as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExcerptRow {
    pub row: u32,
    /// A text for each of the list's columns, cut where it is long.
    pub cells: Vec<String>,
}

/// A row that names no thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct IgnoredRow {
    pub row: u32,
    pub reason: IgnoreReason,
}

/// Why a row is no thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IgnoreReason {
    /// Above the header, or the title of a further page.
    Title,
    /// Column names, also when repeated on a further page.
    Header,
    /// Nothing, or nothing but a printed line number.
    Blank,
    /// A heading inside the list: 一、电子产品.
    Heading,
    /// Signatures, dates, remarks, page numbers, 以下空白.
    Note,
    /// 小计, the total of a part; 承前页; and a further total beside the one that is shown.
    Subtotal,
    /// Shows how to fill in the form.
    Example,
    /// Hidden or filtered away in the spreadsheet; the list carries a doubt that names it.
    Hidden,
    /// A further line of a card that describes one thing.
    Card,
    /// Further features of the thing above, under the same merged name.
    Continuation,
    /// Text that is neither; the list carries a doubt about it.
    NotUnderstood,
}

/// The row that adds up the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TotalRow {
    pub row: u32,
    /// What the row says, cell by cell.
    pub text: String,
    pub doubts: Vec<Doubt>,
}
