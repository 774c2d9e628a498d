//! Line mode, the way nearly every scanner speaks over a serial port: `[prefix][AIM identifier]data[suffix]`, the suffix
//! being CR, LF, CR LF or TAB.
//!
//! Many scanners come set to frame a code in STX and ETX: ETX ends a code that STX began, whether or not a suffix follows,
//! and neither is part of it.
//!
//! The group separator of GS1 codes (0x1D) is data and is kept. Bytes that no text holds (NUL, 0xFF: what an opening
//! port and a loose plug produce) are dropped before a code begins, and spoil a code they stand within. A line that
//! never ends is bounded and reported.

use super::{Aim, Rejection, Scan};
use std::collections::VecDeque;
use std::time::Duration;

const STX: u8 = 0x02;
const ETX: u8 = 0x03;

/// A scanner sends a code in one go; after this much silence a code without suffix has ended.
const PAUSE: Duration = Duration::from_millis(80);
/// No scanner pauses this long within a code.
const SILENCE: Duration = Duration::from_secs(1);

/// How this scanner is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Framing {
    /// Bytes the scanner puts before every code. A line without them is a torn code; what stands before them is noise;
    /// a line in which they stand twice is two codes in one. Choose bytes that no label holds.
    pub prefix: Vec<u8>,
    /// What ends a code.
    pub suffix: Suffix,
    pub aim: AimUse,
    /// The longest code accepted, in bytes. The largest QR symbol holds 7089 digits.
    pub length_max: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suffix {
    /// CR, LF or both in that order: fits every scanner that ends a line.
    LineEnd,
    Tab,
    /// The scanner sends no suffix: a pause ends the code, and [`Decoder::quiet`] is called.
    Pause,
}

/// What an AIM identifier at the head of a code means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AimUse {
    /// Taken off when it is there.
    #[default]
    Optional,
    /// The scanner is set to send it with every code: a code without it is torn.
    Required,
    /// The scanner is set not to send it: `]Q1` is what the label says.
    Data,
}

impl Default for Framing {
    fn default() -> Framing {
        Framing {
            prefix: Vec::new(),
            suffix: Suffix::LineEnd,
            aim: AimUse::Optional,
            length_max: super::LENGTH_MAX,
        }
    }
}

/// Collects bytes into codes. Feed with [`Decoder::feed`], then take codes with [`Iterator::next`] until `None`.
#[derive(Debug)]
pub struct Decoder {
    framing: Framing,
    line: Vec<u8>,
    /// Bytes of an over-long line thrown away so far; 0 when the line is within bounds.
    thrown_away: usize,
    /// A piece of the line was lost on the way.
    spoilt: bool,
    ready: VecDeque<Scan>,
}

impl Decoder {
    pub fn new(framing: Framing) -> Decoder {
        Decoder { framing, line: Vec::new(), thrown_away: 0, spoilt: false, ready: VecDeque::new() }
    }

    /// Takes bytes as they arrive, in any pieces.
    pub fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.take(byte);
        }
    }

    /// The line has been silent for [`Framing::quiet_after`]. That ends a code without suffix; with one, what was half
    /// received is not a code, and must not become the beginning of the next one.
    pub fn quiet(&mut self) {
        if self.framing.suffix == Suffix::Pause {
            return self.end();
        }
        let length = self.line.len().max(self.thrown_away);
        self.reset();
        if length > 0 {
            self.reject(length, Rejection::Torn);
        }
    }

    /// What arrives until the next end is no code, whatever it is: a piece of it was lost on the way.
    pub fn spoil(&mut self) {
        self.spoilt = true;
    }

    fn reset(&mut self) {
        self.line.clear();
        self.thrown_away = 0;
        self.spoilt = false;
    }

    /// Whether a code has begun and not ended.
    pub fn is_within(&self) -> bool {
        !self.line.is_empty() || self.thrown_away > 0 || self.spoilt
    }

    fn take(&mut self, byte: u8) {
        let ends = match self.framing.suffix {
            Suffix::LineEnd => matches!(byte, b'\r' | b'\n'),
            Suffix::Tab => byte == b'\t',
            Suffix::Pause => false,
        };
        let framed = byte == ETX && self.line.first() == Some(&STX);
        if ends || framed {
            self.end();
        } else if self.thrown_away > 0 {
            self.thrown_away += 1;
        } else if is_noise(byte) && self.line.is_empty() {
            // An opening port; no text begins with these.
        } else if self.line.len() == self.framing.length_max {
            self.thrown_away = self.line.len() + 1;
            self.line.clear();
        } else {
            self.line.push(byte);
        }
    }

    /// An empty line is the partner of a CR LF or a bare Enter, never a code.
    fn end(&mut self) {
        let line = std::mem::take(&mut self.line);
        let (thrown_away, spoilt) = (self.thrown_away, self.spoilt);
        self.reset();
        if thrown_away > 0 {
            return self.reject(thrown_away, Rejection::TooLong);
        }
        if spoilt {
            return self.reject(line.len(), Rejection::Torn);
        }
        if line.is_empty() {
            return;
        }
        match self.framing.unwrap(&line) {
            Ok((data, _)) if data.iter().any(|&byte| is_noise(byte) || matches!(byte, STX | ETX)) => {
                self.reject(line.len(), Rejection::Mixed);
            }
            Ok(([], _)) => (),
            Ok((data, aim)) => self.ready.push_back(Scan::Code { data: data.to_vec(), aim }),
            Err(why) => self.reject(line.len(), why),
        }
    }

    fn reject(&mut self, length: usize, why: Rejection) {
        self.ready.push_back(Scan::Rejected { length, why });
    }
}

