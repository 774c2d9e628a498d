//! Bytes → text: by the byte order mark, else UTF-16 by its zero bytes, else line by line, because two files that were put
//! together may be in two encodings.

use encoding_rs::{BIG5, GB18030, UTF_16BE, UTF_16LE};

use crate::import::error::Refusal;
use crate::import::text::is_han;

/// A text and what was found odd about it.
pub(super) struct Decoded {
    pub(super) text: String,
    /// The lines (from 1) that are in another encoding than most.
    pub(super) other_lines: Vec<u32>,
}

/// Decodes the whole file.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, Refusal> {
    let decoded = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) if encoding != encoding_rs::UTF_8 => whole(&encoding.decode(bytes).0),
        Some((_, mark)) => by_line(bytes.get(mark..).unwrap_or_default()),
        None => match zero_bytes(bytes) {
            (0, 0) => by_line(bytes),
            (even, odd) if even * 8 <= odd => whole(&UTF_16LE.decode(bytes).0),
            (even, odd) if odd * 8 <= even => whole(&UTF_16BE.decode(bytes).0),
            _ => return Err(Refusal::NotASpreadsheet),
        },
    };
    // Text holds no zero characters and few other control characters; a picture under a wrong name holds many.
    let control = decoded
        .text
        .chars()
        .take(4_096)
        .filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        .count();
    if control > 16 { Err(Refusal::NotASpreadsheet) } else { Ok(decoded) }
}

fn whole(text: &str) -> Decoded {
    Decoded { text: text.to_owned(), other_lines: Vec::new() }
}

/// What one line is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Ascii,
    Utf8,
    Other,
}

fn by_line(bytes: &[u8]) -> Decoded {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return whole(text);
    }
    let lines: Vec<(Line, &[u8])> =
        bytes.split_inclusive(|byte| *byte == b'\n').map(|line| (kind(line), line)).collect();
    let count = |kind| lines.iter().filter(|(it, _)| *it == kind).count();
    let (utf8, other) = (count(Line::Utf8), count(Line::Other));
    if utf8 == 0 {
        return whole(&local(bytes));
    }
    let mut decoded = Decoded { text: String::new(), other_lines: Vec::new() };
    for (number, (kind, line)) in (1_u32..).zip(&lines) {
        let text = match kind {
            Line::Ascii | Line::Utf8 => String::from_utf8_lossy(line).into_owned(),
            Line::Other => match GB18030.decode(line) {
                (text, _, false) if plausible(&text) => {
                    if utf8 >= other {
                        decoded.other_lines.push(number);
                    }
                    text.into_owned()
                }
                // A damaged character in a line that is UTF-8 otherwise.
                _ => String::from_utf8_lossy(line).into_owned(),
            },
        };
        if *kind == Line::Utf8 && other > utf8 {
            decoded.other_lines.push(number);
        }
        decoded.text.push_str(&text);
    }
    decoded
}

/// Whether a line is UTF-8. A short line of GB 18030 may read as two-byte UTF-8 by accident; then it holds no Chinese.
fn kind(line: &[u8]) -> Line {
    match std::str::from_utf8(line) {
        Ok(text) if text.is_ascii() => Line::Ascii,
        Ok(text) if text.chars().any(|c| is_han(c) || c.len_utf8() > 2) => Line::Utf8,
        Ok(_) if GB18030.decode(line).0.chars().any(is_han) => Line::Other,
        Ok(_) => Line::Utf8,
        Err(_) => Line::Other,
    }
}

/// Text in a local encoding: GB 18030, or Big5 when only that reads as a list.
fn local(bytes: &[u8]) -> String {
    let simplified = GB18030.decode(bytes).0;
    let (traditional, _, damaged) = BIG5.decode(bytes);
    let said = |text: &str, words: &[&str]| words.iter().filter(|word| text.contains(**word)).count();
    let big5 = said(&traditional, &["名稱", "數量", "編號", "單位", "特徵", "備註", "物品", "品名", "清單"]);
    let gb = said(
        &simplified,
        &["名称", "数量", "编号", "单位", "特征", "备注", "物品", "品名", "清单", "名稱", "數量"],
    );
    if !damaged && big5 > gb { traditional.into_owned() } else { simplified.into_owned() }
}

/// Whether a decoded line reads as Chinese and not as characters nobody uses.
fn plausible(text: &str) -> bool {
    let (mut common, mut all) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        all += 1;
        common += usize::from(
            is_han(c) || ('\u{3000}'..='\u{303F}').contains(&c) || ('\u{FF00}'..='\u{FFEF}').contains(&c),
        );
    }
    common * 10 >= all * 7
}

fn zero_bytes(bytes: &[u8]) -> (usize, usize) {
    let pairs = bytes.chunks_exact(2).take(4_096);
    pairs.fold((0, 0), |(even, odd), pair| match pair {
        [0, 0] => (even + 1, odd + 1),
        [0, _] => (even + 1, odd),
        [_, 0] => (even, odd + 1),
        _ => (even, odd),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_encoding_is_read() {
        let ascii = "name,qty\nphone,2\n";
        let bytes: Vec<u8> = ascii.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&bytes).unwrap().text, ascii);
        let text = "名称,数量\n手机,2部\n";
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let bom = |mark: &[u8], rest: Vec<u8>| [mark, &rest].concat();
        for bytes in [
            text.as_bytes().to_vec(),
            bom(b"\xEF\xBB\xBF", text.as_bytes().to_vec()),
            GB18030.encode(text).0.into_owned(),
            utf16(u16::to_le_bytes),
            bom(b"\xFF\xFE", utf16(u16::to_le_bytes)),
            bom(b"\xFE\xFF", utf16(u16::to_be_bytes)),
            utf16(u16::to_be_bytes),
        ] {
            assert_eq!(decode(&bytes).unwrap().text, text);
        }
    }

    #[test]
    fn two_encodings_in_one_file_are_read_line_by_line() {
        let bytes =
            ["名称,数量\n手机,2部\n电脑,1台\n".as_bytes(), &GB18030.encode("现金,500元\n").0].concat();
        let decoded = decode(&bytes).unwrap();
        assert_eq!(decoded.text, "名称,数量\n手机,2部\n电脑,1台\n现金,500元\n");
        assert_eq!(decoded.other_lines, [4]);
    }

    #[test]
    fn traditional_text_in_big5_is_read() {
        let text = "編號,物品名稱,數量\n1,手機,2部\n";
        assert_eq!(decode(&BIG5.encode(text).0).unwrap().text, text);
    }
}
