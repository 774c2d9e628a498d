//! One quantity as people write it → its terms. `约12.35克` is one term; `100元×20张、50元×3张` is four, with how each hangs
//! on the one before. What the terms mean together is decided one floor up.

use super::decimal::Decimal;
use super::measure::{self, Measure};
use super::number;
use crate::import::doubt::DoubtCode;

/// How a term hangs on the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    First,
    /// 100元×20
    Times,
    /// 100元面值20张
    FaceValue,
    /// 3部+1个, 3包，净重5克
    Listed,
    /// …＝2000元, …共2000元
    Equals,
    /// 2斤3两, 12元5角
    Touching,
}

/// A number and the measure word behind it.
#[derive(Clone, Debug)]
pub(super) struct Term<'a> {
    pub(super) join: Join,
    pub(super) value: Decimal,
    pub(super) measure: Option<Measure>,
    /// The measure word as it is written.
    pub(super) word: &'a str,
}

/// The terms of a text, what was not sure about them, and what follows them.
#[derive(Debug, Default)]
pub(super) struct Phrase<'a> {
    pub(super) terms: Vec<Term<'a>>,
    pub(super) doubts: Vec<DoubtCode>,
    /// Why this is no definite quantity (a range, a half, a negative number).
    pub(super) refused: Option<DoubtCode>,
    pub(super) rest: &'a str,
}

const APPROXIMATELY: &[&str] = &[
    "大约",
    "大概",
    "约计",
    "约为",
    "约",
    "将近",
    "近",
    "估计",
    "不少于",
    "不低于",
    "至少",
    "不足",
    "超过",
    "逾",
    "~",
    "≈",
];
const TOTALS: &[&str] = &["共计", "合计", "总计", "总共", "共有", "共", "计"];
const FILLERS: &[&str] = &[
    "净重量",
    "净重",
    "总重量",
    "总重",
    "重量",
    "称重",
    "重",
    "净",
    "总",
    "数量",
    "金额",
    "现金",
    "价值",
    "每张",
    "内有",
    ":",
];
const FACE_VALUE: &[&str] = &["面值", "面额", "票面"];
const NOTES: &[&str] = &["纸币", "钞票", "的", "钞", "券", "一张"];
const ROUGHLY: &[&str] = &["左右", "上下", "以上", "以下", "以内", "许", "余", "多"];

/// What stood before a number.
#[derive(Clone, Copy, Default)]
struct Lead {
    total: bool,
    face_value: bool,
    any: bool,
}

/// Reads as many terms as the folded text begins with. `money`: 块 and 分 are money here.
pub(super) fn read(text: &str, money: bool) -> Phrase<'_> {
    let mut phrase = Phrase { rest: text, ..Phrase::default() };
    let (mut rest, lead) = skip_lead(text, &mut phrase);
    let mut join = if lead.face_value { Join::FaceValue } else { Join::First };
    let mut money = money || matches!(measure::currency_in(text), Ok(Some(_)));
    while phrase.refused.is_none() {
        let Some((term, after)) = take_term(rest, join, money, &mut phrase) else { break };
        money |= matches!(term.measure, Some(Measure::Money { .. }));
        phrase.terms.push(term);
        phrase.rest = after;
        let Some((next_join, next)) = joint(after, money, &mut phrase) else { break };
        (join, rest) = (next_join, next);
    }
    phrase
}

