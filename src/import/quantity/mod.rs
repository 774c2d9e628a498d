//! The text of a quantity cell → a whole number in the ledger's smallest unit, and what was not sure about it. Nothing is
//! rounded and nothing is guessed silently: a text that does not say one quantity gives none, with the reason.

mod measure;
mod number;
mod phrase;
#[cfg(test)]
mod tests;

use measure::{Measure, YUAN};
use phrase::{Join, Phrase, Term};

use super::doubt::DoubtCode;
use super::text::{clip, fold, is_blank_mark, is_han, one_line};

pub use measure::UnitOfMeasure;
pub(super) use measure::{Currency, currency_in, is_unit};
pub(super) use number::{Decimal, plain};

/// The largest quantity that is booked: what a JSON number can carry exactly.
const QUANTITY_MOST: i128 = (1 << 53) - 1;

/// What kind of thing is counted; it decides what 张 and 块 mean, and whether a weight outranks a count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Thing {
    #[default]
    Ordinary,
    Money,
    Drug,
}

/// What is known beside the quantity cell itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct About<'a> {
    /// The unit column's text, or the unit in the header: 重量（克）.
    pub(super) unit: &'a str,
    pub(super) currency: Option<Currency>,
    pub(super) thing: Thing,
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

/// One amount of one measure, out of one or several terms.
#[derive(Clone, Debug)]
struct Amount {
    measure: Measure,
    typed: Decimal,
    smallest: i128,
    word: String,
    of_notes: bool,
}

/// Reads the text of a quantity cell.
pub(super) fn read(text: &str, about: About<'_>) -> Reading {
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
    if let Some(code) = refuse_at_sight(&main) {
        return Reading { says_more: true, ..refused(code) };
    }
    let money = about.thing == Thing::Money;
    let mut phrase = phrase::read(&main, money);
    let mut doubts = std::mem::take(&mut phrase.doubts);
    if phrase.terms.is_empty() && phrase.refused.is_none() {
        let Some((_, tail)) = trailing(&main, money) else {
            return Reading { says_more: true, ..refused(DoubtCode::Unclear) };
        };
        phrase = phrase::read(tail, money);
        doubts.push(DoubtCode::QuantityFromText);
        doubts.append(&mut phrase.doubts);
    }
    let mut reading = settle(&phrase, about, &folded, &mut doubts);
    check_details(&mut reading, &phrase, &inner, &mut doubts);
    weigh_inside(&mut reading, &inner, about, &mut doubts);
    reading.says_more |= says_more(&phrase, &inner) || reading.quantity.is_none();
    doubts.append(&mut reading.doubts);
    doubts.dedup();
    Reading { doubts, ..reading }
}

