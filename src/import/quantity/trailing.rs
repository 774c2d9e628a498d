//! A quantity at the end of running text.

use super::PHRASE_MOST;
use super::phrase;
use super::size::stores_data;
use super::term::Manner;

/// A quantity at the end of running text (`手机2部`): what stands before it, and the quantity's own text.
pub(in crate::import) fn trailing(text: &str, money: bool) -> Option<(&str, &str)> {
    trailing_in(text, Manner { money, sized: stores_data(text) })
}

pub(super) fn trailing_in(text: &str, manner: Manner) -> Option<(&str, &str)> {
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
        let phrase = phrase::read(tail, manner);
        let measured = phrase.terms.iter().all(|it| it.measure.is_some()) && !phrase.terms.is_empty();
        if measured && phrase.refused.is_none() && phrase.rest.trim().is_empty() {
            return Some((without_label(head.trim_end_matches([' ', ',', ':', '共', '计', '×', '*'])), tail));
        }
    }
    None
}

/// 项链 重 | 12克: the label of a weight behind a gap is no part of the name.
fn without_label(head: &str) -> &str {
    const LABELS: &[&str] = &["净重", "总重", "重量", "重"];
    let cut = LABELS.iter().find_map(|it| head.strip_suffix(it));
    let gap = |it: &&str| it.ends_with([' ', ',', ';', '(', '。']);
    cut.filter(gap).map_or(head, |it| it.trim_end_matches([' ', ',', ';', '(', '。']))
}

pub(super) fn begins_numeral(c: char) -> bool {
    "一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾".contains(c)
}
