//! MT-SICS level 0 and 1, the command set of Mettler Toledo scales and of many that imitate it: upper-case commands and
//! one-line answers, CR LF at the end of each.
//!
//! A balance answers `SI` with the identifier `S`; some imitations answer `SI S …` and `TI S …`. Both are read.

use super::milligrams;
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
}

impl Command {
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Command::Stable => b"S\r\n",
            Command::Now => b"SI\r\n",
            Command::Zero => b"Z\r\n",
            Command::Tare => b"T\r\n",
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
    /// Zeroing or taring was not possible: in motion, or out of range.
    Refused,
    /// `ES`, `ET`, `EL`: the scale did not understand; what it said.
    Error(String),
}

/// Collects bytes into answers. Feed, then take until `None`.
#[derive(Debug, Default)]
pub struct Decoder {
    line: Vec<u8>,
    ready: std::collections::VecDeque<Answer>,
}

/// An answer is under 40 bytes; a longer line is noise.
const LINE_MAX: usize = 128;

impl Decoder {
    pub fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'\r' | b'\n' => {
                    self.ready.extend(parse(&String::from_utf8_lossy(&self.line)));
                    self.line.clear();
                }
                // XON and XOFF come from scales with software flow control and are not part of any answer.
                0x00 | 0x11 | 0x13 | 0xFF => (),
                _ if self.line.len() < LINE_MAX => self.line.push(byte),
                _ => (),
            }
        }
    }

    /// Forgets what was half received.
    pub fn reset(&mut self) {
        *self = Decoder::default();
    }
}

impl Iterator for Decoder {
    type Item = Answer;

    fn next(&mut self) -> Option<Answer> {
        self.ready.pop_front()
    }
}

/// Reads one line. `None` for a line that is no answer of this command set: noise, or half a line after an unplugging.
pub fn parse(line: &str) -> Option<Answer> {
    let mut words = line.split_ascii_whitespace();
    let id = words.next()?;
    let rest: Vec<&str> = words.collect();
    match (id, rest.as_slice()) {
        ("ES" | "ET" | "EL", _) => Some(Answer::Error(line.trim().to_owned())),
        ("S" | "SI", [stability @ ("S" | "D"), value, unit]) => {
            weight(value, unit, *stability == "S").map(Answer::Weight)
        }
        ("S" | "SI", ["I"]) => Some(Answer::Weight(Reading::NotReady)),
        ("S" | "SI", ["+"]) => Some(Answer::Weight(Reading::Overload)),
        ("S" | "SI", ["-"]) => Some(Answer::Weight(Reading::Underload)),
        ("Z" | "ZI", ["A" | "S" | "D"]) => Some(Answer::Zeroed),
        ("T" | "TI", [stability @ ("S" | "D"), value, unit]) => {
            weight(value, unit, *stability == "S").map(Answer::Tared)
        }
        ("Z" | "ZI" | "T" | "TI", ["I" | "+" | "-"]) => Some(Answer::Refused),
        _ => None,
    }
}

fn weight(value: &str, unit: &str, stable: bool) -> Option<Reading> {
    let digits = value.trim_start_matches(['+', '-']);
    let is_number = digits.bytes().any(|c| c.is_ascii_digit())
        && digits.bytes().all(|c| c.is_ascii_digit() || c == b'.')
        && digits.matches('.').count() <= 1;
    is_number.then(|| Reading::Weight {
        value: value.to_owned(),
        unit: unit.to_owned(),
        milligrams: milligrams(value, unit),
        stable,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grams(value: &str, milligrams: i64, stable: bool) -> Reading {
        Reading::Weight {
            value: value.to_owned(),
            unit: "g".to_owned(),
            milligrams: Some(milligrams),
            stable,
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
            ("ES", Some(Answer::Error("ES".to_owned()))),
            ("S S 12,35 g", None),
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
        };
        assert_eq!(parse("S S      61.75 ct"), Some(Answer::Weight(expected)));
    }

    #[test]
    fn a_line_without_an_end_is_bounded_and_the_next_answer_is_read() {
        let mut decoder = Decoder::default();
        decoder.feed(&vec![b'x'; 100_000]);
        assert!(decoder.line.len() <= LINE_MAX);
        decoder.feed(b"\r\nS +\r\n");
        assert_eq!(decoder.collect::<Vec<_>>(), [Answer::Weight(Reading::Overload)]);
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_answers(cuts in prop::collection::vec(0usize..70, 0..6)) {
            let bytes = b"\xff\x13S D      12.31 g\r\n\x11S S      12.35 g\r\nZ A\r\nS I\r\nES\r\n";
            let mut whole = Decoder::default();
            whole.feed(bytes);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let mut pieces = Decoder::default();
            cuts.windows(2).for_each(|pair| pieces.feed(&bytes[pair[0]..pair[1]]));
            let whole: Vec<Answer> = whole.collect();
            prop_assert_eq!(whole.len(), 5);
            prop_assert_eq!(pieces.collect::<Vec<_>>(), whole);
        }
    }
}
