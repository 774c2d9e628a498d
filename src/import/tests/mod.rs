//! Whole files, as offices send them.

mod claims;
mod columns;
mod dialects;
mod documents;
mod forms;
mod hostile;
mod kinds;
mod workbooks;

use super::*;

fn read(text: &str) -> SeizureList {
    read_seizure_list("清单.csv", text.as_bytes()).unwrap()
}

/// `4 手机 2 piece 部 | 黑色 ! doubts`.
fn shown(row: &ListRow) -> String {
    let unit = row.unit.map_or("-".to_owned(), |it| format!("{it:?}").to_lowercase());
    let quantity = row.quantity.map_or("-".to_owned(), |it| it.to_string());
    let currency = row.currency.as_deref().map_or(String::new(), |it| format!(" {it}"));
    let doubts: Vec<&str> = row.doubts.iter().map(|it| it.code.word()).collect();
    let (word, features) = (row.counted_as.as_deref().unwrap_or("-"), &row.features);
    let features = if features.is_empty() { String::new() } else { format!(" | {features}") };
    let doubts = if doubts.is_empty() { String::new() } else { format!(" ! {}", doubts.join(" ")) };
    format!("{} {} {quantity} {unit}{currency} {word}{features}{doubts}", row.row, row.name)
}

fn check(list: &SeizureList, rows: &[&str], ignored: &[u32], total: Option<u32>) {
    let got: Vec<String> = list.rows.iter().map(shown).collect();
    assert_eq!(got, rows);
    assert_eq!(list.ignored_rows.iter().map(|it| it.row).collect::<Vec<_>>(), ignored);
    assert_eq!(list.total_row.as_ref().map(|it| it.row), total);
}

/// Every row from the first to the last with content is a thing, the total, or ignored: exactly one of them.
fn check_complete(list: &SeizureList) {
    let mut rows: Vec<u32> = list.rows.iter().map(|it| it.row).collect();
    rows.extend(list.ignored_rows.iter().map(|it| it.row));
    rows.extend(list.total_row.iter().map(|it| it.row));
    rows.sort_unstable();
    assert!(rows.iter().copied().eq(1..=u32::try_from(rows.len()).unwrap()), "{rows:?}");
}

fn words(doubts: &[Doubt]) -> Vec<&str> {
    doubts.iter().map(|it| it.code.word()).collect()
}
