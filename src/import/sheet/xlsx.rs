//! .xlsx and its kin (WPS .et saved as an archive, .xlsm): read cell by cell, so that an empty sheet that claims a million
//! rows costs nothing. Before that the archive is weighed, because the library believes the counts a file declares.

use std::io::{BufReader, Cursor, Read, copy, sink};

use calamine::{DataRef, Font, Reader as _, SheetType, SheetVisible, Style, Xlsx, XlsxError};
use quick_xml::Reader as Xml;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::number_format::{Affix, shown};
use super::{Collector, Kind, Merge, Sheet, UNPACKED_MOST, xlsx_parts};
use crate::import::error::Refusal;

/// Cell styles: the spreadsheet's own limit is 65,490, written twice.
const STYLES_MOST: usize = 140_000;
const STRINGS_MOST: u64 = 5_000_000;
/// A font's name or a number format; the spreadsheet's own limits are 31 and 255 characters.
const ATTRIBUTES_MOST: usize = 4_096;

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    check_size(bytes)?;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| refuse(&error))?;
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<(String, bool)> =
        sheets.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect();
    let mut parts = xlsx_parts::Parts::open(bytes)?;
    let struck_texts = parts.struck_texts()?;
    let mut collector = Collector::default();
    for (name, visible) in names {
        collector.open(&name);
        if let Some(beside) = collector.beside() {
            parts.read_beside(&name, beside)?;
            beside.hidden_sheet = !visible;
        }
        for region in book.merge_cells_by_sheet_name(&name).map_err(|error| refuse(&error))? {
            collector.merge(Merge::of(&region));
        }
        let mut cells = book.worksheet_cells_reader(&name).map_err(|error| refuse(&error))?;
        let affixes: Vec<Affix> = cells.styles().iter().map(affix_of).collect();
        let struck: Vec<bool> =
            cells.styles().iter().map(|it| it.font.as_ref().is_some_and(Font::has_strikethrough)).collect();
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(|error| refuse(&error))? {
            let (row, column) = cell.get_position();
            let partly = match cell.get_value() {
                DataRef::SharedString(text) => struck_texts.contains(*text),
                _ => false,
            };
            if (partly || struck.get(style).copied().unwrap_or(false))
                && let Some(beside) = collector.beside()
            {
                beside.struck.insert((row.saturating_add(1), column));
            }
            let (text, kind) = match cell.get_value() {
                DataRef::Empty => continue,
                DataRef::Float(value) => shown(*value, affixes.get(style)),
                DataRef::Int(value) => (value.to_string(), Kind::Number),
                DataRef::String(text) => (text.clone(), Kind::Text),
                DataRef::SharedString(text) => {
                    collector.put(row, column, text, Kind::Text)?;
                    continue;
                }
                DataRef::Bool(value) => (value.to_string().to_uppercase(), Kind::Text),
                DataRef::DateTime(date) => super::xls::date_text(date),
                DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => (text.clone(), Kind::Date),
                DataRef::Error(error) => (error.to_string(), Kind::Error),
            };
            collector.put(row, column, &text, kind)?;
        }
    }
    Ok(collector.finish())
}

fn affix_of(style: &Style) -> Affix {
    style.number_format.as_ref().map_or_else(Affix::default, |it| Affix::of_code(it.format_code.as_str()))
}

fn refuse(error: &XlsxError) -> Refusal {
    match error {
        XlsxError::Password => Refusal::Encrypted,
        _ => Refusal::Broken,
    }
}

/// Unpacks what will be read once, counting, and looks at the two places where a small file can ask for much memory: the
/// declared number of strings, and styles that repeat a long name.
fn check_size(bytes: &[u8]) -> Result<(), Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Broken)?;
    let mut left = UNPACKED_MOST;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| Refusal::Broken)?;
        let name = part.name().map_err(|_| Refusal::Broken)?.to_ascii_lowercase();
        // The rest are pictures and macros, which nobody unpacks here.
        if !matches!(name.rsplit('.').next(), Some("xml" | "rels")) {
            continue;
        }
        let mut part = part.take(left + 1);
        if name.ends_with("sharedstrings.xml") {
            weigh_strings(&mut part)?;
        } else if name.ends_with("styles.xml") {
            weigh_styles(&mut part)?;
        }
        copy(&mut part, &mut sink()).map_err(|_| Refusal::Broken)?;
        left = part.limit().checked_sub(1).ok_or(Refusal::TooLarge)?;
    }
    Ok(())
}

fn weigh_strings(part: &mut impl Read) -> Result<(), Refusal> {
    let mut xml = Xml::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|_| Refusal::Broken)? {
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "sst" => {
                let count = tag.try_get_attribute("uniqueCount").map_err(|_| Refusal::Broken)?;
                let count = count.map_or(Ok(0), |it| it.value.trim().parse::<u64>());
                return if count.is_ok_and(|it| it <= STRINGS_MOST) {
                    Ok(())
                } else {
                    Err(Refusal::TooLarge)
                };
            }
            Event::Eof => return Ok(()),
            _ => (),
        }
    }
}

fn weigh_styles(part: &mut impl Read) -> Result<(), Refusal> {
    let mut xml = Xml::from_reader(BufReader::new(part));
    let (mut buffer, mut styles) = (Vec::new(), 0);
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|_| Refusal::Broken)? {
            Event::Start(tag) | Event::Empty(tag) => {
                styles += usize::from(tag.local_name().as_ref() == "xf");
                if styles > STYLES_MOST || tag.attributes_raw().len() > ATTRIBUTES_MOST {
                    return Err(Refusal::TooLarge);
                }
            }
            Event::Eof => return Ok(()),
            _ => (),
        }
    }
}
