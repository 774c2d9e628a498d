//! What stands beside the list on its sheet: each hidden row and column, comment, struck-through text and shape becomes a
//! doubt, at its row when that is a thing.

use std::collections::HashMap;

use super::{IgnoreReason, IgnoredRow, SeizureList};
use crate::import::doubt::{Doubt, DoubtCode};
use crate::import::header::letters;
use crate::import::sheet::{Beside, Sheet};
use crate::import::text::row_runs;

/// Adds the doubts of a sheet to its list.
pub(super) fn tell(sheet: &Sheet, list: &mut SeizureList) {
    let beside = &sheet.beside;
    hidden(beside, list);
    let things: HashMap<u32, usize> = list.rows.iter().enumerate().map(|(at, row)| (row.row, at)).collect();
    let mut doubt = |row: u32, doubt: Doubt| match things.get(&row).and_then(|at| list.rows.get_mut(*at)) {
        Some(thing) => thing.doubts.push(doubt),
        None => list.doubts.push(doubt),
    };
    for (row, column, text) in &beside.comments {
        let place = format!("{}{row}", letters(*column));
        doubt(*row, Doubt::new(DoubtCode::CellComment, Some(letters(*column)), text).against(place));
    }
    // One doubt for each row, however many of its cells are struck through.
    let struck: Vec<&(u32, u32)> =
        beside.struck.iter().filter(|(row, column)| sheet.cell(*row, *column).is_some()).collect();
    for cells in struck.chunk_by(|one, next| one.0 == next.0) {
        let Some((row, first)) = cells.first().copied() else { continue };
        let places: Vec<String> =
            cells.iter().map(|(row, column)| format!("{}{row}", letters(*column))).collect();
        let texts = cells.iter().filter_map(|(row, column)| sheet.cell(*row, *column));
        let text = texts.map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" ");
        let code = DoubtCode::StruckThrough;
        doubt(*row, Doubt::new(code, Some(letters(*first)), &text).against(places.join(", ")));
    }
    for text in &beside.shapes {
        list.doubts.push(Doubt::new(DoubtCode::TextInShape, None, text));
    }
    if let [first, ..] = &*beside.mixed_lines {
        let lines = row_runs(&beside.mixed_lines);
        list.doubts.push(Doubt::new(DoubtCode::MixedEncodings, None, &first.to_string()).against(lines));
    }
}

fn hidden(beside: &Beside, list: &mut SeizureList) {
    if !beside.hidden_rows.is_empty() {
        let rows: Vec<u32> = beside.hidden_rows.keys().copied().collect();
        let text = beside.hidden_rows.values().map(String::as_str).collect::<Vec<_>>().join("；");
        list.doubts.push(Doubt::new(DoubtCode::HiddenRows, None, &text).against(row_runs(&rows)));
    }
    for (column, text) in &beside.hidden_columns {
        let doubt = Doubt::new(DoubtCode::HiddenColumn, Some(letters(*column)), text);
        list.doubts.push(doubt.against(letters(*column)));
    }
    let mut last = list.last_row();
    let known: HashMap<u32, usize> =
        list.ignored_rows.iter().enumerate().map(|(at, it)| (it.row, at)).collect();
    for row in beside.hidden_rows.keys() {
        match known.get(row).and_then(|at| list.ignored_rows.get_mut(*at)) {
            Some(known) => known.reason = IgnoreReason::Hidden,
            None if *row > last => {
                let blank = (last + 1..*row).map(|row| IgnoredRow { row, reason: IgnoreReason::Blank });
                list.ignored_rows.extend(blank);
                list.ignored_rows.push(IgnoredRow { row: *row, reason: IgnoreReason::Hidden });
                last = *row;
            }
            None => (),
        }
    }
}
