//! Two older protocols of Toledo scales.
//!
//! Continuous: `STX SWA SWB SWC`, six digits of weight, six of tare, `CR`, and a check where it is switched on (KERN FTC
//! manual p. 42, Fairbanks FB2550 manual p. 149, Triner TS-700 manual p. 15). 8217: asked with `W`, it answers
//! `STX weight CR`, or `STX ? status CR` while there is no steady weight.

use super::{displayed, weight};
use hufu_wire::message::{Basis, Reading};

const STX: u8 = 0x02;
const CR: u8 = b'\r';
/// STX, three status words, twice six digits, CR.
const FRAME: usize = 17;
/// The longest answer of an 8217: STX, ten characters, CR.
const ANSWER_MAX: usize = 12;
/// The shortest number of an 8217: 12.34.
const DIGITS_MIN: usize = 5;

/// Takes whole continuous frames; what does not fit is passed over.
pub(super) fn frames(frame: &mut Vec<u8>, bytes: &[u8]) -> Vec<Reading> {
    let mut readings = Vec::new();
    for &byte in bytes {
        // Parity, where a port was opened without it.
        let byte = byte & 0x7F;
        if byte == STX {
            frame.clear();
        } else if frame.is_empty() {
            // The check of the last frame, or noise.
            continue;
        }
        frame.push(byte);
        if frame.len() == FRAME {
            readings.extend(continuous(frame));
            frame.clear();
        }
    }
    readings
}

/// Reads one frame. Bits of the status words that only say "always 1" differ between makes and are not looked at.
fn continuous(frame: &[u8]) -> Option<Reading> {
    let [STX, a, b, c, digits @ .., CR] = frame else { return None };
    let (shown, tare) = digits.split_at_checked(6)?;
    let (net, negative, out_of_range, motion, metric) = (b & 1, b & 2, b & 4, b & 8, b & 16);
    if [*a, *b, *c].iter().any(|word| !(0x20..0x80).contains(word)) {
        return None;
    }
    if out_of_range != 0 {
        return Some(if negative != 0 { Reading::Underload } else { Reading::Overload });
    }
    // A display switched to ten times its resolution shows digits that count for nothing.
    if c & 16 != 0 {
        return Some(Reading::NotReady);
    }
    let unit = match (c & 7, metric != 0) {
        (0, true) => "kg",
        (0, false) => "lb",
        (1, _) => "g",
        (2, _) => "t",
        (3, _) => "oz",
        _ => return None,
    };
    let value = displayed(negative != 0, &number(shown, a & 7)?);
    let basis = if net != 0 { Basis::Net } else { Basis::Gross };
    let mut reading = weight(&value, unit, motion == 0, Some(basis))?;
    if let (Reading::Weight { tare: kept, .. }, Some(tare), Basis::Net) =
        (&mut reading, number(tare, a & 7), basis)
    {
        *kept = Some(displayed(false, &tare));
    }
    Some(reading)
}

/// Six digits, blanks before them, and where the point stands: 2 is a whole number, 3 to 7 one to five decimals, 1 and 0
/// a number of tens and of hundreds.
fn number(digits: &[u8], point: u8) -> Option<String> {
    let digits = std::str::from_utf8(digits).ok()?.trim_start_matches(' ');
    if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let digits = format!("{digits:0>6}");
    match usize::from(point) {
        0 => Some(digits + "00"),
        1 => Some(digits + "0"),
        2 => Some(digits),
        point => {
            let (whole, fraction) = digits.split_at_checked(digits.len().checked_sub(point - 2)?)?;
            Some(format!("{whole}.{fraction}"))
        }
    }
}

/// Takes whole answers of an 8217.
pub(super) fn answers(answer: &mut Vec<u8>, bytes: &[u8], unit: &str) -> Vec<Reading> {
    let mut readings = Vec::new();
    for &byte in bytes {
        // 7E1 on a port opened as 8N1 leaves the parity in the eighth bit.
        match byte & 0x7F {
            // Status bits make any byte, STX and CR as well.
            status if answer.as_slice() == [STX, b'?'] => answer.push(status),
            STX => {
                answer.clear();
                answer.push(STX);
            }
            CR => {
                readings.extend(answered(answer, unit));
                answer.clear();
            }
            _ if answer.is_empty() => (),
            _ if answer.len() == ANSWER_MAX => answer.clear(),
            byte => answer.push(byte),
        }
    }
    readings
}

