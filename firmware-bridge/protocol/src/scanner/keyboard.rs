//! Scanners that type (keyboard wedges): the kernel's input events, read as the keys of a US keyboard, whatever layout or
//! input method the desktop has. What is typed is then framed as in line mode; Enter and Tab are its ends.
//!
//! A key this table does not know, a character typed by a number that no ASCII table holds, and events the kernel had to
//! drop spoil the code they stand in: a scanner is never guessed at.

use super::Scan;
use super::line::{self, Framing};

/// One `struct input_event` of a 64-bit kernel: two words of time, type, code, value.
pub const RECORD: usize = 24;

const EV_SYN: u16 = 0;
const EV_KEY: u16 = 1;
const SYN_REPORT: u16 = 0;
/// The kernel's buffer was full: events before this one are lost.
const SYN_DROPPED: u16 = 3;
const RELEASE: i32 = 0;
const PRESS: i32 = 1;

const CTRL: [u16; 2] = [29, 97];
const SHIFT: [u16; 2] = [42, 54];
const ALT: [u16; 2] = [56, 100];
const CAPS_LOCK: u16 = 58;
/// Num Lock, Scroll Lock, and the two Meta keys change nothing that a scanner types.
const WITHOUT_MEANING: [u16; 4] = [69, 70, 125, 126];

/// Key code (`linux/input-event-codes.h`), what it types, what it types with Shift.
const KEYS: [(u16, u8, u8); 67] = [
    (1, 0x1B, 0x1B),
    (2, b'1', b'!'),
    (3, b'2', b'@'),
    (4, b'3', b'#'),
    (5, b'4', b'$'),
    (6, b'5', b'%'),
    (7, b'6', b'^'),
    (8, b'7', b'&'),
    (9, b'8', b'*'),
    (10, b'9', b'('),
    (11, b'0', b')'),
    (12, b'-', b'_'),
    (13, b'=', b'+'),
    (14, 0x08, 0x08),
    (15, b'\t', b'\t'),
    (16, b'q', b'Q'),
    (17, b'w', b'W'),
    (18, b'e', b'E'),
    (19, b'r', b'R'),
    (20, b't', b'T'),
    (21, b'y', b'Y'),
    (22, b'u', b'U'),
    (23, b'i', b'I'),
    (24, b'o', b'O'),
    (25, b'p', b'P'),
    (26, b'[', b'{'),
    (27, b']', b'}'),
    (28, b'\r', b'\r'),
    (30, b'a', b'A'),
    (31, b's', b'S'),
    (32, b'd', b'D'),
    (33, b'f', b'F'),
    (34, b'g', b'G'),
    (35, b'h', b'H'),
    (36, b'j', b'J'),
    (37, b'k', b'K'),
    (38, b'l', b'L'),
    (39, b';', b':'),
    (40, b'\'', b'"'),
    (41, b'`', b'~'),
    (43, b'\\', b'|'),
    (44, b'z', b'Z'),
    (45, b'x', b'X'),
    (46, b'c', b'C'),
    (47, b'v', b'V'),
    (48, b'b', b'B'),
    (49, b'n', b'N'),
    (50, b'm', b'M'),
    (51, b',', b'<'),
    (52, b'.', b'>'),
    (53, b'/', b'?'),
    (55, b'*', b'*'),
    (57, b' ', b' '),
    (71, b'7', b'7'),
    (72, b'8', b'8'),
    (73, b'9', b'9'),
    (74, b'-', b'-'),
    (75, b'4', b'4'),
    (76, b'5', b'5'),
    (77, b'6', b'6'),
    (78, b'+', b'+'),
    (79, b'1', b'1'),
    (80, b'2', b'2'),
    (81, b'3', b'3'),
    (82, b'0', b'0'),
    (83, b'.', b'.'),
    (96, b'\r', b'\r'),
];

/// Collects key presses into codes.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four things that are so or not, independently")]
#[expect(clippy::option_option, reason = "Alt is held or not, and a number was typed under it or not")]
pub struct Decoder {
    line: line::Decoder,
    /// A record of which a part has arrived. The kernel hands out whole ones; a pipe need not.
    record: Vec<u8>,
    shift: bool,
    ctrl: bool,
    caps: bool,
    /// Alt is held, and the number typed meanwhile.
    alt: Option<Option<u32>>,
    /// Until the kernel's next report nothing can be believed.
    dropped: bool,
}

impl Decoder {
    pub fn new(framing: Framing) -> Decoder {
        Decoder {
            line: line::Decoder::new(framing),
            record: Vec::new(),
            shift: false,
            ctrl: false,
            caps: false,
            alt: None,
            dropped: false,
        }
    }

