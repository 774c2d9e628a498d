//! .csv, .tsv and text copied out of a spreadsheet: any of the usual encodings, any of the usual separators.

mod encoding;
mod record;

use super::{Collector, Kind, ROW_LAST, Sheet};
use crate::import::error::Refusal;
use crate::import::header;

/// The separators that are tried.
const SEPARATORS: [char; 5] = [',', '\t', ';', '|', '，'];
/// How much is looked at to find the separator.
const SAMPLE: usize = 64 << 10;
/// What a spreadsheet writes for a formula that failed.
const FORMULA_ERRORS: [&str; 7] = ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"];

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    let decoded = encoding::decode(bytes)?;
    if looks_like_markup(&decoded.text) {
        return Err(Refusal::WebPage);
    }
    // With every line ended the same way, lines can be counted.
    let text = decoded.text.trim_end().replace("\r\n", "\n").replace('\r', "\n") + "\n";
    let sample = text.char_indices().nth(SAMPLE).map_or(&*text, |(end, _)| text.get(..end).unwrap_or(&text));
    // The separator is the one under which the most column names can be read.
    let width = |separator: char| {
        split(sample, separator).map_or(0, |sheet| header::find(&sheet).map_or(0, |it| it.width()))
    };
    let best = SEPARATORS.into_iter().rev().max_by_key(|separator| width(*separator)).unwrap_or(',');
    let mut sheet = split(&text, best)?;
    sheet.beside.mixed_lines = decoded.other_lines;
    Ok(vec![sheet])
}

fn looks_like_markup(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(512).collect::<String>().to_lowercase();
    start.starts_with('<')
        && ["<html", "<!doctype", "<table", "<?xml", "<meta", "<head"].iter().any(|it| start.contains(it))
}

/// Splits text into cells. Rows keep the numbers a spreadsheet would show: a blank line is a row.
fn split(text: &str, separator: char) -> Result<Sheet, Refusal> {
    let mut collector = Collector::default();
    collector.open("");
    let (mut rest, mut row) = (text, 0_u32);
    while !rest.is_empty() {
        let (fields, after) = record::take(rest, separator);
        if row >= ROW_LAST {
            return Err(Refusal::TooLarge);
        }
        for (column, field) in (0_u32..).zip(&fields) {
            collector.put(row, column, field, kind_of(field))?;
        }
        (rest, row) = (after, row + 1);
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
        let sheet = split("a,b\n\n\n\"c\nd\",e\n\nf\n", ',').unwrap();
        assert_eq!(shown(&sheet), ["1:0:a", "1:1:b", "4:0:c\nd", "4:1:e", "6:0:f"]);
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
