//! The records of an .xls ([MS-XLS]), walked before the library unpacks them: how large the grids and their text would be.
//! The library makes room for whatever a record declares, and a damaged file can declare anything.

use super::TEXT_MOST;
use crate::import::error::Refusal;

/// Cells of the grids that the library makes, over all sheets.
const GRID_MOST: u64 = 8_000_000;
const SHEETS_MOST: usize = 256;
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
    /// `Formula`, `RString`, `Number`, `Label`, `BoolErr`, `RK`: each begins with row and column.
    pub(super) const CELLS: [u16; 6] = [0x0006, 0x00D6, 0x0203, 0x0204, 0x0205, 0x027E];
}

/// Refuses a stream whose grids or repeated strings would not fit into memory, before calamine allocates them.
pub(super) fn check_size(stream: &[u8]) -> Result<(), Refusal> {
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
                weigh_dimensions(data)?;
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

/// The library makes room for what the sheet declares: first row, row after the last, first column, column after the last.
fn weigh_dimensions(data: &[u8]) -> Result<(), Refusal> {
    let (first, end, columns) = if data.len() == 10 {
        (u16_at(data, 0).map(u32::from), u16_at(data, 2).map(u32::from), u16_at(data, 6))
    } else {
        (u32_at(data, 0), u32_at(data, 4), u16_at(data, 10))
    };
    let (Some(first), Some(end), Some(columns)) = (first, end, columns) else { return Err(Refusal::Broken) };
    let none = end == 0 || columns == 0;
    if none || (first < end && end <= 65_536 && columns <= 256) { Ok(()) } else { Err(Refusal::Broken) }
}

/// The records of a stream until it ends: type, length, data.
pub(super) fn records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
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

pub(super) fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(data.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::super::xls::read;

    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let len = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &len.to_le_bytes(), data].concat()
    }

    fn at(row: u16, column: u16, rest: &[u8]) -> Vec<u8> {
        [&row.to_le_bytes()[..], &column.to_le_bytes(), &[0, 0], rest].concat()
    }

    /// A workbook stream ([MS-XLS] 2.1.7.20): the globals with one sheet and its strings, then the sheet.
    fn workbook(strings: &[&str], sheet: &[Vec<u8>]) -> Vec<u8> {
        const BOF: u16 = 0x0809;
        let bof = |kind: u8| record(BOF, &[0x00, 0x06, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let count = u32::try_from(strings.len()).unwrap().to_le_bytes();
        let mut table = [count, count].concat();
        for text in strings {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            table.extend(u16::try_from(units.len() / 2).unwrap().to_le_bytes());
            table.push(1);
            table.extend(units);
        }
        let globals = |start: u32| {
            let bound = [&start.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat();
            [
                bof(5),
                record(record::BOUND_SHEET, &bound),
                record(record::SST, &table),
                record(record::EOF, &[]),
            ]
            .concat()
        };
        let start = u32::try_from(globals(0).len()).unwrap();
        [globals(start), bof(0x10), sheet.concat(), record(record::EOF, &[])].concat()
    }

    fn file(stream: &[u8]) -> Vec<u8> {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        file.create_stream("/Workbook").unwrap().write_all(stream).unwrap();
        file.flush().unwrap();
        file.into_inner().into_inner()
    }

    fn label(row: u16, column: u16, string: u32) -> Vec<u8> {
        record(record::LABEL_SST, &at(row, column, &string.to_le_bytes()))
    }

    #[test]
    fn strings_and_numbers_are_read_where_they_stand() {
        let number = record(0x0203, &at(1, 1, &12.35_f64.to_le_bytes()));
        let stream = workbook(
            &["名称", "重量（克）", "冰毒"],
            &[label(0, 0, 0), label(0, 1, 1), label(1, 0, 2), number],
        );
        let sheets = read(&file(&stream)).unwrap();
        let cells: Vec<_> = sheets[0].cells.iter().map(|cell| (cell.row, cell.column, &*cell.text)).collect();
        assert_eq!(cells, [(1, 0, "名称"), (1, 1, "重量（克）"), (2, 0, "冰毒"), (2, 1, "12.35")]);
    }

    #[test]
    fn what_a_sheet_would_unpack_to_is_weighed_first() {
        let dimensions = |first: u32, end: u32, columns: u16| {
            record(
                record::DIMENSIONS,
                &[&first.to_le_bytes()[..], &end.to_le_bytes(), &[0, 0], &columns.to_le_bytes(), &[0, 0]]
                    .concat(),
            )
        };
        let far = record(0x0203, &at(65_535, 16_000, &1_f64.to_le_bytes()));
        let long = "黑".repeat(30_000);
        let repeated: Vec<Vec<u8>> = (0..4_000).map(|row| label(row, 0, 0)).collect();
        for (stream, expected) in [
            (workbook(&["a"], &[dimensions(0, 65_536, 256), label(0, 0, 0)]), Ok(())),
            (workbook(&["a"], &[dimensions(5, 2, 3), label(0, 0, 0)]), Err(Refusal::Broken)),
            (workbook(&["a"], &[dimensions(0, u32::MAX, 3), label(0, 0, 0)]), Err(Refusal::Broken)),
            (workbook(&["a"], &[label(0, 0, 0), far]), Err(Refusal::TooLarge)),
            (workbook(&[&long], &repeated), Err(Refusal::TooLarge)),
        ] {
            assert_eq!(check_size(&stream), expected);
            assert_eq!(read(&file(&stream)).map(|_| ()), expected);
        }
    }

    #[test]
    fn a_string_that_runs_over_records_is_measured_whole() {
        let first = [&[1, 0, 0, 0, 2, 0, 0, 0][..], &[4, 0, 0], b"ab"].concat();
        let second = [&[1, b'c', 0, b'd', 0][..], &[1, 0, 0, b'x']].concat();
        assert_eq!(string_lengths(&[&first, &second]), [12, 3]);
    }

    #[test]
    fn other_compound_files_are_told_apart() {
        let with = |name: &str| {
            let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
            file.create_stream(name).unwrap();
            file.flush().unwrap();
            read(&file.into_inner().into_inner()).unwrap_err()
        };
        assert_eq!(with("/WordDocument"), Refusal::OldDocument);
        assert_eq!(with("/Other"), Refusal::NotASpreadsheet);
        assert_eq!(with("/EncryptedPackage"), Refusal::Encrypted);
        let protected = [record(0x0809, &[0, 6, 5, 0]), record(record::FILE_PASS, &[1, 0, 1, 0])].concat();
        assert_eq!(read(&file(&protected)).unwrap_err(), Refusal::Encrypted);
    }
}
