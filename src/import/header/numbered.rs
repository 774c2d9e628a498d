//! A column called Item or 物品 that only numbers the things; what they are called stands in the column that describes them.

use super::{Column, Header, Role};
use crate::import::sheet::{Cell, Sheet};
use crate::import::text::{fold, squeeze};

/// Rows that are looked at.
const ROWS_LOOKED_AT: usize = 50;
/// Characters of a number such as A-1 or TS/12.
const CODE_MOST: usize = 8;

/// Makes the describing column the name where the one that is called so holds numbers and nothing else.
pub(super) fn describe(sheet: &Sheet, mut header: Header) -> Header {
    let Some((name, title)) = header.column(Role::Name).map(|it| (it.index, squeeze(&it.header))) else {
        return header;
    };
    if ["名称", "品名", "name", "description"].iter().any(|it| title.contains(it)) {
        return header;
    }
    let better = |column: &&Column| {
        let title = squeeze(&column.header);
        let words = ["description", "particulars", "article", "goods", "描述", "名称", "物品"];
        column.index != name
            && matches!(column.role, Some(Role::Features | Role::Name))
            && words.iter().any(|it| title.contains(it))
    };
    let Some(described) = header.columns.iter().find(better).map(|it| it.index) else { return header };
    let rows = sheet.rows().filter(|(row, _)| *row > header.last_row).take(ROWS_LOOKED_AT);
    // A sum or a signature fills one of the two.
    let cell =
        |cells: &[Cell], index: u32| cells.iter().find(|it| it.column == index).map(|it| fold(&it.text));
    let mut numbers = rows.filter_map(|(_, cells)| cell(cells, described).and(cell(cells, name))).peekable();
    if numbers.peek().is_none() || !numbers.all(|it| is_code(&it)) {
        return header;
    }
    if let Some(column) = header.columns.iter_mut().find(|it| it.index == described) {
        (column.role, column.repeated) = (Some(Role::Name), false);
    }
    let numbered = header.column(Role::LineNumber).is_some();
    if let Some(column) = header.columns.iter_mut().find(|it| it.index == name) {
        (column.role, column.repeated) = (if numbered { None } else { Some(Role::LineNumber) }, false);
    }
    header
}

/// 1, A-1, TS/12: a few letters and a number.
fn is_code(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    text.len() - rest.len() <= 3
        && text.len() <= CODE_MOST
        && rest.contains(|c: char| c.is_ascii_digit())
        && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '/' | '.' | ' '))
}
