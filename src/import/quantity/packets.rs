//! Several packets of a drug, weighed one by one: 3包（1.2克、1.3克、1.5克）. The weight is what is booked; it is the sum, or the
//! total that is stated, and whoever reads it is asked to look.

use super::decimal::Decimal;
use super::measure::Measure;
use super::remainder::{self, Found};
use super::term::Manner;
use super::{QuantityContext, Reading, ThingKind, UnitOfMeasure, amount};
use crate::import::doubt::DoubtCode;

/// Replaces a number of packets by their weight, when the rest of the cell says it. Weights that do not fit the number of
/// packets, or a total that is not their sum, leave no quantity.
pub(super) fn weigh(
    reading: &mut Reading,
    texts: &[&str],
    about: QuantityContext<'_>,
    doubts: &mut Vec<DoubtCode>,
) {
    if about.thing != ThingKind::Drug || reading.unit != Some(UnitOfMeasure::Piece) {
        return;
    }
    let manner = Manner { money: false, sized: about.sized };
    let mut weights = Vec::new();
    for text in texts {
        let numbers = remainder::numbers(text, manner);
        if numbers.quantities.iter().any(|it| weighs(it) && !is_net(it))
            && numbers.quantities.iter().all(|it| !is_net(it))
        {
            doubts.push(DoubtCode::GrossWeight);
        }
        weights.extend(numbers.quantities.into_iter().filter(|it| weighs(it) && is_net(it)));
    }
    let Some(packets) = reading.quantity.map(i128::from).filter(|_| !weights.is_empty()) else { return };
    doubts.push(DoubtCode::WeightBesideCount);
    let total: Vec<&Found<'_>> = weights.iter().filter(|it| says(it, &["共", "合计", "总"])).collect();
    let parts: Vec<&Found<'_>> = weights.iter().filter(|it| !says(it, &["共", "合计", "总"])).collect();
    let stated = match &*total {
        [] => None,
        [only] => smallest(only),
        _ => return several(reading, doubts),
    };
    let sum = match &*parts {
        [] => None,
        [each] if says(each, &["每", "各", "均"]) => {
            doubts.push(DoubtCode::Multiplied);
            smallest(each).and_then(|it| it.checked_mul(packets))
        }
        parts => parts.iter().try_fold(0_i128, |sum, it| sum.checked_add(smallest(it)?)),
    };
    let counted = i128::try_from(parts.len()).is_ok_and(|it| it == packets) || parts.len() <= 1;
    match (stated, sum) {
        (Some(stated), Some(sum)) if stated != sum => return several(reading, doubts),
        _ if !counted => return several(reading, doubts),
        (None, Some(_)) if parts.len() > 1 => doubts.push(DoubtCode::WeightsAdded),
        _ => (),
    }
    let Some(mg) = stated.or(sum).and_then(|it| i64::try_from(it).ok()).filter(|it| *it > 0) else {
        return several(reading, doubts);
    };
    let first = weights.first().map(|it| it.term.clone());
    let volume = first.as_ref().is_some_and(|it| matches!(it.measure, Some(Measure::Volume { .. })));
    reading.quantity = Some(mg);
    reading.unit = Some(if volume { UnitOfMeasure::Ul } else { UnitOfMeasure::Mg });
    reading.counted_as = first.map(|it| it.word.to_owned());
    reading.typed = None::<Decimal>;
}

fn several(reading: &mut Reading, doubts: &mut Vec<DoubtCode>) {
    doubts.push(DoubtCode::SeveralQuantities);
    (reading.quantity, reading.unit, reading.counted_as, reading.typed) = (None, None, None, None);
}

fn weighs(found: &Found<'_>) -> bool {
    matches!(found.term.measure, Some(Measure::Mass { .. } | Measure::Volume { .. }))
}

/// Gross weights, samples and what is left are other weights.
fn is_net(found: &Found<'_>) -> bool {
    const OTHER: &[&str] =
        &["毛重", "皮重", "包装", "取样", "取检", "送检", "检材", "剩余", "尚余", "含袋", "连袋"];
    !OTHER.iter().any(|word| found.before.contains(word))
}

fn says(found: &Found<'_>, words: &[&str]) -> bool {
    words.iter().any(|word| found.before.contains(word))
}

fn smallest(found: &Found<'_>) -> Option<i128> {
    amount::smallest(&found.term)
}
