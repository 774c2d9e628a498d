//! Whole numbers with a unit. Nothing in the ledger is ever a fraction: a gram is a thousand milligrams, a yuan a
//! hundred fen.

use super::RefusalReason;
use hufu_wire::amount;
use serde::{Deserialize, Serialize};

pub use hufu_wire::amount::QUANTITY_MAX;

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

    /// Reads a figure as people write it for this measure (`12.35` of grams, `12,000` of yuan) into the smallest unit.
    /// Refuses anything else, and more decimals than the measure has.
    pub fn read(&self, text: &str) -> Option<i64> {
        let decimals = match self {
            Measure::Piece => 0,
            Measure::Milligram | Measure::Microlitre => 3,
            Measure::Minor(currency) => currency.decimals(),
        };
        let plain = |c: char| match c {
            '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')),
            '．' => Some('.'),
            ',' | '，' | ' ' => None,
            c => Some(c),
        };
        let text: String = text.trim().chars().filter_map(plain).collect();
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let digits = whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit()) && !whole.is_empty();
        let width = decimals as usize;
        if !digits || part.len() > width {
            return None;
        }
        format!("{whole}{part:0<width$}").parse().ok().filter(|quantity| *quantity <= QUANTITY_MAX)
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
            (&Measure::Milligram, 1_500_000, None, "1,500 克"),
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
        ] {
            assert_eq!(measure.read(text), quantity, "{text}");
        }
        assert_eq!(Measure::from_word("minor", None), None);
        assert_eq!(Measure::from_word("kg", None), None);
    }
}
