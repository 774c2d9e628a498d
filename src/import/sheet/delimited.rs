//! .csv, .tsv and text copied out of a spreadsheet: any of the usual encodings, any of the usual separators.

use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::{Collector, Kind, ROW_LAST, Sheet};
use crate::import::error::Refusal;
use crate::import::header;

/// The separators that are tried. The Chinese comma is replaced by a control character first, because the reader wants one
/// byte.
const SEPARATORS: [u8; 5] = [b',', b'\t', b';', b'|', STAND_IN];
const STAND_IN: u8 = 0x1F;
/// How much is looked at to find the separator.
const SAMPLE: usize = 64 << 10;
/// Line ends in one cell; more are the sign of a quote left open.
const LINES_IN_CELL: usize = 60;
/// What a spreadsheet writes for a formula that failed.
const FORMULA_ERRORS: [&str; 7] = ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"];

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    let text = decode(bytes)?;
    if looks_like_markup(&text) {
        return Err(Refusal::WebPage);
    }
    // With every line ended the same way, lines can be counted.
    let text = text.trim_end().replace("\r\n", "\n").replace('\r', "\n") + "\n";
    let sample = text.char_indices().nth(SAMPLE).map_or(&*text, |(end, _)| text.get(..end).unwrap_or(&text));
    // The separator is the one under which the most column names can be read.
    let width = |separator: u8| {
        split(sample, separator, Quotes::Group)
            .map_or(0, |sheet| header::find(&sheet).map_or(0, |it| it.width()))
    };
    let best = SEPARATORS.into_iter().rev().max_by_key(|separator| width(*separator)).unwrap_or(b',');
    let sheet = split(&text, best, Quotes::Group)?;
    // A quote that is never closed (13"电脑) would swallow the rest of the file.
    let swallowed = sheet.lines_in_cell > LINES_IN_CELL;
    Ok(vec![if swallowed { split(&text, best, Quotes::Plain)? } else { sheet }])
}

/// Whether quotes hold a cell together or are characters like any other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Group,
    Plain,
}

/// Bytes → text: by the byte order mark, else UTF-16 by its zero bytes, else UTF-8 if it reads as such, else GB 18030.
fn decode(bytes: &[u8]) -> Result<String, Refusal> {
    let encoding = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => match zero_bytes(bytes) {
            (0, 0) if mostly_utf8(bytes) => UTF_8,
            (0, 0) => GB18030,
            (even, odd) if even * 8 <= odd => UTF_16LE,
            (even, odd) if odd * 8 <= even => UTF_16BE,
            _ => return Err(Refusal::NotASpreadsheet),
        },
    };
    let (text, _, _) = encoding.decode(bytes);
    // Text holds no zero characters and few other control characters; a picture under a wrong name holds many.
    let control =
        text.chars().take(4_096).filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')).count();
    if control > 16 { Err(Refusal::NotASpreadsheet) } else { Ok(text.into_owned()) }
}

/// Whether the bytes are UTF-8, a few damaged characters aside. Chinese text in GB 18030 is damaged nearly everywhere when
/// taken for UTF-8.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let damaged = text.matches('\u{FFFD}').count();
    damaged == 0 || damaged * 20 < text.chars().filter(|c| !c.is_ascii()).count()
}

/// Zero bytes at even and at odd places: in UTF-16 the digits, commas and line ends have one on a fixed side.
fn zero_bytes(bytes: &[u8]) -> (usize, usize) {
    let pairs = bytes.chunks_exact(2).take(4_096);
    pairs.fold((0, 0), |(even, odd), pair| match pair {
        [0, 0] => (even + 1, odd + 1),
        [0, _] => (even + 1, odd),
        [_, 0] => (even, odd + 1),
        _ => (even, odd),
    })
}

fn looks_like_markup(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(512).collect::<String>().to_lowercase();
    start.starts_with('<')
        && ["<html", "<!doctype", "<table", "<?xml", "<meta", "<head"].iter().any(|it| start.contains(it))
}

/// Splits text into cells. The reader drops blank lines, so they are counted: rows keep the numbers a spreadsheet would show.
fn split(text: &str, separator: u8, quotes: Quotes) -> Result<Sheet, Refusal> {
    let replaced = (separator == STAND_IN).then(|| text.replace('，', "\u{1F}"));
    let text = replaced.as_deref().unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .quoting(quotes == Quotes::Group)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut collector = Collector::default();
    collector.open("");
    let (mut record, mut row, mut line) = (csv::StringRecord::new(), 0_u32, 1_u64);
    while reader.read_record(&mut record).map_err(|_| Refusal::Broken)? {
        let now = reader.position().line();
        let inside: usize = record.iter().map(|field| field.matches('\n').count()).sum();
        let own = u64::try_from(inside).map_err(|_| Refusal::TooLarge)? + 1;
        let blank = (now - line).saturating_sub(own);
        row = u32::try_from(blank)
            .ok()
            .and_then(|blank| row.checked_add(blank))
            .filter(|it| *it < ROW_LAST)
            .ok_or(Refusal::TooLarge)?;
        for (column, field) in (0_u32..).zip(&record) {
            let field = if separator == STAND_IN { field.replace('\u{1F}', "，") } else { field.to_owned() };
            collector.put(row, column, &field, kind_of(&field))?;
        }
        (row, line) = (row + 1, now);
    }
    collector.finish().pop().ok_or(Refusal::Empty)
}

/// What a cell that is only text holds.
pub(super) fn kind_of(text: &str) -> Kind {
    if FORMULA_ERRORS.contains(&text.trim()) { Kind::Error } else { Kind::Text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(sheet: &Sheet) -> Vec<String> {
        sheet.cells.iter().map(|cell| format!("{}:{}:{}", cell.row, cell.column, cell.text)).collect()
    }

    #[test]
    fn rows_keep_their_numbers_over_blank_lines_and_line_ends_in_quotes() {
        let sheet = split("a,b\n\n\n\"c\nd\",e\n\nf\n", b',', Quotes::Group).unwrap();
        assert_eq!(shown(&sheet), ["1:0:a", "1:1:b", "4:0:c\nd", "4:1:e", "6:0:f"]);
    }

    #[test]
    fn every_usual_encoding_is_read() {
        let ascii = "name,qty\nphone,2\n";
        let bytes: Vec<u8> = ascii.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&bytes).unwrap(), ascii);
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
            assert_eq!(decode(&bytes).unwrap(), text);
        }
    }

    #[test]
    fn the_separator_is_the_one_that_shows_a_header() {
        for separator in [",", "\t", ";", "，", "|"] {
            let text = ["扣押清单", "名称,数量,特征", "手机,2部,黑色"].join("\n").replace(',', separator);
            let sheets = read(text.as_bytes()).unwrap();
            assert_eq!(shown(&sheets[0])[4..], ["3:0:手机", "3:1:2部", "3:2:黑色"], "{separator}");
        }
    }

    #[test]
    fn a_web_page_is_not_a_table() {
        assert_eq!(read(b"<html><table><tr><td>1</td></tr></table>").unwrap_err(), Refusal::WebPage);
    }
}
