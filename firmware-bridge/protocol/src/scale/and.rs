//! A&D standard format, which most indicators made in China send as well: `ST,GS,+0012.34kg` (AD-4404 manual p. 82), balances
//! without the second header: `ST,+00001234.5  g` (EK-L manual p. 28).

use super::{displayed, weight};
use hufu_wire::message::{Basis, Reading};

/// Reads one line. First header: ST steady, US not, OL (or LO) out of range, QT a steady count. Second: GS gross, NT net;
/// TR, PT, TW, TN are not what lies on the pan.
pub(super) fn parse(line: &str) -> Option<Reading> {
    let (header, rest) = line.split_once(',')?;
    let (basis, data) = match rest.split_once(',') {
        Some(("GS" | "G ", data)) => (Some(Basis::Gross), data),
        Some(("NT" | "N ", data)) => (Some(Basis::Net), data),
        Some(("OK" | "LO" | "HI" | "--", data)) => (None, data),
        // No second header: the comma is the number's own.
        Some((number, _)) if number.starts_with(['+', '-', ' ']) => (None, rest),
        Some(_) => return None,
        None => (None, rest),
    };
    let stable = match header {
        "ST" | "QT" => true,
        "US" => false,
        "OL" | "LO" => {
            let under = data.trim_start().starts_with('-');
            return Some(if under { Reading::Underload } else { Reading::Overload });
        }
        _ => return None,
    };
    let data = data.trim();
    let unit =
        data.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ',' | ' '));
    let number = data.get(..data.len() - unit.len())?.trim_end();
    let (negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    weight(&displayed(negative, digits.trim_start()), unit, stable, basis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "it stands in a table of what may be nothing")]
    fn read(
        value: &str,
        unit: &str,
        milligrams: Option<i64>,
        stable: bool,
        basis: Option<Basis>,
    ) -> Option<Reading> {
        Some(Reading::Weight {
            value: value.to_owned(),
            unit: unit.to_owned(),
            milligrams,
            stable,
            basis,
            tare: None,
        })
    }

    #[test]
    fn lines_as_indicators_write_them() {
        let (gross, net) = (Some(Basis::Gross), Some(Basis::Net));
        let table = [
            ("ST,NT,+0012.34kg", read("12.34", "kg", Some(12_340_000), true, net)),
            ("US,GS,+0012.31kg", read("12.31", "kg", Some(12_310_000), false, gross)),
            ("ST,GS,  18.000kg", read("18.000", "kg", Some(18_000_000), true, gross)),
            ("US,NT,-  0.200kg", read("-0.200", "kg", Some(-200_000), false, net)),
            ("ST,+00001234.5  g", read("1234.5", "g", Some(1_234_500), true, None)),
            ("ST,OK,+0001.234 kg", read("1.234", "kg", Some(1_234_000), true, None)),
            ("ST,+00000000.0  g", read("0.0", "g", Some(0), true, None)),
            ("QT,+00012345 PC", read("12345", "PC", None, true, None)),
            ("OL,+999999.9  g", Some(Reading::Overload)),
            ("OL,GS,+       kg", Some(Reading::Overload)),
            ("OL,-99999999 PC", Some(Reading::Underload)),
            ("LO,GS,        kg", Some(Reading::Overload)),
            ("ST,GS,+  1,234kg", read("1.234", "kg", Some(1_234_000), true, gross)),
            ("ST,+00001234,5  g", read("1234.5", "g", Some(1_234_500), true, None)),
            ("ST,GS,+1,234.5kg", None),
            ("HD,GS,+0012.34kg", None),
            ("ST,GS,+0001.50jin", read("1.50", "jin", None, true, gross)),
            ("ST,GS,+0027.21lb", read("27.21", "lb", None, true, gross)),
            ("ST,TR,+0001.00kg", None),
            ("ST,GS,        kg", None),
            ("ST,GS,+0012.34", None),
            ("ST,GS,+00x2.34kg", None),
            ("T,GS,+0012.34kg", None),
            ("", None),
        ];
        for (line, expected) in table {
            assert_eq!(parse(line), expected, "{line:?}");
        }
    }
}
