//! .ods. Read here and not by the spreadsheet library, which does not report merged cells and does not end on a table that
//! is cut short.

use std::io::{BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader as Xml, XmlVersion};
use zip::ZipArchive;

use super::{Collector, Kind, Merge, ROW_LAST, Sheet, UNPACKED_MOST, number_text};
use crate::import::error::Refusal;

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Broken)?;
    let manifest = archive.by_name("META-INF/manifest.xml").ok().and_then(|part| {
        let mut text = String::new();
        part.take(1 << 20).read_to_string(&mut text).ok().map(|_| text)
    });
    if manifest.is_some_and(|it| it.contains("encryption-data")) {
        return Err(Refusal::Encrypted);
    }
    let content = archive.by_name("content.xml").map_err(|_| Refusal::Broken)?;
    if content.size() > UNPACKED_MOST {
        return Err(Refusal::TooLarge);
    }
    let mut page = Page::default();
    let mut xml = Xml::from_reader(BufReader::new(content.take(UNPACKED_MOST)));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|_| Refusal::Broken)? {
            Event::Start(tag) => page.open(&tag)?,
            Event::Empty(tag) => {
                page.open(&tag)?;
                page.close(tag.name().as_ref())?;
            }
            Event::Text(text) if page.in_text() => page.text.push_str(&text.xml10_content()),
            Event::CData(text) if page.in_text() => page.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if page.in_text() => page.text.push_str(&entity(&reference)),
            Event::End(tag) => page.close(tag.name().as_ref())?,
            Event::Eof => break,
            _ => (),
        }
    }
    if page.in_table { Err(Refusal::Broken) } else { Ok(page.collector.finish()) }
}

/// Where in the document the reader stands.
#[derive(Default)]
struct Page {
    collector: Collector,
    in_table: bool,
    row: u32,
    row_repeats: u32,
    column: u32,
    cell: Option<OpenCell>,
    /// Comments have paragraphs of their own.
    annotations: u32,
    paragraphs: u32,
    text: String,
    /// Cells of this row, kept until it ends: a row may be repeated.
    kept: Vec<(u32, String, Kind)>,
}

struct OpenCell {
    repeats: u32,
    value: Option<(String, Kind)>,
}

impl Page {
    fn in_text(&self) -> bool {
        self.cell.is_some() && self.paragraphs > 0 && self.annotations == 0
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), Refusal> {
        match tag.name().as_ref() {
            "table:table" => {
                self.collector.open(&attribute(tag, "table:name")?.unwrap_or_default());
                (self.in_table, self.row) = (true, 0);
            }
            "table:table-row" => {
                self.row_repeats = count(tag, "table:number-rows-repeated")?;
                self.column = 0;
            }
            "table:table-cell" | "table:covered-table-cell" => self.open_cell(tag)?,
            "office:annotation" => self.annotations += 1,
            "text:p" if self.annotations == 0 => {
                self.paragraphs += 1;
                if self.cell.is_some() && !self.text.is_empty() {
                    self.text.push('\n');
                }
            }
            "text:line-break" if self.in_text() => self.text.push('\n'),
            "text:s" | "text:tab" if self.in_text() => self.text.push(' '),
            _ => (),
        }
        Ok(())
    }

    fn open_cell(&mut self, tag: &BytesStart<'_>) -> Result<(), Refusal> {
        let kind = attribute(tag, "office:value-type")?.unwrap_or_default();
        let number = attribute(tag, "office:value")?.and_then(|it| it.parse::<f64>().ok());
        let date = attribute(tag, "office:date-value")?.or(attribute(tag, "office:time-value")?);
        let value = match &*kind {
            "float" | "percentage" | "currency" => number.map(number_text),
            "date" | "time" => date.map(|it| (it.chars().take(10).collect(), Kind::Date)),
            _ => None,
        };
        if attribute(tag, "calcext:value-type")?.as_deref() == Some("error") {
            self.cell = Some(OpenCell { repeats: 1, value: Some(("#ERR!".to_owned(), Kind::Error)) });
        } else {
            self.cell = Some(OpenCell { repeats: count(tag, "table:number-columns-repeated")?, value });
        }
        let (rows, columns) =
            (count(tag, "table:number-rows-spanned")?, count(tag, "table:number-columns-spanned")?);
        if rows > 1 || columns > 1 {
            self.collector.merge(Merge {
                first_row: self.row + 1,
                last_row: self.row.saturating_add(rows),
                first_column: self.column,
                last_column: self.column.saturating_add(columns - 1),
            });
        }
        self.text.clear();
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Refusal> {
        match name {
            "table:table" => self.in_table = false,
            "table:table-row" => self.close_row()?,
            "table:table-cell" | "table:covered-table-cell" => self.close_cell()?,
            "office:annotation" => self.annotations = self.annotations.saturating_sub(1),
            "text:p" if self.annotations == 0 => self.paragraphs = self.paragraphs.saturating_sub(1),
            _ => (),
        }
        Ok(())
    }

    fn close_cell(&mut self) -> Result<(), Refusal> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        let (text, kind) = cell.value.unwrap_or_else(|| (std::mem::take(&mut self.text), Kind::Text));
        // Blank cells are repeated to the edge of the sheet; filled ones are not, in any list.
        let repeats = if text.trim().is_empty() { 0 } else { cell.repeats };
        if repeats > 1_000 {
            return Err(Refusal::TooLarge);
        }
        self.kept.extend((0..repeats).map(|step| (self.column.saturating_add(step), text.clone(), kind)));
        self.column = self.column.saturating_add(cell.repeats);
        Ok(())
    }