    /// Takes records as they arrive, in any pieces.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (piece, rest) = bytes.split_at(bytes.len().min(RECORD - self.record.len()));
            self.record.extend_from_slice(piece);
            bytes = rest;
            if let Ok(record) = <[u8; RECORD]>::try_from(self.record.as_slice()) {
                self.record.clear();
                self.take(record);
            }
        }
    }

    /// No key for longer than the framing's quiet time.
    pub fn quiet(&mut self) {
        self.line.quiet();
    }

    pub fn is_within(&self) -> bool {
        self.line.is_within()
    }

    fn take(&mut self, record: [u8; RECORD]) {
        let [.., k0, k1, c0, c1, v0, v1, v2, v3] = record;
        let (kind, code) = (u16::from_ne_bytes([k0, k1]), u16::from_ne_bytes([c0, c1]));
        let value = i32::from_ne_bytes([v0, v1, v2, v3]);
        match (kind, code) {
            (EV_SYN, SYN_DROPPED) => {
                self.line.spoil();
                (self.shift, self.ctrl, self.alt) = (false, false, None);
                self.dropped = true;
            }
            (EV_SYN, SYN_REPORT) => self.dropped = false,
            (EV_KEY, code) if !self.dropped => self.key(code, value),
            _ => (),
        }
    }

    fn key(&mut self, code: u16, value: i32) {
        match value {
            PRESS | RELEASE if SHIFT.contains(&code) => self.shift = value == PRESS,
            PRESS | RELEASE if CTRL.contains(&code) => self.ctrl = value == PRESS,
            PRESS if ALT.contains(&code) => self.alt = Some(None),
            RELEASE if ALT.contains(&code) => self.end_number(),
            PRESS if code == CAPS_LOCK => self.caps = !self.caps,
            PRESS if !WITHOUT_MEANING.contains(&code) => self.press(code),
            // A key that was let go, or one the keyboard repeats because it is held: a scanner holds none.
            _ => (),
        }
    }

    fn press(&mut self, code: u16) {
        let Some(&(_, plain, shifted)) = KEYS.iter().find(|(known, ..)| *known == code) else {
            return self.line.spoil();
        };
        if let Some(number) = &mut self.alt {
            *number = match plain {
                b'0'..=b'9' => {
                    Some(number.unwrap_or(0).saturating_mul(10).saturating_add(u32::from(plain - b'0')))
                }
                _ => Some(u32::MAX),
            };
            return;
        }
        let shift = self.shift != (self.caps && plain.is_ascii_lowercase());
        match (self.ctrl, plain) {
            (false, _) => self.line.feed(&[if shift { shifted } else { plain }]),
            // Scanners write the separators of GS1 and ISO 15434 in this way: Ctrl ] is GS.
            (true, b'a'..=b'z' | b'[' | b'\\' | b']') => self.line.feed(&[plain & 0x1F]),
            (true, b'6') => self.line.feed(&[0x1E]),
            (true, b'-') => self.line.feed(&[0x1F]),
            (true, _) => self.line.spoil(),
        }
    }

    /// Alt was let go: the character whose number was typed.
    fn end_number(&mut self) {
        match self.alt.take().flatten() {
            None => (),
            Some(number) => match u8::try_from(number) {
                Ok(byte) if byte.is_ascii() => self.line.feed(&[byte]),
                _ => self.line.spoil(),
            },
        }
    }
}

impl Iterator for Decoder {
    type Item = Scan;

    fn next(&mut self) -> Option<Scan> {
        self.line.next()
    }
}

/// The records of a scanner that types this text and then Enter; what no key types is left out. For tests and for trying a
/// station without hardware.
pub fn typed(text: &[u8]) -> Vec<u8> {
    let mut records = Vec::new();
    for &byte in text.iter().chain(b"\r") {
        let of = |wanted: u8, shifted: bool| {
            let known = KEYS.iter().find(|(_, plain, held)| wanted == if shifted { *held } else { *plain });
            known.map(|(code, ..)| *code)
        };
        let (held, code) = match (of(byte, false), of(byte, true)) {
            (Some(code), _) => (None, code),
            (None, Some(code)) => (Some(SHIFT[0]), code),
            (None, None) => match of((byte | 0x40).to_ascii_lowercase(), false) {
                Some(code) if byte.is_ascii_control() => (Some(CTRL[0]), code),
                _ => continue,
            },
        };
        let keys = held.map(|held| (held, PRESS)).into_iter().chain([(code, PRESS), (code, RELEASE)]);
        let keys = keys.chain(held.map(|held| (held, RELEASE)));
        for (code, value) in keys {
            records.extend_from_slice(&record(EV_KEY, code, value));
            records.extend_from_slice(&record(EV_SYN, SYN_REPORT, 0));
        }
    }
    records
}

