//! What a sheet holds beside the text of its visible cells: hidden rows and columns, comments, struck-through text, text in
//! shapes. None of it is read as part of the list; all of it is told.

use std::collections::{BTreeMap, BTreeSet};

use super::{COLUMN_LAST, Cell, Sheet};
use crate::import::text::one_line;

/// Remarks of one sheet that are kept.
const REMARKS_MOST: usize = 2_000;

/// Ranges of columns that a sheet may hide; a real one has some dozens.
const RANGES_MOST: usize = 512;

/// Filled by the readers while they read; rows count from 1, columns from 0.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct Beside {
    /// The sheet itself is hidden.
    pub(in crate::import) hidden_sheet: bool,
    /// Hidden or filtered rows, and what they say.
    pub(in crate::import) hidden_rows: BTreeMap<u32, String>,
    /// Hidden columns, and the first texts they hold.
    pub(in crate::import) hidden_columns: BTreeMap<u32, String>,
    pub(in crate::import) comments: Vec<(u32, u32, String)>,
    pub(in crate::import) struck: BTreeSet<(u32, u32)>,
    /// Texts of shapes and text boxes.
    pub(in crate::import) shapes: Vec<String>,
    /// Lines of a text file that are in another encoding than most.
    pub(in crate::import) mixed_lines: Vec<u32>,
    rows: BTreeSet<u32>,
    columns: BTreeSet<u32>,
    ranges: usize,
}

impl Beside {
    /// `row` counts from 1.
    pub(super) fn hide_row(&mut self, row: u32) {
        self.rows.insert(row);
    }

    pub(super) fn hide_columns(&mut self, first: u32, last: u32) {
        self.ranges += 1;
        if self.ranges <= RANGES_MOST {
            self.columns.extend(first..=last.min(COLUMN_LAST));
        }
    }

    pub(super) fn comment(&mut self, row: u32, column: u32, text: &str) {
        let text = one_line(text);
        if !text.is_empty() && self.comments.len() < REMARKS_MOST {
            self.comments.push((row, column, text));
        }
    }

    pub(super) fn shape(&mut self, text: &str) {
        let text = one_line(text);
        if !text.is_empty() && self.shapes.len() < REMARKS_MOST {
            self.shapes.push(text);
        }
    }

    fn hides(&self, cell: &Cell) -> bool {
        self.rows.contains(&cell.row) || self.columns.contains(&cell.column)
    }
}

/// Takes the cells that a person does not see out of the sheet and keeps what they say apart.
pub(super) fn set_apart(sheet: &mut Sheet) {
    if sheet.beside.rows.is_empty() && sheet.beside.columns.is_empty() {
        return;
    }
    let beside = &mut sheet.beside;
    let (hidden, seen): (Vec<Cell>, Vec<Cell>) =
        std::mem::take(&mut sheet.cells).into_iter().partition(|cell| beside.hides(cell));
    for cell in hidden {
        let by_row = beside.rows.contains(&cell.row);
        let said = if by_row {
            beside.hidden_rows.entry(cell.row).or_default()
        } else {
            beside.hidden_columns.entry(cell.column).or_default()
        };
        if said.len() < 600 {
            if !said.is_empty() {
                said.push(' ');
            }
            said.push_str(&one_line(&cell.text));
        }
    }
    sheet.cells = seen;
}
