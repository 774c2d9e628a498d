//! What leaves the ledger for other programs: the journal as lines, and tables as CSV. Pure: rows in, bytes out.

mod seizure_list;
mod sheet;

pub use seizure_list::{NotWritten, seizure_list};
pub use sheet::{Sheet, SheetCell};

/// The media type of a workbook.
pub const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

use serde::Serialize;
use serde_json::json;

/// One item as a table lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemRow {
    pub number: String,
    pub name: String,
    pub category: String,
    pub case_number: String,
    pub quantity: i64,
    pub measure: String,
    pub currency: Option<String>,
    /// Where it is now, in words; several places one after the other.
    pub place: String,
    /// The unit that answers for it.
    pub responsible: Option<String>,
    pub seal: Option<String>,
    pub paper_number: String,
    pub paper_line: i64,
}

const HEAD: &str = "number,name,category,case,quantity,unit,currency,place,responsible,seal,paper,paper_line";

/// Items as CSV (RFC 4180) with a byte order mark, so that spreadsheets read the Chinese; a cell that a spreadsheet would
/// take for a formula is quoted as text.
pub fn items_csv(rows: &[ItemRow]) -> String {
    let mut text = format!("\u{feff}{HEAD}\r\n");
    for row in rows {
        let quantity = row.quantity.to_string();
        let line = row.paper_line.to_string();
        let cells = [
            row.number.as_str(),
            &row.name,
            &row.category,
            &row.case_number,
            &quantity,
            &row.measure,
            row.currency.as_deref().unwrap_or(""),
            &row.place,
            row.responsible.as_deref().unwrap_or(""),
            row.seal.as_deref().unwrap_or(""),
            &row.paper_number,
            &line,
        ];
        text.push_str(&cells.map(cell).join(","));
        text.push_str("\r\n");
    }
    text
}

fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

/// The last line of an exported journal: what the lines before it must add up to.
pub fn head_line(origin: &str, suite: &str, size: u64, root: &str) -> String {
    json!({ "head": { "origin": origin, "suite": suite, "size": size, "root": root } }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        for (text, written) in [
            ("手机", "手机"),
            ("a,b", "\"a,b\""),
            ("他说\"好\"", "\"他说\"\"好\"\"\""),
            ("=1+1", "'=1+1"),
            ("-5", "'-5"),
            ("@x,y", "\"'@x,y\""),
        ] {
            assert_eq!(cell(text), written);
        }
    }
}