impl Iterator for Decoder {
    type Item = Scan;

    fn next(&mut self) -> Option<Scan> {
        self.ready.pop_front()
    }
}

impl Framing {
    /// How long the line is silent only when a code has ended or was torn.
    pub fn quiet_after(&self) -> Duration {
        if self.suffix == Suffix::Pause { PAUSE } else { SILENCE }
    }

    /// What the label says, out of what the scanner put around it. A prefix that is STX itself is still one.
    fn unwrap<'a>(&self, line: &'a [u8]) -> Result<(&'a [u8], Option<Aim>), Rejection> {
        let data = match self.prefix.as_slice() {
            [] => line,
            prefix => {
                let data = after(line, prefix).ok_or(Rejection::Unmarked)?;
                if after(data, prefix).is_some() {
                    return Err(Rejection::Mixed);
                }
                data
            }
        };
        let data = data.strip_prefix(&[STX]).unwrap_or(data);
        let data = data.strip_suffix(&[ETX]).unwrap_or(data);
        let marked = match data {
            [b']', code, modifier, rest @ ..] => Aim::read(*code, *modifier).map(|aim| (rest, Some(aim))),
            _ => None,
        };
        match (self.aim, marked) {
            (AimUse::Data, _) | (AimUse::Optional, None) => Ok((data, None)),
            (AimUse::Optional | AimUse::Required, Some(marked)) => Ok(marked),
            (AimUse::Required, None) => Err(Rejection::Unmarked),
        }
    }
}

/// What follows the first place where `mark` stands.
fn after<'a>(line: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    let at = line.windows(mark.len()).position(|window| window == mark)?;
    line.get(at + mark.len()..)
}

