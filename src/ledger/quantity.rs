//! Whole numbers with a unit. Nothing in the ledger is ever a fraction: a gram is a thousand milligrams, a yuan a
//! hundred fen.

use super::RefusalReason;
use crate::width::half_width;
use hufu_wire::amount;
use serde::{Deserialize, Serialize};

pub use hufu_wire::amount::QUANTITY_MAX;

/// From here on a weight is written in kilograms ([`amount::milligrams`]).
const KILOGRAM: i64 = 1_000_000;

/// What a quantity counts. An item keeps its measure for life.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "unit", content = "currency")]
pub enum Measure {
    /// Single things.
    #[serde(rename = "piece")]
    Piece,
    /// Milligrams.
    #[serde(rename = "mg")]
    Milligram,
    /// Microlitres.
    #[serde(rename = "ul")]
    Microlitre,
    /// The smallest unit of a currency (fen for CNY), by its ISO 4217 code.
    #[serde(rename = "minor")]
    Minor(Currency),
}

/// An ISO 4217 code: three capital letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(String);

impl Currency {
    /// Refuses anything but three capital letters.
    pub fn new(code: &str) -> Option<Currency> {
        amount::is_currency(code).then(|| Currency(code.to_owned()))
    }

    pub fn code(&self) -> &str {
        &self.0
    }

    /// Whether an amount of it may end so: with nothing, its code in lower case, or 元 where that is its name.
    fn is_written(&self, unit: &str) -> bool {
        unit.is_empty() || unit == self.0.to_lowercase() || (unit == "元" && self.0 == "CNY")
    }

    /// How many decimals the currency writes (ISO 4217): two, unless it is one of the few.
    pub fn decimals(&self) -> u32 {
        amount::decimals(&self.0)
    }
}

impl TryFrom<String> for Currency {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Currency, &'static str> {
        Currency::new(&code).ok_or("a currency is three capital letters (ISO 4217)")
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.0
    }
}

impl Measure {
    /// The word the database and the import use: `piece`, `mg`, `ul` or `minor`.
    pub fn word(&self) -> &'static str {
        match self {
            Measure::Piece => "piece",
            Measure::Milligram => "mg",
            Measure::Microlitre => "ul",
            Measure::Minor(_) => "minor",
        }
    }

    pub fn currency(&self) -> Option<&Currency> {
        match self {
            Measure::Minor(currency) => Some(currency),
            _ => None,
        }
    }

    /// Reads the word back. Refuses an unknown word and money without a currency.
    pub fn from_word(word: &str, currency: Option<&str>) -> Option<Measure> {
        match (word, currency) {
            ("piece", _) => Some(Measure::Piece),
            ("mg", _) => Some(Measure::Milligram),
            ("ul", _) => Some(Measure::Microlitre),
            ("minor", Some(code)) => Currency::new(code).map(Measure::Minor),
            _ => None,
        }
    }

    /// Reads a quantity as people write it: `12.35` (grams), `29.5千克`, `１２，０００` (yuan), `2 部`. Refuses what is no such quantity,
    /// has more decimals than the measure, or is larger than [`QUANTITY_MAX`].
    pub fn read(&self, text: &str) -> Option<i64> {
        let (figure, decimals) = self.figure(text)?;
        let (whole, part) = figure.split_once('.').unwrap_or((&figure, ""));
        let digits = whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit()) && !whole.is_empty();
        if !digits || part.len() > decimals {
            return None;
        }
        format!("{whole}{part:0<decimals$}").parse().ok().filter(|quantity| *quantity <= QUANTITY_MAX)
    }

    /// The same beside a quantity that is shown: a weight of a kilogram and more is shown in kilograms, and 30 could be either, so
    /// it is typed with its unit.
    pub fn read_beside(&self, shown: i64, text: &str) -> Option<i64> {
        let bare = text.trim().ends_with(|c: char| half_width(c).is_ascii_digit());
        let either = *self == Measure::Milligram && shown >= KILOGRAM && bare;
        self.read(text).filter(|_| !either)
    }

    /// The figure without its unit, and how many decimals it may have in that unit.
    fn figure(&self, text: &str) -> Option<(String, usize)> {
        let plain: String = text.chars().map(typed).filter(|c| !matches!(c, ',' | ' ')).collect();
        let end = plain.rfind(|c: char| c.is_ascii_digit()).map_or(0, |at| at + 1);
        let (figure, unit) = plain.split_at_checked(end)?;
        let decimals = match (self, unit.to_lowercase().as_str()) {
            (Measure::Piece, unit) if !unit.contains(['.', '-']) => 0,
            (Measure::Milligram, "" | "克" | "g") | (Measure::Microlitre, "" | "毫升" | "ml") => 3,
            (Measure::Milligram, "千克" | "公斤" | "kg") | (Measure::Microlitre, "升" | "l") => 6,
            (Measure::Minor(currency), unit) if currency.is_written(unit) => currency.decimals() as usize,
            _ => return None,
        };
        Some((figure.to_owned(), decimals))
    }

    /// A quantity as people write it: `12.35 克`, `12,000.00 元`, `2 部`. `counted_as` is the list's own word.
    pub fn text(&self, quantity: i64, counted_as: Option<&str>) -> String {
        match self {
            Measure::Piece => amount::pieces(quantity, counted_as),
            Measure::Milligram => amount::milligrams(quantity),
            Measure::Microlitre => amount::microlitres(quantity),
            Measure::Minor(currency) => amount::money(quantity, currency.code()),
        }
    }
}

