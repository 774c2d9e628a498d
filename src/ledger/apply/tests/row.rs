//! One row of a table: `who: verb words… | answer`. Words with `*` are lines (`X1*10@from>to`), words that end in `+`, `~`
//! or `-` are answers to offered lines, words with `=` replace what a proper entry would say, the rest are names.

use crate::ledger::{DutyAccount, Outcome, Party, StockAccount};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) struct Row<'a> {
    pub(super) who: &'a str,
    pub(super) verb: &'a str,
    pub(super) names: Vec<&'a str>,
    pub(super) lines: Vec<Line<'a>>,
    pub(super) answers: Vec<(&'a str, char)>,
    pub(super) options: BTreeMap<&'a str, &'a str>,
    pub(super) answer: &'a str,
}

/// `X1*10@s1>s2`: ten of X1, from s1 to s2.
pub(super) struct Line<'a> {
    pub(super) item: &'a str,
    pub(super) quantity: i64,
    pub(super) from: &'a str,
    pub(super) to: &'a str,
}

impl<'a> Row<'a> {
    pub(super) fn read(text: &'a str) -> Row<'a> {
        let (entry, answer) = text.split_once('|').unwrap_or((text, "ok"));
        let (who, words) = entry.split_once(": ").unwrap_or(("nobody", entry));
        let mut words = words.split_whitespace();
        let verb = words.next().unwrap_or_default();
        let (names, lines, answers, options) = Default::default();
        let mut row = Row { who: who.trim(), verb, names, lines, answers, options, answer: answer.trim() };
        for word in words {
            if let Some((key, value)) = word.split_once('=') {
                row.options.insert(key, value);
            } else if word.contains('*') {
                row.lines.push(Line::read(word));
            } else if let Some(item) = word.strip_suffix(['+', '~', '-']) {
                row.answers.push((item, word.chars().last().unwrap()));
            } else {
                row.names.push(word);
            }
        }
        if let Some(quantity) = row.options.get("q") {
            row.lines[0].quantity = quantity.parse().unwrap();
        }
        if let Some(who) = row.options.get("who") {
            row.who = who;
        }
        if row.options.contains_key("lines") {
            row.lines.truncate(usize::from(verb == "split"));
            row.answers.clear();
        }
        row
    }

    /// The name at this place; `as=` replaces the first.
    pub(super) fn name(&self, at: usize) -> &'a str {
        if let (0, Some(name)) = (at, self.options.get("as")) {
            return name;
        }
        self.names.get(at).unwrap_or_else(|| panic!("{}: name {at} is missing", self.verb))
    }

    pub(super) fn option(&self, key: &str, proper: &'a str) -> &'a str {
        self.options.get(key).copied().unwrap_or(proper)
    }

    pub(super) fn number(&self, key: &str, proper: i64) -> i64 {
        self.options.get(key).map_or(proper, |text| text.parse().unwrap())
    }

    /// The number of this line's item: its own name, or the row's `number=` for this line, or for all.
    pub(super) fn item_number(&self, at: usize, item: &str) -> String {
        let Some(numbers) = self.options.get("number") else { return item.to_owned() };
        numbers.split(',').nth(at).or(numbers.split(',').next_back()).unwrap_or_default().to_owned()
    }

    /// The same under a key that is put together.
    pub(super) fn list_of(&self, key: &str) -> Vec<&'a str> {
        let text = self.options.get(key).copied().unwrap_or_default();
        text.split(',').filter(|part| !part.is_empty()).collect()
    }

    /// A list of names: `diff=D1,D2`.
    pub(super) fn list(&self, key: &str) -> Vec<&'a str> {
        self.option(key, "").split(',').filter(|name| !name.is_empty()).collect()
    }
}

impl<'a> Line<'a> {
    fn read(word: &'a str) -> Line<'a> {
        let (item, rest) = word.split_once('*').unwrap();
        let (rest, to) = rest.split_once('>').unwrap_or((rest, "nowhere"));
        let (quantity, from) = rest.split_once('@').unwrap_or((rest, "nowhere"));
        Line { item, quantity: quantity.parse().unwrap(), from, to }
    }
}

/// The id that a name stands for: its own bytes.
pub(super) fn id<T: From<Uuid>>(name: &str) -> T {
    T::from(Uuid::from_u128(name.bytes().fold(0, |number, byte| (number << 8) | u128::from(byte))))
}

/// `A/a`: unit A, for its case a.
pub(super) fn party(text: &str) -> Party {
    let (unit, case) = text.split_once('/').unwrap_or((text, ""));
    Party { unit: id(unit), case: id(case) }
}

/// `s1` is a slot; the others are written `owed:A`, `loan:li`, `sold`, `lost` …
pub(super) fn stock_account(text: &str) -> StockAccount {
    match text.split_once(':').unwrap_or((text, "")) {
        ("owed", unit) => StockAccount::Owed(id(unit)),
        ("loan", person) => StockAccount::OnLoan(id(person)),
        ("transit", store) => StockAccount::InTransit(id(store)),
        ("bank", store) => StockAccount::Bank(id(store)),
        ("origin", _) => StockAccount::Origin,
        ("converted", _) => StockAccount::Converted,
        ("in_place", _) => StockAccount::NotHeld,
        ("consumed", _) => StockAccount::Consumed,
        ("disputed", _) => StockAccount::Disputed,
        ("lost", _) => StockAccount::DeclaredLoss,
        ("sold", _) => StockAccount::Disposed(Outcome::Sold),
        (slot, _) => StockAccount::Slot(id(slot)),
    }
}

/// `A/a`, `none` or `closed`; nothing when the text speaks of a stock account.
pub(super) fn duty_account(text: &str) -> Option<DutyAccount> {
    match text {
        "none" => Some(DutyAccount::None),
        "closed" => Some(DutyAccount::Closed),
        _ => text.contains('/').then(|| DutyAccount::Party(party(text))),
    }
}
