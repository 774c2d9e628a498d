//! The tables of a .docx: offices fill in the official form in a word processor. Paragraphs and table rows are the rows of
//! one sheet, from the top of the document to its end.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::xml::{attribute, each_event, entity};
use super::{Collector, Kind, Merge, Sheet, UNPACKED_MOST};
use crate::import::error::Refusal;

/// Comments whose cells are kept.
const COMMENTS_MOST: usize = 2_000;

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Broken)?;
    let mut page = Page::default();
    page.collector.open("");
    let document = archive.by_name("word/document.xml").map_err(|_| Refusal::Broken)?;
    if document.size() > UNPACKED_MOST {
        return Err(Refusal::TooLarge);
    }
    each_event(BufReader::new(document.take(UNPACKED_MOST)), |event| match event {
        Event::Start(tag) => page.open(tag),
        Event::Empty(tag) => {
            page.open(tag)?;
            page.close(tag.local_name().as_ref())
        }
        Event::Text(text) => {
            page.say(&text.xml10_content());
            Ok(())
        }
        Event::GeneralRef(reference) => {
            page.say(&entity(reference));
            Ok(())
        }
        Event::End(tag) => page.close(tag.local_name().as_ref()),
        _ => Ok(()),
    })?;
    if page.tables > 0 || !page.ended {
        return Err(Refusal::Broken);
    }
    page.end_merges();
    comments(&mut archive, &mut page)?;
    Ok(page.collector.finish())
}

/// Comments of the margin: one at a cell is told there, the others with the document.
fn comments(archive: &mut ZipArchive<Cursor<&[u8]>>, page: &mut Page) -> Result<(), Refusal> {
    let Ok(part) = archive.by_name("word/comments.xml") else { return Ok(()) };
    let (mut text, mut place) = (String::new(), None);
    each_event(BufReader::new(part.take(UNPACKED_MOST)), |event| {
        match event {
            Event::Start(tag) if tag.local_name().as_ref() == "comment" => {
                text.clear();
                place = attribute(tag, "w:id")?.and_then(|id| page.commented.get(&id).copied());
            }
            Event::Text(it) => text.push_str(&it.xml10_content()),
            Event::GeneralRef(it) => text.push_str(&entity(it)),
            Event::End(tag) if tag.local_name().as_ref() == "comment" => {
                match (page.collector.beside(), place) {
                    (Some(beside), Some((row, column))) => beside.comment(row, column, &text),
                    (Some(beside), None) => beside.shape(&text),
                    (None, _) => (),
                }
            }
            _ => (),
        }
        Ok(())
    })
}

/// Whether the run is struck through, and whether a run of this cell was.
#[derive(Default)]
struct Struck {
    run: bool,
    cell: bool,
}

/// Where in the document the reader stands.
#[derive(Default)]
struct Page {
    collector: Collector,
    /// How many tables are open; an inner one is text of the outer one's cell.
    tables: u32,
    row: u32,
    column: u32,
    span: u32,
    merged: Option<bool>,
    text: String,
    in_text: bool,
    struck: Struck,
    /// Text boxes and their text; the copy that older programs read is passed over.
    boxes: u32,
    boxed: String,
    fallbacks: u32,
    /// Cells merged down: column → first row, last row, last column.
    down: BTreeMap<u32, (u32, u32, u32)>,
    /// The cells at which comments hang, by the comment's number.
    commented: BTreeMap<String, (u32, u32)>,
    ended: bool,
}

