//! MT-SICS level 0 and 1, the command set of Mettler Toledo scales and of many that imitate it: upper-case commands and
//! one-line answers, CR LF at the end of each.
//!
//! The weight of `S` and `SI` is what the display shows; the command set does not say whether a tare is taken off. `TA` tells
//! the tare, `I4` the serial number.
//!
//! A balance answers `SI` with the identifier `S`; some imitations answer `SI S …` and `TI S …`. Both are read.

use super::weight;
use hufu_wire::message::Reading;

/// What the station may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// The weight when it is stable (the scale waits for it).
    Stable,
    /// The weight now, stable or not.
    Now,
    /// Set to zero.
    Zero,
    /// Tare when stable.
    Tare,
    /// The tare that is set.
    TareWeight,
    /// The serial number.
    SerialNumber,
}

impl Command {
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Command::Stable => b"S\r\n",
            Command::Now => b"SI\r\n",
            Command::Zero => b"Z\r\n",
            Command::Tare => b"T\r\n",
            Command::TareWeight => b"TA\r\n",
            Command::SerialNumber => b"I4\r\n",
        }
    }
}

/// What the scale said.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Weight(Reading),
    /// The scale was set to zero (`Z A`), or the tare was taken, with the tare weight.
    Zeroed,
    Tared(Reading),
    /// `TA A`: the tare that is set, as the scale wrote it; `None` when nothing is taken off.
    TareIs(Option<String>),
    /// `I4 A "…"`: the serial number.
    SerialNumber(String),
    /// Zeroing or taring was not possible: in motion, or out of range.
    Refused,
    /// `ES`, `ET`, `EL`: the scale did not understand; what it said.
    Error(String),
}

/// Reads one line. `None` for a line that is no answer of this command set: noise, or half a line after an unplugging.
pub fn parse(line: &str) -> Option<Answer> {
    let mut words = line.split_ascii_whitespace();
    let id = words.next()?;
    let rest: Vec<&str> = words.collect();
    if let ("S" | "SI", [stability @ ("S" | "D"), shown @ ..]) = (id, rest.as_slice()) {
        let (value, unit) = value_and_unit(shown)?;
        return weight(&value, unit, *stability == "S", None).map(Answer::Weight);
    }
    match (id, rest.as_slice()) {
        ("ES" | "ET" | "EL", _) => Some(Answer::Error(line.trim().to_owned())),
        ("S" | "SI", ["I"]) => Some(Answer::Weight(Reading::NotReady)),
        ("S" | "SI", ["+"]) => Some(Answer::Weight(Reading::Overload)),
        ("S" | "SI", ["-"]) => Some(Answer::Weight(Reading::Underload)),
        ("Z" | "ZI", ["A" | "S" | "D"]) => Some(Answer::Zeroed),
        ("T" | "TI", [stability @ ("S" | "D"), value, unit]) => {
            weight(value, unit, *stability == "S", None).map(Answer::Tared)
        }
        ("TA", ["A", value, unit]) => weight(value, unit, true, None).map(|_| {
            let is_set = value.bytes().any(|c| (b'1'..=b'9').contains(&c));
            Answer::TareIs(is_set.then(|| (*value).to_owned()))
        }),
        ("I4", ["A", rest @ ..]) => Some(Answer::SerialNumber(rest.join(" ").trim_matches('"').to_owned())),
        ("Z" | "ZI" | "T" | "TI", ["I" | "+" | "-"]) => Some(Answer::Refused),
        _ => None,
    }
}

