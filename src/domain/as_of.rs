//! A moment of knowledge: the ledger as it was known after one entry (截至). What is asked for is an entry number or a
//! time of *recording*; when something happened is its actor's word and plays no part in it.

use crate::{
    clock::{Moment, Span},
    id::ItemId,
    ledger::{Body, Entry, Reception},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The ledger after one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AsOf {
    /// Entries up to this one are known; later ones are not.
    pub seq: u64,
    /// When that entry was recorded.
    pub recorded_at: Moment,
}

/// What somebody typed, understood but not looked up yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOfRequest {
    /// After this entry.
    Entry(u64),
    /// After the last entry recorded in or before this stretch of time: a day or a minute counts to its end.
    Recorded { from: Moment, until: Moment },
}

impl AsOfRequest {
    /// Reads `#1234`, `1234号`, `第1234号分录`, `2026-11-20`, `2026年11月20日 14:30`, `2026-11-20T14:30:05`, in either width
    /// of digits; times are China's. Refuses everything else, and entry 0, which there is not.
    pub fn read(text: &str) -> Option<AsOfRequest> {
        let text: String = text.trim().chars().map(plain).collect();
        entry(&text).map(AsOfRequest::Entry).or_else(|| time(&text))
    }
}

/// Half-width digits and signs for full-width ones.
fn plain(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        c => c,
    }
}

fn entry(text: &str) -> Option<u64> {
    let text = text.trim_start_matches(['#', '第', ' ']);
    let text = text.trim_end_matches("分录").trim_end_matches(['号', '條', '条', ' ']);
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|seq| digits && *seq > 0 && i64::try_from(*seq).is_ok())
}

/// A day, or a day with hours, minutes and perhaps seconds.
fn time(text: &str) -> Option<AsOfRequest> {
    let split = text.find('日').map(|at| at + '日'.len_utf8()).or_else(|| text.find(['T', ' ']));
    let (day, clock) = text.split_at(split.unwrap_or(text.len()));
    let midnight = Moment::of_day(day)?;
    let clock = clock.trim_start_matches(['T', ' ']).trim_end_matches(['分', '秒', ' ']);
    let stretch = |offset: i64, length: Span| {
        let from = midnight.plus(Span::seconds(offset));
        AsOfRequest::Recorded { from, until: Moment(from.plus(length).0.saturating_sub(1)) }
    };
    if clock.is_empty() {
        return Some(stretch(0, Span::days(1)));
    }
    let parts: Option<Vec<i64>> =
        clock.split([':', '时', '点', '分']).map(|part| two_digits(part.trim())).collect();
    match *parts?.as_slice() {
        [hour @ 0..24, minute @ 0..60] => Some(stretch(hour * 3600 + minute * 60, Span::minutes(1))),
        [hour @ 0..24, minute @ 0..60, second @ 0..60] => {
            Some(stretch(hour * 3600 + minute * 60 + second, Span::seconds(1)))
        }
        _ => None,
    }
}

fn two_digits(text: &str) -> Option<i64> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// What a receipt makes known of an item beyond its balances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiptFacts {
    pub label_code: Option<String>,
    pub label_copy: Option<i64>,
    pub seal: Option<String>,
    pub gross_mg: Option<i64>,
    pub received_at: Option<Moment>,
}

/// What these entries, in their order, made known of each item they received; the last receipt decides.
pub fn known<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> BTreeMap<ItemId, ReceiptFacts> {
    let mut items = BTreeMap::new();
    for entry in entries {
        let Body::Receive(receive) = &entry.draft.body else { continue };
        for line in &receive.lines {
            let Reception::Accepted { label, weighing, seal, .. } = &line.answer else { continue };
            let known = ReceiptFacts {
                label_code: Some(label.code.clone()),
                label_copy: Some(i64::from(label.copy)),
                seal: seal.clone(),
                gross_mg: weighing.as_ref().map(|it| it.gross_mg),
                received_at: Some(entry.draft.happened_at),
            };
            items.insert(line.item, known);
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_named_as_people_name_it() {
        for text in
            ["1234", "#1234", "# 1234", "1234号", "第1234号分录", "１２３４号", "＃１２３４", " 1234 条 "]
        {
            assert_eq!(AsOfRequest::read(text), Some(AsOfRequest::Entry(1234)), "{text}");
        }
        for text in ["", "0", "#", "-3", "12a", "99999999999999999999", "号", "1 2"] {
            assert_eq!(AsOfRequest::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_or_a_minute_counts_to_its_end_in_china() {
        let until = |text: &str| match AsOfRequest::read(text) {
            Some(AsOfRequest::Recorded { from, until }) => {
                assert!(from <= until, "{text}");
                Some(format!("{} {}", from.text_seconds(), until.text_seconds()))
            }
            _ => None,
        };
        let day = Some("2026-11-20 00:00:00 2026-11-20 23:59:59".to_owned());
        for text in ["2026-11-20", "2026.11.20", "2026年11月20日", "２０２６－１１－２０", "2026/11/20 "]
        {
            assert_eq!(until(text), day, "{text}");
        }
        let minute = Some("2026-11-20 14:30:00 2026-11-20 14:30:59".to_owned());
        for text in
            ["2026-11-20 14:30", "2026-11-20T14:30", "2026年11月20日14时30分", "2026年11月20日 14：30"]
        {
            assert_eq!(until(text), minute, "{text}");
        }
        assert_eq!(until("2026-11-20 14:30:05").as_deref(), Some("2026-11-20 14:30:05 2026-11-20 14:30:05"));
        for text in
            ["2026-13-01", "2026-11-20 24:00", "2026-11-20 14:60", "昨天", "2026-11-20 14", "2026-11-20 1e:3"]
        {
            assert_eq!(AsOfRequest::read(text), None, "{text}");
        }
    }
}
