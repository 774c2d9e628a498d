//! The records of an .xls that the spreadsheet library does not report ([MS-XLS] 2.4): number formats, hidden rows and
//! columns, comments, text in shapes, struck-through text.

use std::collections::HashMap;

use super::Beside;
use super::biff::{records, u16_at, u32_at};
use super::number_format::Affix;

/// Record types that are read here.
mod record {
    pub(super) const EOF: u16 = 0x000A;
    pub(super) const NOTE: u16 = 0x001C;
    pub(super) const FONT: u16 = 0x0031;
    pub(super) const CONTINUE: u16 = 0x003C;
    pub(super) const OBJ: u16 = 0x005D;
    pub(super) const COL_INFO: u16 = 0x007D;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const MUL_RK: u16 = 0x00BD;
    pub(super) const XF: u16 = 0x00E0;
    pub(super) const TXO: u16 = 0x01B6;
    pub(super) const ROW: u16 = 0x0208;
    pub(super) const FORMAT: u16 = 0x041E;
    pub(super) const BOF: u16 = 0x0809;
    /// `Formula`, `LabelSst`, `Number`, `Label`, `BoolErr`, `RK`: row, column, cell format.
    pub(super) const CELLS: [u16; 6] = [0x0006, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E];
}

/// The cell formats of a workbook.
pub(super) struct Formats<'a> {
    stream: &'a [u8],
    /// Of each cell format: what it writes around numbers, and whether it strikes through.
    cells: Vec<(Affix, bool)>,
    /// Where each sheet begins.
    starts: Vec<u32>,
}

/// What a sheet's cells show: the affix of each cell that has one.
pub(super) type Affixes = HashMap<(u32, u32), Affix>;

impl<'a> Formats<'a> {
    /// Reads the globals. Older streams (Excel 5 and 95) write their texts otherwise; they give none.
    pub(super) fn read(stream: &'a [u8]) -> Formats<'a> {
        let mut formats = Formats { stream, cells: Vec::new(), starts: Vec::new() };
        let (mut codes, mut struck, mut styles) = (HashMap::new(), Vec::new(), Vec::new());
        for (kind, data) in records(stream) {
            match kind {
                record::BOF if u16_at(data, 0) != Some(0x0600) => return formats,
                record::FORMAT => {
                    if let (Some(id), Some(code)) = (u16_at(data, 0), text(data.get(2..).unwrap_or_default()))
                    {
                        codes.insert(id, code);
                    }
                }
                record::FONT => struck.push(u16_at(data, 2).is_some_and(|flags| flags & 0x08 != 0)),
                record::XF => styles.push((u16_at(data, 0).unwrap_or(0), u16_at(data, 2).unwrap_or(0))),
                record::BOUND_SHEET => formats.starts.extend(u32_at(data, 0)),
                record::EOF => break,
                _ => (),
            }
        }
        let cell = |(font, code): (u16, u16)| {
            // Font 4 is never written: indexes above it are one too high.
            let font = usize::from(if font > 4 { font - 1 } else { font });
            let affix = codes.get(&code).map(|code| Affix::of_code(code)).unwrap_or_default();
            (affix, struck.get(font).copied().unwrap_or(false))
        };
        formats.cells = styles.into_iter().map(cell).collect();
        formats
    }

    /// What stands beside the cells of the sheet with this index, and what its numbers show around them.
    pub(super) fn read_sheet(&self, index: usize, beside: &mut Beside) -> Affixes {
        let mut affixes = Affixes::new();
        let start = self.starts.get(index).and_then(|it| usize::try_from(*it).ok());
        let Some(sheet) = start.and_then(|at| self.stream.get(at..)).filter(|_| !self.cells.is_empty())
        else {
            return affixes;
        };
        let mut drawn = Drawn::default();
        for (kind, data) in records(sheet) {
            match kind {
                record::EOF => break,
                record::ROW => {
                    if let Some(row) = u16_at(data, 0)
                        && u16_at(data, 12).is_some_and(|flags| flags & 0x20 != 0)
                    {
                        beside.hide_row(u32::from(row) + 1);
                    }
                }
                record::COL_INFO => {
                    if let (Some(first), Some(last)) = (u16_at(data, 0), u16_at(data, 2))
                        && u16_at(data, 8).is_some_and(|flags| flags & 1 != 0)
                    {
                        beside.hide_columns(first.into(), last.into());
                    }
                }
                record::MUL_RK => {
                    let (row, first) = (u16_at(data, 0), u16_at(data, 2));
                    for at in 0..data.len().saturating_sub(6) / 6 {
                        let place = row.zip(first).map(|(row, first)| (u32::from(row), u32::from(first)));
                        let column = u32::try_from(at).unwrap_or(u32::MAX);
                        let place = place.map(|(row, first)| (row, first.saturating_add(column)));
                        self.cell(place, u16_at(data, 4 + at * 6), beside, &mut affixes);
                    }
                }
                kind if record::CELLS.contains(&kind) => {
                    let place = u16_at(data, 0).zip(u16_at(data, 2));
                    let place = place.map(|(row, column)| (u32::from(row), u32::from(column)));
                    self.cell(place, u16_at(data, 4), beside, &mut affixes);
                }
                kind => drawn.read(kind, data),
            }
        }
        drawn.tell(beside);
        affixes
    }

    fn cell(
        &self,
        place: Option<(u32, u32)>,
        format: Option<u16>,
        beside: &mut Beside,
        affixes: &mut Affixes,
    ) {
        let (Some((row, column)), Some(format)) = (place, format) else { return };
        let Some((affix, struck)) = self.cells.get(usize::from(format)) else { return };
        if *struck {
            beside.struck.insert((row + 1, column));
        }
        if *affix != Affix::default() {
            affixes.insert((row, column), affix.clone());
        }
    }
}

/// Objects on a sheet: an object is followed by its text; a note names the object that holds it.
#[derive(Default)]
struct Drawn {
    /// Object id → its text.
    texts: Vec<(u16, String)>,
    notes: Vec<(u32, u32, u16)>,
    object: u16,
    /// Characters of the text that the next record continues.
    expected: usize,
}

impl Drawn {
    fn read(&mut self, kind: u16, data: &[u8]) {
        match kind {
            record::OBJ => self.object = u16_at(data, 6).unwrap_or(0),
            record::TXO => self.expected = usize::from(u16_at(data, 10).unwrap_or(0)),
            record::CONTINUE if self.expected > 0 => {
                let characters = characters(
                    data.first().copied().unwrap_or(0),
                    data.get(1..).unwrap_or_default(),
                    self.expected,
                );
                self.texts.push((self.object, characters));
                self.expected = 0;
            }
            record::NOTE => {
                if let (Some(row), Some(column), Some(object)) =
                    (u16_at(data, 0), u16_at(data, 2), u16_at(data, 6))
                {
                    self.notes.push((u32::from(row) + 1, column.into(), object));
                }
            }
            _ => (),
        }
    }