/// `12.35 g`; imitations leave out the blank before the unit (`12.35g`) or put one behind the sign (`- 0.10 g`).
fn value_and_unit<'a>(shown: &[&'a str]) -> Option<(String, &'a str)> {
    let (sign, shown) = match shown {
        [sign @ ("+" | "-"), rest @ ..]
            if rest.first().is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit())) =>
        {
            (*sign, rest)
        }
        shown => ("", shown),
    };
    let (value, unit) = match shown {
        [value, unit] => (*value, *unit),
        [joined] => joined.split_at_checked(joined.find(|c: char| c.is_ascii_alphabetic())?)?,
        _ => return None,
    };
    Some((format!("{sign}{value}"), unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::{Decoder, Protocol};
    use proptest::prelude::*;

    fn grams(value: &str, milligrams: i64, stable: bool) -> Reading {
        Reading::Weight {
            value: value.to_owned(),
            unit: "g".to_owned(),
            milligrams: Some(milligrams),
            stable,
            basis: None,
            tare: None,
        }
    }

    #[test]
    fn answers_as_scales_write_them() {
        let table = [
            ("S S      12.35 g", Some(Answer::Weight(grams("12.35", 12_350, true)))),
            ("S D      12.31 g", Some(Answer::Weight(grams("12.31", 12_310, false)))),
            ("S S      -0.10 g", Some(Answer::Weight(grams("-0.10", -100, true)))),
            ("SI S 12.35 g", Some(Answer::Weight(grams("12.35", 12_350, true)))),
            ("S I", Some(Answer::Weight(Reading::NotReady))),
            ("S +", Some(Answer::Weight(Reading::Overload))),
            ("S -", Some(Answer::Weight(Reading::Underload))),
            ("Z A", Some(Answer::Zeroed)),
            ("ZI A", Some(Answer::Zeroed)),
            ("ZI S", Some(Answer::Zeroed)),
            ("Z I", Some(Answer::Refused)),
            ("T S      50.00 g", Some(Answer::Tared(grams("50.00", 50_000, true)))),
            ("TI S 50.00 g", Some(Answer::Tared(grams("50.00", 50_000, true)))),
            ("TA A      50.00 g", Some(Answer::TareIs(Some("50.00".to_owned())))),
            ("TA A       0.00 g", Some(Answer::TareIs(None))),
            ("TA I", None),
            ("I4 A \"SN-001 2\"", Some(Answer::SerialNumber("SN-001 2".to_owned()))),
            ("S S +-1.0 g", None),
            ("ES", Some(Answer::Error("ES".to_owned()))),
            ("S S      12,35 g", Some(Answer::Weight(grams("12.35", 12_350, true)))),
            ("S S      12.35g", Some(Answer::Weight(grams("12.35", 12_350, true)))),
            ("S S  -    0.10 g", Some(Answer::Weight(grams("-0.10", -100, true)))),
            ("S S  - -0.10 g", None),
            ("S S 1,234.5 g", None),
            ("S S 1,2,3 g", None),
            ("S D     12:07.50 lb:oz", None),
            ("S S 12.35", None),
            ("S 12.35 g", None),
            ("S S 1.2.3 g", None),
            ("HELLO", None),
            ("", None),
        ];
        for (line, expected) in table {
            assert_eq!(parse(line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_unit_we_do_not_convert_keeps_its_text() {
        let expected = Reading::Weight {
            value: "61.75".to_owned(),
            unit: "ct".to_owned(),
            milligrams: None,
            stable: true,
            basis: None,
            tare: None,
        };
        assert_eq!(parse("S S      61.75 ct"), Some(Answer::Weight(expected)));
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_readings(cuts in prop::collection::vec(0usize..70, 0..6)) {
            let bytes = b"\xff\x13S D      12.31 g\r\n\x11S S      12.35 g\r\nZ A\r\nS I\r\nES\r\n";
            let mut whole = Decoder::new(Protocol::Sics, "");
            whole.feed(bytes);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let mut pieces = Decoder::new(Protocol::Sics, "");
            cuts.windows(2).for_each(|pair| pieces.feed(&bytes[pair[0]..pair[1]]));
            let whole: Vec<Reading> = whole.collect();
            prop_assert_eq!(whole.len(), 3);
            prop_assert_eq!(pieces.collect::<Vec<_>>(), whole);
        }
    }
}
