//! Columns without a title of their own: the unit under a merged 数量, further features under a merged 特征, or text that
//! nobody named.

use super::{Column, Header, Role, letters};
use crate::import::quantity::is_unit;
use crate::import::sheet::{Cell, Kind, Sheet};
use crate::import::text::{fold, is_blank_mark};

/// Rows that are looked at to see what a column holds.
const ROWS_LOOKED_AT: usize = 300;

/// Adds the untitled columns that hold text to a header.
pub(super) fn fill(sheet: &Sheet, mut header: Header) -> Header {
    let rows: Vec<&[Cell]> = sheet
        .rows()
        .filter(|(row, _)| *row > header.last_row)
        .take(ROWS_LOOKED_AT)
        // What stands below the next header belongs to another list.
        .take_while(|(_, cells)| !super::names_columns(cells))
        .map(|(_, cells)| cells)
        .collect();
    let last = header.columns.iter().map(|it| it.index).max().unwrap_or(0);
    let mut indexes: Vec<u32> = rows.iter().flat_map(|cells| cells.iter().map(|cell| cell.column)).collect();
    indexes.sort_unstable();
    indexes.dedup();
    for index in indexes {
        if header.columns.iter().any(|it| it.index == index) {
            continue;
        }
        let texts: Vec<&Cell> = rows
            .iter()
            .filter_map(|cells| cells.iter().find(|cell| cell.column == index))
            .filter(|cell| !is_blank_mark(&cell.text))
            .collect();
        let above = merged_title(sheet, &header, index);
        // A few cells beyond the last title are a row that has shifted, not a column.
        let common = texts.len() > 3 || (texts.len() > 1 && texts.len() * 2 >= rows.len());
        let role = role_of(&header, above.as_ref(), index, &texts);
        if role.is_none() && index > last && !common {
            continue;
        }
        header.columns.push(Column {
            letter: letters(index),
            header: above.map(|it| it.header).unwrap_or_default(),
            role,
            index,
            unit: String::new(),
            repeated: false,
            untitled: true,
            chosen: false,
            table: 0,
        });
    }
    swap_unit_and_number(&rows, &mut header);
    header.columns.sort_by_key(|it| it.index);
    header
}

/// The titled column whose merged title covers this one.
fn merged_title(sheet: &Sheet, header: &Header, index: u32) -> Option<Column> {
    (header.first_row..=header.last_row).rev().find_map(|row| {
        let merge = sheet.merge_at(row, index).filter(|it| it.first_column < index)?;
        header.columns.iter().find(|it| it.index == merge.first_column).cloned()
    })
}

fn role_of(header: &Header, above: Option<&Column>, index: u32, texts: &[&Cell]) -> Option<Role> {
    let beside_quantity = above.is_some_and(|it| it.role == Some(Role::Quantity))
        || header
            .columns
            .iter()
            .any(|it| it.role == Some(Role::Quantity) && (it.index + 1 == index || index + 1 == it.index));
    if beside_quantity && header.column(Role::Unit).is_none() && mostly_units(texts) {
        return Some(Role::Unit);
    }
    match above?.role? {
        Role::Name | Role::Features => Some(Role::Features),
        Role::Quantity if header.column(Role::Unit).is_none() && mostly_units(texts) => Some(Role::Unit),
        role @ (Role::Model | Role::Brand | Role::Remark) => Some(role),
        _ => None,
    }
}

fn mostly_units(texts: &[&Cell]) -> bool {
    let units = texts.iter().filter(|cell| cell.kind == Kind::Text && is_unit(&fold(&cell.text))).count();
    units > 0 && units * 10 >= texts.len() * 6
}

/// Under a merged 数量 the unit may stand before the number.
fn swap_unit_and_number(rows: &[&[Cell]], header: &mut Header) {
    let Some(quantity) = header.column(Role::Quantity).map(|it| it.index) else { return };
    let holds_units = |index: u32| {
        let texts: Vec<&Cell> =
            rows.iter().filter_map(|cells| cells.iter().find(|cell| cell.column == index)).collect();
        mostly_units(&texts)
    };
    let beside = header.columns.iter().find(|it| it.untitled && it.index == quantity + 1).map(|it| it.index);
    let Some(beside) = beside.filter(|it| holds_units(quantity) && !holds_units(*it)) else { return };
    for column in &mut header.columns {
        if column.index == quantity {
            column.role = Some(Role::Unit);
        } else if column.index == beside {
            column.role = Some(Role::Quantity);
        }
    }
}
