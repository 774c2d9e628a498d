//! Modbus RTU (MODBUS over Serial Line V1.02; Application Protocol V1.1b3), as much of it as relay boards speak: read coils
//! 01, read discrete inputs 02, write one coil 05, and exceptions.
//!
//! A frame is `unit · function · data · CRC`, the CRC being the one with polynomial A001 and start FFFF, low byte first. A
//! frame says its own length only to one who knows the question, so an answer is read against its request, and any byte
//! that does not belong to it makes it no answer.

use crc::{CRC_16_MODBUS, Crc};
use std::num::NonZeroU8;

const CHECK: Crc<u16> = Crc::<u16>::new(&CRC_16_MODBUS);

/// The address of a board, 1–247. Address 0 speaks to every board at once and does not exist here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit(NonZeroU8);

impl Unit {
    /// Refuses 0 (all boards) and the reserved addresses above 247.
    pub fn new(address: u8) -> Option<Unit> {
        NonZeroU8::new(address).filter(|address| address.get() <= 247).map(Unit)
    }

    /// Whether a frame's first byte is this address.
    pub fn is(self, address: u8) -> bool {
        self.0.get() == address
    }
}

/// A question or order to one board. `first` counts from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    ReadCoils {
        first: u16,
        count: u8,
    },
    /// Discrete inputs: the doors' sensors.
    ReadInputs {
        first: u16,
        count: u8,
    },
    WriteCoil {
        coil: u16,
        on: bool,
    },
}

/// What a board answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// As many as were asked for, in order.
    Bits(Vec<bool>),
    /// The board repeats an order it has carried out.
    Written,
    /// The board refuses: 1 function, 2 address, 3 value, 4 failure of the board.
    Refused(u8),
}

/// What came is not the answer to this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an answer to this request, or damaged on the way")]
pub struct FrameError;

impl Request {
    /// The whole frame.
    pub fn bytes(self, unit: Unit) -> Vec<u8> {
        let (first, value) = match self {
            Request::ReadCoils { first, count } | Request::ReadInputs { first, count } => {
                (first, u16::from(count))
            }
            Request::WriteCoil { coil, on } => (coil, if on { 0xFF00 } else { 0 }),
        };
        let [first_high, first_low] = first.to_be_bytes();
        let [value_high, value_low] = value.to_be_bytes();
        checked(vec![unit.0.get(), self.function(), first_high, first_low, value_high, value_low])
    }

    /// Reads the answer out of everything received since the request was sent. `Ok(None)`: not all of it yet.
    pub fn answer(self, unit: Unit, received: &[u8]) -> Result<Option<Answer>, FrameError> {
        let [from, function, third, ..] = *received else { return self.begins(unit, received) };
        if !unit.is(from) || function & 0x7F != self.function() {
            return Err(FrameError);
        }
        let refused = function & 0x80 != 0;
        let length = if refused { 5 } else { self.answer_length() };
        if received.len() < length {
            return Ok(None);
        }
        if received.len() > length || CHECK.checksum(received) != 0 {
            return Err(FrameError);
        }
        match self {
            _ if refused => Ok(Some(Answer::Refused(third))),
            Request::WriteCoil { .. } if received == self.bytes(unit) => Ok(Some(Answer::Written)),
            Request::WriteCoil { .. } => Err(FrameError),
            Request::ReadCoils { count, .. } | Request::ReadInputs { count, .. } => {
                let bytes = received.get(3..length - 2).unwrap_or_default();
                if usize::from(third) != bytes.len() {
                    return Err(FrameError);
                }
                let bits = bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1));
                Ok(Some(Answer::Bits(bits.take(usize::from(count)).collect())))
            }
        }
    }

    /// Two bytes or fewer: still waiting, unless they already belong to something else.
    fn begins(self, unit: Unit, received: &[u8]) -> Result<Option<Answer>, FrameError> {
        let of_us = received.first().is_none_or(|&from| unit.is(from))
            && received.get(1).is_none_or(|function| function & 0x7F == self.function());
        if of_us { Ok(None) } else { Err(FrameError) }
    }

    fn function(self) -> u8 {
        match self {
            Request::ReadCoils { .. } => 1,
            Request::ReadInputs { .. } => 2,
            Request::WriteCoil { .. } => 5,
        }
    }

    fn answer_length(self) -> usize {
        match self {
            Request::ReadCoils { count, .. } | Request::ReadInputs { count, .. } => {
                5 + usize::from(count).div_ceil(8)
            }
            Request::WriteCoil { .. } => 8,
        }
    }
}

