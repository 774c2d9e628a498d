//! The same quantity said twice in one cell: 12000元（壹万贰仟元整）, 3（叁）部, 2000元（100元20张）. The two are compared.

use super::phrase;
use super::sight::BARE_MOST;
use super::term::Manner;
use super::{QuantityContext, Reading, UnitOfMeasure, currency, read_terms};

/// What a pair of brackets says, when it says a quantity and nothing else, and that is not the one outside.
pub(super) fn disagrees(reading: &Reading, inner: &str, about: QuantityContext<'_>) -> Option<String> {
    const OTHER: &[&str] = &["皮重", "包装", "价值", "面值", "面额", "票面", "每", "单价", "余额", "各"];
    if OTHER.iter().any(|word| inner.contains(word)) {
        return None;
    }
    let second = statement(inner, reading, about)?;
    // A gross weight is another weight; it cannot be less than the net one.
    if inner.contains("毛重") || inner.contains('含') {
        return (second.unit == reading.unit && second.quantity < reading.quantity)
            .then(|| inner.trim().to_owned());
    }
    let words = |it: &Reading| it.counted_as.clone().unwrap_or_default();
    // 1份（3根）: another measure word says something else.
    let same = match (reading.unit, second.unit) {
        (Some(UnitOfMeasure::Piece), Some(UnitOfMeasure::Piece)) => {
            words(reading) == words(&second) || words(&second).is_empty() || words(reading).is_empty()
        }
        (Some(one), Some(other)) => one == other,
        _ => false,
    };
    let differ = second.quantity != reading.quantity || second.currency != reading.currency;
    (same && differ).then(|| inner.trim().to_owned())
}

fn statement(inner: &str, reading: &Reading, about: QuantityContext<'_>) -> Option<Reading> {
    let money = reading.unit == Some(UnitOfMeasure::Minor);
    let phrase = phrase::read(inner, Manner { money, sized: about.sized });
    let rest = phrase.rest.trim_matches([' ', ',', '。', '.', '整', '正']);
    let whole = rest.is_empty() || currency::take(rest).is_some_and(|(_, after)| after.is_empty());
    if phrase.terms.is_empty() || phrase.refused.is_some() || !whole {
        return None;
    }
    // A number alone is meant in the unit that stands outside.
    let bare = phrase.terms.iter().all(|it| it.measure.is_none());
    // 1张（13800138000）: the number of the card, not of cards.
    if bare && !money && phrase.terms.iter().any(|it| !it.value.less_than(BARE_MOST)) {
        return None;
    }
    let word = reading.counted_as.clone().unwrap_or_default();
    let unit = if bare { if word.is_empty() { about.unit } else { &word } } else { "" };
    let outside = reading.currency.and_then(currency::by_code);
    let about = QuantityContext { unit, currency: outside.or(about.currency), ..about };
    Some(read_terms(&phrase, about, inner, &mut Vec::new())).filter(|it| it.quantity.is_some())
}