fn is_noise(byte: u8) -> bool {
    matches!(byte, 0x00 | 0xFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(framing: Framing, pieces: &[&[u8]]) -> Vec<Scan> {
        let mut decoder = Decoder::new(framing);
        for piece in pieces {
            decoder.feed(piece);
        }
        decoder.collect()
    }

    fn code(data: &str) -> Scan {
        Scan::Code { data: data.as_bytes().to_vec(), aim: None }
    }

    fn with_aim(code: char, modifier: char, data: &str) -> Scan {
        Scan::Code { data: data.as_bytes().to_vec(), aim: Some(Aim { code, modifier }) }
    }

    fn rejected(length: usize, why: Rejection) -> Scan {
        Scan::Rejected { length, why }
    }

    #[test]
    fn lines_as_scanners_send_them() {
        let prefixed = Framing { prefix: b"~S".to_vec(), ..Framing::default() };
        let tab = Framing { suffix: Suffix::Tab, ..Framing::default() };
        let marked = Framing { aim: AimUse::Required, ..Framing::default() };
        let framed = Framing { prefix: vec![STX], ..Framing::default() };
        let plain = Framing { aim: AimUse::Data, ..Framing::default() };
        let table: &[(&str, Framing, &[u8], Vec<Scan>)] = &[
            ("CR", Framing::default(), b"A1\rB2\r", vec![code("A1"), code("B2")]),
            ("CR LF", Framing::default(), b"A1\r\nB2\r\n", vec![code("A1"), code("B2")]),
            ("LF", Framing::default(), b"A1\nB2\n", vec![code("A1"), code("B2")]),
            ("TAB keeps CR", tab, b"A\r1\t", vec![code("A\r1")]),
            ("three in one write", Framing::default(), b"A\rB\rC\r", vec![code("A"), code("B"), code("C")]),
            ("not enough yet", Framing::default(), b"A1", vec![]),
            ("empty lines", Framing::default(), b"\r\n\r\n", vec![]),
            ("AIM QR", Framing::default(), b"]Q1HF-7\r", vec![with_aim('Q', '1', "HF-7")]),
            ("AIM GS1", Framing::default(), b"]C1011\x1d21\r", vec![with_aim('C', '1', "011\x1d21")]),
            ("] as data", Framing::default(), b"]?1x\r", vec![code("]?1x")]),
            ("AIM alone", Framing::default(), b"]Q1\r", vec![]),
            ("AIM kept as data", plain, b"]Q1HF-7\r", vec![code("]Q1HF-7")]),
            (
                "AIM required: a torn head",
                marked,
                b"HF-7\r]Q1HF-8\r",
                vec![rejected(4, Rejection::Unmarked), with_aim('Q', '1', "HF-8")],
            ),
            ("prefix", prefixed.clone(), b"~S]Q1A\r", vec![with_aim('Q', '1', "A")]),
            ("prefix alone", prefixed.clone(), b"~S\r", vec![]),
            (
                "prefix absent: a torn head",
                prefixed.clone(),
                b"26-1\r~SA\r",
                vec![rejected(4, Rejection::Unmarked), code("A")],
            ),
            ("noise before a prefix", prefixed.clone(), b"\x80\x00x~SA\r", vec![code("A")]),
            ("two codes in one", prefixed, b"~SA1~SB2\r", vec![rejected(8, Rejection::Mixed)]),
            ("noise of opening", Framing::default(), b"\xff\x00\xffA1\r", vec![code("A1")]),
            ("STX and ETX", Framing::default(), b"\x02A1\x03\r\n", vec![code("A1")]),
            (
                "STX and ETX without a suffix",
                Framing::default(),
                b"\x02A1\x03\x02B2\x03",
                vec![code("A1"), code("B2")],
            ),
            ("STX, AIM, ETX", Framing::default(), b"\x02]Q1A1\x03\r", vec![with_aim('Q', '1', "A1")]),
            ("ETX alone", Framing::default(), b"A1\x03\r", vec![code("A1")]),
            ("STX and ETX around nothing", Framing::default(), b"\x02\x03\r", vec![]),
            (
                "STX twice: two codes in one",
                Framing::default(),
                b"\x02A1\x02B2\x03\r",
                vec![rejected(6, Rejection::Mixed)],
            ),
            ("STX as the prefix", framed, b"\x02A1\x03\r", vec![code("A1")]),
            ("noise within", Framing::default(), b"A\x001\r", vec![rejected(3, Rejection::Mixed)]),
            ("Chinese", Framing::default(), "物证一\r".as_bytes(), vec![code("物证一")]),
        ];
        for (name, framing, bytes, expected) in table {
            assert_eq!(&decode(framing.clone(), &[bytes]), expected, "{name}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_bounded_and_reported_and_the_next_one_is_read() {
        let mut decoder = Decoder::new(Framing { length_max: 100, ..Framing::default() });
        for _ in 0..1_000 {
            decoder.feed(&[b'x'; 1000]);
            assert!(decoder.line.len() <= 100);
        }
        decoder.feed(b"\rA1\r");
        let expected = [rejected(1_000_000, Rejection::TooLong), code("A1")];
        assert_eq!(decoder.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn exactly_the_longest_code_is_accepted() {
        let framing = Framing { length_max: 4, ..Framing::default() };
        assert_eq!(decode(framing.clone(), &[b"ABCD\r"]), [code("ABCD")]);
        assert_eq!(decode(framing, &[b"ABCDE\r"]), [rejected(5, Rejection::TooLong)]);
    }

    #[test]
    fn a_pause_ends_a_code_only_without_suffix() {
        let mut silent = Decoder::new(Framing { suffix: Suffix::Pause, ..Framing::default() });
        silent.feed(b"A1");
        silent.quiet();
        assert_eq!(silent.next(), Some(code("A1")));
        let mut lined = Decoder::new(Framing::default());
        lined.feed(b"A1");
        lined.quiet();
        assert_eq!(lined.next(), Some(rejected(2, Rejection::Torn)));
    }

    #[test]
    fn noise_before_a_silence_does_not_become_part_of_the_next_code() {
        let mut decoder = Decoder::new(Framing::default());
        decoder.feed(b"HF-20");
        decoder.quiet();
        decoder.feed(b"HF-2026-1\r");
        decoder.quiet();
        let expected = [rejected(5, Rejection::Torn), code("HF-2026-1")];
        assert_eq!(decoder.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_line_of_which_a_piece_was_lost_is_no_code_and_the_next_one_is() {
        let mut decoder = Decoder::new(Framing::default());
        decoder.feed(b"HF-20");
        decoder.spoil();
        decoder.feed(b"1\rB2\r");
        assert_eq!(decoder.collect::<Vec<_>>(), [rejected(6, Rejection::Torn), code("B2")]);
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_codes(
            bytes in prop::collection::vec(
                prop_oneof![Just(b'\r'), Just(b'\n'), Just(b']'), Just(b'Q'), Just(b'~'), any::<u8>()],
                0..200,
            ),
            cuts in prop::collection::vec(0usize..200, 0..8),
            prefixed: bool,
        ) {
            let prefix = if prefixed { b"~".to_vec() } else { Vec::new() };
            let framing = Framing { length_max: 20, prefix, ..Framing::default() };
            let whole = decode(framing.clone(), &[&bytes]);
            prop_assert_eq!(decode(framing, &crate::scanner::pieces(&bytes, &cuts)), whole);
        }

        /// After whatever came, a line end and a good line are a good code.
        #[test]
        fn a_good_line_after_any_bytes_is_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut decoder = Decoder::new(Framing { length_max: 50, ..Framing::default() });
            decoder.feed(&bytes);
            decoder.feed(b"\rHF-2026-1\r");
            prop_assert_eq!(decoder.last(), Some(code("HF-2026-1")));
        }
    }
}
