//! What is left of a cell when its quantity is read. A further quantity must not vanish unseen; a description may stay one.

use super::decimal::Decimal;
use super::measure::{self, Measure};
use super::number;
use super::size;
use super::term::{Join, Manner, Term};
use crate::import::text::is_han;

/// A number with its measure word somewhere in running text, and the words before it.
#[derive(Clone, Debug)]
pub(super) struct Found<'a> {
    pub(super) before: &'a str,
    pub(super) term: Term<'a>,
    pub(super) after: &'a str,
}

/// What a text says in numbers.
#[derive(Debug, Default)]
pub(super) struct Numbers<'a> {
    pub(super) quantities: Vec<Found<'a>>,
    /// A number that stands for itself: neither part of a word (BCD-215) nor before a word (9成新).
    pub(super) bare: bool,
}

/// Every quantity that a text holds, wherever it stands. Storage sizes are none.
pub(super) fn numbers(text: &str, manner: Manner) -> Numbers<'_> {
    let mut numbers = Numbers::default();
    let (mut at, mut from) = (0, 0);
    while let Some(c) = text.get(at..).and_then(|it| it.chars().next()) {
        let before = text.get(..at).unwrap_or_default();
        let begins = (c.is_ascii_digit() || super::begins_numeral(c)) && !in_a_word(before);
        let rest = text.get(at..).unwrap_or_default();
        let Some((value, after)) = number::take(rest).filter(|_| begins) else {
            at += if c.is_ascii_digit() { digits_len(rest) } else { c.len_utf8() };
            continue;
        };
        let end = |rest: &str| text.len() - rest.len();
        if let Some(rest) = size::take(after, manner.sized) {
            (at, from) = (end(rest), end(rest));
            continue;
        }
        let measured = measure::take(after.trim_start(), manner.money);
        if let (Ok(value), Some((measure, word, rest))) = (value, measured) {
            let term = Term { join: Join::Listed, value, measure: Some(measure), word };
            let before = text.get(from..at).unwrap_or_default();
            numbers.quantities.push(Found { before, term, after: rest });
            (at, from) = (end(rest), end(rest));
            continue;
        }
        numbers.bare |= c.is_ascii_digit() && stands_alone(before, after);
        at = end(after).max(at + c.len_utf8());
    }
    numbers
}

fn in_a_word(before: &str) -> bool {
    before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '第' | '/' | '#' | '_'))
}

fn stands_alone(before: &str, after: &str) -> bool {
    let word_before = before.trim_end().ends_with(|c: char| c.is_ascii_alphabetic());
    let ends =
        after.chars().next().is_none_or(|c| !(is_han(c) || c.is_ascii_alphanumeric() || "-_/#".contains(c)));
    let labelled = before.trim_end().trim_end_matches([':', ' ']).ends_with(['号', '码', '型']);
    ends && !word_before && !labelled
}

fn digits_len(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count().max(1)
}

/// What follows a measure word at the start of a text; the text itself when there is none.
pub(super) fn after_unit(text: &str) -> &str {
    measure::take(text.trim_start(), false).map_or(text, |(_, _, rest)| rest)
}

/// Whether what stands behind a quantity holds another one. A length, a price, a part (其中) describe the first.
pub(super) fn second_quantity(rest: &str, whole: Option<&Term<'_>>, manner: Manner) -> bool {
    let numbers = numbers(rest, manner);
    if numbers.bare {
        return true;
    }
    let counted: Vec<&Found<'_>> = numbers.quantities.iter().filter(|it| !describes(it)).collect();
    if let Some(whole) = whole.filter(|it| !it.word.is_empty()) {
        let parts = || counted.iter().filter(|it| it.term.word == whole.word).map(|it| it.term.value);
        let sum = parts().try_fold(Decimal::whole_number(0), Decimal::plus);
        // 2部，黑色1部白色1部: parts, and whether they add up is looked at elsewhere.
        if parts().count() == counted.len() && (counted.len() > 1 || sum == Some(whole.value)) {
            return false;
        }
    }
    !counted.is_empty()
}

/// Whether brackets name something that comes on top: （另有2部）.
pub(super) fn adds_another(inner: &str, manner: Manner) -> bool {
    const ON_TOP: &[&str] = &["另", "外加", "还有", "加送"];
    numbers(inner, manner).quantities.iter().any(|it| ON_TOP.iter().any(|word| it.before.contains(word)))
}

fn describes(found: &Found<'_>) -> bool {
    const LABELS: &[&str] = &[
        "长",
        "宽",
        "高",
        "厚",
        "深",
        "直径",
        "口径",
        "周长",
        "余额",
        "价值",
        "估价",
        "价",
        "值",
        "面值",
        "面额",
        "容量",
        "规格",
        "型号",
        "尺码",
        "排量",
        "尾号",
        "编号",
        "其中",
        "毛重",
        "皮重",
        "包装重",
        "包装",
    ];
    let label = found.before.trim_end_matches([' ', ':', '为', '约', '是', '共']);
    found.term.measure == Some(Measure::NotKept)
        || LABELS.iter().any(|it| label.ends_with(it))
        || label.contains("其中")
}
