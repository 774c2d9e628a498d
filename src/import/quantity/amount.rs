//! Terms → amounts: what 2斤3两, 100元×20张 or 3包，净重5克 come to, in the ledger's smallest units.

use super::currency::{Currency, YUAN};
use super::decimal::Decimal;
use super::measure::{self, Measure};
use super::term::{Join, Term};
use super::{QuantityContext, ThingKind, split_brackets};
use crate::import::doubt::DoubtCode;
use crate::import::text::{clip, fold, is_blank_mark, one_line};
use crate::import::traditional::simplify;

/// One amount of one measure, out of one or several terms.
#[derive(Clone, Debug)]
pub(super) struct Amount {
    pub(super) measure: Measure,
    /// The number as it stands in the cell; nothing when there are several.
    pub(super) typed: Option<Decimal>,
    pub(super) smallest: i128,
    pub(super) word: String,
    pub(super) of_notes: bool,
}

/// Groups the terms into amounts: a composite (2斤3两), notes of a face value (100元×20张), or one by one.
pub(super) fn amounts(
    terms: &[Term<'_>],
    about: QuantityContext<'_>,
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
        let sum = Term { measure: first.measure.or(unit_of_parts(first, &done)), ..first.clone() };
        let mut amount = amount_of(&sum, about, currency, doubts)?;
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
            amount.typed = None;
            left = rest;
        }
        done.push((join, amount));
    }
    Ok(done)
}

/// 100元×20张=2000: a sum without a unit has that of its parts.
fn unit_of_parts(term: &Term<'_>, done: &[(Join, Amount)]) -> Option<Measure> {
    done.last().filter(|_| term.join == Join::Equals).map(|(_, part)| part.measure)
}

