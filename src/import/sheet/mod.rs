//! Bytes of a spreadsheet → its sheets as cells of text. The kind of file is told by its content, never by its name. What
//! is read is bounded before it is kept: bytes, rows, cells, text.

mod beside;
mod biff;
mod biff_beside;
mod delimited;
mod docx;
mod kind;
mod number_format;
mod ods;
mod xls;
mod xlsx;
mod xlsx_parts;
mod xlsx_texts;
mod xml;

pub(super) use beside::Beside;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::Refusal;
use super::text::{clean, clip};

/// The largest file that is opened.
const FILE_MOST: usize = 64 << 20;
/// What a packed file may unpack to: 200,000 rows of twenty columns fit.
const UNPACKED_MOST: u64 = 384 << 20;
/// Rows with content, over all sheets that are read.
const ROWS_MOST: usize = 200_000;
/// Cells with content, over all sheets that are read.
const CELLS_MOST: usize = 5_000_000;
/// Bytes of text, over all sheets that are read.
const TEXT_MOST: usize = 256 << 20;
/// The last row and column a spreadsheet can have.
const ROW_LAST: u32 = 1_048_576;
const COLUMN_LAST: u32 = 16_384;
/// Characters of one cell that are kept.
const CELL_MOST: usize = 300;

/// What a cell holds, as far as it matters to a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    /// A number with more digits than a spreadsheet keeps: its last digits are gone.
    LongNumber,
    Date,
    Error,
}

/// One cell with content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// 1-based, as the spreadsheet shows it.
    pub(super) row: u32,
    /// 0-based: A is 0.
    pub(super) column: u32,
    pub(super) text: String,
    pub(super) kind: Kind,
    /// The text was longer than what is kept.
    pub(super) cut: bool,
}

/// A merged region: only its first cell holds the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Merge {
    pub(super) first_row: u32,
    pub(super) last_row: u32,
    pub(super) first_column: u32,
    pub(super) last_column: u32,
}

impl Merge {
    /// The library counts rows from 0.
    fn of(region: &calamine::Dimensions) -> Merge {
        Merge {
            first_row: region.start.0.saturating_add(1),
            last_row: region.end.0.saturating_add(1),
            first_column: region.start.1,
            last_column: region.end.1,
        }
    }
}

/// A sheet: its cells by row and column, and its merged regions.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) cells: Vec<Cell>,
    pub(super) merges: Vec<Merge>,
    /// What is not part of the list but must be told.
    pub(super) beside: Beside,
}

/// Collects cells within the bounds of one file.
#[derive(Default)]
struct Collector {
    sheets: Vec<Sheet>,
    rows: usize,
    cells: usize,
    text: usize,
}

/// Reads every sheet of a file; hidden ones are marked.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    if bytes.len() > FILE_MOST {
        return Err(Refusal::TooLarge);
    }
    let reader = kind::reader_for(bytes)?;
    // The readers of packed formats are other people's code: should one panic on a damaged file, that is a damaged file.
    let sheets = catch_unwind(AssertUnwindSafe(|| reader(bytes))).unwrap_or(Err(Refusal::Broken))?;
    if sheets.iter().all(|sheet| sheet.cells.is_empty()) {
        return Err(Refusal::Empty);
    }
    Ok(sheets)
}

/// A sheet of one row under a header, (name, cell). The end of a line within a cell is a space.
pub(super) fn of_row(cells: &[(&str, &str)]) -> Result<Sheet, Refusal> {
    let mut collector = Collector::default();
    collector.open("");
    for (column, (name, _)) in (0..).zip(cells) {
        collector.put(0, column, name, Kind::Text)?;
    }
    for (column, (_, cell)) in (0..).zip(cells) {
        collector.put(1, column, &cell.replace(['\n', '\r'], " "), delimited::kind_of(cell))?;
    }
    collector.finish().pop().ok_or(Refusal::Empty)
}

impl Collector {
    fn open(&mut self, name: &str) {
        self.sheets.push(Sheet { name: clip(&clean(name), 100), ..Sheet::default() });
    }

    /// What stands beside the cells of the sheet opened last.
    fn beside(&mut self) -> Option<&mut Beside> {
        self.sheets.last_mut().map(|sheet| &mut sheet.beside)
    }

    fn merge(&mut self, merge: Merge) {
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.merges.push(merge);
        }
    }

    /// Keeps a cell of the sheet opened last. `row` and `column` count from 0.
    fn put(&mut self, row: u32, column: u32, text: &str, kind: Kind) -> Result<(), Refusal> {
        if row >= ROW_LAST || column >= COLUMN_LAST {
            return Err(Refusal::Broken);
        }
        let text = clean(text);
        let Some(sheet) = self.sheets.last_mut().filter(|_| !text.is_empty()) else { return Ok(()) };
        let end = text.char_indices().nth(CELL_MOST).map(|(at, _)| at);
        let text = match end {
            Some(end) => text.get(..end).unwrap_or_default().to_owned(),
            None => text,
        };
        self.cells += 1;
        self.text += text.len();
        if sheet.cells.last().is_none_or(|before| before.row != row + 1) {
            self.rows += 1;
        }
        if self.rows > ROWS_MOST || self.cells > CELLS_MOST || self.text > TEXT_MOST {
            return Err(Refusal::TooLarge);
        }
        sheet.cells.push(Cell { row: row + 1, column, text, kind, cut: end.is_some() });
        Ok(())
    }

    fn finish(mut self) -> Vec<Sheet> {
        for sheet in &mut self.sheets {
            sheet.cells.sort_by_key(|cell| (cell.row, cell.column));
            sheet.cells.dedup_by_key(|cell| (cell.row, cell.column));
            sheet.merges.sort_by_key(|merge| (merge.first_column, merge.first_row));
            beside::set_apart(sheet);
        }
        self.sheets
    }
}

impl Sheet {
    /// The rows that have content, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = (u32, &[Cell])> {
        self.cells.chunk_by(|a, b| a.row == b.row).filter_map(|cells| Some((cells.first()?.row, cells)))
    }

    pub(super) fn cell(&self, row: u32, column: u32) -> Option<&Cell> {
        let at = self.cells.binary_search_by_key(&(row, column), |cell| (cell.row, cell.column)).ok()?;
        self.cells.get(at)
    }

    /// The merged region a place lies in.
    pub(super) fn merge_at(&self, row: u32, column: u32) -> Option<&Merge> {
        // Regions do not overlap, so in each column only the last one that begins at or above the row can hold it. They are
        // found by their first column; one that is wider is found through the columns to the left.
        let covers = |it: &&Merge| {
            (it.first_row..=it.last_row).contains(&row)
                && (it.first_column..=it.last_column).contains(&column)
        };
        (0..=column).rev().take(64).find_map(|first_column| {
            let after =
                self.merges.partition_point(|it| (it.first_column, it.first_row) <= (first_column, row));
            self.merges.get(after.checked_sub(1)?).filter(covers)
        })
    }
}

/// The text and kind of a number cell, as the spreadsheet shows it.
fn number_text(value: f64) -> (String, Kind) {
    let kind = if value.abs() >= 1e15 { Kind::LongNumber } else { Kind::Number };
    (super::quantity::plain(value), kind)
}
