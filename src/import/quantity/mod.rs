//! The text of a quantity cell → a whole number in the ledger's smallest unit, and what was not sure about it. Nothing is
//! rounded and nothing is guessed silently: a text that does not say one quantity gives none, with the reason.

mod amount;
mod decimal;
mod details;
mod measure;
mod number;
mod numeral;
mod phrase;
#[cfg(test)]
mod tests;

use amount::{Amount, amounts, combine};
use details::{check_details, says_more, weigh_inside};
use measure::{Measure, YUAN};
use phrase::Phrase;

use super::doubt::DoubtCode;
use super::text::{fold, is_blank_mark, is_han, one_line};

pub(super) use decimal::Decimal;
pub use measure::UnitOfMeasure;
pub(super) use measure::{Currency, currency_in, is_unit};
pub(super) use number::plain;

/// The largest quantity that is booked: what a JSON number can carry exactly.
const QUANTITY_MOST: i128 = (1 << 53) - 1;

/// Characters outside brackets; a longer text is a story.
const PHRASE_MOST: usize = 120;

/// What kind of thing is counted; it decides what 张 and 块 mean, and whether a weight outranks a count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ThingKind {
    #[default]
    Ordinary,
    Money,
    Drug,
}

/// What is known beside the quantity cell itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct QuantityContext<'a> {
    /// The unit column's text, or the unit in the header: 重量（克）.
    pub(super) unit: &'a str,
    pub(super) currency: Option<Currency>,
    pub(super) thing: ThingKind,
}

/// What a quantity cell says.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub(super) quantity: Option<i64>,
    pub(super) unit: Option<UnitOfMeasure>,
    pub(super) currency: Option<&'static str>,
    pub(super) counted_as: Option<String>,
    /// The number as typed, before units: what a column's total adds up.
    pub(super) typed: Option<Decimal>,
    /// The cell says more than the reading keeps.
    pub(super) says_more: bool,
    pub(super) doubts: Vec<DoubtCode>,
    /// What the details add up to, when they do not add up.
    pub(super) detail_sum: Option<String>,
}

/// Reads the text of a quantity cell.
pub(super) fn read(text: &str, about: QuantityContext<'_>) -> Reading {
    let folded = fold(&one_line(text));
    if folded.is_empty() || is_blank_mark(&folded) {
        return refused(DoubtCode::QuantityMissing);
    }
    let (main, inner) = split_brackets(&folded);
    let main = if has_number(&main) || inner.is_empty() {
        main
    } else {
        folded.replace(['(', ')'], " ").trim().to_owned()
    };
    if main.chars().count() > PHRASE_MOST {
        return Reading { says_more: true, ..refused(DoubtCode::Unclear) };
    }
    if let Some(code) = refuse_at_sight(&main) {
        return Reading { says_more: true, ..refused(code) };
    }
    let main = net_of_gross(times_sign_off(&main));
    let money = about.thing == ThingKind::Money;
    let mut phrase = phrase::read(main, money);
    let mut doubts = std::mem::take(&mut phrase.doubts);
    if phrase.terms.is_empty() && phrase.refused.is_none() {
        let Some((_, tail)) = trailing(main, money) else {
            return Reading { says_more: true, ..refused(DoubtCode::Unclear) };
        };
        phrase = phrase::read(tail, money);
        doubts.push(DoubtCode::QuantityFromText);
        doubts.append(&mut phrase.doubts);
    }
    // 1（部）: the unit stands in the brackets.
    let about = match &*inner {
        [only]
            if about.unit.is_empty()
                && phrase.terms.iter().all(|it| it.measure.is_none())
                && is_unit(only.trim()) =>
        {
            QuantityContext { unit: only, ..about }
        }
        _ => about,
    };
    let mut reading = settle(&phrase, about, &folded, &mut doubts);
    check_details(&mut reading, &phrase, &inner, &mut doubts);
    weigh_inside(&mut reading, &inner, about, &mut doubts);
    reading.says_more |= says_more(&phrase, &inner) || reading.quantity.is_none() || folded.contains("毛重");
    doubts.append(&mut reading.doubts);
    doubts.dedup();
    Reading { doubts, ..reading }
}

/// A quantity at the end of running text (`手机2部`): what stands before it, and the quantity's own text.
pub(super) fn trailing(text: &str, money: bool) -> Option<(&str, &str)> {
    let mut before: Option<char> = None;
    let from = text.char_indices().rev().nth(PHRASE_MOST).map_or(0, |(at, _)| at);
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < from) {
        let joined =
            before.is_some_and(|it| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '第' | '/'));
        before = Some(c);
        if joined || !(c.is_ascii_digit() || begins_numeral(c)) {
            continue;
        }
        let (head, tail) = text.split_at_checked(at)?;
        let phrase = phrase::read(tail, money);
        let measured = phrase.terms.iter().all(|it| it.measure.is_some()) && !phrase.terms.is_empty();
        if measured && phrase.refused.is_none() && phrase.rest.trim().is_empty() {
            return Some((head.trim_end_matches([' ', ',', ':', '共', '计', '×', '*']), tail));
        }
    }
    None
}

