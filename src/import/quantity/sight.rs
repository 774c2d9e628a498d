//! What is seen before anything is read: dates, telephone numbers, words that say nobody counted, signs stuck to a number.

use super::term::Phrase;
use super::{QuantityContext, ThingKind};
use crate::import::doubt::DoubtCode;
use crate::import::text::is_han;

/// A bare number from here on is a telephone number, a date or an account, not a count.
pub(super) const BARE_MOST: i128 = 10_000_000;

/// Dates and words that say there is no count.
pub(super) fn refuse_at_sight(main: &str) -> Option<DoubtCode> {
    const NO_COUNT: &[&str] = &[
        "若干",
        "一些",
        "不详",
        "未清点",
        "待清点",
        "待定",
        "大量",
        "少量",
        "少许",
        "许多",
        "不明",
        "未知",
        "数十",
        "数百",
        "数千",
    ];
    if looks_like_date(main) {
        return Some(DoubtCode::DateInQuantity);
    }
    NO_COUNT.iter().any(|it| main.contains(it)).then_some(DoubtCode::Indefinite)
}

fn looks_like_date(text: &str) -> bool {
    let has = |c| text.contains(c);
    let parts: Vec<&str> = text.split(['-', '/', '.', ' ', 'T']).take(4).collect();
    let year = |it: &str| it.len() == 4 && it.parse::<u32>().is_ok_and(|y| (1900..2200).contains(&y));
    let day =
        |it: &str| (1..=2).contains(&it.len()) && it.parse::<u32>().is_ok_and(|d| (1..=31).contains(&d));
    let dashed = match &*parts {
        [y, m, d, ..] => (year(y) && day(m) && day(d)) || (day(y) && day(m) && year(d)),
        _ => false,
    };
    dashed || (has('月') && (has('年') || has('日') || has('号')))
}

/// 13812345678: a telephone number, a date, an account.
pub(super) fn bare_and_long(phrase: &Phrase<'_>, about: QuantityContext<'_>) -> bool {
    let [term] = &*phrase.terms else { return false };
    let bare = term.measure.is_none() && about.unit.is_empty() && about.thing != ThingKind::Money;
    bare && !term.value.less_than(BARE_MOST)
}

/// 12.000: in some countries twelve thousand. Weights are often given to the milligram; money and pieces never are.
pub(super) fn dotted_thousands(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).any(|run| {
        run.split_once('.').is_some_and(|(whole, rest)| {
            (1..=3).contains(&whole.len()) && rest.len() == 3 && rest.bytes().all(|b| b.is_ascii_digit())
        })
    })
}

/// `64GB`, `50%`: a number with letters or signs stuck to it that are no unit.
pub(super) fn glued(phrase: &Phrase<'_>) -> Option<DoubtCode> {
    let bare = phrase.terms.last().is_some_and(|it| it.measure.is_none());
    let stuck = phrase.rest.starts_with(|c: char| {
        !(is_han(c) || c.is_whitespace() || matches!(c, ',' | ';' | '。' | '.' | ':'))
    });
    (bare && stuck).then_some(DoubtCode::Unclear)
}

/// `2坨`: a number with a short word behind it that is no measure word known here.
pub(super) fn unknown_word_follows(phrase: &Phrase<'_>, about: QuantityContext<'_>) -> bool {
    let bare = matches!(&*phrase.terms, [term] if term.measure.is_none());
    bare && about.unit.is_empty() && phrase.rest.starts_with(is_han)
}
