//! Which row holds the column names, and what each column is. Forms differ from office to office; a column that is not
//! understood is listed as such and never guessed.

mod above;
mod assign;
pub(super) mod cards;
mod numbered;
mod role;
mod settle;
pub(super) mod side_by_side;
mod untitled;

use std::collections::BTreeSet;

use serde::Serialize;

use super::sheet::{Cell, Kind, Merge, Sheet};
use super::text::{clip, one_line, squeeze};

pub use assign::ChosenColumns;
pub use role::Role;
use role::{role_of, split_unit};
use settle::settle;

/// How far down a header is looked for.
const HEADER_ROWS: usize = 100;
/// How far to the right.
const COLUMNS_MOST: u32 = 256;
/// A column name is short; longer text is a note.
const LABEL_MOST: usize = 40;

/// One column of the header as it was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// As the spreadsheet names it: `D`.
    pub letter: String,
    /// What the header says.
    pub header: String,
    /// What it was taken for; nothing when it was not understood and is not used.
    pub role: Option<Role>,
    #[serde(skip)]
    pub(super) index: u32,
    /// The unit in the header: 克 of 重量（克）.
    #[serde(skip)]
    pub(super) unit: String,
    /// A second column of a role that only one can have.
    #[serde(skip)]
    pub(super) repeated: bool,
    /// No title of its own; it lies under that of its neighbour, or under none.
    #[serde(skip)]
    pub(super) untitled: bool,
    /// A person said what it is.
    #[serde(skip)]
    pub(super) chosen: bool,
    /// Which of the tables beside each other it belongs to, from the left.
    #[serde(skip)]
    pub(super) table: u32,
}

impl Column {
    /// Whether it is a second column of a meaning that only one can have, and so was not read as that.
    pub const fn repeated(&self) -> bool {
        self.repeated
    }

    /// Whether a person said what it is.
    pub const fn chosen(&self) -> bool {
        self.chosen
    }

    /// Which of the tables beside each other it belongs to, from the left; 0 for the first.
    pub const fn table(&self) -> u32 {
        self.table
    }
}

/// The header: its rows and its columns.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) first_row: u32,
    pub(super) last_row: u32,
    pub(super) columns: Vec<Column>,
}

/// The letters of a column: 0 is A, 26 is AA.
pub(super) fn letters(mut index: u32) -> String {
    let mut letters = Vec::new();
    loop {
        letters.extend(char::from_digit(index % 26 + 10, 36).map(|c| c.to_ascii_uppercase()));
        if index < 26 {
            break;
        }
        index = index / 26 - 1;
    }
    letters.iter().rev().collect()
}

/// Finds the header of a sheet: the first row with a name and a quantity, else the first with a name and something else,
/// else one where a kind (车辆类型) or a description has to do for the name.
pub(super) fn find(sheet: &Sheet) -> Option<Header> {
    let rows: Vec<(u32, &[Cell])> = sheet.rows().take(HEADER_ROWS).collect();
    let first = |fits: &dyn Fn(&Header) -> bool| {
        rows.iter().position(|(row, cells)| read(sheet, *row, cells).is_some_and(|it| fits(&it)))
    };
    let named = |it: &Header| it.counts();
    let at = first(&named)
        .or_else(|| first(&|it| it.names()))
        .or_else(|| first(&|it| promoted(it.clone()).is_some()))?;
    let (row, cells) = rows.get(at)?;
    let header = read(sheet, *row, cells)?;
    let header = match rows.get(at + 1) {
        Some((next, below)) if *next == row + 1 => {
            with_second_row(sheet, &header, *next, below).unwrap_or(header)
        }
        _ => header,
    };
    let header = if header.column(Role::Name).is_none() { promoted(header)? } else { header };
    let header = numbered::describe(sheet, above::give_unit(sheet, header));
    Some(untitled::fill(sheet, header))
}

/// A header without a name: what kind of thing it is, or how it is described, stands for the name.
fn promoted(mut header: Header) -> Option<Header> {
    let counted = [Role::Quantity, Role::Weight, Role::Amount, Role::Plate, Role::Vin];
    if header.column(Role::Name).is_some()
        || header.width() < 3
        || !counted.iter().any(|role| header.column(*role).is_some())
    {
        return None;
    }
    let order = [Role::Category, Role::Features, Role::Model, Role::Brand, Role::Currency];
    let role = order.into_iter().find(|role| header.column(*role).is_some())?;
    let column = header.columns.iter_mut().find(|it| it.role == Some(role))?;
    column.role = Some(Role::Name);
    Some(header)
}

/// Whether a row inside the list is a header again, as on the second page of a printed form.
pub(super) fn repeated(sheet: &Sheet, header: &Header, row: u32, cells: &[Cell]) -> Option<Header> {
    // Column names hold no digits, and most of a header are column names. Looking at two cells first keeps long lists quick.
    let digits = |cell: &Cell| cell.kind != Kind::Text || cell.text.chars().any(|c| c.is_ascii_digit());
    let at_name = |cell: &&Cell| header.column(Role::Name).is_some_and(|it| it.index == cell.column);
    let probe = |cell: Option<&Cell>| cell.is_some_and(|cell| role_of(&cell.text).is_some());
    if cells.len() < 2 || cells.iter().any(digits) {
        return None;
    }
    let like_header = probe(cells.iter().find(at_name)) || (probe(cells.first()) && probe(cells.get(1)));
    if !like_header {
        return None;
    }
    let again = names_columns(cells).then(|| read(sheet, row, cells)).flatten()?;
    let again = if again.counts() { again } else { promoted(again)? };
    let again = numbered::describe(sheet, above::give_unit(sheet, again));
    Some(untitled::fill(sheet, again).chosen_as_in(header))
}

