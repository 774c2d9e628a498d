//! Sartorius' sixteen-character lines: sign, number, unit (Quintix manual p. 87, LE p. 52). The unit is printed only when
//! the weight is steady. With an identification of six characters before it: `N     +    12.34 g  `.

use super::{displayed, weight};
use hufu_wire::message::{Basis, Reading};

/// The unit a weight in motion is given: the line has none, so nobody can convert it.
const NO_UNIT: &str = "-";

/// Reads one line without its end. `None` for codes, errors and everything else that is no weight.
pub(super) fn parse(line: &str) -> Option<Reading> {
    let (id, line) = match line.len() {
        20 => line.split_at_checked(6)?,
        14 => ("", line),
        _ => return None,
    };
    let basis = match id.trim() {
        "" => None,
        "N" => Some(Basis::Net),
        "G" | "G#" => Some(Basis::Gross),
        "Stat" => None,
        _ => return None,
    };
    match line.trim() {
        "High" | "H" | "HH" => return Some(Reading::Overload),
        "Low" | "L" | "LL" => return Some(Reading::Underload),
        // Two while it settles, three while it calibrates.
        "--" | "---" => return Some(Reading::NotReady),
        _ => (),
    }
    let (number, unit) = (line.get(..10)?, line.get(11..)?.trim());
    let (sign, digits) = number.split_at_checked(1)?;
    let negative = match sign {
        "+" | " " => false,
        "-" => true,
        _ => return None,
    };
    // Digits that are not verified stand in brackets; they are digits all the same.
    let digits: String = digits.trim().chars().filter(|c| !matches!(c, '[' | ']')).collect();
    let stable = !unit.is_empty();
    weight(&displayed(negative, &digits), if stable { unit } else { NO_UNIT }, stable, basis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "it stands in a table of what may be nothing")]
    fn read(value: &str, unit: &str, milligrams: Option<i64>, basis: Option<Basis>) -> Option<Reading> {
        let (value, unit) = (value.to_owned(), unit.to_owned());
        Some(Reading::Weight { value, stable: unit != NO_UNIT, unit, milligrams, basis, tare: None })
    }

    #[test]
    fn lines_as_balances_write_them() {
        let table = [
            ("   111.255 g  ", read("111.255", "g", Some(111_255), None)),
            ("+   123.56 g  ", read("123.56", "g", Some(123_560), None)),
            ("-     0.10 kg ", read("-0.10", "kg", Some(-100_000), None)),
            ("+  123.5[6 g  ", read("123.56", "g", Some(123_560), None)),
            ("+   123.56    ", read("123.56", NO_UNIT, None, None)),
            ("N     +   123.56 g  ", read("123.56", "g", Some(123_560), Some(Basis::Net))),
            ("+      253 pcs", read("253", "pcs", None, None)),
            ("      High    ", Some(Reading::Overload)),
            ("      Low     ", Some(Reading::Underload)),
            ("      --      ", Some(Reading::NotReady)),
            ("       ---    ", Some(Reading::NotReady)),
            ("+   123,56 g  ", read("123.56", "g", Some(123_560), None)),
            ("Stat        H       ", Some(Reading::Overload)),
            ("   Err 54     ", None),
            ("T2    +   123.56 g  ", None),
            ("S S 12.35 g", None),
            ("", None),
        ];
        for (line, expected) in table {
            assert_eq!(parse(line), expected, "{line:?}");
        }
    }
}
