//! Line mode, the way nearly every scanner speaks over a serial port: `[prefix][AIM identifier]data[suffix]`, the suffix
//! being CR, LF, CR LF or TAB.
//!
//! The group separator of GS1 codes (0x1D) is data and is kept. Bytes that no text holds (NUL, 0xFF: what an opening
//! port and a loose plug produce) are dropped before a code begins. A line that never ends is bounded and reported.

/// How this scanner is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Framing {
    /// Bytes the scanner puts before every code; removed when present.
    pub prefix: Vec<u8>,
    /// What ends a code.
    pub suffix: Suffix,
    /// The longest code accepted, in bytes. The largest QR symbol holds 7089 digits.
    pub length_max: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suffix {
    /// CR, LF or both in that order: fits every scanner that ends a line.
    LineEnd,
    Tab,
    /// The scanner sends no suffix: a pause ends the code, and the driver calls [`Decoder::pause`].
    Pause,
}

impl Default for Framing {
    fn default() -> Framing {
        Framing { prefix: Vec::new(), suffix: Suffix::LineEnd, length_max: 8192 }
    }
}

/// What came out of the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scan {
    Code {
        /// The code's bytes as the scanner sent them; UTF-8 unless the scanner is set otherwise.
        data: Vec<u8>,
        aim: Option<Aim>,
    },
    /// More than the framing's `length_max` bytes arrived without an end; they were thrown away up to the next end.
    TooLong { length: usize },
    /// Bytes without an end, and then a long silence: noise, or a scanner set up without the expected suffix.
    Broken { length: usize },
}

/// An AIM identifier, `]` code character, modifier (ISO/IEC 15424).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aim {
    pub code: char,
    pub modifier: char,
}

/// Collects bytes into codes. Feed with [`Decoder::feed`], then take codes with [`Iterator::next`] until `None`.
#[derive(Debug)]
pub struct Decoder {
    framing: Framing,
    line: Vec<u8>,
    /// Bytes of an over-long line thrown away so far; 0 when the line is within bounds.
    thrown_away: usize,
    ready: std::collections::VecDeque<Scan>,
}

impl Decoder {
    pub fn new(framing: Framing) -> Decoder {
        Decoder { framing, line: Vec::new(), thrown_away: 0, ready: std::collections::VecDeque::new() }
    }

    /// Takes bytes as they arrive, in any pieces.
    pub fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.take(byte);
        }
    }

    /// The line has been silent. Ends a code when the framing has no suffix; otherwise it means nothing.
    pub fn pause(&mut self) {
        if self.framing.suffix == Suffix::Pause {
            self.end();
        }
    }

    /// The line has been silent for longer than any scanner pauses within a code (a second): what was half received is
    /// not a code, and must not become the beginning of the next one.
    pub fn silence(&mut self) {
        let length = self.line.len().max(self.thrown_away);
        if length > 0 {
            self.reset();
            self.ready.push_back(Scan::Broken { length });
        }
    }

    /// The port was closed: what was half received is not a code.
    pub fn reset(&mut self) {
        self.line.clear();
        self.thrown_away = 0;
    }

    /// Whether a code has begun and not ended.
    pub fn is_within(&self) -> bool {
        !self.line.is_empty() || self.thrown_away > 0
    }

    fn take(&mut self, byte: u8) {
        let ends = match self.framing.suffix {
            Suffix::LineEnd => matches!(byte, b'\r' | b'\n'),
            Suffix::Tab => byte == b'\t',
            Suffix::Pause => false,
        };
        if ends {
            self.end();
        } else if self.thrown_away > 0 {
            self.thrown_away += 1;
        } else if self.line.is_empty() && matches!(byte, 0x00 | 0xFF) {
            // Noise of an opening port; no text begins with these.
        } else if self.line.len() == self.framing.length_max {
            self.thrown_away = self.line.len() + 1;
            self.line.clear();
        } else {
            self.line.push(byte);
        }
    }

    /// An empty line is the partner of a CR LF or a bare Enter, never a code.
    fn end(&mut self) {
        if self.thrown_away > 0 {
            self.ready.push_back(Scan::TooLong { length: self.thrown_away });
            self.thrown_away = 0;
            return;
        }
        let line = std::mem::take(&mut self.line);
        let line = line.strip_prefix(self.framing.prefix.as_slice()).unwrap_or(&line);
        let (aim, data) = split_aim(line);
        if !data.is_empty() {
            self.ready.push_back(Scan::Code { data: data.to_vec(), aim });
        }
    }
}

impl Iterator for Decoder {
    type Item = Scan;

    fn next(&mut self) -> Option<Scan> {
        self.ready.pop_front()
    }
}

/// The code characters of ISO/IEC 15424 that scanners send; others stay part of the data.
const AIM_CODES: &[u8] = b"ACEFGILQdehzX";

fn split_aim(line: &[u8]) -> (Option<Aim>, &[u8]) {
    match line {
        [b']', code, modifier, data @ ..] if AIM_CODES.contains(code) && modifier.is_ascii_alphanumeric() => {
            (Some(Aim { code: char::from(*code), modifier: char::from(*modifier) }), data)
        }
        _ => (None, line),
    }
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

    #[test]
    fn lines_as_scanners_send_them() {
        let prefixed = Framing { prefix: b"~S".to_vec(), ..Framing::default() };
        let tab = Framing { suffix: Suffix::Tab, ..Framing::default() };
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
            ("prefix", prefixed.clone(), b"~S]Q1A\r", vec![with_aim('Q', '1', "A")]),
            ("prefix absent", prefixed, b"A\r", vec![code("A")]),
            ("noise of opening", Framing::default(), b"\xff\x00\xffA1\r", vec![code("A1")]),
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
        assert_eq!(decoder.collect::<Vec<_>>(), [Scan::TooLong { length: 1_000_000 }, code("A1")]);
    }

    #[test]
    fn exactly_the_longest_code_is_accepted() {
        let framing = Framing { length_max: 4, ..Framing::default() };
        assert_eq!(decode(framing.clone(), &[b"ABCD\r"]), [code("ABCD")]);
        assert_eq!(decode(framing, &[b"ABCDE\r"]), [Scan::TooLong { length: 5 }]);
    }

    #[test]
    fn a_pause_ends_a_code_only_without_suffix() {
        let mut silent = Decoder::new(Framing { suffix: Suffix::Pause, ..Framing::default() });
        silent.feed(b"A1");
        silent.pause();
        assert_eq!(silent.next(), Some(code("A1")));
        let mut lined = Decoder::new(Framing::default());
        lined.feed(b"A1");
        lined.pause();
        assert_eq!(lined.next(), None);
        lined.feed(b"2\r");
        assert_eq!(lined.next(), Some(code("A12")));
    }

    #[test]
    fn noise_before_a_silence_does_not_become_part_of_the_next_code() {
        let mut decoder = Decoder::new(Framing::default());
        decoder.feed(b"HF-20");
        decoder.silence();
        decoder.feed(b"HF-2026-1\r");
        decoder.silence();
        assert_eq!(decoder.collect::<Vec<_>>(), [Scan::Broken { length: 5 }, code("HF-2026-1")]);
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_codes(
            bytes in prop::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b']'), Just(b'Q'), any::<u8>()], 0..200),
            cuts in prop::collection::vec(0usize..200, 0..8),
        ) {
            let framing = Framing { length_max: 20, ..Framing::default() };
            let whole = decode(framing.clone(), &[&bytes]);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            prop_assert_eq!(decode(framing, &pieces), whole);
        }
    }
}