impl Page {
    fn say(&mut self, text: &str) {
        match () {
            () if !self.in_text || self.fallbacks > 0 => (),
            () if self.boxes > 0 => self.boxed.push_str(text),
            () => {
                self.struck.cell |= self.struck.run && !text.trim().is_empty();
                self.text.push_str(text);
            }
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), Refusal> {
        match tag.local_name().as_ref() {
            "Fallback" => self.fallbacks += 1,
            "txbxContent" => self.boxes += 1,
            "tbl" if self.boxes == 0 => {
                self.tables += 1;
            }
            "tr" if self.tables == 1 && self.boxes == 0 => self.column = 0,
            "tc" if self.tables == 1 && self.boxes == 0 => {
                (self.span, self.merged, self.struck.cell) = (1, None, false);
                self.text.clear();
            }
            "gridSpan" if self.tables == 1 => {
                let span = attribute(tag, "w:val")?.and_then(|it| it.parse::<u32>().ok());
                self.span = span.unwrap_or(1).clamp(1, 1_000);
            }
            "gridBefore" if self.tables == 1 => {
                let before = attribute(tag, "w:val")?.and_then(|it| it.parse::<u32>().ok());
                self.column = before.unwrap_or(0).min(1_000);
            }
            "vMerge" if self.tables == 1 => {
                self.merged = Some(attribute(tag, "w:val")?.as_deref() == Some("restart"));
            }
            "p" if self.boxes == 0 && !self.text.is_empty() => self.text.push('\n'),
            "r" => self.struck.run = false,
            "strike" | "dstrike" => {
                self.struck.run = !matches!(attribute(tag, "w:val")?.as_deref(), Some("0" | "false"));
            }
            // A tracked deletion is shown struck through; its text is gone.
            "delText" if self.boxes == 0 => self.struck.cell = true,
            "commentReference" if self.tables == 1 && self.commented.len() < COMMENTS_MOST => {
                if let Some(id) = attribute(tag, "w:id")? {
                    self.commented.insert(id, (self.row + 1, self.column));
                }
            }
            "t" => self.in_text = true,
            "br" | "tab" if self.boxes == 0 => self.text.push(' '),
            _ => (),
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Refusal> {
        match name {
            "Fallback" => self.fallbacks = self.fallbacks.saturating_sub(1),
            "txbxContent" => {
                self.boxes = self.boxes.saturating_sub(1);
                let text = std::mem::take(&mut self.boxed);
                if let Some(beside) = self.collector.beside() {
                    beside.shape(&text);
                }
            }
            "t" => self.in_text = false,
            "p" if self.tables == 0 && self.boxes == 0 => {
                let text = std::mem::take(&mut self.text);
                self.struck.cell = false;
                self.collector.put(self.row, 0, &text, Kind::Text)?;
                self.row += 1;
            }
            "tc" if self.tables == 1 && self.boxes == 0 => self.close_cell()?,
            "tr" if self.tables == 1 && self.boxes == 0 => self.row += 1,
            "tbl" if self.boxes == 0 => {
                self.tables = self.tables.saturating_sub(1);
                self.end_merges();
                self.text.clear();
            }
            "document" => self.ended = true,
            _ => (),
        }
        Ok(())
    }

    fn close_cell(&mut self) -> Result<(), Refusal> {
        let text = std::mem::take(&mut self.text);
        let last = self.column.saturating_add(self.span - 1);
        match self.merged {
            Some(false) => {
                if let Some((_, last_row, _)) = self.down.get_mut(&self.column) {
                    *last_row = self.row;
                }
            }
            begins => {
                self.end_merge(self.column);
                let down = begins == Some(true);
                if down || self.span > 1 {
                    self.down.insert(self.column, (self.row, self.row, last));
                }
                if self.struck.cell
                    && let Some(beside) = self.collector.beside()
                {
                    beside.struck.insert((self.row + 1, self.column));
                }
                self.collector.put(self.row, self.column, &text, Kind::Text)?;
            }
        }
        self.column = last.saturating_add(1);
        Ok(())
    }

    fn end_merge(&mut self, column: u32) {
        if let Some((first_row, last_row, last_column)) = self.down.remove(&column)
            && (last_row > first_row || last_column > column)
        {
            self.collector.merge(Merge {
                first_row: first_row + 1,
                last_row: last_row + 1,
                first_column: column,
                last_column,
            });
        }
    }

    fn end_merges(&mut self) {
        let open: Vec<u32> = self.down.keys().copied().collect();
        open.into_iter().for_each(|column| self.end_merge(column));
    }
}
