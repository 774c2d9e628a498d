//! One row of the list → one thing: its name, its quantity, its features, and what is in doubt.

mod claims;
mod compare;
mod described;
mod fields;
mod in_name;
mod marks;
mod quantity_source;
mod spans;
mod spoilt;
mod thing;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::ledger::{Particular, Particulars};
use serde::Serialize;

use super::doubt::{Doubt, DoubtCode};
use super::header::{Header, Role, letters};
use super::quantity::{self, Decimal, QuantityContext, UnitOfMeasure};
use super::sheet::{Cell, Kind, Sheet};
use super::text::{clip, fold, is_blank_mark, is_ditto, one_line, squeeze};
use quantity_source::QuantitySource;
use spoilt::{identifies, power_of_ten, tells};

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
    /// What the list says in fields of their own. The remark also holds the columns that have none, each under its title.
    pub particulars: Particulars,
    pub category: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub holder: Option<String>,
    /// An estimate of value, as written.
    pub value: Option<String>,
    pub source: Option<String>,
    pub remark: Option<String>,
    /// What every column says that is neither name, quantity nor feature, each under its title: 持有人：张某.
    pub others: Vec<String>,
    /// Those of the features that have no field of their own.
    #[serde(skip)]
    pub(super) unplaced: Vec<String>,
    /// The whole row as it is written, to find the same one again.
    #[serde(skip)]
    pub(super) as_written: String,
    pub doubts: Vec<Doubt>,
}

impl ListRow {
    /// Everything the row says beside name and quantity: its features, then the other columns under their titles. At most
    /// 1,000 characters; a longer text is cut, and a doubt says so.
    pub fn described(&self) -> String {
        clip(&self.whole_description(), DESCRIBED_MOST)
    }

    /// The features less those that stand in fields of their own, at most 1,000 characters.
    pub fn free_features(&self) -> String {
        clip(&self.unplaced.join("；"), DESCRIBED_MOST)
    }

    fn whole_description(&self) -> String {
        let features = Some(&self.features).filter(|it| !it.is_empty());
        features.into_iter().chain(&self.others).map(String::as_str).collect::<Vec<_>>().join("；")
    }
}

/// What a line of the ledger holds, less the sign that it was cut.
const DESCRIBED_MOST: usize = 999;

/// What a row hands down to the next one, for 同上.
#[derive(Clone, Debug, Default)]
pub(super) struct Carry {
    name: String,
    unit: String,
    last_number: Option<u32>,
    /// The describing columns, by their place.
    others: BTreeMap<u32, String>,
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
    /// The texts of the cells as [`squeeze`] gives them, when somebody has done so already.
    pub(super) squeezed: &'a [String],
}

impl<'a> Line<'a> {
    /// The text of one of the cells in the form in which it is compared.
    pub(super) fn squeezed(&self, cell: &Cell) -> Cow<'a, str> {
        let at = self.cells.iter().position(|it| it.column == cell.column);
        match at.and_then(|at| self.squeezed.get(at)) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(squeeze(&cell.text)),
        }
    }

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

    /// Whether the title of a role's column holds a word.
    fn header_says(&self, role: Role, word: &str) -> bool {
        self.header.column(role).is_some_and(|column| squeeze(&column.header).contains(word))
    }

    /// The title of a role's column without its unit.
    fn label(&self, role: Role, otherwise: &'static str) -> &'a str {
        self.header.column(role).map_or(otherwise, |it| described::label_of(&it.header))
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
        self.fill(&mut row.particulars, carry);
        row.category = filled(self.text_or_above(Role::Category));
        let of = |field| row.particulars.get(field).map(str::to_owned);
        (row.model, row.serial) = (of(Particular::Model), of(Particular::Serial));
        (row.holder, row.source) = (of(Particular::Holder), of(Particular::Source));
        (row.value, row.remark) = (of(Particular::Estimate), of(Particular::Remark));
        let number = one_line(self.text(Role::LineNumber));
        if is_small_number(&number) || row.serial.is_some() {
            row.line_number = filled(&number);
        } else {
            row.serial = filled(&fold(&number));
            row.particulars.set(Particular::Serial, row.serial.as_deref().unwrap_or_default());
        }
        row.as_written = self.as_written();
        let described = self.described(carry);
        let mut features = described.features.clone();
        row.others.clone_from(&described.others);
        let typed =
            QuantitySource { line: self, row: &mut row, features: &mut features, unit: &unit, taken: None }
                .read();
        // 手机2部 is read as 手机; 同上 below it means that.
        carry.name.clone_from(&row.name);
        spans::compare(&number, &mut row, self.letter(Role::LineNumber), carry);
        if let Some(value) = &row.value {
            row.particulars.set(Particular::Estimate, value);
        }
        // Columns without a field of their own stand behind the remark; what was kept of the quantity, behind the features.
        let remark = row.remark.iter().cloned().chain(described.unplaced(&described.others));
        row.particulars
            .set(Particular::Remark, &clip(&remark.collect::<Vec<_>>().join("；"), DESCRIBED_MOST));
        row.unplaced = described.unplaced(&features);
        row.features = features.join("；");
        let whole = row.whole_description();
        if whole.chars().nth(DESCRIBED_MOST).is_some() {
            row.doubts.push(Doubt::new(DoubtCode::DescriptionCut, None, &whole));
        }
        (row, typed)
    }

    /// Doubts that are about the cells themselves, whatever they mean.
    fn look_at_cells(&self, row: &mut ListRow) {
        let last = self.header.columns.iter().map(|column| column.index).max().unwrap_or(0);
        for cell in self.cells {
            let role = self.header.columns.iter().find(|it| it.index == cell.column).and_then(|it| it.role);
            let code = match (cell.kind, role) {
                (Kind::Error, Some(_)) => DoubtCode::ErrorCell,
                (Kind::LongNumber, role) if role.is_none_or(identifies) => DoubtCode::DigitsLost,
                (_, role) if role.is_none_or(tells) && power_of_ten(&cell.text) => DoubtCode::DigitsLost,
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
