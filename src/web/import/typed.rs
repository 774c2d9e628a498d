//! The empty rows of a list's page, into which somebody types, and the parts of a row that is split.

use crate::{
    custody::seize::{BY_HAND, ImportView, RowFault, SplitWish, TypedRow, row_label},
    ledger::{Category, Holding, Particular, Particulars},
    web::Fields,
};
use serde_json::json;
use std::collections::BTreeMap;

/// The fields of a typed row beside name, quantity, category and features.
const PARTICULARS: &[Particular] =
    &[Particular::Holder, Particular::Serial, Particular::Imei, Particular::Plate, Particular::Remark];
/// Empty rows under a list that was read, and on one that is typed.
const EMPTY_UNDER_A_FILE: u32 = 1;
const EMPTY_ON_ITS_OWN: u32 = 6;

/// The rows that the form says were typed, the empty ones among them.
pub(super) fn typed(fields: &Fields) -> Vec<TypedRow> {
    let numbers = fields.all("new").filter_map(|row| row.parse::<u32>().ok());
    numbers
        .filter(|row| *row > BY_HAND)
        .map(|row| {
            let text = |name: &str| fields.text(&format!("{name}-{row}")).to_owned();
            let mut particulars = Particulars::default();
            for field in PARTICULARS {
                particulars.set(*field, &text(field.word()));
            }
            TypedRow {
                row,
                name: text("name"),
                quantity: text("quantity"),
                unit: text("unit"),
                category: Category::from_word(&text("category")),
                features: text("features"),
                particulars,
                holding: if text("in_place").is_empty() { Holding::InHand } else { Holding::InPlace },
            }
        })
        .collect()
}

/// The grid under the rows: what was sent and could not be kept, then empty rows.
pub(super) fn grid(
    list: &ImportView,
    typed: &[TypedRow],
    faults: &BTreeMap<u32, RowFault>,
) -> Vec<serde_json::Value> {
    let typed: Vec<&TypedRow> = typed.iter().filter(|it| !it.is_empty()).collect();
    let from = typed.iter().map(|it| it.row + 1).max().unwrap_or(0).max(list.draft.next_by_hand());
    let own = list.draft.understood.columns.is_empty();
    let empty = from..from + if own { EMPTY_ON_ITS_OWN } else { EMPTY_UNDER_A_FILE };
    let filled = typed.into_iter().map(|it| row(it, faults.get(&it.row)));
    filled.chain(empty.map(|number| row(&TypedRow::empty(number), None))).collect()
}

fn row(it: &TypedRow, fault: Option<&RowFault>) -> serde_json::Value {
    let particulars: Vec<_> = PARTICULARS
        .iter()
        .map(|field| json!({ "word": field.word(), "text": it.particulars.get(*field).unwrap_or_default() }))
        .collect();
    json!({
        "row": it.row, "label": row_label(it.row), "name": it.name, "quantity": it.quantity, "unit": it.unit,
        "category": it.category.map(Category::word), "features": it.features, "particulars": particulars,
        "in_place": it.holding == Holding::InPlace,
        "fault": fault.map(|it| json!({ "field": it.field.word(), "zh": it.zh, "en": it.en })),
    })
}

/// How the form splits one of its rows.
pub(super) fn split(fields: &Fields, row: u32) -> SplitWish {
    let text = |name: &str| fields.text(&format!("split_{name}-{row}")).to_owned();
    SplitWish {
        row,
        stays: text("stays"),
        quantity: text("quantity"),
        name: text("name"),
        features: text("features"),
    }
}

/// What was typed to split a row, when it was.
pub(super) fn split_of(fields: &Fields, row: u32) -> Option<serde_json::Value> {
    let it = split(fields, row);
    let typed = ![&it.stays, &it.quantity].iter().all(|text| text.is_empty());
    let SplitWish { stays, quantity, name, features, .. } = it;
    typed.then(|| json!({ "stays": stays, "quantity": quantity, "name": name, "features": features }))
}
