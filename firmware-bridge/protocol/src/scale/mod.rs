//! Scales: what a scale sends becomes a [`hufu_wire::message::Reading`]. A scale in motion, overloaded or silent is never a
//! zero, and a frame whose check fails is no reading.

mod and;
mod decimal;
mod lines;
mod sbi;
pub mod sics;
mod steady;
mod toledo;
mod unread;
mod yaohua;

pub use decimal::milligrams;
pub use steady::Steady;
pub use unread::Unread;

use hufu_wire::message::{Basis, Reading};
use std::collections::VecDeque;

/// How a scale speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// MT-SICS: asked, answers in lines.
    Sics,
    /// Mettler Toledo continuous: frames with three status words, many times a second.
    MtContinuous,
    /// Toledo 8217: asked with one letter.
    Toledo8217,
    /// A&D and most indicators made in China: `ST,GS,+0012.34kg`.
    And,
    /// Sartorius: sixteen characters, with the unit only when the weight is steady.
    Sbi,
    /// 耀华 XK3190, continuous format 0: sign, six digits, decimal places, check. No unit and no word of motion.
    Yaohua,
}

impl Protocol {
    pub const ALL: [Protocol; 6] = [
        Protocol::Sics,
        Protocol::MtContinuous,
        Protocol::Toledo8217,
        Protocol::And,
        Protocol::Sbi,
        Protocol::Yaohua,
    ];

    /// What asks for the weight now; nothing for scales that cannot be asked.
    pub fn question(self) -> Option<&'static [u8]> {
        match self {
            Protocol::Sics => Some(sics::Command::Now.bytes()),
            Protocol::Toledo8217 => Some(b"W"),
            Protocol::And => Some(b"Q\r\n"),
            Protocol::Sbi => Some(b"\x1BP\r\n"),
            Protocol::MtContinuous | Protocol::Yaohua => None,
        }
    }

    /// Whether scales of this protocol usually wait to be asked.
    pub fn waits_to_be_asked(self) -> bool {
        matches!(self, Protocol::Sics | Protocol::Toledo8217)
    }

    /// Whether the unit is part of what is sent. Where it is not, the configuration says it.
    pub fn tells_unit(self) -> bool {
        !matches!(self, Protocol::Toledo8217 | Protocol::Yaohua)
    }

    /// Whether the protocol marks a weight in motion. If not, [`Steady`] decides from successive readings.
    pub fn tells_motion(self) -> bool {
        self != Protocol::Yaohua
    }
}

/// Collects bytes, in any pieces, into readings. Feed, then take until `None`.
#[derive(Debug)]
pub struct Decoder {
    protocol: Protocol,
    unit: String,
    received: ReceiveBuffer,
    ready: VecDeque<Reading>,
    tare: Option<TareReply>,
    unread: Unread,
}

/// A scale's answer to [`sics::Command::TareWeight`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TareReply {
    /// The tare as the scale wrote it; `None` when nothing is taken off.
    Is(Option<String>),
    /// It does not know the question.
    NotUnderstood,
}

/// What has begun and not ended.
#[derive(Debug, Default)]
struct ReceiveBuffer {
    lines: lines::Lines,
    frame: Vec<u8>,
}

impl Decoder {
    /// `unit` is used where the protocol does not send one.
    pub fn new(protocol: Protocol, unit: &str) -> Decoder {
        Decoder {
            protocol,
            unit: unit.to_owned(),
            received: ReceiveBuffer::default(),
            ready: VecDeque::new(),
            tare: None,
            unread: Unread::default(),
        }
    }

    /// Whether a scale of this protocol may be asked for its tare.
    pub fn tells_tare(&self) -> bool {
        self.protocol == Protocol::Sics
    }

    /// The answer about the tare since the last [`Decoder::reset`].
    pub fn tare(&self) -> Option<&TareReply> {
        self.tare.as_ref()
    }

    /// What has come since the last reading or [`Decoder::reset`] and is no reading; nothing when nothing came.
    pub fn unread(&self) -> Option<&Unread> {
        Some(&self.unread).filter(|unread| !unread.is_empty())
    }

    /// Forgets what is shown as unread, not what has begun.
    pub fn forget_unread(&mut self) {
        self.unread.clear();
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        let before = self.ready.len();
        self.unread.feed(bytes);
        let ReceiveBuffer { lines, frame } = &mut self.received;
        let ready = &mut self.ready;
        match self.protocol {
            Protocol::Sics => lines.feed(bytes, |line| match sics::parse(line) {
                Some(sics::Answer::Weight(reading)) => ready.push_back(reading),
                Some(sics::Answer::TareIs(tare)) => self.tare = Some(TareReply::Is(tare)),
                Some(sics::Answer::Error(_)) => self.tare = Some(TareReply::NotUnderstood),
                _ => (),
            }),
            Protocol::And => lines.feed(bytes, |line| ready.extend(and::parse(line))),
            Protocol::Sbi => lines.feed(bytes, |line| ready.extend(sbi::parse(line))),
            Protocol::MtContinuous => ready.extend(toledo::frames(frame, bytes)),
            Protocol::Toledo8217 => ready.extend(toledo::answers(frame, bytes, &self.unit)),
            Protocol::Yaohua => ready.extend(yaohua::frames(frame, bytes, &self.unit)),
        }
        if self.ready.len() > before {
            self.unread.clear();
        }
    }

    /// Forgets what was half received and what was not taken.
    pub fn reset(&mut self) {
        self.received = ReceiveBuffer::default();
        self.ready.clear();
        self.tare = None;
        self.unread.clear();
    }
}

