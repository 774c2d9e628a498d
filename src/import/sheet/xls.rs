//! .xls and the .et of WPS: a compound file with one stream of records. The library unpacks it into a full grid per sheet, so
//! the records are first walked to see how large that grid and its text would be.

use std::io::{Cursor, Read};

use calamine::{Data, ExcelDateTime, Reader as _, SheetVisible, Xls, XlsError};

use super::{Collector, Kind, Merge, Sheet, TEXT_MOST, number_text};
use crate::import::error::Refusal;

/// Cells of the grids that the library makes, over all sheets.
const GRID_MOST: u64 = 8_000_000;
const SHEETS_MOST: usize = 256;
const STREAM_MOST: u64 = 64 << 20;

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    weigh(&workbook_stream(bytes)?)?;
    let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| refuse(&error))?;
    let visible = book.sheets_metadata().iter().filter(|sheet| sheet.visible == SheetVisible::Visible);
    let names: Vec<String> = visible.map(|sheet| sheet.name.clone()).collect();
    let mut collector = Collector::default();
    for name in names {
        collector.open(&name);
        for region in book.merge_cells_by_sheet_name(&name).map_err(|error| refuse(&error))? {
            collector.merge(Merge {
                first_row: region.start.0.saturating_add(1),
                last_row: region.end.0.saturating_add(1),
                first_column: region.start.1,
                last_column: region.end.1,
            });
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
                Data::Float(value) => number_text(*value),
                Data::Int(value) => (value.to_string(), Kind::Number),
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
    let path = ["/Workbook", "/Book"]
        .into_iter()
        .find(|path| file.is_stream(path))
        .ok_or(Refusal::NotASpreadsheet)?;
    let mut stream = Vec::new();
    let opened = file.open_stream(path).map_err(|_| Refusal::Broken)?;
    opened.take(STREAM_MOST).read_to_end(&mut stream).map_err(|_| Refusal::Broken)?;
    Ok(stream)
}

/// Record types of [MS-XLS] 2.3 that matter here.
mod record {
    pub(super) const EOF: u16 = 0x000A;
    pub(super) const FILE_PASS: u16 = 0x002F;
    pub(super) const CONTINUE: u16 = 0x003C;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const MUL_RK: u16 = 0x00BD;
    pub(super) const SST: u16 = 0x00FC;
    pub(super) const LABEL_SST: u16 = 0x00FD;
    pub(super) const DIMENSIONS: u16 = 0x0200;
    /// Formula, RString, Number, Label, BoolErr, RK: each begins with row and column.
    pub(super) const CELLS: [u16; 6] = [0x0006, 0x00D6, 0x0203, 0x0204, 0x0205, 0x027E];
}

/// Refuses a stream whose grids or repeated strings would not fit.
fn weigh(stream: &[u8]) -> Result<(), Refusal> {
    let (mut starts, mut strings) = (Vec::new(), Vec::new());
    let mut globals = records(stream).peekable();
    while let Some((kind, data)) = globals.next() {
        match kind {
            record::FILE_PASS if u16_at(data, 0) != Some(0) => return Err(Refusal::Encrypted),
            record::BOUND_SHEET => starts.extend(u32_at(data, 0)),
            record::SST => {
                let mut pieces = vec![data];
                while let Some((_, more)) = globals.next_if(|(kind, _)| *kind == record::CONTINUE) {
                    pieces.push(more);
                }
                strings = string_lengths(&pieces);
            }
            record::EOF => break,
            _ => (),
        }
    }
    if starts.len() > SHEETS_MOST {
        return Err(Refusal::TooLarge);
    }
    let (mut grid, mut text) = (0_u64, 0_usize);
    for start in starts {
        let sheet = usize::try_from(start).ok().and_then(|at| stream.get(at..)).ok_or(Refusal::Broken)?;
        let (area, characters) = weigh_sheet(sheet, &strings)?;
        grid = grid.saturating_add(area);
        text = text.saturating_add(characters);
        if grid > GRID_MOST || text > TEXT_MOST {
            return Err(Refusal::TooLarge);
        }
    }
    Ok(())
}

/// The area from the first cell to the last, and the bytes of the strings the cells point at.
fn weigh_sheet(sheet: &[u8], strings: &[usize]) -> Result<(u64, usize), Refusal> {
    let (mut last_row, mut last_column, mut text, mut any) = (0_u64, 0_u64, 0_usize, false);
    for (kind, data) in records(sheet) {
        let column_at = match kind {
            record::EOF => break,
            record::DIMENSIONS => {
                let rows = u32_at(data, 4).filter(|_| data.len() > 10).unwrap_or(0);
                if rows > 65_536 {
                    return Err(Refusal::Broken);
                }
                continue;
            }
            record::LABEL_SST => {
                let index = u32_at(data, 6).and_then(|it| usize::try_from(it).ok());
                text = text.saturating_add(index.and_then(|it| strings.get(it)).copied().unwrap_or(0));
                2
            }
            record::MUL_RK => data.len().saturating_sub(2),
            kind if record::CELLS.contains(&kind) => 2,
            _ => continue,
        };
        let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, column_at)) else {
            return Err(Refusal::Broken);
        };
        (last_row, last_column, any) = (last_row.max(row.into()), last_column.max(column.into()), true);
    }
    Ok((if any { (last_row + 1) * (last_column + 1) } else { 0 }, text))
}

/// The records of a stream until it ends: type, length, data.
fn records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        let (kind, len) = (u16_at(rest, 0)?, usize::from(u16_at(rest, 2)?));
        let data = rest.get(4..4 + len)?;
        rest = rest.get(4 + len..)?;
        Some((kind, data))
    })
}

/// How many bytes each shared string takes as UTF-8 at most. A string may run on into the next record, which then says anew
/// whether its characters take one byte or two ([MS-XLS] 2.5.293).
fn string_lengths(pieces: &[&[u8]]) -> Vec<usize> {
    let mut lengths = Vec::new();
    let mut pieces = pieces.iter().copied();
    let Some(mut rest) = pieces.next().and_then(|first| first.get(8..)) else { return lengths };
    loop {
        while rest.is_empty() {
            let Some(next) = pieces.next() else { return lengths };
            rest = next;
        }
        let (Some(characters), Some(mut flags)) = (u16_at(rest, 0), rest.get(2).copied()) else {
            return lengths;
        };
        let mut at = 3;
        let runs = if flags & 8 != 0 { u16_at(rest, at).map_or(0, usize::from) } else { 0 };
        at += if flags & 8 != 0 { 2 } else { 0 };
        let extra = if flags & 4 != 0 {
            u32_at(rest, at).and_then(|it| usize::try_from(it).ok()).unwrap_or(0)
        } else {
            0
        };
        at += if flags & 4 != 0 { 4 } else { 0 };
        lengths.push(usize::from(characters) * 3);
        rest = rest.get(at..).unwrap_or_default();
        let mut left = usize::from(characters);
        loop {
            let width = if flags & 1 != 0 { 2 } else { 1 };
            let here = left.min(rest.len() / width);
            (left, rest) = (left - here, rest.get(here * width..).unwrap_or_default());
            if left == 0 {
                break;
            }
            let Some([next_flags, next @ ..]) = pieces.next() else { return lengths };
            (flags, rest) = (*next_flags, next);
        }
        let mut skip = runs.saturating_mul(4).saturating_add(extra);
        while skip > rest.len() {
            skip -= rest.len();
            let Some(next) = pieces.next() else { return lengths };
            rest = next;
        }
        rest = rest.get(skip..).unwrap_or_default();
    }
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(data.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
