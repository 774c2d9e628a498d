//! Which sheet of a file is the list, and whether a sheet holds one table, tables side by side, or cards.

use super::doubt::{Doubt, DoubtCode};
use super::header::{self, ChosenColumns, cards, side_by_side};
use super::list::{self, SeizureList};
use super::sheet::Sheet;
use super::text::squeeze;

/// The list of a file: the first sheet on which things with quantities stand; other sheets that look like one are named. Which
/// sheet it is does not depend on what somebody says of its columns.
pub(super) fn list(sheets: &[Sheet], columns: &ChosenColumns) -> Option<SeizureList> {
    let mut lists: Vec<(&Sheet, SeizureList)> = sheets
        .iter()
        .filter_map(|sheet| Some((sheet, of_sheet(sheet, &ChosenColumns::default())?)))
        .collect();
    // Sheets that explain the form come last, whatever they look like.
    let chosen = lists
        .iter()
        .position(|(sheet, list)| !sheet.beside.hidden_sheet && !explains(sheet) && holds_things(list))
        .or_else(|| lists.iter().position(|(sheet, list)| !sheet.beside.hidden_sheet && holds_things(list)))
        .or_else(|| lists.iter().position(|(sheet, _)| !sheet.beside.hidden_sheet))?;
    let (sheet, mut list) = lists.remove(chosen);
    if !columns.0.is_empty() {
        list = of_sheet(sheet, columns)?;
    }
    for (other, found) in &lists {
        let code = if other.beside.hidden_sheet { DoubtCode::HiddenSheet } else { DoubtCode::OtherSheet };
        if holds_things(found) && !explains(other) {
            list.doubts.push(Doubt::new(code, None, "").against(other.name.clone()));
        }
    }
    Some(list)
}

fn explains(sheet: &Sheet) -> bool {
    const WORDS: [&str; 10] =
        ["说明", "示例", "样例", "范例", "模板", "封面", "目录", "字典", "readme", "instruction"];
    let name = squeeze(&sheet.name);
    WORDS.iter().any(|word| name.contains(word))
}

fn holds_things(list: &SeizureList) -> bool {
    list.rows.iter().any(|row| row.quantity.is_some())
}

/// The list on one sheet.
pub(super) fn of_sheet(sheet: &Sheet, columns: &ChosenColumns) -> Option<SeizureList> {
    // In a table the names of the columns stand in one row; on a card each label stands before its value.
    let header = match header::find(sheet) {
        Some(header) if !cards::begins_at(sheet, header.last_row) => header,
        header => match (cards::find(sheet), header) {
            (cards, Some(header)) if cards.is_empty() => header,
            (cards, None) if cards.is_empty() => return None,
            (cards, _) => return Some(list::understand_cards(sheet, cards)),
        },
    };
    let mut tables = side_by_side::split(sheet, header).into_iter().map(|(part, header)| match part {
        Some(part) => list::understand(&part, header.assign(columns)),
        None => list::understand(sheet, header.assign(columns)),
    });
    let mut list = tables.next()?;
    for (at, table) in tables.enumerate() {
        if at == 0 {
            list.doubts.push(Doubt::new(DoubtCode::SideBySide, None, ""));
        }
        list.join(table);
    }
    list.excerpt = list::excerpt(sheet, &list);
    Some(list)
}
