//! Money as it is said: 三十五块七 is 35.70, 3毛5 is 0.35. The last digit has lost its unit; it is the next smaller one.

use super::measure::Measure;
use super::number;
use super::term::{Join, Term};
use crate::import::text::is_han;

/// The digit without a unit behind a term of money, as a term of the next smaller unit, and what follows it.
pub(super) fn tail<'a>(term: &Term<'_>, after: &'a str) -> Option<(Term<'a>, &'a str)> {
    let Some(Measure::Money { currency, per }) = term.measure.filter(|_| !term.word.is_empty()) else {
        return None;
    };
    // A fraction has said the smaller units already; 分 has none below it.
    if per > 10 || term.value.whole(1, 1).is_none() {
        return None;
    }
    let (value, rest) = number::take(after)?;
    let digit = after.len() - rest.len();
    let one = digit == after.chars().next()?.len_utf8();
    let ends = rest
        .chars()
        .next()
        .is_none_or(|c| !(is_han(c) || c.is_ascii_alphanumeric() || ".×*%/-~".contains(c)));
    let value = value.ok().filter(|_| one && ends)?;
    let measure = Measure::Money { currency, per: per * 10 };
    Some((Term { join: Join::Touching, value, measure: Some(measure), word: "" }, rest))
}
