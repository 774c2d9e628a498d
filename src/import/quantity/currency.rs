//! Currencies (ISO 4217) by the names and signs people write.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A currency of ISO 4217 and how many decimal digits its smallest unit has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::import) struct Currency {
    pub(in crate::import) code: &'static str,
    pub(super) digits: u32,
}

impl Currency {
    /// Whether its amounts are written with `$`.
    pub(super) fn is_dollar(self) -> bool {
        matches!(self.code, "USD" | "HKD" | "TWD" | "SGD" | "CAD" | "AUD" | "NZD" | "MOP")
    }
}

/// Whether a text says which currency is meant by `$` alone.
pub(super) fn dollar_sign_only(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains('$') && !["usd", "us$", "hk$", "nt$", "s$", "美"].iter().any(|it| lower.contains(it))
}

/// The yuan, what 元 means when nothing else is said.
pub(super) const YUAN: Currency = Currency { code: "CNY", digits: 2 };

/// Written names of currencies, with the ISO code and its number of decimal digits.
const CURRENCIES: &[(&str, &str, u32)] = &[
    ("人民币", "CNY", 2),
    ("rmb", "CNY", 2),
    ("cny", "CNY", 2),
    ("¥", "CNY", 2),
    ("美元", "USD", 2),
    ("美金", "USD", 2),
    ("美刀", "USD", 2),
    ("usd", "USD", 2),
    ("us$", "USD", 2),
    ("us dollar", "USD", 2),
    ("us dollars", "USD", 2),
    ("us currency", "USD", 2),
    ("uscurrency", "USD", 2),
    ("usdollar", "USD", 2),
    ("usdollars", "USD", 2),
    ("u.s.currency", "USD", 2),
    ("$", "USD", 2),
    ("港币", "HKD", 2),
    ("港元", "HKD", 2),
    ("港纸", "HKD", 2),
    ("hkd", "HKD", 2),
    ("hk$", "HKD", 2),
    ("hong kong dollar", "HKD", 2),
    ("hong kong dollars", "HKD", 2),
    ("hongkongdollar", "HKD", 2),
    ("hongkongdollars", "HKD", 2),
    ("港钞", "HKD", 2),
    ("欧元", "EUR", 2),
    ("eur", "EUR", 2),
    ("€", "EUR", 2),
    ("euro", "EUR", 2),
    ("euros", "EUR", 2),
    ("日元", "JPY", 0),
    ("日圆", "JPY", 0),
    ("日币", "JPY", 0),
    ("円", "JPY", 0),
    ("jpy", "JPY", 0),
    ("英镑", "GBP", 2),
    ("gbp", "GBP", 2),
    ("pounds sterling", "GBP", 2),
    ("poundssterling", "GBP", 2),
    ("£", "GBP", 2),
    ("韩元", "KRW", 0),
    ("韩币", "KRW", 0),
    ("韩圆", "KRW", 0),
    ("krw", "KRW", 0),
    ("₩", "KRW", 0),
    ("澳门元", "MOP", 2),
    ("澳门币", "MOP", 2),
    ("葡币", "MOP", 2),
    ("mop", "MOP", 2),
    ("新台币", "TWD", 2),
    ("台币", "TWD", 2),
    ("twd", "TWD", 2),
    ("nt$", "TWD", 2),
    ("卢布", "RUB", 2),
    ("rub", "RUB", 2),
    ("₽", "RUB", 2),
    ("新加坡元", "SGD", 2),
    ("新加坡币", "SGD", 2),
    ("新币", "SGD", 2),
    ("sgd", "SGD", 2),
    ("s$", "SGD", 2),
    ("加拿大元", "CAD", 2),
    ("加元", "CAD", 2),
    ("cad", "CAD", 2),
    ("澳大利亚元", "AUD", 2),
    ("澳元", "AUD", 2),
    ("澳币", "AUD", 2),
    ("aud", "AUD", 2),
    ("新西兰元", "NZD", 2),
    ("nzd", "NZD", 2),
    ("瑞士法郎", "CHF", 2),
    ("chf", "CHF", 2),
    ("泰铢", "THB", 2),
    ("thb", "THB", 2),
    ("越南盾", "VND", 0),
    ("vnd", "VND", 0),
    ("缅元", "MMK", 2),
    ("缅币", "MMK", 2),
    ("mmk", "MMK", 2),
    ("基普", "LAK", 2),
    ("lak", "LAK", 2),
    ("瑞尔", "KHR", 2),
    ("khr", "KHR", 2),
    ("菲律宾比索", "PHP", 2),
    ("php", "PHP", 2),
    ("林吉特", "MYR", 2),
    ("令吉", "MYR", 2),
    ("马币", "MYR", 2),
    ("myr", "MYR", 2),
    ("印尼盾", "IDR", 2),
    ("印尼卢比", "IDR", 2),
    ("idr", "IDR", 2),
    ("印度卢比", "INR", 2),
    ("inr", "INR", 2),
    ("巴基斯坦卢比", "PKR", 2),
    ("pkr", "PKR", 2),
    ("迪拉姆", "AED", 2),
    ("aed", "AED", 2),
    ("图格里克", "MNT", 2),
    ("mnt", "MNT", 2),
    ("坚戈", "KZT", 2),
    ("kzt", "KZT", 2),
    ("土耳其里拉", "TRY", 2),
];

