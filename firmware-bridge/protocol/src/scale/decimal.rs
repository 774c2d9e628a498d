//! A weight as the scale wrote it, in whole milligrams, without passing through binary fractions.

/// "12.35" with "g" is 12 350. `None` for a unit that is not mg, g, kg or t, for a value that is not a decimal number, and
/// for one finer than a milligram: it keeps its text and loses nothing.
pub fn milligrams(value: &str, unit: &str) -> Option<i64> {
    let places = match unit {
        "mg" => 0,
        "g" => 3,
        "kg" => 6,
        "t" => 9,
        _ => return None,
    };
    let (negative, digits) = match value.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, value.strip_prefix('+').unwrap_or(value)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = whole.bytes().chain(fraction.bytes()).all(|c| c.is_ascii_digit());
    if !all_digits || whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > places {
        return None;
    }
    let magnitude: i64 = format!("0{whole}{fraction:0<places$}").parse().ok()?;
    Some(if negative { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::milligrams;
    use proptest::prelude::*;

    #[test]
    fn weights_as_scales_write_them() {
        let table = [
            ("12.35", "g", Some(12_350)),
            ("+0012.340", "kg", Some(12_340_000)),
            ("-0.10", "g", Some(-100)),
            ("100", "g", Some(100_000)),
            (".5", "g", Some(500)),
            ("7.", "mg", Some(7)),
            ("0.0000", "g", Some(0)),
            ("0.1", "mg", None),
            ("1.2345", "g", None),
            ("1.23400", "g", Some(1_234)),
            ("9223372036854775807", "kg", None),
            ("12.35", "ct", None),
            ("12.35", "G", None),
            ("1e3", "g", None),
            ("--1", "g", None),
            ("", "g", None),
            (".", "g", None),
            ("1２", "g", None),
        ];
        for (value, unit, expected) in table {
            assert_eq!(milligrams(value, unit), expected, "{value} {unit}");
        }
    }

    proptest! {
        #[test]
        fn a_written_weight_is_read_exactly(mg in -1_000_000_000_000i64..1_000_000_000_000) {
            let sign = if mg < 0 { "-" } else { "" };
            let written = format!("{sign}{}.{:03}", mg.abs() / 1000, mg.abs() % 1000);
            prop_assert_eq!(milligrams(&written, "g"), Some(mg));
        }
    }
}
