//! A sheet → the list: which rows are things, which one is the total, and why the others are neither. Every row from the
//! first to the last lands in exactly one of the three.

mod sort;
mod total;

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::doubt::{Doubt, DoubtCode};
use super::header::{self, Column, Header, Role};
use super::row::{Carry, Line, ListRow, TypedColumns};
use super::sheet::{Cell, Sheet};
use super::text::{one_line, squeeze};
use sort::{Sort, sort, total};

/// A list of seized property as a file gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SeizureList {
    /// The sheet that was read; empty for a text file.
    pub sheet: String,
    /// What each column of the header was taken for.
    pub columns: Vec<Column>,
    /// The things, in order.
    pub rows: Vec<ListRow>,
    /// Every other row: title, header, blank lines, notes, signatures. Together with `rows` and `total_row` this is every
    /// row of the sheet up to its last one with content.
    pub ignored_rows: Vec<IgnoredRow>,
    pub total_row: Option<TotalRow>,
    /// Doubts about the list as a whole.
    pub doubts: Vec<Doubt>,
}

/// A row that names no thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct IgnoredRow {
    pub row: u32,
    pub reason: IgnoreReason,
}

/// Why a row is no thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IgnoreReason {
    /// Above the header, or the title of a further page.
    Title,
    /// Column names, also when repeated on a further page.
    Header,
    /// Nothing, or nothing but a printed line number.
    Blank,
    /// A heading inside the list: 一、电子产品.
    Heading,
    /// Signatures, dates, remarks, page numbers, 以下空白.
    Note,
    /// 小计, the total of a part; and a further total beside the one that is checked.
    Subtotal,
    /// Further features of the thing above, under the same merged name.
    Continuation,
    /// Text that is neither; the list carries a doubt about it.
    NotUnderstood,
}

/// The row that adds up the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TotalRow {
    pub row: u32,
    /// What the row says, cell by cell.
    pub text: String,
    pub doubts: Vec<Doubt>,
}

/// Reads a sheet whose header is known.
pub(super) fn understand(sheet: &Sheet, header: Header) -> SeizureList {
    let mut reader = ListReader {
        sheet,
        list: SeizureList {
            sheet: sheet.name.clone(),
            columns: header.columns.clone(),
            ..SeizureList::default()
        },
        header,
        carry: Carry::default(),
        typed: Vec::new(),
        totals: Vec::new(),
    };
    let mut next = 1;
    for (row, cells) in sheet.rows() {
        for blank in next..row {
            let reason = if reader.heads(blank) { IgnoreReason::Header } else { IgnoreReason::Blank };
            reader.ignore(blank, reason);
        }
        reader.row(row, cells);
        next = row + 1;
    }
    reader.finish()
}

struct ListReader<'a> {
    sheet: &'a Sheet,
    header: Header,
    list: SeizureList,
    carry: Carry,
    /// The typed numbers of each thing.
    typed: Vec<TypedColumns>,
    totals: Vec<(u32, &'a [Cell], bool)>,
}

impl<'a> ListReader<'a> {
    fn row(&mut self, row: u32, cells: &'a [Cell]) {
        if self.heads(row) {
            return self.ignore(row, IgnoreReason::Header);
        }
        if row < self.header.first_row {
            return self.ignore(row, IgnoreReason::Title);
        }
        if let Some(header) = header::repeated(self.sheet, &self.header, row, cells) {
            self.header = header;
            return self.ignore(row, IgnoreReason::Header);
        }
        let header = self.header.clone();
        let line = Line { sheet: self.sheet, header: &header, row, cells };
        if let Some(partial) = total(&line) {
            return self.totals.push((row, cells, partial));
        }
        match sort(&line) {
            Sort::Thing => {
                let (thing, typed) = line.read(&mut self.carry);
                self.list.rows.push(thing);
                self.typed.push(typed);
            }
            Sort::Continuation => {
                self.ignore(row, IgnoreReason::Continuation);
                if let Some(above) = self.list.rows.last_mut() {
                    let further = line.further_features();
                    let parts = std::iter::once(std::mem::take(&mut above.features))
                        .filter(|it| !it.is_empty())
                        .chain(further);
                    above.features = parts.collect::<Vec<_>>().join("；");
                }
            }
            Sort::Ignored(reason) => {
                self.ignore(row, reason);
                if reason == IgnoreReason::NotUnderstood {
                    let text = row_text(cells);
                    self.list
                        .doubts
                        .push(Doubt::new(DoubtCode::TextWithoutThing, None, &text).against(row.to_string()));
                }
            }
        }
    }

