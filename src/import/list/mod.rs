//! A sheet → the list: which rows are things, which one is the total, and why the others are neither. Every row from the
//! first to the last lands in exactly one of the three.

mod beside;
mod doubles;
mod excerpt;
mod model;
mod notes;
mod sort;
mod stated;
mod sums;
mod total;

use std::collections::BTreeSet;
use std::rc::Rc;

use super::doubt::{Doubt, DoubtCode};
use super::header::cards::Card;
use super::header::{self, Column, Header, Role};
use super::row::{Carry, Line, TypedColumns};
use super::sheet::{Cell, Sheet};
use super::text::{one_line, squeeze};
pub(super) use excerpt::excerpt;
pub use model::{ExcerptRow, IgnoreReason, IgnoredRow, SeizureList, TotalRow};
use sort::{Sort, sort};
pub use stated::{Stated, StatedFact, same_number};
use total::{TotalLine, Totals};

/// Reads a sheet whose header is known.
pub(super) fn understand(sheet: &Sheet, header: Header) -> SeizureList {
    let mut reader = ListReader {
        sheet,
        list: SeizureList {
            sheet: sheet.name.clone(),
            columns: header.columns.clone(),
            ..SeizureList::default()
        },
        numbered: is_numbered(sheet, &header),
        header: Rc::new(header),
        carry: Carry::default(),
        typed: Vec::new(),
        totals: Vec::new(),
        ended: None,
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

/// Whether most rows that say how much there is carry a line number.
fn is_numbered(sheet: &Sheet, header: &Header) -> bool {
    let (mut counted, mut numbered) = (0_usize, 0_usize);
    for (row, cells) in sheet.rows().filter(|(row, _)| *row > header.last_row).take(500) {
        let line = Line { sheet, header, row, cells, squeezed: &[] };
        if line.says_quantity() {
            counted += 1;
            numbered += usize::from(line.own(Role::LineNumber).is_some());
        }
    }
    counted > 0 && numbered * 2 > counted
}

/// Reads the cards of a sheet; every other row is a title, a note or a further line of a card.
pub(super) fn understand_cards(sheet: &Sheet, cards: Vec<Card>) -> SeizureList {
    let mut list = SeizureList { sheet: sheet.name.clone(), ..SeizureList::default() };
    let of_card: BTreeSet<u32> = cards.iter().flat_map(|card| card.rows.iter().copied()).collect();
    let named: BTreeSet<u32> = cards.iter().map(|card| card.row).collect();
    let mut next = 1;
    for (row, cells) in sheet.rows() {
        list.ignored_rows.extend((next..row).map(|row| IgnoredRow { row, reason: IgnoreReason::Blank }));
        if !named.contains(&row) {
            let reason = if of_card.contains(&row) { IgnoreReason::Card } else { IgnoreReason::Title };
            list.ignored_rows.push(IgnoredRow { row, reason });
        }
        list.stated.read(row, cells);
        next = row + 1;
    }
    for card in cards {
        let line = Line { sheet, header: &card.header, row: card.row, cells: &card.cells, squeezed: &[] };
        list.rows.push(line.read(&mut Carry::default()).0);
        if list.columns.is_empty() {
            list.columns = card.header.columns;
        }
    }
    doubles::find(&mut list.rows, None);
    beside::tell(sheet, &mut list);
    list
}

struct ListReader<'a> {
    sheet: &'a Sheet,
    header: Rc<Header>,
    list: SeizureList,
    carry: Carry,
    /// Things of this list carry line numbers.
    numbered: bool,
    /// The typed numbers of each thing.
    typed: Vec<TypedColumns>,
    totals: Vec<TotalLine<'a>>,
    /// The row that says 以下空白.
    ended: Option<u32>,
}

impl<'a> ListReader<'a> {
    fn row(&mut self, row: u32, cells: &'a [Cell]) {
        if self.heads(row) {
            return self.ignore(row, IgnoreReason::Header);
        }
        if row < self.header.first_row {
            self.list.stated.read(row, cells);
            return self.ignore(row, IgnoreReason::Title);
        }
        if let Some(header) = header::repeated(self.sheet, &self.header, row, cells) {
            (self.header, self.ended) = (Rc::new(header), None);
            return self.ignore(row, IgnoreReason::Header);
        }
        let header = Rc::clone(&self.header);
        let squeezed: Vec<String> = cells.iter().map(|cell| squeeze(&cell.text)).collect();
        let line = Line { sheet: self.sheet, header: &header, row, cells, squeezed: &squeezed };
        if let Some(sum) = sort::total(&line) {
            return self.totals.push(TotalLine { header, row, cells, sum, things: self.list.rows.len() });
        }
        match sort(&line, self.numbered) {
            Sort::Thing => self.thing(&line),
            Sort::Continuation if self.list.rows.is_empty() => self.not_understood(row, cells),
            Sort::Continuation => self.join_above(&line),
            Sort::Ignored(IgnoreReason::NotUnderstood) => self.not_understood(row, cells),
            Sort::Ignored(reason) => {
                self.list.stated.read(row, cells);
                if cells.iter().any(|cell| notes::ends_list(&squeeze(&cell.text))) {
                    self.ended = Some(row);
                }
                if reason == IgnoreReason::Title {
                    self.ended = None;
                }
                self.ignore(row, reason);
            }
        }
    }

    fn thing(&mut self, line: &Line<'_>) {
        let (mut thing, typed) = line.read(&mut self.carry);
        self.list.stated.read_thing(line);
        if let Some(end) = self.ended {
            thing.doubts.push(Doubt::new(DoubtCode::AfterEnd, None, &thing.name).against(end.to_string()));
        }
        self.list.rows.push(thing);
        self.typed.push(typed);
    }

    /// Further features of the thing above; told, unless a merged name says so itself.
    fn join_above(&mut self, line: &Line<'_>) {
        self.ignore(line.row, IgnoreReason::Continuation);
        let Some(above) = self.list.rows.last_mut() else { return };
        let further = line.further_features();
        let parts =
            std::iter::once(std::mem::take(&mut above.features)).filter(|it| !it.is_empty()).chain(further);
        above.features = parts.collect::<Vec<_>>().join("；");
        if line.merged_above(Role::Name).is_none() {
            let doubt = Doubt::new(DoubtCode::JoinedAbove, None, &row_text(line.cells));
            self.list.doubts.push(doubt.against(line.row.to_string()));
        }
    }

    fn not_understood(&mut self, row: u32, cells: &[Cell]) {
        self.ignore(row, IgnoreReason::NotUnderstood);
        self.list.stated.read(row, cells);
        let doubt = Doubt::new(DoubtCode::TextWithoutThing, None, &row_text(cells));
        self.list.doubts.push(doubt.against(row.to_string()));
    }

    fn heads(&self, row: u32) -> bool {
        (self.header.first_row..=self.header.last_row).contains(&row)
    }

    fn ignore(&mut self, row: u32, reason: IgnoreReason) {
        self.list.ignored_rows.push(IgnoredRow { row, reason });
    }

    fn finish(mut self) -> SeizureList {
        // 小写 and 大写 are compared row by row.
        let compared = |column: &Column| column.header.contains("大写") || column.header.contains("小写");
        for column in self.list.columns.iter().filter(|it| it.repeated && !compared(it)) {
            self.list.doubts.push(Doubt::new(
                DoubtCode::ColumnRepeated,
                Some(column.letter.clone()),
                &column.header,
            ));
        }
        for column in self.list.columns.iter().filter(|it| it.untitled && !it.chosen && it.role.is_none()) {
            self.list.doubts.push(Doubt::new(DoubtCode::ColumnUntitled, Some(column.letter.clone()), ""));
        }
        self.settle_totals();
        let serial = self.header.column(Role::Serial).map(|column| column.letter.clone());
        doubles::find(&mut self.list.rows, serial.as_ref());
        beside::tell(self.sheet, &mut self.list);
        self.list.ignored_rows.sort_by_key(|it| it.row);
        self.list
    }

    /// The total row is the last grand total that says how much, else the last one; subtotals and the others are not, but
    /// each of them is compared with the rows.
    fn settle_totals(&mut self) {
        let lines = std::mem::take(&mut self.totals);
        let totals = Totals { sheet: self.sheet, rows: &self.list.rows, typed: &self.typed };
        let shown = totals.shown(&lines);
        let mut kept = None;
        let (mut ignored, mut doubts) = (Vec::new(), Vec::new());
        for (at, line) in lines.iter().enumerate() {
            let found = totals.check(&lines, at);
            if Some(at) == shown {
                kept = Some(TotalRow { row: line.row, text: row_text(line.cells), doubts: found });
            } else {
                ignored.push(line.row);
                doubts.extend(found);
            }
        }
        for row in ignored {
            self.ignore(row, IgnoreReason::Subtotal);
        }
        self.list.doubts.extend(doubts);
        self.list.total_row = kept;
    }
}

fn row_text(cells: &[Cell]) -> String {
    cells.iter().map(|cell| one_line(&cell.text)).collect::<Vec<_>>().join(" ")
}
