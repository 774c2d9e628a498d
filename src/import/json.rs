//! The list as JSON lines, for programs: one object for each thing, and a last one for the rows that are none.

use serde_json::{Value, json};

use super::list::SeizureList;

/// One object per thing with `row`, `name`, `quantity`, `unit`, `currency`, `counted_as`, `features` and `doubts`, then one
/// with `ignored_rows` and `total_row`. The last also has `doubts` when there is a doubt about the list as a whole, and
/// `stated` when the file says something about its case or its paper. `features` holds everything a row says beside name and
/// quantity.
pub fn to_json_lines(list: &SeizureList) -> Vec<Value> {
    let things = list.rows.iter().map(|row| {
        json!({
            "row": row.row,
            "name": row.name,
            "quantity": row.quantity,
            "unit": row.unit,
            "currency": row.currency,
            "counted_as": row.counted_as,
            "features": row.described(),
            "doubts": row.doubts,
        })
    });
    let mut closing = json!({
        "ignored_rows": list.ignored_rows.iter().map(|it| it.row).collect::<Vec<_>>(),
        "total_row": list.total_row.as_ref().map(|it| it.row),
    });
    let total_doubts = list.total_row.iter().flat_map(|it| &it.doubts);
    let doubts: Vec<Value> = list.doubts.iter().chain(total_doubts).map(|it| json!(it)).collect();
    if let Some(closing) = closing.as_object_mut() {
        if !doubts.is_empty() {
            closing.insert("doubts".to_owned(), Value::Array(doubts));
        }
        if !list.stated.is_empty() {
            closing.insert("stated".to_owned(), json!(list.stated));
        }
    }
    things.chain([closing]).collect()
}
