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
