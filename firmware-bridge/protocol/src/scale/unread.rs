//! What a scale sent that is no reading: kept as it came, so that a person can be shown it.

use std::fmt;
use std::fmt::Write;

/// An answer is under 40 bytes; what follows repeats it.
const LENGTH_MAX: usize = 40;

/// The first bytes since the last reading, as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    bytes: Vec<u8>,
}

impl Unread {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        let room = LENGTH_MAX - self.bytes.len();
        self.bytes.extend(bytes.iter().filter(|byte| !is_idle(**byte)).take(room));
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes as text, for finding words in it; what is no ASCII is a dot.
    pub fn text(&self) -> String {
        let shown = |byte: &u8| if (b' '..0x7F).contains(byte) { char::from(*byte) } else { '.' };
        self.bytes.iter().map(shown).collect()
    }

    /// Whether it looks like what a wrong baud rate makes of a text: no scale writes beyond ASCII.
    pub fn looks_garbled(&self) -> bool {
        self.bytes.iter().filter(|byte| !byte.is_ascii()).count() * 4 >= self.bytes.len().max(1)
    }
}

impl fmt::Display for Unread {
    /// In hexadecimal, then as text: `45 4C 0D 0A “EL..”`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut hex = String::new();
        for byte in &self.bytes {
            write!(hex, "{byte:02X} ")?;
        }
        write!(f, "{hex}“{}”", self.text())
    }
}

/// What an opening port, a loose plug and software flow control send is nothing that a scale says.
fn is_idle(byte: u8) -> bool {
    matches!(byte, 0x00 | 0x11 | 0x13 | 0xFF)
}

#[cfg(test)]
mod tests {
    use crate::scale::{Decoder, Protocol};

    fn shown(protocol: Protocol, bytes: &[u8]) -> Option<String> {
        let mut decoder = Decoder::new(protocol, "kg");
        decoder.feed(bytes);
        let readings = decoder.by_ref().count();
        decoder.unread().map(|unread| format!("{readings} {unread}"))
    }

    #[test]
    fn what_is_no_reading_is_kept_as_it_came_and_forgotten_with_the_next_reading() {
        for (protocol, bytes, expected) in [
            (Protocol::Sics, &b"EL\r\n"[..], Some("0 45 4C 0D 0A “EL..”")),
            (
                Protocol::Sics,
                b"S D 12:07.50 lb:oz\r\n",
                Some("0 53 20 44 20 31 32 3A 30 37 2E 35 30 20 6C 62 3A 6F 7A 0D 0A “S D 12:07.50 lb:oz..”"),
            ),
            (Protocol::Toledo8217, b"\x02001234\r", Some("0 02 30 30 31 32 33 34 0D “.001234.”")),
            (Protocol::And, b"HD,GS,+1kg\r\n", Some("0 48 44 2C 47 53 2C 2B 31 6B 67 0D 0A “HD,GS,+1kg..”")),
            (Protocol::Sics, b"\x80\xfe\x1c", Some("0 80 FE 1C “...”")),
            (Protocol::Sics, b"EL\r\nS S      12.35 g\r\n", None),
            (Protocol::Sics, b"\x00\xff\x11\x13", None),
            (Protocol::Sics, b"", None),
        ] {
            assert_eq!(shown(protocol, bytes).as_deref(), expected, "{bytes:x?}");
        }
        let long = shown(Protocol::And, &[b'x'; 1000]).unwrap();
        assert_eq!(long.matches("78").count(), super::LENGTH_MAX);
    }

    #[test]
    fn a_wrong_baud_rate_is_suspected_where_it_shows() {
        let garbled = |bytes: &[u8]| {
            let mut decoder = Decoder::new(Protocol::Sics, "");
            decoder.feed(bytes);
            decoder.unread().unwrap().looks_garbled()
        };
        assert!(garbled(b"\x80\xfe\x1c\xe0\x9f\xc3"));
        assert!(!garbled(b"EL\r\n"));
    }
}