/// Whether a row holds nothing but names of columns, as far as they are known.
fn names_columns(cells: &[Cell]) -> bool {
    let digits = |cell: &Cell| cell.kind != Kind::Text || cell.text.chars().any(|c| c.is_ascii_digit());
    if cells.len() < 2 || cells.iter().any(digits) {
        return false;
    }
    let roles = cells.iter().filter(|cell| role_of(&cell.text).is_some()).count();
    roles * 2 > cells.len()
}

impl Header {
    /// How many columns are understood.
    pub(super) fn width(&self) -> usize {
        self.columns.iter().filter(|column| column.role.is_some()).count()
    }

    pub(super) fn column(&self, role: Role) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == Some(role) && !column.repeated)
    }

    fn counts(&self) -> bool {
        let quantity = [Role::Quantity, Role::Weight, Role::Amount, Role::GrossWeight]
            .iter()
            .any(|role| self.column(*role).is_some());
        self.column(Role::Name).is_some_and(|name| quantity || names_and_counts(&name.header))
    }

    fn names(&self) -> bool {
        self.column(Role::Name).is_some() && self.width() > 1
    }
}

/// Reads one row as column names. A name merged down from the row above counts for this row.
fn read(sheet: &Sheet, row: u32, cells: &[Cell]) -> Option<Header> {
    let mut columns = Vec::new();
    let mut first_row = row;
    let mut indexes: BTreeSet<u32> =
        cells.iter().map(|cell| cell.column).filter(|it| *it < COLUMNS_MOST).collect();
    let from_above =
        |it: &&Merge| it.first_row < row && it.last_row >= row && it.first_column == it.last_column;
    indexes.extend(sheet.merges.iter().filter(from_above).map(|it| it.first_column));
    for index in indexes {
        let merged = sheet.merge_at(row, index).filter(|it| it.first_column == it.last_column);
        let top = merged.map_or(row, |it| it.first_row);
        let Some(cell) = sheet.cell(top, index).filter(|cell| cell.kind == Kind::Text) else { continue };
        // What stands in brackets explains the label.
        let label = cell.text.split(['(', '（']).next().unwrap_or_default();
        if label.chars().count() > LABEL_MOST || cell.text.chars().count() > 3 * LABEL_MOST {
            continue;
        }
        first_row = first_row.min(top);
        columns.push(column(index, &cell.text));
    }
    settle(&mut columns);
    (columns.iter().filter(|column| column.role.is_some()).count() > 0).then_some(Header {
        first_row,
        last_row: row,
        columns,
    })
}

/// Takes the row below as the second half of the header (数量 above 数目 and 单位), if it has nothing but column names and
/// says nothing in the name's column.
fn with_second_row(sheet: &Sheet, header: &Header, row: u32, cells: &[Cell]) -> Option<Header> {
    let name = header.column(Role::Name)?;
    let is_label = |cell: &Cell| {
        cell.kind == Kind::Text
            && !cell.text.chars().any(|c| c.is_ascii_digit())
            && cell.text.chars().count() <= 12
    };
    let understood = cells.iter().filter(|cell| role_of(&cell.text).is_some()).count();
    let named = cells.iter().any(|cell| cell.column == name.index);
    if named || understood == 0 || understood * 2 < cells.len() || !cells.iter().all(is_label) {
        return None;
    }
    let mut columns = header.columns.clone();
    for cell in cells {
        let group = sheet.merge_at(header.last_row, cell.column).map_or(cell.column, |it| it.first_column);
        let above = header.columns.iter().rev().find(|it| it.index == group || it.index == cell.column);
        let mut own = column(cell.column, &cell.text);
        own.role = own.role.or(above.and_then(|it| it.role));
        if let Some(above) = above.filter(|it| it.header != own.header) {
            own.header = format!("{} {}", above.header, own.header);
        }
        columns.retain(|it| it.index != cell.column);
        columns.push(own);
    }
    columns.sort_by_key(|it| it.index);
    settle(&mut columns);
    Some(Header { columns, last_row: row, ..header.clone() })
}

fn column(index: u32, text: &str) -> Column {
    let (label, unit) = split_unit(text);
    let header = clip(&one_line(text), LABEL_MOST);
    Column {
        letter: letters(index),
        header,
        role: role_of(&label),
        index,
        unit,
        repeated: false,
        untitled: false,
        chosen: false,
        table: 0,
    }
}

/// One column for both, as in 物品名称及数量.
fn names_and_counts(header: &str) -> bool {
    let header = squeeze(header);
    header.contains("数量") && ["名称", "物品及", "财物及", "款物及"].iter().any(|it| header.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (index, text) in
            [(0, "A"), (3, "D"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")]
        {
            assert_eq!(letters(index), text);
        }
    }
}
