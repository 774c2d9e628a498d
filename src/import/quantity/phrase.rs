//! One quantity as people write it → its terms. `约12.35克` is one term; `100元×20张、50元×3张` is four, with how each hangs
//! on the one before. What the terms mean together is decided one floor up.

use super::currency;
use super::decimal::Decimal;
use super::lead::{half, skip_face_value, skip_lead, skip_vague, strip_any};
use super::measure::{self, Measure};
use super::number;
use super::size;
use super::spoken;
use super::term::{Join, Manner, Phrase, Term};
use crate::import::doubt::DoubtCode;

/// Reads as many terms as the folded text begins with.
pub(super) fn read(text: &str, mut manner: Manner) -> Phrase<'_> {
    let mut phrase = Phrase { rest: text, ..Phrase::default() };
    let (mut rest, lead) = skip_lead(text, &mut phrase);
    if let Some(after) = skip_sizes(rest, manner) {
        // 64G 1个: the size describes; alone it is no quantity.
        if after.is_empty() {
            (phrase.refused, phrase.rest) = (Some(DoubtCode::SizeNotQuantity), "");
            return phrase;
        }
        phrase.doubts.push(DoubtCode::QuantityFromText);
        rest = after;
    }
    let mut join = if lead.face_value { Join::FaceValue } else { Join::First };
    manner.money |= matches!(currency::named_in(text), Ok(Some(_)));
    while phrase.refused.is_none() {
        let Some((term, after)) = take_term(rest, join, manner, &mut phrase) else { break };
        manner.money |= matches!(term.measure, Some(Measure::Money { .. }));
        phrase.rest = after;
        if phrase.terms.is_empty() {
            phrase.after_first = after;
        }
        let tail = spoken::tail(&term, after);
        phrase.terms.push(term);
        if let Some((tail, after)) = tail {
            phrase.doubts.push(DoubtCode::Spoken);
            phrase.terms.push(tail);
            phrase.rest = after;
        }
        let Some((next_join, next)) = joint(phrase.rest, manner, &mut phrase) else { break };
        (join, rest) = (next_join, next);
    }
    phrase
}

/// Skips storage sizes and the like in front of a quantity: 64G 1个, 40W×6只.
fn skip_sizes(text: &str, manner: Manner) -> Option<&str> {
    let mut rest = text;
    while let Some(after) = number::take(rest).and_then(|(_, after)| size::take(after, manner.sized)) {
        rest = after.trim_start_matches([' ', ',', '×', '*', '、', '/', '的', '-']);
    }
    (rest.len() < text.len()).then_some(rest)
}

fn take_term<'a>(
    text: &'a str,
    join: Join,
    manner: Manner,
    phrase: &mut Phrase<'a>,
) -> Option<(Term<'a>, &'a str)> {
    let (value, mut rest) = match half(text) {
        Some(after) => {
            phrase.doubts.push(DoubtCode::Half);
            (Ok(Decimal::HALF), after)
        }
        None => match spoken::shortened(text).filter(|_| manner.money) {
            Some((value, after)) => {
                phrase.doubts.push(DoubtCode::Spoken);
                (Ok(value), after)
            }
            None => number::take(text)?,
        },
    };
    if size::take(rest, manner.sized).is_some() {
        return None;
    }
    let mut value = match value {
        Ok(value) => value,
        Err(code) => {
            (phrase.refused, phrase.rest) = (Some(code), rest);
            return None;
        }
    };
    rest = skip_vague(rest, phrase);
    let (measure, word) = match measure::take(rest.trim_start(), manner.money) {
        Some((measure, word, mut after)) => {
            // 一斤半: half a 斤 more.
            if let Some(behind) = after.strip_prefix('半')
                && matches!(measure, Measure::Mass { .. } | Measure::Volume { .. })
                && let Some(more) = value.plus(Decimal::HALF)
            {
                phrase.doubts.push(DoubtCode::Half);
                (value, after) = (more, behind);
            }
            rest = skip_vague(after, phrase);
            if matches!(measure, Measure::Money { .. }) {
                rest = strip_any(rest, &["整", "正"]).unwrap_or(rest);
            }
            (Some(measure), word)
        }
        None => (None, ""),
    };
    Some((Term { join, value, measure, word }, rest))
}

/// What stands between two terms. Nothing when the terms end here and a description begins.
fn joint<'a>(text: &'a str, manner: Manner, phrase: &mut Phrase<'_>) -> Option<(Join, &'a str)> {
    let rest = text.trim_start();
    if let Some(after) = strip_any(rest, &["×", "*", "x", "X", "乘"]).map(str::trim_start) {
        return number::take(after).is_some().then_some((Join::Times, after));
    }
    if let Some(after) = strip_any(rest, &["-", "~", "至", "到", "或"]).map(str::trim_start)
        && number::take(after).is_some()
    {
        phrase.refused = Some(DoubtCode::Range);
        return None;
    }
    // 4条/套 says how many in each; 1部/部 says 部 twice.
    let word = phrase.terms.last().map_or("", |it| it.word);
    let per = |after: &str| {
        number::take(after).is_some() || measure::take(after, false).is_some_and(|(_, it, _)| it != word)
    };
    if rest.strip_prefix('/').is_some_and(|after| per(after.trim_start())) {
        phrase.refused = Some(DoubtCode::Unclear);
        return None;
    }
    if let Some(after) = skip_face_value(rest).filter(|it| begins_term(it, manner)) {
        return Some((Join::FaceValue, after));
    }
    let (listed, after) =
        match strip_any(rest, &["外加", "+", "、", ",", ";", "。", "和", "及", "与", "加", "另"]) {
            Some(after) => (Join::Listed, after),
            None => match rest.strip_prefix('=') {
                Some(after) => (Join::Equals, after),
                None => (Join::Touching, rest),
            },
        };
    let mut beyond = Phrase::default();
    let (next, lead) = skip_lead(after, &mut beyond);
    // …=2000: the unit of the sum is that of its parts.
    let sum = listed == Join::Equals && number::take(next).is_some();
    if !begins_term(next, manner) && !sum {
        return None;
    }
    phrase.doubts.append(&mut beyond.doubts);
    phrase.refused = phrase.refused.or(beyond.refused);
    Some(match listed {
        _ if lead.total => (Join::Equals, next),
        _ if lead.face_value => (Join::FaceValue, next),
        Join::Touching if lead.any => (Join::Listed, next),
        listed => (listed, next),
    })
}

/// A number with a known measure word: 2部 goes on, 9成新 is a description.
fn begins_term(text: &str, manner: Manner) -> bool {
    number::take(text).is_some_and(|(_, rest)| {
        size::take(rest, manner.sized).is_none() && measure::take(rest.trim_start(), manner.money).is_some()
    })
}
