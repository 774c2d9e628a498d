//! Money as it is said: 三十五块七 is 35.70, 3毛5 is 0.35. The last digit has lost its unit; it is the next smaller one.

use super::decimal::Decimal;
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

/// 3万5, 2千5 at the end of an amount of money: the last digit counts in the next smaller unit, 35,000 and 2,500.
pub(super) fn shortened(text: &str) -> Option<(Decimal, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = text.split_at_checked(digits)?;
    let scale = rest.chars().next()?;
    let unit: i128 = match scale {
        '百' => 100,
        '千' => 1_000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    };
    let last = rest.get(scale.len_utf8()..)?;
    let (digit, after) = last
        .split_at_checked(1)
        .filter(|(it, after)| it.bytes().all(|b| (b'1'..=b'9').contains(&b)) && after.trim().is_empty())?;
    let (whole, digit) = (Decimal::parse(whole)?, Decimal::parse(digit)?);
    Some((whole.times(unit)?.plus(digit.times(unit / 10)?)?, after))
}
