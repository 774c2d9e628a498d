//! Cards: one thing described by pairs of a label and its value (财物名称 | 手机 | 财物数量 | 2), one card below the other.

use super::{Column, Header, LABEL_MOST, Role, letters, role_of, settle, split_unit};
use crate::import::sheet::{Cell, Kind, Sheet};
use crate::import::text::{clip, one_line, squeeze};

/// Characters of a label.
const WORD_MOST: usize = 14;

/// One card: the row that names the thing, its labels as a header, its values as cells of that row, and all its rows.
pub(in crate::import) struct Card {
    pub(in crate::import) row: u32,
    pub(in crate::import) header: Header,
    pub(in crate::import) cells: Vec<Cell>,
    pub(in crate::import) rows: Vec<u32>,
}

/// The cards of a sheet; none when it is a table.
pub(in crate::import) fn find(sheet: &Sheet) -> Vec<Card> {
    let rows: Vec<(u32, &[Cell])> = sheet.rows().collect();
    let names: Vec<usize> =
        rows.iter().enumerate().filter(|(_, (_, cells))| names_a_thing(cells)).map(|(at, _)| at).collect();
    let mut cards = Vec::new();
    let mut from = 0;
    for (which, at) in names.iter().enumerate() {
        let next = names.get(which + 1).copied().unwrap_or(rows.len());
        // A title or a gap between two names begins the next card.
        let end = (at + 1..next).find(|it| is_break(&rows, *it)).unwrap_or(next);
        cards.extend(card(rows.get(from..end).unwrap_or_default(), *at - from));
        from = end;
    }
    // Values that quantities and descriptions go with make a card; a lone name is only a line of text.
    cards.retain(|card| card.header.columns.iter().filter(|it| it.role.is_some()).count() >= 3);
    cards
}

/// Whether a row names a thing as a card does: labels and values by turns, and the row below goes on with a label. In a table
/// column names stand side by side, and no names of columns stand below them.
pub(in crate::import) fn begins_at(sheet: &Sheet, row: u32) -> bool {
    let mut rows = sheet.rows().skip_while(|(it, _)| *it < row);
    let Some((_, cells)) = rows.next().filter(|(it, _)| *it == row) else { return false };
    let beside = |pair: &[Cell]| matches!(pair, [one, other] if is_label(one) && is_label(other) && one.column + 1 == other.column);
    let goes_on = rows.next().is_none_or(|(_, below)| below.iter().any(is_label));
    names_a_thing(cells) && goes_on && !cells.windows(2).any(beside)
}

fn is_label(cell: &Cell) -> bool {
    // A value may hold the word of a column (黑色，IMEI 8612…); a label is short and holds no number.
    cell.kind == Kind::Text
        && cell.text.chars().count() <= WORD_MOST
        && !cell.text.contains(|c: char| c.is_ascii_digit() || matches!(c, '，' | ',' | '。' | '；'))
        && (role_of(&cell.text).is_some() || squeeze(&cell.text).ends_with(':'))
}

/// A row in which the label of a name is followed by something that is no label.
fn names_a_thing(cells: &[Cell]) -> bool {
    let labels = cells.iter().filter(|it| is_label(it)).count();
    let pair = cells.iter().zip(cells.iter().skip(1)).any(|(label, value)| {
        is_label(label)
            && role_of(&label.text) == Some(Role::Name)
            && squeeze(&label.text) != "物证"
            && !is_label(value)
    });
    pair && labels * 2 >= cells.len() - 1 && labels < cells.len()
}

fn is_break(rows: &[(u32, &[Cell])], at: usize) -> bool {
    let (Some((row, cells)), Some((before, _))) =
        (rows.get(at), at.checked_sub(1).and_then(|it| rows.get(it)))
    else {
        return false;
    };
    let title = cells.len() == 1 && !cells.iter().any(is_label);
    title || *row > before + 1
}

fn card(rows: &[(u32, &[Cell])], named: usize) -> Option<Card> {
    let (row, _) = *rows.get(named)?;
    let (mut columns, mut values) = (Vec::new(), Vec::new());
    for (_, cells) in rows {
        for (label, value) in pairs(cells) {
            let index = u32::try_from(columns.len()).ok()?;
            let (name, unit) = split_unit(label.text.trim_end_matches([':', '：']));
            columns.push(Column {
                letter: value
                    .map_or_else(|| letters(label.column), |it| format!("{}{}", letters(it.column), it.row)),
                header: clip(&one_line(label.text.trim_end_matches([':', '：'])), LABEL_MOST),
                role: role_of(&name),
                index,
                unit,
                repeated: false,
                untitled: false,
                chosen: false,
                table: 0,
            });
            values.extend(value.map(|it| Cell { row, column: index, ..it.clone() }));
        }
    }
    settle(&mut columns);
    let header = Header { first_row: 0, last_row: 0, columns };
    Some(Card { row, header, cells: values, rows: rows.iter().map(|(row, _)| *row).collect() })
}

/// Label and value by turns. A label followed by another one has no value.
fn pairs(cells: &[Cell]) -> Vec<(&Cell, Option<&Cell>)> {
    let mut pairs = Vec::new();
    let mut left = cells;
    if cells.len() < 2 {
        return pairs;
    }
    while let [label, rest @ ..] = left {
        match rest {
            [value, after @ ..] if !is_label(value) => {
                pairs.push((label, Some(value)));
                left = after;
            }
            _ => {
                pairs.push((label, None));
                left = rest;
            }
        }
    }
    pairs
}