    fn tell(self, beside: &mut Beside) {
        for (object, text) in self.texts {
            match self.notes.iter().find(|(_, _, it)| *it == object) {
                Some((row, column, _)) => beside.comment(*row, *column, &text),
                None => beside.shape(&text),
            }
        }
    }
}

/// A text with its length before it ([MS-XLS] 2.5.294).
fn text(data: &[u8]) -> Option<String> {
    let length = usize::from(u16_at(data, 0)?);
    Some(characters(*data.get(2)?, data.get(3..)?, length))
}

fn characters(flags: u8, data: &[u8], most: usize) -> String {
    if flags & 1 == 0 {
        return data.iter().take(most).map(|byte| char::from(*byte)).collect();
    }
    let units = data.chunks_exact(2).take(most).map(|pair| match pair {
        [low, high] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    });
    char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
    }

    fn words(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|it| it.to_le_bytes()).collect()
    }

    fn format(id: u16, code: &str) -> Vec<u8> {
        let units: Vec<u16> = code.encode_utf16().collect();
        let length = u16::try_from(units.len()).unwrap();
        record(record::FORMAT, &[words(&[id, length]), vec![1], words(&units)].concat())
    }

    /// A comment or a text box: the object, and its text in the record that continues it.
    fn object(id: u16, text: &str) -> Vec<u8> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let length = u16::try_from(units.len()).unwrap();
        [
            record(record::OBJ, &words(&[0x15, 0x12, 0x19, id])),
            record(record::TXO, &words(&[0, 0, 0, 0, 0, length, 0, 0])),
            record(record::CONTINUE, &[vec![1], words(&units)].concat()),
        ]
        .concat()
    }

    #[test]
    fn formats_and_what_stands_beside_the_cells_are_read() {
        let font = |flags: u16| record(record::FONT, &words(&[200, flags]));
        let xf = |font: u16, format: u16| record(record::XF, &words(&[font, format, 0, 0]));
        let globals = |start: u32| {
            [
                record(record::BOF, &words(&[0x0600, 5])),
                [font(0), font(0), font(0), font(0), font(8)].concat(),
                format(164, "0\"克\""),
                [xf(0, 0), xf(0, 164), xf(5, 0)].concat(),
                record(record::BOUND_SHEET, &[&start.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat()),
                record(record::EOF, &[]),
            ]
            .concat()
        };
        let sheet = [
            record(record::BOF, &words(&[0x0600, 0x10])),
            record(record::COL_INFO, &words(&[2, 3, 0, 0, 1])),
            record(record::ROW, &words(&[4, 0, 9, 255, 0, 0, 0x20])),
            record(0x0203, &[words(&[1, 1, 1]), 12.5_f64.to_le_bytes().to_vec()].concat()),
            record(record::MUL_RK, &[words(&[2, 0, 1, 0, 0, 1, 0, 0]), words(&[1])].concat()),
            record(0x00FD, &words(&[3, 0, 2, 0, 0])),
            object(7, "更正"),
            object(8, "公章"),
            record(record::NOTE, &words(&[1, 1, 0, 7, 0])),
            record(record::EOF, &[]),
        ]
        .concat();
        let start = u32::try_from(globals(0).len()).unwrap();
        let stream = [globals(start), sheet].concat();
        let mut beside = Beside::default();
        let affixes = Formats::read(&stream).read_sheet(0, &mut beside);
        let mut places: Vec<_> = affixes.keys().copied().collect();
        places.sort_unstable();
        assert_eq!(places, [(1, 1), (2, 0), (2, 1)]);
        assert_eq!(affixes[&(1, 1)], Affix::of_code("0\"克\""));
        assert_eq!(beside.comments, [(2, 1, "更正".to_owned())]);
        assert_eq!(beside.shapes, ["公章"]);
        assert!(beside.struck.contains(&(4, 0)));
        let hidden = |row, column| {
            let cell = super::super::Cell {
                row,
                column,
                text: "x".to_owned(),
                kind: super::super::Kind::Text,
                cut: false,
            };
            let mut sheet =
                super::super::Sheet { cells: vec![cell], beside: beside.clone(), ..Default::default() };
            super::super::beside::set_apart(&mut sheet);
            sheet.cells.is_empty()
        };
        assert_eq!((hidden(5, 0), hidden(1, 2), hidden(1, 3), hidden(1, 0)), (true, true, true, false));
    }
}