    fn close_row(&mut self) -> Result<(), Refusal> {
        let kept = std::mem::take(&mut self.kept);
        if !kept.is_empty() {
            for row in self.row..self.row.saturating_add(self.row_repeats) {
                for (column, text, kind) in &kept {
                    self.collector.put(row, *column, text, *kind)?;
                }
            }
        }
        self.row = self.row.saturating_add(self.row_repeats).min(ROW_LAST);
        Ok(())
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Refusal> {
    let found = tag.try_get_attribute(name).map_err(|_| Refusal::Broken)?;
    let value = |it: quick_xml::events::attributes::Attribute<'_>| {
        it.normalized_value(XmlVersion::Implicit1_0)
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| Refusal::Broken)
    };
    found.map(value).transpose()
}

/// A repeat or span: 1 when it is not given.
fn count(tag: &BytesStart<'_>, name: &str) -> Result<u32, Refusal> {
    match attribute(tag, name)? {
        None => Ok(1),
        Some(text) => text.parse().map_err(|_| Refusal::Broken),
    }
}

fn entity(reference: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    match &*reference.xml10_content() {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn file(table: &str) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("content.xml", SimpleFileOptions::default()).unwrap();
        write!(archive, "<office:document-content><table:table table:name=\"清单\">{table}").unwrap();
        archive.finish().unwrap().into_inner()
    }

    fn shown(table: &str) -> Vec<String> {
        let sheets = read(&file(&format!("{table}</table:table></office:document-content>"))).unwrap();
        sheets[0]
            .cells
            .iter()
            .map(|cell| format!("{}:{}:{}:{:?}", cell.row, cell.column, cell.text, cell.kind))
            .collect()
    }

    #[test]
    fn cells_repeats_and_kinds() {
        let table = "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row>\
            <table:table-row><table:table-cell table:number-columns-repeated=\"3\"/>\
            <table:table-cell office:value-type=\"string\"><office:annotation><text:p>批注</text:p></office:annotation>\
            <text:p>A&amp;B<text:s/>C</text:p><text:p>D</text:p></table:table-cell>\
            <table:table-cell office:value-type=\"float\" office:value=\"12.35\"><text:p>12.4</text:p></table:table-cell>\
            <table:table-cell office:value-type=\"date\" office:date-value=\"2024-05-01T10:00:00\"/>\
            <table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"string\"><text:p>同</text:p></table:table-cell>\
            <table:table-cell table:number-columns-repeated=\"16000\"/></table:table-row>\
            <table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
        assert_eq!(
            shown(table),
            ["3:3:A&B C\nD:Text", "3:4:12.35:Number", "3:5:2024-05-01:Date", "3:6:同:Text", "3:7:同:Text"]
        );
    }

    #[test]
    fn merged_cells_are_reported() {
        let table = "<table:table-row><table:table-cell/><table:table-cell table:number-rows-spanned=\"3\" \
            office:value-type=\"string\"><text:p>手机</text:p></table:table-cell></table:table-row></table:table>";
        let sheets = read(&file(table)).unwrap();
        assert_eq!(sheets[0].merges, [Merge { first_row: 1, last_row: 3, first_column: 1, last_column: 1 }]);
    }

    #[test]
    fn a_table_cut_short_or_blown_up_is_refused() {
        assert_eq!(read(&file("<table:table-row><table:table-cell>")).unwrap_err(), Refusal::Broken);
        for (rows, columns) in [("1000000", "900"), ("300000", "1"), ("1", "16384"), ("4294967295", "1000")] {
            let table = format!(
                "<table:table-row table:number-rows-repeated=\"{rows}\"><table:table-cell office:value-type=\"string\" \
                 table:number-columns-repeated=\"{columns}\"><text:p>x</text:p></table:table-cell></table:table-row></table:table>"
            );
            assert_eq!(read(&file(&table)).unwrap_err(), Refusal::TooLarge, "{rows} {columns}");
        }
    }
}
