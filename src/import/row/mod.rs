//! One row of the list → one thing: its name, its quantity, its features, and what is in doubt.

mod quantity_source;

use crate::ledger::{Particular, Particulars};
use serde::Serialize;

use super::doubt::{Doubt, DoubtCode};
use super::header::{Column, Header, Role, letters};
use super::quantity::{self, Decimal, QuantityContext, UnitOfMeasure};
use super::sheet::{Cell, Kind, Sheet};
use super::text::{fold, is_blank_mark, is_ditto, one_line, squeeze};
use quantity_source::QuantitySource;

/// One thing on the list, as it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ListRow {
    /// The row's number as the spreadsheet shows it.
    pub row: u32,
    /// The line's number on the paper.
    pub line_number: Option<String>,
    pub name: String,
    /// In the smallest unit: pieces, milligrams, microlitres, fen. Nothing when it is in doubt.
    pub quantity: Option<i64>,
    pub unit: Option<UnitOfMeasure>,
    /// ISO 4217, for money.
    pub currency: Option<String>,
    /// The measure word as written: 部, 张, 克.
    pub counted_as: Option<String>,
    /// The features column and every other column that describes the thing, each under its name.
    pub features: String,
    /// What the list says in fields of their own.
    pub particulars: Particulars,
    pub category: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub holder: Option<String>,
    /// An estimate of value, as written.
    pub value: Option<String>,
    pub source: Option<String>,
    pub remark: Option<String>,
    pub doubts: Vec<Doubt>,
}

/// What a row hands down to the next one, for 同上.
#[derive(Clone, Debug, Default)]
pub(super) struct Carry {
    name: String,
    unit: String,
    holder: String,
    source: String,
}

/// What a row's cell adds to the total of its column.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum TotalCell {
    #[default]
    Blank,
    Number(Decimal),
    /// Text that a plain sum does not include: 100元×20张.
    Other,
}

/// The columns a total row may add up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TypedColumns {
    pub(super) quantity: TotalCell,
    pub(super) weight: TotalCell,
    pub(super) amount: TotalCell,
}

/// A row under the header it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) header: &'a Header,
    pub(super) row: u32,
    pub(super) cells: &'a [Cell],
}

