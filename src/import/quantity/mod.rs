//! The text of a quantity cell → a whole number in the ledger's smallest unit, and what was not sure about it. Nothing is
//! rounded and nothing is guessed silently: a text that does not say one quantity gives none, with the reason.

mod amount;
mod claim;
mod context;
mod currency;
mod decimal;
mod details;
mod lead;
mod marks;
mod measure;
mod number;
mod numeral;
mod packed;
mod packets;
mod phrase;
mod remainder;
mod restated;
mod sight;
mod size;
mod spoken;
mod term;
#[cfg(test)]
mod tests;
mod trailing;

use amount::{Amount, amounts, combine};
use currency::YUAN;
use details::{check_details, says_more};
use measure::Measure;
use sight::{bare_and_long, dotted_thousands, glued, refuse_at_sight, unknown_word_follows};
use term::{Manner, Phrase};
use trailing::{begins_numeral, trailing_in};

use super::doubt::DoubtCode;
use super::text::{fold, is_blank_mark, one_line};
use super::traditional::simplify;

pub(super) use claim::{Claim, Share, Stating, claims_in};
pub(super) use context::{QuantityContext, Reading, ThingKind};
pub(super) use currency::{Currency, named_in as currency_in};
pub(super) use decimal::Decimal;
pub(super) use marks::says_gross;
pub use measure::UnitOfMeasure;
pub(super) use measure::{begins_with_unit, is_unit};
pub(super) use number::plain;
pub(super) use size::stores_data;
pub(super) use trailing::trailing;

/// The largest quantity that is booked: what a JSON number can carry exactly.
const QUANTITY_MOST: i128 = (1 << 53) - 1;

/// Characters outside brackets; a longer text is a story.
const PHRASE_MOST: usize = 120;

/// Reads the text of a quantity cell. Whatever is left over when the quantity is read is looked at, too: a further quantity
/// or a word of doubt raises a doubt, a description is kept as text.
pub(super) fn read(text: &str, about: QuantityContext<'_>) -> Reading {
    let folded = simplify(&fold(&one_line(text)));
    if folded.is_empty() || is_blank_mark(&folded) {
        return Reading::refused(DoubtCode::QuantityMissing);
    }
    let (plain, mut doubts) = marks::take_off(&folded);
    let (main, inner) = outside_and_inside(&plain);
    if main.chars().count() > PHRASE_MOST {
        return Reading { says_more: true, ..Reading::refused(DoubtCode::Unclear) };
    }
    if let Some(code) = refuse_at_sight(&main) {
        return Reading { says_more: true, ..Reading::refused(code) };
    }
    doubts.extend(marks::outside(&main));
    doubts.extend(inner.iter().flat_map(|it| marks::inside(it)));
    if !is_unit(about.unit) {
        doubts.extend(marks::in_unit(&simplify(&fold(about.unit))));
    }
    let main = net_of_gross(times_sign_off(&main));
    let about = QuantityContext { sized: about.sized || stores_data(&plain), ..about };
    let manner = Manner { money: about.thing == ThingKind::Money, sized: about.sized };
    let mut reading = read_main(main, &inner, about, manner, &plain, &mut doubts);
    let marked = doubts.iter().any(|it| matches!(it, DoubtCode::Uncertain | DoubtCode::Changed));
    let from_text = doubts.contains(&DoubtCode::QuantityFromText);
    reading.says_more |= reading.quantity.is_none() || folded.contains("毛重") || marked || from_text;
    doubts.append(&mut reading.doubts);
    let mut seen = std::collections::HashSet::new();
    doubts.retain(|code| seen.insert(*code));
    Reading { doubts, ..reading }
}

/// Words of doubt and of kind beside a quantity: in the title of its column, in a remark.
pub(super) fn marks_in(text: &str) -> Vec<DoubtCode> {
    marks::in_unit(&simplify(&fold(text)))
}

/// What a description of banknotes comes to, when it says nothing else: 百元面额20张、50元3张 is 2150 yuan.
pub(super) fn notes_in(text: &str, currency: Option<Currency>) -> Option<i64> {
    let folded = simplify(&fold(&one_line(text)));
    let spelled = ["百元", "千元"].iter().fold(folded, |text, word| {
        let digits = if *word == "百元" { "100元" } else { "1000元" };
        let at = text.find(word).filter(|at| {
            let before = text.get(..*at).and_then(|it| it.chars().last());
            before.is_none_or(|c| !(c.is_ascii_digit() || begins_numeral(c)))
        });
        at.map_or(text.clone(), |_| text.replacen(word, digits, 1))
    });
    let phrase = phrase::read(&spelled, Manner { money: true, sized: false });
    if phrase.terms.len() < 2
        || phrase.refused.is_some()
        || !phrase.rest.trim_matches(['.', '。', ' ']).is_empty()
    {
        return None;
    }
    let about = QuantityContext { unit: "", currency, thing: ThingKind::Money, sized: false };
    let reading = read_terms(&phrase, about, &spelled, &mut Vec::new());
    reading.quantity.filter(|_| reading.says_more && reading.unit == Some(UnitOfMeasure::Minor))
}

