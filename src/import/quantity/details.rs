//! What a quantity cell says beside its quantity: 2部（黑色1部，白色1部）, 3包（净重12.35克）.

use super::currency;
use super::decimal::Decimal;
use super::measure::Measure;
use super::number;
use super::term::{Join, Phrase, Term};
use super::{Reading, is_unit};
use crate::import::doubt::DoubtCode;

/// `2部（黑色1部，白色1部）`: the parts, counted in the same word, must add up to the whole.
pub(super) fn check_details(
    reading: &mut Reading,
    phrase: &Phrase<'_>,
    inner: &[String],
    doubts: &mut Vec<DoubtCode>,
) {
    let [Term { value: whole, word, measure, .. }] = &*phrase.terms else { return };
    let details = if inner.is_empty() { phrase.rest.to_owned() } else { inner.join(",") };
    if word.is_empty()
        || phrase.refused.is_some()
        || ["其中", "毛重", "包装", "含袋", "连袋", "皮重"].iter().any(|it| details.contains(it))
    {
        return;
    }
    // 300元（100元2张、50元2张）: face values are no parts; what the notes come to is compared elsewhere.
    if matches!(measure, Some(Measure::Money { .. })) && details.contains(['张', '枚', '捆', '沓']) {
        return;
    }
    let parts: Vec<Decimal> = parts_counted_in(&details, word);
    let sum = parts.iter().try_fold(Decimal::whole_number(0), |sum, part| sum.plus(*part));
    // One smaller part describes a number of things (2部，黑色1部); beside a weight it is another weight.
    let counted = !matches!(measure, Some(Measure::Mass { .. } | Measure::Volume { .. }));
    let sum = sum.filter(|it| {
        let differs = it.partial_cmp(whole) != Some(std::cmp::Ordering::Equal);
        !parts.is_empty() && differs && (parts.len() > 1 || !counted || it > whole)
    });
    if let Some(sum) = sum {
        doubts.push(DoubtCode::DetailDisagrees);
        reading.against = Some(format!("{sum}{word}"));
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

/// Whether the cell holds words that the reading does not carry: they go to the features.
pub(super) fn says_more(phrase: &Phrase<'_>, inner: &[String]) -> bool {
    let rest = phrase.rest.trim_matches([' ', ',', ';', '。', '.', ':', '整', '正']);
    let only_currency = currency::take(rest).is_some_and(|(_, after)| after.is_empty());
    let says = |it: &String| !is_unit(it.trim());
    let listed = |it: &Term<'_>| !matches!(it.join, Join::First | Join::Touching);
    let weighed = phrase.terms.iter().any(|it| it.measure.is_some_and(Measure::is_count))
        && phrase.terms.iter().any(|it| it.measure.is_some_and(|it| !it.is_count()));
    phrase.terms.iter().any(listed)
        || weighed
        || !(rest.is_empty() || only_currency)
        || inner.iter().any(says)
}
