//! What the form of a list says of each of its rows.

use crate::{
    custody::seize::{self, Amendment, ImportView, RowFault, TypedRow},
    ledger::{Category, Holding, Particular, Particulars},
    web::Fields,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a form said that could not be kept.
#[derive(Default)]
pub(super) struct Sent {
    /// The rows that were ticked as checked.
    pub(super) accepted: BTreeSet<u32>,
    /// What is in the way, by row.
    pub(super) faults: BTreeMap<u32, RowFault>,
    /// The rows that were typed.
    pub(super) typed: Vec<TypedRow>,
}

/// What the form says about each row it shows.
pub(super) fn amendments(fields: &Fields) -> impl Iterator<Item = Amendment> {
    fields.all("row").filter_map(|row| row.parse::<u32>().ok()).map(|row| {
        let text = |name: &str| fields.text(&format!("{name}-{row}")).to_owned();
        let category = text("category");
        let in_place = fields.ticked(&format!("in_place-{row}"));
        Amendment {
            row,
            name: text("name"),
            quantity: text("quantity"),
            category: Category::from_word(&category).unwrap_or_default(),
            features: text("features"),
            particulars: particulars(fields, row),
            holding: if in_place { Holding::InPlace } else { Holding::InHand },
            accept: fields.ticked(&format!("accept-{row}")),
            drop: text("drop"),
        }
    })
}

/// The fields of one row: those that stand there, and one that is added.
fn particulars(fields: &Fields, row: u32) -> Particulars {
    let mut particulars = Particulars::default();
    for field in Particular::ALL {
        particulars.set(*field, fields.text(&format!("particular_{}-{row}", field.word())));
    }
    if let Some(field) = Particular::from_word(fields.text(&format!("new_particular-{row}"))) {
        particulars.set(field, fields.text(&format!("new_particular_text-{row}")));
    }
    particulars
}

/// The form as it was sent, over what is kept, with its ticks and what is in the way: a refused form loses nothing.
pub(super) fn overlay(list: &mut ImportView, fields: &Fields) -> Sent {
    let sent: Vec<Amendment> = amendments(fields).collect();
    let typed = super::typed::typed(fields);
    let faults = list.draft.faults(&sent).into_iter().chain(list.draft.typed_faults(&typed));
    let faults = faults.map(|it| (it.row, it)).collect();
    let accepted = sent.iter().filter(|it| it.accept).map(|it| it.row).collect();
    let mut rows: BTreeMap<u32, &mut seize::DraftRow> =
        list.draft.rows.iter_mut().map(|row| (row.row, row)).collect();
    for it in sent {
        let Some(row) = rows.get_mut(&it.row) else { continue };
        row.name = it.name;
        row.quantity_text = it.quantity;
        row.category = it.category;
        row.features = it.features;
        row.particulars = it.particulars;
        row.holding = it.holding;
        row.dropped = Some(it.drop).filter(|reason| !reason.is_empty());
    }
    Sent { accepted, faults, typed }
}
