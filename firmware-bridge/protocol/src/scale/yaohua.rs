//! 耀华 XK3190, continuous format 0: `STX`, sign, six digits, decimal places counted from the right, check in two hexadecimal
//! digits, `ETX` (XK3190-A26 manual p. 10). The check is all bytes between STX and itself, joined by exclusive or.

use super::{displayed, weight};
use hufu_wire::message::Reading;

const FRAME: usize = 12;

/// Takes whole frames whose check holds. The protocol does not say whether the weight moves, so no reading is marked steady here.
pub(super) fn frames(frame: &mut Vec<u8>, bytes: &[u8], unit: &str) -> Vec<Reading> {
    let mut readings = Vec::new();
    for &byte in bytes {
        if byte == 0x02 {
            frame.clear();
        } else if frame.is_empty() {
            continue;
        }
        frame.push(byte);
        if frame.len() == FRAME {
            readings.extend(parse(frame, unit));
            frame.clear();
        }
    }
    readings
}

fn parse(frame: &[u8], unit: &str) -> Option<Reading> {
    let [0x02, sign, digits @ .., places, high, low, 0x03] = frame else { return None };
    let check = digits.iter().fold(sign ^ places, |check, digit| check ^ digit);
    if format!("{check:02X}").as_bytes() != [*high, *low] {
        return None;
    }
    let negative = match sign {
        b'+' => false,
        b'-' => true,
        _ => return None,
    };
    let digits = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|c| c.is_ascii_digit()))?;
    let number = match places {
        b'0' => digits.to_owned(),
        b'1'..=b'4' => {
            let (whole, fraction) = digits.split_at_checked(digits.len() - usize::from(places - b'0'))?;
            format!("{whole}.{fraction}")
        }
        _ => return None,
    };
    weight(&displayed(negative, &number), unit, false, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::Protocol;
    use crate::scale::tests::read;

    #[test]
    fn frames_with_their_check() {
        let kilograms = |value: &str, milligrams| Reading::Weight {
            value: value.to_owned(),
            unit: "kg".to_owned(),
            milligrams: Some(milligrams),
            stable: false,
            basis: None,
            tare: None,
        };
        let table: &[(&[u8], Vec<Reading>)] = &[
            // +20.00, check 1B: the example of the indicators' own documents
            (b"\x02+00200021B\x03", vec![kilograms("20.00", 20_000_000)]),
            (b"\x02-00005021B\x03", vec![]),
            (b"\x02-00005021A\x03", vec![kilograms("-0.50", -500_000)]),
            (b"\x02+00200021C\x03", vec![]),
            (b"\x02+0020002", vec![]),
            (b"1B\x03\x02+00200021B\x03", vec![kilograms("20.00", 20_000_000)]),
            (b"\x02+002\x02+00200021B\x03", vec![kilograms("20.00", 20_000_000)]),
        ];
        for (bytes, expected) in table {
            assert_eq!(read(Protocol::Yaohua, bytes), *expected, "{bytes:x?}");
        }
    }
}