/// Status bits: 0 motion, 1 over, 2 under, 3 outside the zero range, 4 centre of zero, 5 net, 6 a bad command.
fn answered(answer: &[u8], unit: &str) -> Option<Reading> {
    match answer {
        [STX, b'?', status] => Some(match status {
            status if status & 2 != 0 => Reading::Overload,
            status if status & 4 != 0 => Reading::Underload,
            _ => Reading::NotReady,
        }),
        [STX, digits @ ..] => {
            // The number has all its places and a point; fewer are what is left of a torn one.
            let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.len() >= DIGITS_MIN)?.trim();
            let plain = digits.contains('.') && digits.bytes().all(|c| c.is_ascii_digit() || c == b'.');
            plain.then(|| weight(&displayed(false, digits), unit, true, None)).flatten()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::Protocol;
    use crate::scale::tests::read;

    fn one(bytes: &[u8]) -> Option<Reading> {
        read(Protocol::MtContinuous, bytes).into_iter().next()
    }

    fn frame(a: u8, b: u8, c: u8, digits: &[u8; 12]) -> Vec<u8> {
        [&[STX, a, b, c][..], digits, &[CR]].concat()
    }

    #[test]
    fn the_known_frame_is_twelve_and_a_half_kilograms() {
        let bytes = [
            0x02, 0x2C, 0x30, 0x20, 0x20, 0x20, 0x31, 0x32, 0x35, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30,
            0x0D, 0x4D,
        ];
        let expected = Reading::Weight {
            value: "12.50".to_owned(),
            unit: "kg".to_owned(),
            milligrams: Some(12_500_000),
            stable: true,
            basis: Some(Basis::Gross),
            tare: None,
        };
        assert_eq!(one(&bytes), Some(expected.clone()));
        // Twenty of them in a row, each with its check byte.
        let many: Vec<u8> = bytes.iter().copied().cycle().take(20 * bytes.len()).collect();
        assert_eq!(read(Protocol::MtContinuous, &many), vec![expected; 20]);
    }

    #[test]
    fn status_words() {
        let digits = b"  1250   500";
        let weight = |value: &str, unit: &str, milligrams, stable, basis, tare: Option<&str>| {
            Some(Reading::Weight {
                value: value.to_owned(),
                unit: unit.to_owned(),
                milligrams,
                stable,
                basis: Some(basis),
                tare: tare.map(str::to_owned),
            })
        };
        let table = [
            ((0x2C, 0x38, 0x20), weight("12.50", "kg", Some(12_500_000), false, Basis::Gross, None)),
            ((0x2C, 0x31, 0x20), weight("12.50", "kg", Some(12_500_000), true, Basis::Net, Some("5.00"))),
            ((0x2C, 0x33, 0x20), weight("-12.50", "kg", Some(-12_500_000), true, Basis::Net, Some("5.00"))),
            ((0x2A, 0x20, 0x21), weight("1250", "g", Some(1_250_000), true, Basis::Gross, None)),
            ((0x2B, 0x30, 0x21), weight("125.0", "g", Some(125_000), true, Basis::Gross, None)),
            ((0x2F, 0x30, 0x21), weight("0.01250", "g", None, true, Basis::Gross, None)),
            ((0x29, 0x30, 0x21), weight("12500", "g", Some(12_500_000), true, Basis::Gross, None)),
            ((0x2D, 0x20, 0x20), weight("1.250", "lb", None, true, Basis::Gross, None)),
            ((0x2C, 0x34, 0x20), Some(Reading::Overload)),
            ((0x2C, 0x36, 0x20), Some(Reading::Underload)),
            ((0x2C, 0x30, 0x30), Some(Reading::NotReady)),
            ((0x2C, 0x30, 0x27), None),
        ];
        for ((a, b, c), expected) in table {
            assert_eq!(one(&frame(a, b, c, digits)), expected, "{a:02x} {b:02x} {c:02x}");
        }
        assert_eq!(one(&frame(0x2C, 0x30, 0x20, b"      000000")), None, "a blank display is no zero");
        assert_eq!(one(&frame(0x2C, 0x30, 0x20, b"E   23000000")), None);
    }

    #[test]
    fn a_frame_that_lost_a_byte_is_passed_over_and_the_next_is_read() {
        let good = frame(0x2C, 0x30, 0x20, b"  1250000000");
        let torn: Vec<u8> =
            good.iter().copied().enumerate().filter(|(at, _)| *at != 5).map(|(_, byte)| byte).collect();
        let readings = read(Protocol::MtContinuous, &[torn, good].concat());
        assert_eq!(readings.len(), 1);
    }

    #[test]
    fn an_8217_answers_with_a_weight_or_with_its_state() {
        let kilograms = |value: &str, milligrams| Reading::Weight {
            value: value.to_owned(),
            unit: "kg".to_owned(),
            milligrams: Some(milligrams),
            stable: true,
            basis: None,
            tare: None,
        };
        let table: &[(&[u8], Vec<Reading>)] = &[
            (b"\x0212.345\r", vec![kilograms("12.345", 12_345_000)]),
            (b"\x02 0.500\r", vec![kilograms("0.500", 500_000)]),
            (b"\x02?\x01\r", vec![Reading::NotReady]),
            (b"\x02?\x02\r", vec![Reading::Overload]),
            (b"\x02?\x04\r", vec![Reading::Underload]),
            (b"\x82\xB1\xB2.\xB3\xB0\x8D", vec![kilograms("12.30", 12_300_000)]),
            (b"\x0212.3\r", vec![]),
            (b"12.345\r", vec![]),
            (b"\x02\r", vec![]),
            (b"\x0212.3\x0245.60\r", vec![kilograms("45.60", 45_600_000)]),
            (b"\x0299999999999999\r", vec![]),
        ];
        for (bytes, expected) in table {
            assert_eq!(read(Protocol::Toledo8217, bytes), *expected, "{bytes:x?}");
        }
    }
}