fn begins_numeral(c: char) -> bool {
    "一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾".contains(c)
}

fn refused(code: DoubtCode) -> Reading {
    Reading { doubts: vec![code], ..Reading::default() }
}

fn has_number(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit() || begins_numeral(c) || "半几数若".contains(c))
}

/// The text outside brackets, and what each pair of brackets holds. An unclosed bracket holds the rest.
fn split_brackets(text: &str) -> (String, Vec<String>) {
    let (mut main, mut inner, mut depth) = (String::new(), Vec::new(), 0_usize);
    for c in text.chars() {
        match c {
            '(' => {
                if depth == 0 {
                    inner.push(String::new());
                }
                depth += 1;
            }
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => main.push(c),
            c => inner.last_mut().unwrap_or(&mut main).push(c),
        }
    }
    inner.retain(|it| !it.trim().is_empty());
    (main.trim().to_owned(), inner)
}

/// ×2 is 2.
fn times_sign_off(main: &str) -> &str {
    let rest = main.trim_start_matches(['×', '*', 'x', 'X']).trim_start();
    if number::take(rest).is_some() { rest } else { main }
}

/// Of 毛重13.1克，净重12.35克 the net weight.
fn net_of_gross(main: &str) -> &str {
    let (Some(net), Some(gross)) = (main.find("净重"), main.find("毛重")) else { return main };
    let end = if gross > net { gross } else { main.len() };
    main.get(net..end).unwrap_or(main).trim_end_matches([' ', ',', ';', '。', '、'])
}

/// Dates and words that say there is no count.
fn refuse_at_sight(main: &str) -> Option<DoubtCode> {
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

/// Decides what the terms say together.
fn settle(
    phrase: &Phrase<'_>,
    about: QuantityContext<'_>,
    whole: &str,
    doubts: &mut Vec<DoubtCode>,
) -> Reading {
    let mut currency = match currency_in(whole) {
        Ok(named) => named.or(about.currency),
        Err(()) => return refused(DoubtCode::CurrencyUnclear),
    };
    if let Some(code) = phrase.refused.or_else(|| glued(phrase)) {
        return Reading { says_more: true, ..refused(code) };
    }
    let amounts = match amounts(&phrase.terms, about, &mut currency, doubts) {
        Ok(amounts) => amounts,
        Err(code) => return Reading { says_more: true, ..refused(code) },
    };
    let sign_only = whole.contains('$')
        && !["usd", "us$", "hk$", "nt$", "s$", "美"].iter().any(|it| whole.to_lowercase().contains(it));
    let reading = match combine(amounts, about.thing, doubts) {
        Ok(amount) => book(&amount, currency, doubts),
        Err(code) => Reading { says_more: true, ..refused(code) },
    };
    if sign_only && reading.unit == Some(UnitOfMeasure::Minor) && about.currency.is_none() {
        doubts.push(DoubtCode::CurrencyAssumed);
    }
    if unknown_word_follows(phrase, about) {
        doubts.push(DoubtCode::UnitUnknown);
    }
    reading
}

/// `64GB`, `50%`: a number with letters or signs stuck to it that are no unit.
fn glued(phrase: &Phrase<'_>) -> Option<DoubtCode> {
    let bare = phrase.terms.last().is_some_and(|it| it.measure.is_none());
    let stuck = phrase.rest.starts_with(|c: char| {
        !(is_han(c) || c.is_whitespace() || matches!(c, ',' | ';' | '。' | '.' | ':'))
    });
    (bare && stuck).then_some(DoubtCode::Unclear)
}

/// `2坨`: a number with a short word behind it that is no measure word known here.
fn unknown_word_follows(phrase: &Phrase<'_>, about: QuantityContext<'_>) -> bool {
    let bare = matches!(&*phrase.terms, [term] if term.measure.is_none());
    bare && about.unit.is_empty() && phrase.rest.starts_with(is_han)
}

fn book(amount: &Amount, currency: Option<Currency>, doubts: &mut Vec<DoubtCode>) -> Reading {
    let unit = match amount.measure {
        Measure::Mass { .. } => UnitOfMeasure::Mg,
        Measure::Volume { .. } => UnitOfMeasure::Ul,
        Measure::Money { .. } => UnitOfMeasure::Minor,
        Measure::Piece | Measure::Bundle | Measure::Heap | Measure::NotKept => UnitOfMeasure::Piece,
    };
    if amount.measure == Measure::Bundle {
        doubts.push(DoubtCode::MaySeveral);
    }
    let quantity = match amount.smallest {
        0 => Err(DoubtCode::Zero),
        it if it > QUANTITY_MOST => Err(DoubtCode::TooLarge),
        it => i64::try_from(it).map_err(|_| DoubtCode::TooLarge),
    };
    doubts.extend(quantity.err());
    Reading {
        quantity: quantity.ok(),
        unit: Some(unit),
        currency: (unit == UnitOfMeasure::Minor).then(|| currency.unwrap_or(YUAN).code),
        counted_as: (!amount.word.is_empty()).then(|| amount.word.clone()),
        typed: amount.typed,
        says_more: amount.of_notes,
        ..Reading::default()
    }
}
