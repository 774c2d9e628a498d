//! Words around a number: 约, 共, 净重, 面值 before it, 余, 左右 behind it.

use super::currency;
use super::measure::{self, Measure};
use super::number;
use super::term::Phrase;
use crate::import::doubt::DoubtCode;

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
    "人民币大写",
    "大写",
    "小写",
    "即",
    "分别为",
    "分别",
    ":",
];
/// Before a second statement of the same quantity.
const AGAIN: &[&str] = &["小写", "大写", "即"];
const FACE_VALUE: &[&str] = &["面值", "面额", "票面"];
const NOTES: &[&str] = &["纸币", "钞票", "的", "钞", "券", "一张"];
const ROUGHLY: &[&str] = &["左右", "上下", "以上", "以下", "以内", "许", "余", "多"];

/// What stood before a number.
#[derive(Clone, Copy, Default)]
pub(super) struct Lead {
    pub(super) total: bool,
    pub(super) face_value: bool,
    pub(super) any: bool,
}

/// Skips 约, 共, 净重, names of currencies …; notes what they say about the number.
pub(super) fn skip_lead<'a>(text: &'a str, phrase: &mut Phrase<'_>) -> (&'a str, Lead) {
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
        } else if let Some(after) = strip_any(rest, AGAIN) {
            lead.total = true;
            rest = after;
        } else if let Some(after) = strip_any(rest, FILLERS).or_else(|| strip_any(rest, NOTES)) {
            rest = after;
        } else if let Some((_, after)) = currency::take(rest) {
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
    } else if rest.starts_with('半') && half(rest).is_none() {
        phrase.refused = Some(DoubtCode::Half);
    } else if rest.starts_with(['几', '数', '多', '若']) {
        phrase.refused = Some(DoubtCode::Indefinite);
    }
    (rest.strip_prefix('+').unwrap_or(rest), lead)
}

/// 余, 多, 左右 … behind a number or a unit; 半 and 几 leave it undecided.
pub(super) fn skip_vague<'a>(text: &'a str, phrase: &mut Phrase<'_>) -> &'a str {
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

/// 半斤: half of a weight or a volume is exact; half a bottle is not. Gives what follows 半.
pub(super) fn half(text: &str) -> Option<&str> {
    let after = text.strip_prefix('半')?;
    let (measure, ..) = measure::take(after, false)?;
    matches!(measure, Measure::Mass { .. } | Measure::Volume { .. }).then_some(after)
}

/// 面值, 的, 人民币 … between an amount and a number of notes.
pub(super) fn skip_face_value(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(after) = strip_any(rest, FACE_VALUE)
        .or_else(|| strip_any(rest, NOTES))
        .or_else(|| currency::take(rest).map(|(_, after)| after))
    {
        rest = after.trim_start();
    }
    let rest = (rest.len() < text.len()).then_some(rest)?;
    Some(strip_any(rest, &["×", "*", "x", "X", ":"]).unwrap_or(rest).trim_start())
}

pub(super) fn strip_any<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words.iter().find_map(|word| text.strip_prefix(word))
}
