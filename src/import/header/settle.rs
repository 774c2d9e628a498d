//! Which of several columns with one meaning is read as that.

use std::collections::BTreeSet;

use super::{Column, Role};
use crate::import::text::squeeze;

/// Decides between columns that claim the same role: the best name, the first of the others. A second line number, serial
/// number or holder is only text; a second name, quantity or unit is in doubt.
pub(super) fn settle(columns: &mut [Column]) {
    let best = columns
        .iter()
        .filter(|it| it.role == Some(Role::Name))
        .max_by_key(|it| (name_strength(&it.header), std::cmp::Reverse(it.index)));
    let name = best.map(|it| it.index);
    // A gross weight alone is the weight.
    let weighed = columns.iter().any(|it| it.role == Some(Role::Weight));
    if let Some(gross) = columns.iter_mut().find(|it| it.role == Some(Role::GrossWeight) && !weighed) {
        gross.role = Some(Role::Weight);
    }
    let mut seen = BTreeSet::new();
    for column in columns {
        match column.role {
            Some(Role::Name) if Some(column.index) != name => {
                column.repeated = name_strength(&column.header) > 1;
                column.role = if column.repeated { Some(Role::Name) } else { Some(Role::Features) };
            }
            Some(
                role @ (Role::Name
                | Role::Quantity
                | Role::Unit
                | Role::Weight
                | Role::Amount
                | Role::Currency
                | Role::FaceValue),
            ) => column.repeated = !seen.insert(role),
            Some(Role::LineNumber) if !seen.insert(Role::LineNumber) => column.role = None,
            Some(_) | None => (),
        }
    }
}

fn name_strength(header: &str) -> u8 {
    match &*squeeze(header) {
        it if it.contains("名称") || it.contains("品名") || it.contains("name") => 3,
        it if it.contains("物品") || it.contains("财物") || it.contains("物证") || it.contains("item") => {
            2
        }
        _ => 1,
    }
}
