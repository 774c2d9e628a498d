//! A weighing in words, the same on every paper.

use crate::{
    domain::finding::Finding,
    ledger::{Measure, Weighing},
};

/// All three figures where the packing was weighed by itself, else the gross weight: `毛 12.85 克，皮 0.5 克，净 12.35 克`.
pub(super) fn weighing(it: &Weighing) -> String {
    let grams = |milligrams| Measure::Milligram.text(milligrams, None);
    match it.tare_mg {
        Some(tare) => Finding::Weighed.written(&[&grams(it.gross_mg), &grams(tare), &grams(it.net_mg())]),
        None => Finding::Gross.written(&[&grams(it.gross_mg)]),
    }
}
