//! .ods. Read here and not by the spreadsheet library, which does not report merged cells and does not end on a table that
//! is cut short.

mod styles;
#[cfg(test)]
mod tests;

use std::io::{BufReader, Cursor, Read};

use quick_xml::Reader as Xml;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::xml::{attribute, entity};
use super::{Collector, Kind, Merge, ROW_LAST, Sheet, UNPACKED_MOST};
use crate::import::error::Refusal;
use styles::{Styles, is_hidden, number_shown};

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
            Event::Text(text) => page.say(&text.xml10_content()),
            Event::CData(text) => page.say(&text.xml10_content()),
            Event::GeneralRef(reference) => page.say(&entity(&reference)),
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
    /// Comments and shapes have paragraphs of their own; a reading aid (ruby) is no text.
    annotations: u32,
    shapes: u32,
    ruby: u32,
    paragraphs: u32,
    text: String,
    /// The text of the comment or shape that is open.
    aside: String,
    styles: Styles,
    /// Cells of this row, kept until it ends: a row may be repeated.
    kept: Vec<(u32, String, Kind)>,
}

struct OpenCell {
    repeats: u32,
    value: Value,
}

/// What a cell holds beside the text it shows.
enum Value {
    /// Text, and percentages: what is shown is what is meant.
    Shown,
    Number(f64, Option<String>),
    Other(String, Kind),
}

impl Page {
    fn in_text(&self) -> bool {
        self.cell.is_some()
            && self.paragraphs > 0
            && self.annotations == 0
            && self.shapes == 0
            && self.ruby == 0
    }

    /// Characters of the document go to the cell, or to the comment or shape that is open.
    fn say(&mut self, text: &str) {
        if self.in_text() {
            self.text.push_str(text);
        } else if self.annotations > 0 || self.shapes > 0 {
            self.aside.push_str(text);
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), Refusal> {
        if !self.in_table {
            self.styles.read(tag)?;
        }
        match tag.name().as_ref() {
            "table:table" => {
                self.collector.open(&attribute(tag, "table:name")?.unwrap_or_default());
                (self.in_table, self.row, self.column) = (true, 0, 0);
                let style = attribute(tag, "table:style-name")?.unwrap_or_default();
                if let Some(beside) = self.collector.beside() {
                    beside.hidden_sheet = self.styles.hidden.contains(&style);
                }
            }
            "table:table-column" => {
                let columns = count(tag, "table:number-columns-repeated")?;
                let last = self.column.saturating_add(columns.saturating_sub(1));
                if is_hidden(tag)?
                    && let Some(beside) = self.collector.beside()
                {
                    beside.hide_columns(self.column, last);
                }
                self.column = last.saturating_add(1);
            }
            "table:table-row" => {
                self.row_repeats = count(tag, "table:number-rows-repeated")?;
                self.column = 0;
                if is_hidden(tag)?
                    && let Some(beside) = self.collector.beside()
                {
                    let most = self.row.saturating_add(self.row_repeats.min(100_000));
                    (self.row..most).for_each(|row| beside.hide_row(row + 1));
                }
            }
            "text:ruby-text" => self.ruby += 1,
            name if name.starts_with("draw:") => {
                if self.shapes == 0 {
                    self.aside.clear();
                }
                self.shapes += 1;
            }
            "text:span" if self.in_text() => {
                let style = attribute(tag, "text:style-name")?.unwrap_or_default();
                self.strike(&style);
            }
            "table:table-cell" | "table:covered-table-cell" => self.open_cell(tag)?,
            "office:annotation" => {
                self.annotations += 1;
                self.aside.clear();
            }
            "text:p" if self.annotations == 0 && self.shapes == 0 => {
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
        let value = match (&*kind, number, date) {
            ("float" | "currency", Some(number), _) => {
                Value::Number(number, attribute(tag, "office:currency")?)
            }
            ("date" | "time", _, Some(date)) => Value::Other(date.chars().take(10).collect(), Kind::Date),
            _ => Value::Shown,
        };
        let style = attribute(tag, "table:style-name")?.unwrap_or_default();
        self.strike(&style);
        if attribute(tag, "calcext:value-type")?.as_deref() == Some("error") {
            self.cell = Some(OpenCell { repeats: 1, value: Value::Other("#ERR!".to_owned(), Kind::Error) });
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

    /// Notes that the open cell is struck through, wholly or in part.
    fn strike(&mut self, style: &str) {
        if self.styles.struck.contains(style)
            && let Some(beside) = self.collector.beside()
        {
            beside.struck.insert((self.row.saturating_add(1), self.column));
        }
    }

    fn close(&mut self, name: &str) -> Result<(), Refusal> {
        match name {
            "table:table" => self.in_table = false,
            "table:table-row" => self.close_row()?,
            "table:table-cell" | "table:covered-table-cell" => self.close_cell()?,
            "office:annotation" => {
                self.annotations = self.annotations.saturating_sub(1);
                let text = std::mem::take(&mut self.aside);
                if let Some(beside) = self.collector.beside() {
                    beside.comment(self.row.saturating_add(1), self.column, &text);
                }
            }
            "text:ruby-text" => self.ruby = self.ruby.saturating_sub(1),
            name if name.starts_with("draw:") => {
                self.shapes = self.shapes.saturating_sub(1);
                let text = if self.shapes == 0 { std::mem::take(&mut self.aside) } else { String::new() };
                if let Some(beside) = self.collector.beside() {
                    beside.shape(&text);
                }
            }
            "text:p" if self.annotations == 0 && self.shapes == 0 => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
            }
            _ => (),
        }
        Ok(())
    }

    fn close_cell(&mut self) -> Result<(), Refusal> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        let text = std::mem::take(&mut self.text);
        let (text, kind) = match cell.value {
            Value::Shown => (text, Kind::Text),
            Value::Other(text, kind) => (text, kind),
            Value::Number(value, currency) => number_shown(value, &text, currency.as_deref()),
        };
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

/// A repeat or span: 1 when it is not given.
fn count(tag: &BytesStart<'_>, name: &str) -> Result<u32, Refusal> {
    match attribute(tag, name)? {
        None => Ok(1),
        Some(text) => text.parse().map_err(|_| Refusal::Broken),
    }
}