/// The quantity outside the brackets, compared with everything else in the cell.
fn read_main(
    main: &str,
    inner: &[String],
    about: QuantityContext<'_>,
    manner: Manner,
    whole: &str,
    doubts: &mut Vec<DoubtCode>,
) -> Reading {
    let mut phrase = phrase::read(main, manner);
    let mut head = "";
    if phrase.terms.is_empty() && phrase.refused.is_none() {
        let Some((before, tail)) = trailing_in(main, manner) else {
            return Reading { says_more: true, ..Reading::refused(DoubtCode::Unclear) };
        };
        head = before;
        phrase = phrase::read(tail, manner);
        doubts.push(DoubtCode::QuantityFromText);
    }
    doubts.append(&mut phrase.doubts);
    if packed::of_one(&phrase) {
        return Reading { says_more: true, ..Reading::refused(DoubtCode::SizeNotQuantity) };
    }
    if about.thing == ThingKind::Drug {
        phrase.leave_weights();
    }
    let about =
        QuantityContext { unit: unit_in_brackets(&phrase, inner, about).unwrap_or(about.unit), ..about };
    let mut reading = read_terms(&phrase, about, whole, doubts);
    if reading.quantity.is_some() && marks::rewritten(main) {
        return reading.without_quantity(DoubtCode::Changed);
    }
    check_details(&mut reading, &phrase, inner, doubts);
    doubts.extend(marks::behind(phrase.rest));
    reading.says_more |= says_more(&phrase, inner) || !head.is_empty();
    let mut texts: Vec<&str> = inner.iter().map(String::as_str).collect();
    texts.push(phrase.rest);
    let counted = reading.unit == Some(UnitOfMeasure::Piece) && reading.quantity.is_some();
    packets::weigh(&mut reading, &texts, about, doubts);
    if counted && reading.unit != Some(UnitOfMeasure::Piece) {
        return reading;
    }
    if let Some(other) = inner.iter().find_map(|it| restated::disagrees(&reading, it, about)) {
        reading.against = Some(other);
        return reading.without_quantity(DoubtCode::StatementsDisagree);
    }
    let only = phrase.terms.first().filter(|_| phrase.terms.len() == 1);
    let further = remainder::second_quantity(phrase.rest, only, manner)
        || inner.iter().any(|it| remainder::adds_another(it, manner))
        || !remainder::numbers(head, manner).quantities.is_empty();
    if reading.quantity.is_some() && further {
        return reading.without_quantity(DoubtCode::SeveralQuantities);
    }
    reading
}

/// 1（部）: the unit stands in the brackets.
fn unit_in_brackets<'a>(
    phrase: &Phrase<'_>,
    inner: &'a [String],
    about: QuantityContext<'_>,
) -> Option<&'a str> {
    let [only] = inner else { return None };
    let bare = about.unit.is_empty() && phrase.terms.iter().all(|it| it.measure.is_none());
    (bare && is_unit(only.trim())).then_some(only)
}

/// The text outside brackets and what they hold. When only brackets hold a number, they are no brackets.
fn outside_and_inside(folded: &str) -> (String, Vec<String>) {
    let (main, inner) = split_brackets(folded);
    if has_number(&main) || inner.is_empty() {
        return (main, inner);
    }
    (folded.replace(['(', ')'], " ").trim().to_owned(), inner)
}

fn has_number(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit() || begins_numeral(c) || "半几数若".contains(c))
        || number::take(text).is_some()
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
    let find = |long: &str, short: char| main.find(long).or_else(|| main.find(short));
    let (Some(net), Some(gross)) = (find("净重", '净'), find("毛重", '毛')) else { return main };
    let end = if gross > net { gross } else { main.len() };
    main.get(net..end).unwrap_or(main).trim_end_matches([' ', ',', ';', '。', '、', '/'])
}

/// Decides what the terms say together.
fn read_terms(
    phrase: &Phrase<'_>,
    about: QuantityContext<'_>,
    whole: &str,
    doubts: &mut Vec<DoubtCode>,
) -> Reading {
    let sign_only = currency::dollar_sign_only(whole);
    let mut currency = match currency_in(whole) {
        // 港币 | $1,500: the sign is that of every dollar; the name says which.
        Ok(_) if sign_only && about.currency.is_some() => about.currency.filter(|it| it.is_dollar()),
        Ok(named) => named.or(about.currency),
        Err(()) => return Reading::refused(DoubtCode::CurrencyUnclear),
    };
    if sign_only && about.currency.is_some() && currency.is_none() {
        return Reading { says_more: true, ..Reading::refused(DoubtCode::CurrencyUnclear) };
    }
    if let Some(code) = phrase.refused.or_else(|| glued(phrase)) {
        return Reading { says_more: true, ..Reading::refused(code) };
    }
    let amounts = match amounts(&phrase.terms, about, &mut currency, doubts) {
        Ok(amounts) => amounts,
        Err(code) => return Reading { says_more: true, ..Reading::refused(code) },
    };
    if bare_and_long(phrase, about) {
        return Reading { says_more: true, ..Reading::refused(DoubtCode::NumberNotQuantity) };
    }
    let reading = match combine(amounts, about.thing, doubts) {
        Ok(amount) => book(&amount, currency, doubts),
        Err(code) => Reading { says_more: true, ..Reading::refused(code) },
    };
    if sign_only && reading.unit == Some(UnitOfMeasure::Minor) && about.currency.is_none() {
        doubts.push(DoubtCode::CurrencyAssumed);
    }
    if unknown_word_follows(phrase, about) {
        doubts.push(DoubtCode::UnitUnknown);
    }
    if matches!(reading.unit, Some(UnitOfMeasure::Minor | UnitOfMeasure::Piece)) && dotted_thousands(whole) {
        doubts.push(DoubtCode::GroupingUnclear);
    }
    reading
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