fn record(kind: u16, code: u16, value: i32) -> [u8; RECORD] {
    let mut record = [0; RECORD];
    let written = kind.to_ne_bytes().into_iter().chain(code.to_ne_bytes()).chain(value.to_ne_bytes());
    record.iter_mut().skip(RECORD - 8).zip(written).for_each(|(to, from)| *to = from);
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scanner::Rejection;
    use proptest::prelude::*;

    fn code(data: &[u8]) -> Scan {
        Scan::Code { data: data.to_vec(), aim: None }
    }

    fn decode(pieces: &[&[u8]]) -> Vec<Scan> {
        let mut decoder = Decoder::new(Framing::default());
        pieces.iter().for_each(|piece| decoder.feed(piece));
        decoder.collect()
    }

    fn keys(keys: &[(u16, i32)]) -> Vec<u8> {
        keys.iter().flat_map(|(code, value)| record(EV_KEY, *code, *value)).collect()
    }

    /// Bytes as `evtest` shows them for a scanner: h with Shift, then 7, then Enter.
    #[test]
    fn golden_records() {
        let bytes = typed(b"H7");
        let event = |at: usize| &bytes[at * RECORD + 16..(at + 1) * RECORD];
        assert_eq!(event(0), [1, 0, 42, 0, 1, 0, 0, 0]);
        assert_eq!(event(1), [0; 8]);
        assert_eq!(event(2), [1, 0, 35, 0, 1, 0, 0, 0]);
        assert_eq!(event(4), [1, 0, 35, 0, 0, 0, 0, 0]);
        assert_eq!(event(6), [1, 0, 42, 0, 0, 0, 0, 0]);
        assert_eq!(decode(&[&bytes]), [code(b"H7")]);
    }

    #[test]
    fn separators_and_numbers_and_what_is_not_guessed_at() {
        let alt = |digits: &[u16]| {
            let digits = digits.iter().flat_map(|digit| [(*digit, 1), (*digit, 0)]);
            let all: Vec<_> = std::iter::once((56, 1)).chain(digits).chain([(56, 0)]).collect();
            keys(&all)
        };
        let torn = |length| Scan::Rejected { length, why: Rejection::Torn };
        let enter = keys(&[(28, 1), (28, 0)]);
        let a = keys(&[(30, 1), (30, 2), (30, 2), (30, 0)]);
        let table = [
            ("GS by Ctrl ]", typed(b"01\x1d21"), code(b"01\x1d21")),
            (
                "GS by Alt 029",
                [a.clone(), alt(&[82, 80, 73]), a.clone(), enter.clone()].concat(),
                code(b"a\x1da"),
            ),
            ("beyond ASCII", [a.clone(), alt(&[82, 80, 80, 73]), enter.clone()].concat(), torn(1)),
            ("Caps Lock", [keys(&[(58, 1), (58, 0)]), a.clone(), enter.clone()].concat(), code(b"A")),
            ("an unknown key", [a.clone(), keys(&[(183, 1)]), enter.clone()].concat(), torn(1)),
            (
                "lost events",
                [a.clone(), record(EV_SYN, SYN_DROPPED, 0).to_vec(), enter.clone()].concat(),
                torn(1),
            ),
            ("keypad Enter", [a, keys(&[(96, 1), (96, 0)])].concat(), code(b"a")),
        ];
        for (name, records, expected) in table {
            let mut decoder = Decoder::new(Framing::default());
            decoder.feed(&records);
            if name == "lost events" {
                // The lost ones are over with the next report; the Enter before it was not believed.
                decoder.feed(&[record(EV_SYN, SYN_REPORT, 0).to_vec(), enter.clone()].concat());
            }
            assert_eq!(decoder.collect::<Vec<_>>(), [expected], "{name}");
        }
    }

    proptest! {
        #[test]
        fn what_is_typed_is_read_in_any_pieces(
            text in "[ -~\x1d]{1,60}",
            cuts in prop::collection::vec(0usize..9_000, 0..8),
        ) {
            prop_assume!(!text.starts_with(']'));
            let records = typed(text.as_bytes());
            prop_assert_eq!(decode(&crate::scanner::pieces(&records, &cuts)), [code(text.as_bytes())]);
        }

        #[test]
        fn any_records_are_survived_and_after_a_silence_a_code_is_read(
            events in prop::collection::vec((0u16..3, 0u16..300, -1i32..4), 0..200),
        ) {
            let mut decoder = Decoder::new(Framing { length_max: 50, ..Framing::default() });
            for (kind, code, value) in events {
                decoder.feed(&record(kind, code, value));
            }
            // Every modifier let go, Caps Lock as it was.
            let caps = decoder.caps;
            decoder.feed(&record(EV_SYN, SYN_REPORT, 0));
            for key in SHIFT.into_iter().chain(CTRL).chain(ALT) {
                decoder.feed(&record(EV_KEY, key, RELEASE));
            }
            if caps {
                decoder.feed(&record(EV_KEY, CAPS_LOCK, PRESS));
            }
            decoder.quiet();
            decoder.feed(&typed(b"HF-7"));
            prop_assert_eq!(decoder.last(), Some(code(b"HF-7")));
        }
    }
}
