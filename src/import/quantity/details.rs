//! What a quantity cell says beside its quantity: 2部（黑色1部，白色1部）, 3包（净重12.35克）.

use super::decimal::Decimal;
use super::measure;
use super::number;
use super::phrase::{Join, Phrase, Term};
use super::{QuantityContext, Reading, ThingKind, UnitOfMeasure, is_unit, read};
use crate::import::doubt::DoubtCode;

/// `2部（黑色1部，白色1部）`: the parts, counted in the same word, must add up to the whole.
pub(super) fn check_details(
    reading: &mut Reading,
    phrase: &Phrase<'_>,
    inner: &[String],
    doubts: &mut Vec<DoubtCode>,
) {
    let [Term { value: whole, word, .. }] = &*phrase.terms else { return };
    let details = if inner.is_empty() { phrase.rest.to_owned() } else { inner.join(",") };
    if word.is_empty()
        || phrase.refused.is_some()
        || ["其中", "毛重", "包装"].iter().any(|it| details.contains(it))
    {
        return;
    }
    let parts: Vec<Decimal> = parts_counted_in(&details, word);
    let sum = parts.iter().try_fold(Decimal::whole_number(0), |sum, part| sum.plus(*part));
    let sum = sum.filter(|it| {
        (parts.len() > 1 && it.partial_cmp(whole) != Some(std::cmp::Ordering::Equal)) || it > whole
    });
    if let Some(sum) = sum {
        doubts.push(DoubtCode::DetailDisagrees);
        reading.detail_sum = Some(format!("{sum}{word}"));
    }
}

fn parts_counted_in(details: &str, word: &str) -> Vec<Decimal> {
    let mut parts = Vec::new();
    let mut rest = details;
    while let Some(c) = rest.chars().next() {
        let (step, part) = match number::take(rest) {
            Some((Ok(value), after)) => {
                (rest.len() - after.len(), after.trim_start().starts_with(word).then_some(value))
            }
            _ => (c.len_utf8(), None),
        };
        parts.extend(part);
        rest = rest.get(step.max(1)..).unwrap_or_default();
    }
    parts
}

/// `3包（净重12.35克）` of a drug: the weight is what is booked.
pub(super) fn weigh_inside(
    reading: &mut Reading,
    inner: &[String],
    about: QuantityContext<'_>,
    doubts: &mut Vec<DoubtCode>,
) {
    if about.thing != ThingKind::Drug || reading.unit != Some(UnitOfMeasure::Piece) {
        return;
    }
    let bare = QuantityContext { unit: "", ..about };
    let weight = inner
        .iter()
        .map(|it| read(it, bare))
        .find(|it| matches!(it.unit, Some(UnitOfMeasure::Mg | UnitOfMeasure::Ul)));
    if let Some(weight) = weight {
        doubts.push(DoubtCode::WeightBesideCount);
        *reading = weight;
    }
}

/// Whether the cell holds words that the reading does not carry: they go to the features.
pub(super) fn says_more(phrase: &Phrase<'_>, inner: &[String]) -> bool {
    let rest = phrase.rest.trim_matches([' ', ',', ';', '。', '.', ':', '整', '正']);
    let only_currency = measure::take_currency(rest).is_some_and(|(_, after)| after.is_empty());
    let says = |it: &String| !is_unit(it.trim());
    let listed = |it: &Term<'_>| !matches!(it.join, Join::First | Join::Touching);
    phrase.terms.iter().any(listed) || !(rest.is_empty() || only_currency) || inner.iter().any(says)
}
