//! Do the sums agree with the rows? Forms add up the numbers as they are typed, whatever their units, or only those in the
//! unit of the sum, or they count the lines.

use std::rc::Rc;

use super::sums::Sum;
use crate::import::doubt::{Doubt, DoubtCode};
use crate::import::header::{Header, Role};
use crate::import::quantity::{self, Decimal, QuantityContext, Reading, UnitOfMeasure};
use crate::import::row::{Line, ListRow, TotalCell, TypedColumns};
use crate::import::sheet::{Cell, Sheet};

/// A row that adds up others, and how many things stand above it.
pub(super) struct TotalLine<'a> {
    /// The header above it.
    pub(super) header: Rc<Header>,
    pub(super) row: u32,
    pub(super) cells: &'a [Cell],
    pub(super) sum: Sum,
    pub(super) things: usize,
}

/// The things a sum is compared with.
pub(super) struct Totals<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) rows: &'a [ListRow],
    pub(super) typed: &'a [TypedColumns],
}

impl Totals<'_> {
    /// Which of the sums is the list's own: the last grand total that says how much, else the last grand total, else the
    /// last sum.
    pub(super) fn shown(&self, lines: &[TotalLine<'_>]) -> Option<usize> {
        let says = |it: &TotalLine<'_>| self.line(it).says_quantity();
        let whole = |it: &TotalLine<'_>| it.sum == Sum::Whole;
        lines
            .iter()
            .rposition(|it| whole(it) && says(it))
            .or_else(|| lines.iter().rposition(whole))
            .or_else(|| lines.iter().rposition(|it| it.sum == Sum::Part))
    }

    fn line<'b>(&'b self, total: &'b TotalLine<'b>) -> Line<'b> {
        Line { sheet: self.sheet, header: &total.header, row: total.row, cells: total.cells, squeezed: &[] }
    }

    /// Compares one of the sums with the rows, column by column.
    pub(super) fn check(&self, lines: &[TotalLine<'_>], at: usize) -> Vec<Doubt> {
        let Some(total) = lines.get(at) else { return Vec::new() };
        let before = lines.get(..at).unwrap_or_default();
        // What came over from pages that are not in this file is not known.
        if total.sum == Sum::Carried || before.iter().any(|it| it.sum == Sum::Carried) {
            return Vec::new();
        }
        // A list below another on the sheet has a total of its own.
        let since = |sum| before.iter().rev().find(|it| it.sum == sum).map_or(0, |it| it.things);
        let ranges = match total.sum {
            Sum::Whole => [(0, self.rows.len()), (0, total.things), (since(Sum::Whole), total.things)],
            Sum::Part | Sum::Carried => {
                let since = since(Sum::Part).max(since(Sum::Whole));
                [(since, total.things), (0, total.things), (since, total.things)]
            }
        };
        let line = self.line(total);
        let check = |role| {
            let mut found = ranges.iter().map(|(from, to)| {
                let rows = self.rows.get(*from..*to).unwrap_or_default();
                check(&line, role, rows, self.typed.get(*from..*to).unwrap_or_default())
            });
            let first = found.next().flatten()?;
            found.all(|it| it.is_some()).then_some(first)
        };
        [Role::Quantity, Role::Weight, Role::Amount].into_iter().filter_map(check).collect()
    }
}

/// Compares the sum in one column with the rows. Nothing is said when a quantity is still in doubt: then the sum is not
/// known.
fn check(line: &Line<'_>, role: Role, rows: &[ListRow], typed: &[TypedColumns]) -> Option<Doubt> {
    let cell = line.own(role)?;
    let unit = line.own(Role::Unit).filter(|_| role == Role::Quantity).map_or("", |cell| &*cell.text);
    let stated = quantity::read(&cell.text, QuantityContext { unit, ..QuantityContext::default() });
    if stated.quantity.is_none() || rows.iter().any(|row| row.quantity.is_none()) {
        return None;
    }
    let typed = sum_as_typed(role, typed);
    if typed.is_some() && typed == stated.typed {
        return None;
    }
    let in_unit = sum_in_unit(rows, &stated, false);
    if role == Role::Quantity
        && (in_unit == stated_sum(&stated)
            || sum_in_unit(rows, &stated, true) == stated_sum(&stated)
            || of_one_kind(rows, &stated))
    {
        return None;
    }
    let against = typed.map_or_else(|| smallest(in_unit, &stated), |it| it.to_string());
    let letter = line.header.column(role).map(|column| column.letter.clone());
    Some(Doubt::new(DoubtCode::TotalDisagrees, letter, &cell.text).against(against))
}

/// A number without a unit, or in 项: the lines, the yuan, or the grams of the list.
fn of_one_kind(rows: &[ListRow], stated: &Reading) -> bool {
    let word = stated.counted_as.as_deref().unwrap_or_default().to_lowercase();
    if !matches!(
        &*word,
        "" | "项" | "行" | "种" | "笔" | "宗" | "条" | "item" | "items" | "lines" | "entries"
    ) {
        return false;
    }
    let sum = |unit| -> i128 {
        rows.iter().filter(|row| row.unit == Some(unit)).filter_map(|row| row.quantity).map(i128::from).sum()
    };
    let number = stated.typed.unwrap_or(Decimal::whole_number(0));
    let lines = i128::try_from(rows.len()).is_ok_and(|lines| Some(lines) == number.whole(1, 1));
    let scales = [(UnitOfMeasure::Minor, 100), (UnitOfMeasure::Mg, 1_000), (UnitOfMeasure::Mg, 1_000_000)];
    lines
        || (word.is_empty()
            && scales.iter().any(|(unit, factor)| number.whole(*factor, 1) == Some(sum(*unit))))
}

fn stated_sum(stated: &Reading) -> i128 {
    stated.quantity.map_or(0, i128::from)
}

/// The numbers of a column as they are typed; nothing when one of them is no plain number.
fn sum_as_typed(role: Role, typed: &[TypedColumns]) -> Option<Decimal> {
    let mut column = typed.iter().map(|it| match role {
        Role::Quantity => it.quantity,
        Role::Weight => it.weight,
        _ => it.amount,
    });
    column.try_fold(Decimal::whole_number(0), |sum, it| match it {
        TotalCell::Blank => Some(sum),
        TotalCell::Number(number) => sum.plus(number),
        TotalCell::Other => None,
    })
}

/// The quantities in the unit of the total; with `word`, only those counted in the same measure word.
fn sum_in_unit(rows: &[ListRow], stated: &Reading, word: bool) -> i128 {
    let counts = |row: &&ListRow| {
        row.unit == stated.unit
            && row.currency.as_deref() == stated.currency
            && (!word || row.counted_as == stated.counted_as)
    };
    rows.iter().filter(counts).filter_map(|row| row.quantity).map(i128::from).sum()
}

fn smallest(sum: i128, stated: &Reading) -> String {
    let unit = match stated.unit {
        Some(UnitOfMeasure::Mg) => "mg",
        Some(UnitOfMeasure::Ul) => "µl",
        Some(UnitOfMeasure::Minor) => stated.currency.unwrap_or_default(),
        Some(UnitOfMeasure::Piece) | None => "",
    };
    match (stated.unit, u128::try_from(sum)) {
        (Some(UnitOfMeasure::Minor), Ok(fen)) if stated.currency == Some("CNY") => {
            format!("{}.{:02} {unit}", fen / 100, fen % 100)
        }
        _ => format!("{sum} {unit}").trim_end().to_owned(),
    }
}