/// A character as it was meant: an input method leaves full width and its own full stop.
fn typed(c: char) -> char {
    match c {
        '。' => '.',
        c if c.is_whitespace() => ' ',
        c => half_width(c),
    }
}

/// Refuses zero, negative and too large quantities.
pub(super) fn check_quantity(quantity: i64) -> Result<(), RefusalReason> {
    match quantity {
        ..=0 => Err(RefusalReason::QuantityNotPositive),
        1..=QUANTITY_MAX => Ok(()),
        _ => Err(RefusalReason::QuantityTooLarge),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_as_people_write_them() {
        let cny = Measure::from_word("minor", Some("CNY")).unwrap();
        let jpy = Measure::from_word("minor", Some("JPY")).unwrap();
        for (measure, quantity, counted_as, text) in [
            (&Measure::Piece, 2, Some("部"), "2 部"),
            (&Measure::Piece, 1_000, None, "1,000 件"),
            (&Measure::Milligram, 12_350, Some("克"), "12.35 克"),
            (&Measure::Milligram, 100_000, None, "100 克"),
            (&Measure::Milligram, 999_999, None, "999.999 克"),
            (&Measure::Milligram, 1_500_000, None, "1.5 千克"),
            (&Measure::Milligram, 1_234_567_001, None, "1,234.567001 千克"),
            (&Measure::Microlitre, 500_000, None, "500 毫升"),
            (&cny, 1_200_000, None, "12,000.00 元"),
            (&jpy, 5_000, None, "5,000 JPY"),
        ] {
            assert_eq!(measure.text(quantity, counted_as), text);
        }
        for (measure, text, quantity) in [
            (&Measure::Piece, "1,000", Some(1_000)),
            (&Measure::Piece, "1.5", None),
            (&Measure::Milligram, "１２．３５", Some(12_350)),
            (&Measure::Milligram, "12.3456", None),
            (&cny, "12,000", Some(1_200_000)),
            (&jpy, "5000", Some(5_000)),
            (&cny, "-1", None),
            (&cny, ".5", None),
            (&cny, "99999999999999999999", None),
            (&Measure::Piece, " 2 ", Some(2)),
            (&Measure::Piece, "2 部", Some(2)),
            (&Measure::Piece, "部", None),
            (&Measure::Piece, "0", Some(0)),
            (&Measure::Piece, "", None),
            (&Measure::Piece, "9007199254740992", None),
            (&Measure::Milligram, "12。35 克", Some(12_350)),
            (&Measure::Milligram, "29.5千克", Some(29_500_000)),
            (&Measure::Milligram, "29.5 KG", Some(29_500_000)),
            (&Measure::Milligram, "0.0000001 kg", None),
            (&Measure::Milligram, "30 斤", None),
            (&Measure::Microlitre, "1.5升", Some(1_500_000)),
            (&cny, "12,000.00 元", Some(1_200_000)),
            (&cny, "12,000 USD", None),
            (&jpy, "5,000 JPY", Some(5_000)),
        ] {
            assert_eq!(measure.read(text), quantity, "{text}");
        }
        for (shown, text, quantity) in [
            (30_000_000, "30", None),
            (30_000_000, "30千克", Some(30_000_000)),
            (30_000_000, "29500克", Some(29_500_000)),
            (999_000, "30", Some(30_000)),
        ] {
            assert_eq!(Measure::Milligram.read_beside(shown, text), quantity, "{text} beside {shown}");
        }
        assert_eq!(Measure::Piece.read_beside(2_000_000, "30"), Some(30));
        assert_eq!(Measure::from_word("minor", None), None);
        assert_eq!(Measure::from_word("kg", None), None);
    }
}