/// Skips 约, 共, 净重, names of currencies …; notes what they say about the number.
fn skip_lead<'a>(text: &'a str, phrase: &mut Phrase<'_>) -> (&'a str, Lead) {
    let mut rest = text.trim_start();
    let mut lead = Lead::default();
    loop {
        if let Some(after) = strip_any(rest, APPROXIMATELY) {
            phrase.doubts.push(DoubtCode::Approximate);
            rest = after;
        } else if let Some(after) = strip_any(rest, TOTALS) {
            lead.total = true;
            rest = after;
        } else if let Some(after) = rest.strip_prefix("毛重") {
            phrase.doubts.push(DoubtCode::GrossWeight);
            rest = after;
        } else if let Some(after) = strip_any(rest, FACE_VALUE) {
            lead.face_value = true;
            rest = after;
        } else if let Some(after) = strip_any(rest, FILLERS).or_else(|| strip_any(rest, NOTES)) {
            rest = after;
        } else if let Some((_, after)) = measure::take_currency(rest) {
            rest = after;
        } else {
            break;
        }
        lead.any = true;
        rest = rest.trim_start();
    }
    let signed = rest.strip_prefix(['-', '负']).map(str::trim_start).filter(|it| number::take(it).is_some());
    if signed.is_some() {
        phrase.refused = Some(DoubtCode::Negative);
    } else if rest.starts_with('半') {
        phrase.refused = Some(DoubtCode::Half);
    } else if rest.starts_with(['几', '数', '多', '若']) {
        phrase.refused = Some(DoubtCode::Indefinite);
    }
    (rest.strip_prefix('+').unwrap_or(rest), lead)
}

fn take_term<'a>(
    text: &'a str,
    join: Join,
    money: bool,
    phrase: &mut Phrase<'a>,
) -> Option<(Term<'a>, &'a str)> {
    let (value, mut rest) = number::take(text)?;
    let value = match value {
        Ok(value) => value,
        Err(code) => {
            (phrase.refused, phrase.rest) = (Some(code), rest);
            return None;
        }
    };
    rest = skip_vague(rest, phrase);
    let (measure, word) = match measure::take(rest.trim_start(), money) {
        Some((measure, word, after)) => {
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

/// 余, 多, 左右 … behind a number or a unit; 半 and 几 leave it undecided.
fn skip_vague<'a>(text: &'a str, phrase: &mut Phrase<'_>) -> &'a str {
    if text.starts_with('半') {
        phrase.refused = Some(DoubtCode::Half);
    } else if text.starts_with('几') {
        phrase.refused = Some(DoubtCode::Indefinite);
    }
    match strip_any(text, ROUGHLY) {
        Some(after) => {
            phrase.doubts.push(DoubtCode::Approximate);
            after
        }
        None => text,
    }
}

/// What stands between two terms. Nothing when the terms end here and a description begins.
fn joint<'a>(text: &'a str, money: bool, phrase: &mut Phrase<'_>) -> Option<(Join, &'a str)> {
    let rest = text.trim_start();
    if let Some(after) = strip_any(rest, &["×", "*", "x", "X", "乘"]).map(str::trim_start) {
        return number::take(after).is_some().then_some((Join::Times, after));
    }
    if let Some(after) = strip_any(rest, &["-", "~", "至", "到"]).map(str::trim_start)
        && number::take(after).is_some()
    {
        phrase.refused = Some(DoubtCode::Range);
        return None;
    }
    if rest.strip_prefix('/').is_some_and(|after| number::take(after.trim_start()).is_some()) {
        phrase.refused = Some(DoubtCode::Unclear);
        return None;
    }
    if let Some(after) = skip_face_value(rest).filter(|it| begins_term(it, money)) {
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
    if !begins_term(next, money) {
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

/// 面值, 的, 人民币 … between an amount and a number of notes.
fn skip_face_value(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(after) = strip_any(rest, FACE_VALUE)
        .or_else(|| strip_any(rest, NOTES))
        .or_else(|| measure::take_currency(rest).map(|(_, after)| after))
    {
        rest = after.trim_start();
    }
    let rest = (rest.len() < text.len()).then_some(rest)?;
    Some(strip_any(rest, &["×", "*", "x", "X", ":"]).unwrap_or(rest).trim_start())
}

/// A number with a known measure word: 2部 goes on, 9成新 is a description.
fn begins_term(text: &str, money: bool) -> bool {
    number::take(text).is_some_and(|(_, rest)| measure::take(rest.trim_start(), money).is_some())
}

fn strip_any<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words.iter().find_map(|word| text.strip_prefix(word))
}