/// The frame with its CRC behind it.
pub fn checked(mut frame: Vec<u8>) -> Vec<u8> {
    let crc = CHECK.checksum(&frame);
    frame.extend_from_slice(&crc.to_le_bytes());
    frame
}

/// Whether a frame's last two bytes are its CRC.
pub fn is_whole(frame: &[u8]) -> bool {
    frame.len() >= 4 && CHECK.checksum(frame) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DOORS: Request = Request::ReadInputs { first: 0, count: 8 };
    const OPEN: Request = Request::WriteCoil { coil: 0, on: true };

    fn unit() -> Unit {
        Unit::new(1).unwrap()
    }

    #[test]
    fn frames_are_the_known_bytes() {
        let table: &[(Request, &[u8])] = &[
            (OPEN, &[0x01, 0x05, 0x00, 0x00, 0xFF, 0x00, 0x8C, 0x3A]),
            (Request::WriteCoil { coil: 0, on: false }, &[0x01, 0x05, 0x00, 0x00, 0x00, 0x00, 0xCD, 0xCA]),
            (Request::ReadCoils { first: 0, count: 8 }, &[0x01, 0x01, 0x00, 0x00, 0x00, 0x08, 0x3D, 0xCC]),
            (DOORS, &[0x01, 0x02, 0x00, 0x00, 0x00, 0x08, 0x79, 0xCC]),
        ];
        for (request, bytes) in table {
            assert_eq!(request.bytes(unit()), *bytes, "{request:?}");
            assert!(is_whole(bytes));
        }
        assert_eq!(Unit::new(0), None);
        assert_eq!(Unit::new(248), None);
    }

    #[test]
    fn answers_and_what_is_none() {
        let doors = checked(vec![1, 2, 1, 0b1000_0101]);
        let bits = [true, false, true, false, false, false, false, true];
        let written = OPEN.bytes(unit());
        let other_coil = Request::WriteCoil { coil: 1, on: true }.bytes(unit());
        let off = Request::WriteCoil { coil: 0, on: false }.bytes(unit());
        let table = [
            ("doors", DOORS, doors.clone(), Ok(Some(Answer::Bits(bits.to_vec())))),
            ("written", OPEN, written.clone(), Ok(Some(Answer::Written))),
            ("refused", OPEN, vec![0x01, 0x85, 0x02, 0xC3, 0x51], Ok(Some(Answer::Refused(2)))),
            ("nothing yet", OPEN, vec![], Ok(None)),
            ("half", DOORS, doors[..4].to_vec(), Ok(None)),
            ("another board", DOORS, checked(vec![2, 2, 1, 0]), Err(FrameError)),
            ("another question", DOORS, written, Err(FrameError)),
            ("another coil", OPEN, other_coil, Err(FrameError)),
            ("off in place of on", OPEN, off, Err(FrameError)),
            ("too much", DOORS, [doors, vec![0]].concat(), Err(FrameError)),
            ("a wrong count", DOORS, checked(vec![1, 2, 2, 0]), Err(FrameError)),
        ];
        for (name, request, bytes, expected) in table {
            assert_eq!(request.answer(unit(), &bytes), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn doors_are_read_as_they_are(bits in prop::collection::vec(any::<bool>(), 1..65), cut in 0usize..20) {
            let count = u8::try_from(bits.len()).unwrap();
            let bytes: Vec<u8> = bits
                .chunks(8)
                .map(|byte| byte.iter().enumerate().fold(0, |sum, (at, &bit)| sum | u8::from(bit) << at))
                .collect();
            let frame = checked([vec![1, 2, u8::try_from(bytes.len()).unwrap()], bytes].concat());
            let request = Request::ReadInputs { first: 0, count };
            prop_assert_eq!(request.answer(unit(), &frame), Ok(Some(Answer::Bits(bits))));
            let part = &frame[..cut.min(frame.len() - 1)];
            prop_assert_eq!(request.answer(unit(), part), Ok(None));
        }

        /// A frame with one flipped bit is never taken for an answer.
        #[test]
        fn one_flipped_bit_is_seen(bit in 0usize..64) {
            let mut frame = OPEN.bytes(unit());
            frame[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!matches!(OPEN.answer(unit(), &frame), Ok(Some(_))));
        }
    }
}