impl Iterator for Decoder {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        self.ready.pop_front()
    }
}

/// A weight as the scale wrote it, a decimal comma as a point. `None` when it is no decimal number or has no unit. A comma beside a point is
/// no decimal comma, and no scale groups thousands on its line: such a number is not read.
fn weight(value: &str, unit: &str, stable: bool, basis: Option<Basis>) -> Option<Reading> {
    if value.contains('.') && value.contains(',') {
        return None;
    }
    let value = &value.replace(',', ".");
    let digits = value.trim_start_matches(['+', '-']);
    let is_number = value.len() <= digits.len() + 1
        && digits.bytes().any(|c| c.is_ascii_digit())
        && digits.bytes().all(|c| c.is_ascii_digit() || c == b'.')
        && digits.matches('.').count() <= 1;
    // A digit in the unit was one of the number before a byte was spoilt.
    let has_unit = unit.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '%' | '-' | '/'))
        && unit.bytes().all(|c| c.is_ascii_graphic() && !c.is_ascii_digit());
    (is_number && has_unit).then(|| Reading::Weight {
        value: value.to_owned(),
        unit: unit.to_owned(),
        milligrams: milligrams(value, unit),
        stable,
        basis,
        tare: None,
    })
}

/// "0012.340" becomes "12.340", as a display shows it. Decimals are kept: they say how fine the scale is. Without a digit
/// nothing comes of it: a blank display is no zero.
fn displayed(negative: bool, digits: &str) -> String {
    // A comma beside a point stays: it is refused where it is read.
    let comma_is_point = !digits.contains('.');
    let digits = &if comma_is_point { digits.replace(',', ".") } else { digits.to_owned() };
    if !digits.bytes().any(|c| c.is_ascii_digit()) {
        return String::new();
    }
    let digits = digits.trim_start_matches('0');
    let whole = if digits.is_empty() || digits.starts_with('.') { "0" } else { "" };
    let is_zero = digits.bytes().all(|c| matches!(c, b'0' | b'.'));
    format!("{}{whole}{digits}", if negative && !is_zero { "-" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn read(protocol: Protocol, bytes: &[u8]) -> Vec<Reading> {
        let mut decoder = Decoder::new(protocol, "kg");
        decoder.feed(bytes);
        decoder.collect()
    }

    #[test]
    fn numbers_are_shown_as_on_a_display() {
        for (negative, digits, shown) in [
            (false, "0012.340", "12.340"),
            (true, "0000.500", "-0.500"),
            (true, "0000.000", "0.000"),
            (false, "000000", "0"),
            (false, "001250", "1250"),
        ] {
            assert_eq!(displayed(negative, digits), shown);
        }
    }

    /// One good reading of each protocol, 12.34 kg or g.
    fn good(protocol: Protocol) -> &'static [u8] {
        match protocol {
            Protocol::Sics => b"S S      12.34 g\r\n",
            Protocol::MtContinuous => b"\x02\x2C\x30\x20  1234000000\r",
            Protocol::Toledo8217 => b"\x0212.34\r",
            Protocol::And => b"ST,GS,+0012.34kg\r\n",
            Protocol::Sbi => b"+    12.34 g  \r\n",
            Protocol::Yaohua => b"\x02+00123421D\x03",
        }
    }

    #[test]
    fn each_protocol_reads_its_own_and_no_other() {
        for protocol in Protocol::ALL {
            let readings = read(protocol, good(protocol));
            assert!(
                matches!(readings.as_slice(), [Reading::Weight { value, stable, .. }] if value == "12.34" && *stable == protocol.tells_motion()),
                "{protocol:?}: {readings:?}"
            );
        }
        for protocol in Protocol::ALL {
            for other in Protocol::ALL.into_iter().filter(|other| *other != protocol) {
                assert_eq!(read(other, good(protocol)), [], "{protocol:?} read as {other:?}");
            }
        }
    }

    proptest! {
        /// Any bytes, split anywhere: no panic, the same readings, bounded memory, and the next good frame is read.
        #[test]
        fn noise_does_no_harm(noise in prop::collection::vec(any::<u8>(), 0..400), size in 1usize..50) {
            for protocol in Protocol::ALL {
                let mut whole = Decoder::new(protocol, "kg");
                whole.feed(&noise);
                let mut pieces = Decoder::new(protocol, "kg");
                noise.chunks(size).for_each(|piece| pieces.feed(piece));
                prop_assert!(pieces.received.frame.len() <= 64);
                let expected: Vec<Reading> = whole.by_ref().collect();
                prop_assert_eq!(pieces.by_ref().collect::<Vec<_>>(), expected);
                // The first may be swallowed by what the noise began.
                for _ in 0..3 {
                    pieces.feed(good(protocol));
                }
                let readings: Vec<Reading> = pieces.collect();
                prop_assert!(readings.len() >= 2, "{protocol:?}: {readings:?}");
            }
        }

        /// A spoilt frame is refused or read as it stands; it is never a zero that nobody sent.
        #[test]
        fn a_spoilt_byte_never_makes_a_silent_zero(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            for protocol in Protocol::ALL {
                let mut bytes = good(protocol).to_vec();
                let at = at.index(bytes.len());
                bytes[at] = byte;
                for reading in read(protocol, &bytes) {
                    if let Reading::Weight { value, .. } = reading {
                        prop_assert!(value.bytes().any(|c| (b'1'..=b'9').contains(&c)), "{protocol:?}: {value}");
                    }
                }
            }
        }
    }
}
