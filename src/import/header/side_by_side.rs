//! Two tables beside each other on one sheet, to save paper: the same column names stand twice in one row.

use super::{Column, Header, Role, role_of};
use crate::import::sheet::{Cell, Sheet};
use crate::import::text::squeeze;

/// The tables of a sheet from left to right, each with its own header and its own columns; one when there is but one.
pub(in crate::import) fn split(sheet: &Sheet, header: Header) -> Vec<(Option<Sheet>, Header)> {
    let Some(starts) = starts(&header).or_else(|| starts_by_number(&header)) else {
        return vec![(None, header)];
    };
    let ends = starts.iter().skip(1).copied().chain([u32::MAX]);
    let parts: Option<Vec<_>> =
        starts.iter().zip(ends).map(|(start, end)| part(sheet, &header, *start, end)).collect();
    parts.unwrap_or_else(|| vec![(None, header)])
}

/// Tables with other columns beside each other: each begins with its own 序号.
fn starts_by_number(header: &Header) -> Option<Vec<u32>> {
    let numbers =
        header.columns.iter().filter(|it| !it.untitled && role_of(&it.header) == Some(Role::LineNumber));
    let numbers: Vec<&Column> = numbers.collect();
    let [first, second, ..] = &*numbers else { return None };
    let equal = squeeze(&first.header) == squeeze(&second.header);
    (equal && second.index > first.index + 2).then(|| numbers.iter().map(|it| it.index).collect())
}

/// The first column of each table.
fn starts(header: &Header) -> Option<Vec<u32>> {
    let titled: Vec<&Column> = header.columns.iter().filter(|it| !it.untitled).collect();
    let names: Vec<&&Column> = titled.iter().filter(|it| it.role == Some(Role::Name)).collect();
    let [first, second, ..] = &*names else { return None };
    let distance = second.index.checked_sub(first.index).filter(|it| *it > 1)?;
    let left = titled.first()?.index;
    let same = |column: &&&Column| {
        titled
            .iter()
            .any(|it| it.index == column.index + distance && squeeze(&it.header) == squeeze(&column.header))
    };
    let in_first = titled.iter().filter(|it| it.index < left + distance).count();
    let repeated = titled.iter().filter(|it| it.index < left + distance).filter(same).count();
    let tables = u32::try_from(names.len()).ok()?;
    let equal = squeeze(&first.header) == squeeze(&second.header);
    (equal && repeated >= 2 && repeated * 3 >= in_first * 2)
        .then(|| (0..tables).map(|table| left + table * distance).collect())
}

/// One of the tables; nothing when its columns name no things.
fn part(sheet: &Sheet, header: &Header, start: u32, end: u32) -> Option<(Option<Sheet>, Header)> {
    let within = |index: u32| (start..end).contains(&index);
    let mut columns: Vec<Column> = header.columns.iter().filter(|it| within(it.index)).cloned().collect();
    for column in columns.iter_mut().filter(|it| !it.untitled) {
        column.role = role_of(&column.header).or(column.role);
        column.repeated = false;
    }
    super::settle(&mut columns);
    let cells: Vec<Cell> = sheet.cells.iter().filter(|cell| within(cell.column)).cloned().collect();
    let part = Sheet { cells, ..sheet.clone() };
    let header = Header { columns, ..header.clone() };
    let header = if header.column(Role::Name).is_some() { header } else { super::promoted(header)? };
    Some((Some(part), header))
}