    fn heads(&self, row: u32) -> bool {
        (self.header.first_row..=self.header.last_row).contains(&row)
    }

    fn ignore(&mut self, row: u32, reason: IgnoreReason) {
        self.list.ignored_rows.push(IgnoredRow { row, reason });
    }

    fn finish(mut self) -> SeizureList {
        for column in self.list.columns.iter().filter(|column| column.repeated) {
            self.list.doubts.push(Doubt::new(
                DoubtCode::ColumnRepeated,
                Some(column.letter.clone()),
                &column.header,
            ));
        }
        self.settle_totals();
        let serial = self.header.column(Role::Serial).map(|column| column.letter.clone());
        find_doubles(&mut self.list.rows, serial.as_ref());
        self.list.ignored_rows.sort_by_key(|it| it.row);
        self.list
    }

    /// The total row is the last grand total that says how much, else the last one; subtotals and the others are not.
    fn settle_totals(&mut self) {
        let says = |row, cells| Line { sheet: self.sheet, header: &self.header, row, cells }.says_quantity();
        let last = self.totals.iter().rposition(|(row, cells, partial)| !partial && says(*row, cells));
        let last = last.or_else(|| self.totals.iter().rposition(|(_, _, partial)| !partial));
        let last = last.or(self.totals.len().checked_sub(1));
        for (at, (row, cells, _)) in std::mem::take(&mut self.totals).into_iter().enumerate() {
            if Some(at) != last {
                self.ignore(row, IgnoreReason::Subtotal);
                continue;
            }
            let line = Line { sheet: self.sheet, header: &self.header, row, cells };
            let doubts = [Role::Quantity, Role::Weight, Role::Amount]
                .into_iter()
                .filter_map(|role| total::check(&line, role, &self.list.rows, &self.typed));
            let doubts = doubts.collect();
            self.list.total_row = Some(TotalRow { row, text: row_text(cells), doubts });
        }
    }
}

fn row_text(cells: &[Cell]) -> String {
    cells.iter().map(|cell| one_line(&cell.text)).collect::<Vec<_>>().join(" ")
}

/// The same serial number twice, or the same row twice.
fn find_doubles(rows: &mut [ListRow], serial_column: Option<&String>) {
    let mut serials: HashMap<String, u32> = HashMap::new();
    let mut whole: HashMap<String, u32> = HashMap::new();
    for row in rows {
        let mut found = BTreeMap::new();
        for serial in identities(row) {
            match serials.get(&serial) {
                Some(other) => _ = found.insert(*other, serial),
                None => _ = serials.insert(serial, row.row),
            }
        }
        for (other, serial) in found {
            let doubt = Doubt::new(DoubtCode::SameSerial, serial_column.cloned(), &serial);
            row.doubts.push(doubt.against(other.to_string()));
        }
        let key = squeeze(&format!(
            "{}|{:?}|{:?}|{:?}|{:?}|{}|{:?}|{:?}|{:?}",
            row.name,
            row.quantity,
            row.unit,
            row.currency,
            row.counted_as,
            row.features,
            row.serial,
            row.holder,
            row.remark
        ));
        match whole.get(&key) {
            Some(other) => {
                let doubt = Doubt::new(DoubtCode::SameRow, None, &row.name).against(other.to_string());
                row.doubts.push(doubt);
            }
            None => _ = whole.insert(key, row.row),
        }
    }
}

/// What identifies a thing: its serial number, and every run of 15 digits (IMEI) in its description.
fn identities(row: &ListRow) -> Vec<String> {
    let mut found: Vec<String> =
        row.serial.iter().map(|it| squeeze(it)).filter(|it| it.chars().count() >= 4).collect();
    for text in [&row.features, &row.name] {
        let folded = squeeze(text);
        let runs = folded
            .split(|c: char| !c.is_ascii_alphanumeric())
            .map(|run| run.trim_start_matches(|c: char| c.is_ascii_alphabetic()));
        found.extend(
            runs.filter(|run| run.len() == 15 && run.bytes().all(|b| b.is_ascii_digit())).map(str::to_owned),
        );
    }
    found.sort_unstable();
    found.dedup();
    found
}