impl<'a> Line<'a> {
    /// The cell of a role on this very row.
    pub(super) fn own(&self, role: Role) -> Option<&'a Cell> {
        let column = self.header.column(role)?;
        self.cells.iter().find(|cell| cell.column == column.index)
    }

    /// The cell of a role that is merged down into this row from above.
    pub(super) fn merged_above(&self, role: Role) -> Option<&'a Cell> {
        let column = self.header.column(role)?;
        let merge = self.sheet.merge_at(self.row, column.index).filter(|it| it.first_row < self.row)?;
        self.sheet
            .cell(merge.first_row, merge.first_column)
            .filter(|_| merge.first_row > self.header.last_row)
    }

    /// Whether the role's cell is merged over several rows of which not all share one name.
    fn shared_between_things(&self, role: Role) -> bool {
        let rows_of = |role| {
            let column = self.header.column(role)?;
            self.sheet.merge_at(self.row, column.index).filter(|it| it.last_row > it.first_row)
        };
        match (rows_of(role), rows_of(Role::Name)) {
            (Some(merged), Some(name)) => {
                merged.first_row < name.first_row || merged.last_row > name.last_row
            }
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// The text of a role, without error values and without marks for "nothing".
    fn text(&self, role: Role) -> &'a str {
        let usable = |cell: &&Cell| cell.kind != Kind::Error && !is_blank_mark(&cell.text);
        self.own(role).filter(usable).map_or("", |cell| &*cell.text)
    }

    fn text_or_above(&self, role: Role) -> &'a str {
        match self.text(role) {
            "" if self.own(role).is_none() => self.merged_above(role).map_or("", |cell| &*cell.text),
            text => text,
        }
    }

    fn letter(&self, role: Role) -> Option<String> {
        self.header.column(role).map(|column| column.letter.clone())
    }

    fn header_unit(&self, role: Role) -> &'a str {
        self.header.column(role).map_or("", |column| &*column.unit)
    }

    /// Whether this row says how much there is, in whatever column.
    pub(super) fn says_quantity(&self) -> bool {
        [Role::Quantity, Role::Weight, Role::Amount]
            .into_iter()
            .any(|role| !self.text(role).is_empty() || self.is_error(role))
    }

    fn is_error(&self, role: Role) -> bool {
        self.own(role).is_some_and(|cell| cell.kind == Kind::Error)
    }

    /// Whether the quantity column holds a quantity that can be booked.
    pub(super) fn counts_clearly(&self) -> bool {
        [Role::Quantity, Role::Weight, Role::Amount].into_iter().any(|role| {
            let about = QuantityContext { unit: self.header_unit(role), ..QuantityContext::default() };
            !self.text(role).is_empty() && quantity::read(self.text(role), about).quantity.is_some()
        })
    }

    /// Reads the row as a thing.
    pub(super) fn read(&self, carry: &mut Carry) -> (ListRow, TypedColumns) {
        let mut row = ListRow { row: self.row, ..ListRow::default() };
        self.look_at_cells(&mut row);
        row.name = one_line(&ditto(self.text_or_above(Role::Name), &mut carry.name));
        if row.name.is_empty() {
            row.doubts.push(Doubt::new(DoubtCode::NameMissing, self.letter(Role::Name), ""));
        }
        let unit = ditto(self.text_or_above(Role::Unit), &mut carry.unit);
        row.holder = filled(&ditto(self.text_or_above(Role::Holder), &mut carry.holder));
        row.source = filled(&ditto(self.text_or_above(Role::Source), &mut carry.source));
        row.category = filled(self.text_or_above(Role::Category));
        row.model = filled(self.text(Role::Model));
        row.remark = filled(self.text(Role::Remark));
        row.value = filled(self.text(Role::Value));
        row.serial = filled(&fold(self.text(Role::Serial)));
        let number = one_line(self.text(Role::LineNumber));
        if is_small_number(&number) || row.serial.is_some() {
            row.line_number = filled(&number);
        } else {
            row.serial = filled(&fold(&number));
        }
        let mut features = self.features();
        let typed = QuantitySource { line: self, row: &mut row, features: &mut features, unit: &unit }.read();
        row.features = features.join("；");
        row.fill_particulars();
        (row, typed)
    }

    /// Doubts that are about the cells themselves, whatever they mean.
    fn look_at_cells(&self, row: &mut ListRow) {
        let last = self.header.columns.iter().map(|column| column.index).max().unwrap_or(0);
        for cell in self.cells {
            let role = self.header.columns.iter().find(|it| it.index == cell.column).and_then(|it| it.role);
            let code = match (cell.kind, role) {
                (Kind::Error, Some(_)) => DoubtCode::ErrorCell,
                (Kind::LongNumber, Some(Role::Serial | Role::LineNumber)) => DoubtCode::DigitsLost,
                _ if cell.cut => DoubtCode::CellCut,
                _ if cell.text.contains('\u{FFFD}') => DoubtCode::BadCharacters,
                _ => continue,
            };
            row.doubts.push(Doubt::new(code, Some(letters(cell.column)), &cell.text));
        }
        if let Some(cell) = self.cells.iter().find(|cell| cell.column > last) {
            row.doubts.push(Doubt::new(DoubtCode::MoreCells, Some(letters(cell.column)), &cell.text));
        }
    }

    /// Every describing column: the features column as it is, the others under their names.
    pub(super) fn features(&self) -> Vec<String> {
        let describes = |column: &&Column| matches!(column.role, Some(Role::Features | Role::Model));
        let texts = self.header.columns.iter().filter(describes).filter_map(|column| {
            let cell =
                self.cells.iter().find(|cell| cell.column == column.index && cell.kind != Kind::Error)?;
            let text = one_line(&cell.text);
            let plain = ["特征", "描述", "特点", "feature", "description"]
                .iter()
                .any(|it| squeeze(&column.header).contains(it));
            (!is_blank_mark(&text)).then(|| if plain { text } else { format!("{}：{text}", column.header) })
        });
        texts.collect()
    }

    /// What a continuation row adds to the thing above.
    pub(super) fn further_features(&self) -> Vec<String> {
        let mut features = self.features();
        for role in [Role::Serial, Role::Remark] {
            features.extend(filled(self.text(role)));
        }
        features
    }
}

impl ListRow {
    /// The columns that are fields of their own.
    fn fill_particulars(&mut self) {
        for (field, text) in [
            (Particular::Serial, &self.serial),
            (Particular::Holder, &self.holder),
            (Particular::Source, &self.source),
            (Particular::Estimate, &self.value),
            (Particular::Remark, &self.remark),
        ] {
            self.particulars.set(field, text.as_deref().unwrap_or_default());
        }
    }
}

fn filled(text: &str) -> Option<String> {
    let text = one_line(text);
    (!text.is_empty()).then_some(text)
}

fn ditto(text: &str, carry: &mut String) -> String {
    if !is_ditto(text) {
        text.clone_into(carry);
    }
    carry.clone()
}

/// A line number, in whatever digits; anything longer, or with letters, is the number of the thing itself.
pub(super) fn is_small_number(text: &str) -> bool {
    let folded = fold(text);
    let digits = folded.trim_matches(['.', '、', '(', ')', ' ']);
    digits.len() <= 12
        && digits
            .chars()
            .all(|c| matches!(c, '0'..='9' | '-' | '①'..='⑳') || "一二三四五六七八九十".contains(c))
}