/// 100元×20张 and 20张×100元: an amount of money when money is spoken of. 5克×3包: packages.
fn of_notes(
    first: &Term<'_>,
    second: &Term<'_>,
    about: QuantityContext<'_>,
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
        _ if multiplied => return packages(first, second, about.thing, doubts).map(Some),
        _ => return Ok(None),
    };
    if !(multiplied || face_first || second.join == Join::Touching) || notes.measure.is_none() && !multiplied
    {
        return Ok(None);
    }
    // 1500元15张: no note says 1,500, so this is the amount and the number of notes.
    if !multiplied && !face_first && !is_face_value(face.value) {
        return Ok(None);
    }
    let count = notes.value.whole(1, 1).ok_or(DoubtCode::PieceNotWhole)?;
    if about.thing != ThingKind::Money && currency.is_none() {
        doubts.push(DoubtCode::BanknotesOrAmount);
        let measure = notes.measure.unwrap_or(Measure::Piece);
        return Ok(Some(Amount {
            measure,
            typed: Some(notes.value),
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
    Ok(Some(Amount { smallest, typed: None, of_notes: true, ..one }))
}

/// 1, 2, 5 and their tens: what notes and coins say.
fn is_face_value(value: Decimal) -> bool {
    let mut digits = value.to_string();
    digits.retain(|c| c != '0' && c != '.');
    matches!(&*digits, "1" | "2" | "5" | "25")
}

/// 500ml×6瓶: the packages are counted; of a drug (0.5克×3包) the weight is what is booked.
fn packages(
    first: &Term<'_>,
    second: &Term<'_>,
    thing: ThingKind,
    doubts: &mut Vec<DoubtCode>,
) -> Result<Amount, DoubtCode> {
    let content = |it: &Term<'_>| {
        it.measure.is_some_and(|it| matches!(it, Measure::Mass { .. } | Measure::Volume { .. }))
    };
    let (content, counted) = match (content(first), content(second)) {
        (true, false) => (first, second),
        (false, true) => (second, first),
        _ => return Err(DoubtCode::SeveralQuantities),
    };
    doubts.push(DoubtCode::Multiplied);
    let count = counted.value.whole(1, 1).ok_or(DoubtCode::PieceNotWhole)?;
    let weight = smallest(content).and_then(|it| it.checked_mul(count)).filter(|_| thing == ThingKind::Drug);
    let (of, amount) = weight.map_or((counted, count), |weight| (content, weight));
    Ok(Amount {
        measure: of.measure.unwrap_or(Measure::Piece),
        typed: weight.is_none().then_some(of.value),
        smallest: amount,
        word: of.word.to_owned(),
        of_notes: false,
    })
}

/// One term in its smallest unit.
fn amount_of(
    term: &Term<'_>,
    about: QuantityContext<'_>,
    currency: &mut Option<Currency>,
    doubts: &mut Vec<DoubtCode>,
) -> Result<Amount, DoubtCode> {
    let beside = unit_beside(about.unit, about.thing == ThingKind::Money);
    let (measure, word, factor) = match (term.measure, beside) {
        (Some(measure), beside) => {
            let differs = |(it, word, _): (Option<Measure>, String, i128)| {
                it.is_some_and(|it| !it.same_kind(measure)) || word != term.word
            };
            // 件数 | 2卷: the title says that things are counted, the cell in which word.
            let counts = |it: &(Option<Measure>, String, i128)| it.1 == "件" && measure.is_count();
            let beside = beside.filter(|it| !counts(it));
            if term.join == Join::First && beside.is_some_and(differs) {
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
            // A dollar sign takes the currency that is named beside it.
            let named = named.filter(|_| !(word == "$" && currency.is_some()));
            let of = named.or(*currency).unwrap_or(YUAN);
            *currency = Some(of);
            whole(10_i128.pow(of.digits), per, DoubtCode::FinerThanUnit)?
        }
        Measure::Heap => return Err(DoubtCode::Indefinite),
        Measure::NotKept => return Err(DoubtCode::UnitNotKept),
    };
    Ok(Amount { measure, typed: Some(term.value), smallest, word, of_notes: false })
}

/// A number alone: pieces when it can be, the yuan for money, nothing for drugs.
fn unit_left_out(
    value: Decimal,
    thing: ThingKind,
    currency: Option<Currency>,
    doubts: &mut Vec<DoubtCode>,
) -> Result<Measure, DoubtCode> {
    match thing {
        ThingKind::Ordinary if currency.is_some() => Ok(Measure::Money { currency, per: 1 }),
        ThingKind::Ordinary if value.whole(1, 1).is_some() => Ok(Measure::Piece),
        ThingKind::Money => {
            if currency.is_none() {
                doubts.push(DoubtCode::UnitMissing);
            }
            Ok(Measure::Money { currency, per: 1 })
        }
        ThingKind::Ordinary | ThingKind::Drug => Err(DoubtCode::UnitMissing),
    }
}

/// The unit beside the number: its measure if known, its word, and the 万 of 万元.
fn unit_beside(unit: &str, money: bool) -> Option<(Option<Measure>, String, i128)> {
    let folded = simplify(&fold(&one_line(unit)));
    let (main, inner) = split_brackets(&folded);
    let mut main = if main.is_empty() { inner.into_iter().next()? } else { main };
    // 元整: the end mark of a written amount.
    main.truncate(main.trim_end_matches(['整', '正']).len());
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
    // 3 beside 万, of money: 万元.
    let alone = factor.iter().find(|(word, _)| money && main == *word);
    let scaled = scaled.or(alone.map(|(_, by)| (Measure::Money { currency: None, per: 1 }, *by)));
    let by = scaled.map_or(1, |(_, by)| by);
    Some((scaled.map(|(it, _)| it), clip(&main, 20), by))
}

/// A weight or an amount of one kind is the same in any word; things are counted in one.
fn same_word(one: &Amount, other: &Amount) -> bool {
    !one.measure.is_count() || one.word == other.word || other.word.is_empty()
}

/// A weighed or measured term in the smallest unit, whatever the rest says.
pub(super) fn smallest(term: &Term<'_>) -> Option<i128> {
    match term.measure? {
        Measure::Mass { mg, per } => term.value.whole(mg, per),
        Measure::Volume { ul, per } => term.value.whole(ul, per),
        Measure::Piece | Measure::Bundle | Measure::Heap | Measure::Money { .. } | Measure::NotKept => None,
    }
}

/// Several amounts in one cell: a sum of notes, a sum that is written out, or a count with its weight.
pub(super) fn combine(
    amounts: Vec<(Join, Amount)>,
    thing: ThingKind,
    doubts: &mut Vec<DoubtCode>,
) -> Result<Amount, DoubtCode> {
    let mut iter = amounts.into_iter();
    let (_, mut sum) = iter.next().ok_or(DoubtCode::Unclear)?;
    for (join, next) in iter {
        if join == Join::Equals && next.measure.same_kind(sum.measure) && same_word(&sum, &next) {
            if next.smallest != sum.smallest {
                return Err(DoubtCode::SumInCellDisagrees);
            }
        } else if sum.of_notes && next.of_notes {
            sum.smallest = sum.smallest.checked_add(next.smallest).ok_or(DoubtCode::TooLarge)?;
        } else if sum.measure.is_count()
            && matches!(next.measure, Measure::Mass { .. } | Measure::Volume { .. })
        {
            if thing == ThingKind::Drug {
                doubts.push(DoubtCode::WeightBesideCount);
                sum = next;
            } else if join == Join::Touching {
                // 2盒500克; 1枚，重5.2克 has said which is which.
                doubts.push(DoubtCode::WeightAsText);
            }
        } else if !sum.measure.is_count() && next.measure.is_count() && thing == ThingKind::Drug {
            doubts.push(DoubtCode::WeightBesideCount);
        } else {
            return Err(DoubtCode::SeveralQuantities);
        }
    }
    Ok(sum)
}