/// Every name with its currency.
pub(super) fn names() -> impl Iterator<Item = (&'static str, Currency)> {
    CURRENCIES.iter().map(|(word, code, digits)| (*word, Currency { code, digits: *digits }))
}

/// The names by their first character, longest first.
static BY_FIRST: LazyLock<HashMap<char, Vec<(&'static str, Currency)>>> = LazyLock::new(|| {
    let mut table: HashMap<char, Vec<(&'static str, Currency)>> = HashMap::new();
    for (word, currency) in names() {
        table.entry(word.chars().next().unwrap_or(' ')).or_default().push((word, currency));
    }
    for words in table.values_mut() {
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    }
    table
});

/// The currency of an ISO code.
pub(super) fn by_code(code: &str) -> Option<Currency> {
    names().map(|(_, currency)| currency).find(|it| it.code == code)
}

/// The one currency that a text names, if it names one; `Err` when it names several.
pub(in crate::import) fn named_in(text: &str) -> Result<Option<Currency>, ()> {
    let lower = text.to_ascii_lowercase();
    let mut found: Option<Currency> = None;
    let mut at = 0;
    while let Some(rest) = lower.get(at..).filter(|it| !it.is_empty()) {
        let before = lower.get(..at).and_then(|it| it.chars().last());
        match currency_at(rest, before) {
            Some((currency, _)) if found.is_some_and(|it| it != currency) => return Err(()),
            Some((currency, len)) => (found, at) = (Some(currency), at + len),
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    Ok(found)
}

fn currency_at(lower: &str, before: Option<char>) -> Option<(Currency, usize)> {
    let inside_word = before.is_some_and(|c| c.is_ascii_alphanumeric())
        && lower.starts_with(|c: char| c.is_ascii_alphabetic());
    let words = BY_FIRST.get(&lower.chars().next().filter(|_| !inside_word)?)?;
    let (word, currency) = words.iter().find(|(word, _)| lower.starts_with(word))?;
    Some((*currency, word.len()))
}

/// A currency's name or sign at the start of folded text, and what follows it.
pub(super) fn take(text: &str) -> Option<(Currency, &str)> {
    let lower = text.chars().take(8).collect::<String>().to_ascii_lowercase();
    let (currency, len) = currency_at(&lower, None)?;
    Some((currency, text.get(len..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_found_once() {
        assert_eq!(named_in("500元(港币)").unwrap().unwrap().code, "HKD");
        assert_eq!(named_in("HK$500").unwrap().unwrap().code, "HKD");
        assert_eq!(named_in("500 usd").unwrap().unwrap().code, "USD");
        assert_eq!(named_in("500元"), Ok(None));
        assert_eq!(named_in("美元及欧元"), Err(()));
        assert_eq!(named_in("autocad 2020"), Ok(None), "letters inside a word are no currency");
    }
}
