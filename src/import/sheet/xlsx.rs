//! .xlsx and its kin (WPS .et saved as an archive, .xlsm): read cell by cell, so that an empty sheet that claims a million
//! rows costs nothing. Before that the archive is weighed, because the library believes the counts a file declares.

use std::io::{BufReader, Cursor, Read, copy, sink};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Style, Xlsx, XlsxError};
use quick_xml::Reader as Xml;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::{Collector, Kind, Merge, Reader, Sheet, UNPACKED_MOST, number_text, ods};
use crate::import::error::Refusal;
use crate::import::quantity::is_unit;

/// Parts of an archive; a real workbook has some dozens.
const PARTS_MOST: usize = 20_000;
/// Cell styles: the spreadsheet's own limit is 65,490, written twice.
const STYLES_MOST: usize = 140_000;
const STRINGS_MOST: u64 = 5_000_000;
/// A font's name or a number format; the spreadsheet's own limits are 31 and 255 characters.
const ATTRIBUTES_MOST: usize = 4_096;

/// Tells an .xlsx from an .ods and from any other archive by the names of its parts.
pub(super) fn kind_of_archive(bytes: &[u8]) -> Result<Reader, Refusal> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Broken)?;
    if archive.len() > PARTS_MOST {
        return Err(Refusal::TooLarge);
    }
    let has = |wanted: &str| {
        archive.file_names_raw().any(|name| name.to_ascii_lowercase().ends_with(wanted.as_bytes()))
    };
    match () {
        () if has("workbook.bin") => Err(Refusal::OtherSpreadsheet),
        () if has("workbook.xml") => Ok(read),
        () if has("content.xml") => Ok(ods::read),
        () => Err(Refusal::NotASpreadsheet),
    }
}

fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    check_size(bytes)?;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| refuse(&error))?;
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut collector = Collector::default();
    for name in names {
        collector.open(&name);
        for region in book.merge_cells_by_sheet_name(&name).map_err(|error| refuse(&error))? {
            collector.merge(Merge::of(&region));
        }
        let mut cells = book.worksheet_cells_reader(&name).map_err(|error| refuse(&error))?;
        let affixes: Vec<Affix> = cells.styles().iter().map(Affix::of).collect();
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(|error| refuse(&error))? {
            let (row, column) = cell.get_position();
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

/// What a number format writes around the number: `0"部"` shows 3 as 3部, `"¥"#,##0` shows ¥3. Only units and currencies are
/// kept; a format that shortens the number (`0.0,"万"`) has none.
#[derive(Default)]
struct Affix {
    before: String,
    after: String,
}

impl Affix {
    fn of(style: &Style) -> Self {
        let code = style.number_format.as_ref().map_or("General", |it| it.format_code.as_str());
        let mut affix = Self::default();
        let mut digits_seen = false;
        let mut chars = code.chars();
        while let Some(c) = chars.next() {
            let literal = match c {
                ';' => break,
                '"' => chars.by_ref().take_while(|c| *c != '"').collect(),
                '\\' => chars.next().map(String::from).unwrap_or_default(),
                '_' | '*' => {
                    chars.next();
                    continue;
                }
                // [$¥-804] is a currency sign; [Red] and [>=100] are not text.
                '[' => {
                    let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    inside
                        .strip_prefix('$')
                        .and_then(|it| it.split('-').next())
                        .unwrap_or_default()
                        .to_owned()
                }
                '0' | '#' | '?' => {
                    digits_seen = true;
                    continue;
                }
                c if c.is_ascii() => continue,
                c => c.to_string(),
            };
            if digits_seen { &mut affix.after } else { &mut affix.before }.push_str(literal.trim());
        }
        let keep = |text: String| if is_unit(&text) { text } else { String::new() };
        Self { before: keep(affix.before), after: keep(affix.after) }
    }
}

fn shown(value: f64, affix: Option<&Affix>) -> (String, Kind) {
    let (text, kind) = number_text(value);
    match affix {
        Some(affix) if kind == Kind::Number => (format!("{}{text}{}", affix.before, affix.after), kind),
        _ => (text, kind),
    }
}
