//! .xls and the .et of WPS: a compound file with one stream of records. The library unpacks it into a full grid per sheet, so
//! the records are first walked to see how large that grid and its text would be.

use std::io::{Cursor, Read};

use calamine::{Data, ExcelDateTime, Reader as _, SheetVisible, Xls, XlsError};

use super::biff_beside::{Affixes, Formats};
use super::number_format::shown;
use super::{Collector, Kind, Merge, Sheet, biff, number_text};
use crate::import::error::Refusal;

const STREAM_MOST: u64 = 64 << 20;

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    let stream = workbook_stream(bytes)?;
    biff::check_size(&stream)?;
    let formats = Formats::read(&stream);
    let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| refuse(&error))?;
    let sheets = book.sheets_metadata().iter();
    let names: Vec<(String, bool)> =
        sheets.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect();
    let mut collector = Collector::default();
    for (index, (name, visible)) in names.into_iter().enumerate() {
        collector.open(&name);
        let mut affixes = Affixes::new();
        if let Some(beside) = collector.beside() {
            affixes = formats.read_sheet(index, beside);
            beside.hidden_sheet = !visible;
        }
        for region in book.merge_cells_by_sheet_name(&name).map_err(|error| refuse(&error))? {
            collector.merge(Merge::of(&region));
        }
        let range = book.worksheet_range(&name).map_err(|error| refuse(&error))?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let place =
                |start: u32, offset: usize| u32::try_from(offset).ok().and_then(|it| start.checked_add(it));
            let (Some(row), Some(column)) = (place(top, row), place(left, column)) else {
                return Err(Refusal::Broken);
            };
            let (text, kind) = match value {
                Data::Empty => continue,
                Data::Float(value) => shown(*value, affixes.get(&(row, column))),
                Data::Int(value) => match affixes.get(&(row, column)) {
                    // Whole numbers of a sheet are exact in a binary number.
                    #[expect(
                        clippy::cast_precision_loss,
                        reason = "a spreadsheet's whole numbers are below 2^53"
                    )]
                    Some(affix) => shown(*value as f64, Some(affix)),
                    None => (value.to_string(), Kind::Number),
                },
                Data::String(text) => (text.clone(), Kind::Text),
                Data::Bool(value) => (value.to_string().to_uppercase(), Kind::Text),
                Data::DateTime(date) => date_text(date),
                Data::DateTimeIso(text) | Data::DurationIso(text) => (text.clone(), Kind::Date),
                Data::Error(error) => (error.to_string(), Kind::Error),
            };
            collector.put(row, column, &text, kind)?;
        }
    }
    Ok(collector.finish())
}

/// A date as `2024-05-01`, a time as the number it is.
pub(super) fn date_text(date: &ExcelDateTime) -> (String, Kind) {
    if date.is_duration() || !(0.0..2_958_466.0).contains(&date.as_f64()) {
        return (number_text(date.as_f64()).0, Kind::Date);
    }
    let (year, month, day, ..) = date.to_ymd_hms_milli();
    (format!("{year:04}-{month:02}-{day:02}"), Kind::Date)
}

fn refuse(error: &XlsError) -> Refusal {
    match error {
        XlsError::Password => Refusal::Encrypted,
        _ => Refusal::Broken,
    }
}

/// The records of the workbook. A Word document and an encrypted .xlsx come in the same container.
fn workbook_stream(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|_| Refusal::Broken)?;
    if file.exists("/EncryptedPackage") {
        return Err(Refusal::Encrypted);
    }
    if file.exists("/WordDocument") {
        return Err(Refusal::OldDocument);
    }
    if file.exists("/PowerPoint Document") {
        return Err(Refusal::Presentation);
    }
    let path = ["/Workbook", "/Book"]
        .into_iter()
        .find(|path| file.is_stream(path))
        .ok_or(Refusal::NotASpreadsheet)?;
    let mut stream = Vec::new();
    let opened = file.open_stream(path).map_err(|_| Refusal::Broken)?;
    opened.take(STREAM_MOST).read_to_end(&mut stream).map_err(|_| Refusal::Broken)?;
    Ok(stream)
}
