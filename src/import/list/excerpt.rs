//! The sheet as it stands beside what was made of it.

use super::model::{ExcerptRow, IgnoreReason, SeizureList};
use crate::import::sheet::{Cell, Sheet};
use crate::import::text::{clip, one_line};

/// How many rows are shown: enough to see what a column holds.
const ROWS_MOST: usize = 30;
/// Rows above the column names: a title, a case number.
const ABOVE_MOST: usize = 3;
/// Columns of it.
const COLUMNS_MOST: usize = 40;
/// Characters of a cell.
const CELL_MOST: usize = 40;

/// The first rows of a table, from a little above its column names on.
pub(in crate::import) fn excerpt(sheet: &Sheet, list: &SeizureList) -> Vec<ExcerptRow> {
    let header = list.ignored_rows.iter().find(|it| it.reason == IgnoreReason::Header).map_or(0, |it| it.row);
    let above = sheet.rows().filter(|(row, _)| *row < header).count();
    let rows = sheet.rows().skip(above.saturating_sub(ABOVE_MOST)).take(ROWS_MOST);
    rows.map(|(row, cells)| ExcerptRow { row, cells: texts(list, cells) }).collect()
}

fn texts(list: &SeizureList, cells: &[Cell]) -> Vec<String> {
    let columns = list.columns.iter().take(COLUMNS_MOST);
    let text = |index: u32| cells.iter().find(|cell| cell.column == index).map(|cell| one_line(&cell.text));
    columns.map(|column| clip(&text(column.index).unwrap_or_default(), CELL_MOST)).collect()
}