/// A quantity at the end of running text (`手机2部`): what stands before it, and the quantity's own text.
pub(super) fn trailing(text: &str, money: bool) -> Option<(&str, &str)> {
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
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
fn settle(phrase: &Phrase<'_>, about: About<'_>, whole: &str, doubts: &mut Vec<DoubtCode>) -> Reading {
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
fn unknown_word_follows(phrase: &Phrase<'_>, about: About<'_>) -> bool {
    let bare = matches!(&*phrase.terms, [term] if term.measure.is_none());
    bare && about.unit.is_empty() && phrase.rest.starts_with(is_han)
}

/// Groups the terms into amounts: a composite (2斤3两), notes of a face value (100元×20张), or one by one.
fn amounts(
    terms: &[Term<'_>],
    about: About<'_>,
    currency: &mut Option<Currency>,
    doubts: &mut Vec<DoubtCode>,
) -> Result<Vec<(Join, Amount)>, DoubtCode> {
    let mut done = Vec::new();
    let mut left = terms;
    while let [first, others @ ..] = left {
        let join = if done.is_empty() { Join::First } else { first.join };
        if let [second, rest @ ..] = others
            && let Some(amount) = of_notes(first, second, about, *currency, doubts)?
        {
            done.push((join, amount));
            left = rest;
            continue;
        }
        let mut amount = amount_of(first, about, currency, doubts)?;
        left = others;
        while let [next, rest @ ..] = left
            && next.join == Join::Touching
            && next.measure.is_some_and(|it| it.same_kind(amount.measure) && !it.is_count())
        {
            let part = amount_of(next, about, currency, doubts)?;
            if part.smallest >= amount.smallest && amount.smallest > 0 {
                return Err(DoubtCode::SeveralQuantities);
            }
            amount.smallest += part.smallest;
            left = rest;
        }
        done.push((join, amount));
    }
    Ok(done)
}

/// 100元×20张 and 20张×100元: an amount of money when money is spoken of. 5克×3包: packages.
fn of_notes(
    first: &Term<'_>,
    second: &Term<'_>,
    about: About<'_>,
    currency: Option<Currency>,
    doubts: &mut Vec<DoubtCode>,
) -> Result<Option<Amount>, DoubtCode> {
    let multiplied = matches!(second.join, Join::Times | Join::FaceValue);
    let face_first = first.join == Join::FaceValue;
    let is_money = |it: &Term<'_>| matches!(it.measure, Some(Measure::Money { .. }));
    let counts = |it: &Term<'_>| it.measure.is_none_or(Measure::is_count);
    let (face, notes) = match (is_money(first), is_money(second)) {
        (true, false) if counts(second) => (first, second),
        (false, true) if counts(first) => (second, first),
        _ if multiplied => return packages(first, second, doubts).map(Some),
        _ => return Ok(None),
    };
    if !(multiplied || face_first || second.join == Join::Touching) || notes.measure.is_none() && !multiplied
    {
        return Ok(None);
    }
    let count = notes.value.whole(1, 1).ok_or(DoubtCode::PieceNotWhole)?;
    if about.thing != Thing::Money && currency.is_none() {
        doubts.push(DoubtCode::BanknotesOrAmount);
        let measure = notes.measure.unwrap_or(Measure::Piece);
        return Ok(Some(Amount {
            measure,
            typed: notes.value,
            smallest: count,
            word: notes.word.to_owned(),
            of_notes: false,
        }));
    }
    if !multiplied && !face_first {
        doubts.push(DoubtCode::DenominationAssumed);
    }
    let one = amount_of(face, about, &mut currency.or(Some(YUAN)), doubts)?;
    let smallest = one.smallest.checked_mul(count).ok_or(DoubtCode::TooLarge)?;
    Ok(Some(Amount { smallest, of_notes: true, ..one }))
}

fn packages(first: &Term<'_>, second: &Term<'_>, doubts: &mut Vec<DoubtCode>) -> Result<Amount, DoubtCode> {
    let content = |it: &Term<'_>| {
        it.measure.is_some_and(|it| matches!(it, Measure::Mass { .. } | Measure::Volume { .. }))
    };
    let counted = match (content(first), content(second)) {
        (true, false) => second,
        (false, true) => first,
        _ => return Err(DoubtCode::SeveralQuantities),
    };
    doubts.push(DoubtCode::Multiplied);
    let smallest = counted.value.whole(1, 1).ok_or(DoubtCode::PieceNotWhole)?;
    let measure = counted.measure.unwrap_or(Measure::Piece);
    Ok(Amount { measure, typed: counted.value, smallest, word: counted.word.to_owned(), of_notes: false })
}

/// One term in its smallest unit.
fn amount_of(
    term: &Term<'_>,
    about: About<'_>,
    currency: &mut Option<Currency>,
    doubts: &mut Vec<DoubtCode>,
) -> Result<Amount, DoubtCode> {
    let beside = unit_beside(about.unit, about.thing == Thing::Money);
    let (measure, word, factor) = match (term.measure, beside) {
        (Some(measure), beside) => {
            if beside
                .is_some_and(|(it, word, _)| it.is_some_and(|it| !it.same_kind(measure)) || word != term.word)
            {
                doubts.push(DoubtCode::UnitDisagrees);
            }
            (measure, term.word.to_owned(), 1)
        }
        (None, Some((Some(measure), word, factor))) => (measure, word, factor),
        (None, Some((None, word, _))) => {
            doubts.push(DoubtCode::UnitUnknown);
            (Measure::Piece, word, 1)
        }
        (None, None) => (unit_left_out(term.value, about.thing, *currency, doubts)?, String::new(), 1),
    };
    let whole = |num: i128, per: i128, code| term.value.whole(num * factor, per).ok_or(code);
    let smallest = match measure {
        Measure::Piece | Measure::Bundle => whole(1, 1, DoubtCode::PieceNotWhole)?,
        Measure::Mass { mg, per } => whole(mg, per, DoubtCode::FinerThanUnit)?,
        Measure::Volume { ul, per } => whole(ul, per, DoubtCode::FinerThanUnit)?,
        Measure::Money { currency: named, per } => {
            let of = named.or(*currency).unwrap_or(YUAN);
            *currency = Some(of);
            whole(10_i128.pow(of.digits), per, DoubtCode::FinerThanUnit)?
        }
        Measure::Heap => return Err(DoubtCode::Indefinite),
        Measure::NotKept => return Err(DoubtCode::UnitNotKept),
    };
    Ok(Amount { measure, typed: term.value, smallest, word, of_notes: false })
}

/// A number alone: pieces when it can be, the yuan for money, nothing for drugs.
fn unit_left_out(
    value: Decimal,
    thing: Thing,
    currency: Option<Currency>,
    doubts: &mut Vec<DoubtCode>,
) -> Result<Measure, DoubtCode> {
    match thing {
        Thing::Ordinary if currency.is_some() => Ok(Measure::Money { currency, per: 1 }),
        Thing::Ordinary if value.whole(1, 1).is_some() => Ok(Measure::Piece),
        Thing::Money => {
            if currency.is_none() {
                doubts.push(DoubtCode::UnitMissing);
            }
            Ok(Measure::Money { currency, per: 1 })
        }
        Thing::Ordinary | Thing::Drug => Err(DoubtCode::UnitMissing),
    }
}

/// The unit beside the number: its measure if known, its word, and the 万 of 万元.
fn unit_beside(unit: &str, money: bool) -> Option<(Option<Measure>, String, i128)> {
    let folded = fold(&one_line(unit));
    let (main, inner) = split_brackets(&folded);
    let main = if main.is_empty() { inner.into_iter().next()? } else { main };
    if is_blank_mark(&main) {
        return None;
    }
    let whole = |text: &str| {
        measure::take(text, money).filter(|(_, _, rest)| rest.trim().is_empty()).map(|(it, _, _)| it)
    };
    if let Some(measure) = whole(&main) {
        return Some((Some(measure), main, 1));
    }
    let factor = [("万", 10_000), ("千", 1_000), ("百", 100), ("亿", 100_000_000)];
    let scaled = factor.iter().find_map(|(word, by)| Some((whole(main.strip_prefix(word)?)?, *by)));
    let by = scaled.map_or(1, |(_, by)| by);
    Some((scaled.map(|(it, _)| it), clip(&main, 20), by))
}

/// Several amounts in one cell: a sum of notes, a sum that is written out, or a count with its weight.
fn combine(
    amounts: Vec<(Join, Amount)>,
    thing: Thing,
    doubts: &mut Vec<DoubtCode>,
) -> Result<Amount, DoubtCode> {
    let mut iter = amounts.into_iter();
    let (_, mut sum) = iter.next().ok_or(DoubtCode::Unclear)?;
    for (join, next) in iter {
        if join == Join::Equals && next.measure.same_kind(sum.measure) && next.word == sum.word {
            if next.smallest != sum.smallest {
                return Err(DoubtCode::SumInCellDisagrees);
            }
        } else if sum.of_notes && next.of_notes {
            sum.smallest = sum.smallest.checked_add(next.smallest).ok_or(DoubtCode::TooLarge)?;
        } else if sum.measure.is_count()
            && matches!(next.measure, Measure::Mass { .. } | Measure::Volume { .. })
        {
            if thing == Thing::Drug {
                doubts.push(DoubtCode::WeightBesideCount);
                sum = next;
            }
        } else if !sum.measure.is_count() && next.measure.is_count() && thing == Thing::Drug {
            doubts.push(DoubtCode::WeightBesideCount);
        } else {
            return Err(DoubtCode::SeveralQuantities);
        }
    }
    Ok(sum)
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
        typed: Some(amount.typed),
        says_more: amount.of_notes,
        ..Reading::default()
    }
}

/// `2部（黑色1部，白色1部）`: the parts, counted in the same word, must add up to the whole.
fn check_details(reading: &mut Reading, phrase: &Phrase<'_>, inner: &[String], doubts: &mut Vec<DoubtCode>) {
    let [Term { value: whole, word, .. }] = &*phrase.terms else { return };
    let details = if inner.is_empty() { phrase.rest.to_owned() } else { inner.join(",") };
    if word.is_empty() || phrase.refused.is_some() || details.contains("其中") {
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
fn weigh_inside(reading: &mut Reading, inner: &[String], about: About<'_>, doubts: &mut Vec<DoubtCode>) {
    if about.thing != Thing::Drug || reading.unit != Some(UnitOfMeasure::Piece) {
        return;
    }
    let bare = About { unit: "", ..about };
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
fn says_more(phrase: &Phrase<'_>, inner: &[String]) -> bool {
    let rest = phrase.rest.trim_matches([' ', ',', ';', '。', '.', ':', '整', '正']);
    let only_currency = measure::take_currency(rest).is_some_and(|(_, after)| after.is_empty());
    let says = |it: &String| measure::take_currency(it).is_none_or(|(_, after)| !after.is_empty());
    phrase.terms.len() > 1 || !(rest.is_empty() || only_currency) || inner.iter().any(says)
}
