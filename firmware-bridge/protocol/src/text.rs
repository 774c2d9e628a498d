//! Text from a code whose character set nobody states: UTF-8 when it is UTF-8, else GB18030 or `Shift_JIS` when the bytes
//! look like it, else Latin-1, which reads every byte and so never fails.

use encoding_rs::{Encoding, GB18030, SHIFT_JIS};

/// Reads the bytes of one code as text.
pub fn read(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let guess = match pairs(bytes) {
        Pairs::Gb2312 => whole(GB18030, bytes),
        Pairs::Single => None,
        Pairs::Other => {
            whole(SHIFT_JIS, bytes).filter(|text| has_kana(text)).or_else(|| whole(GB18030, bytes))
        }
    };
    guess.unwrap_or_else(|| bytes.iter().map(|&byte| char::from(byte)).collect())
}

enum Pairs {
    /// Every byte above 0x7F stands in a pair of the GB 2312 plane, where all common Chinese characters are.
    Gb2312,
    /// No two such bytes stand together: accented letters of a Latin alphabet.
    Single,
    Other,
}

fn pairs(bytes: &[u8]) -> Pairs {
    let (mut all_gb, mut any_pair) = (true, false);
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        rest = after;
        if first.is_ascii() {
            continue;
        }
        match after {
            [second, after @ ..] if !second.is_ascii() => {
                any_pair = true;
                all_gb &= (0xA1..=0xF7).contains(first) && (0xA1..=0xFE).contains(second);
                rest = after;
            }
            _ => all_gb = false,
        }
    }
    match (any_pair, all_gb) {
        (true, true) => Pairs::Gb2312,
        (false, _) => Pairs::Single,
        (true, false) => Pairs::Other,
    }
}

fn whole(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(String::from)
}

fn has_kana(text: &str) -> bool {
    text.chars().any(|c| ('\u{3041}'..='\u{30FF}').contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_in_the_sets_that_labels_use() {
        let table: &[(&[u8], &str)] = &[
            (b"HF-2026-000123", "HF-2026-000123"),
            ("涉案财物".as_bytes(), "涉案财物"),
            (b"\xce\xef\xd6\xa4-01", "物证-01"),
            (b"\x82\xb1\x82\xf1\x82\xc9\x82\xbf\x82\xcd", "こんにちは"),
            (b"caf\xe9", "café"),
            (b"\xdcnicode", "Ünicode"),
            (b"\xff", "ÿ"),
            (b"", ""),
        ];
        for (bytes, text) in table {
            assert_eq!(read(bytes), *text, "{bytes:x?}");
        }
    }
}
