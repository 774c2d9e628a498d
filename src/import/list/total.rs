//! Does the total row agree with the rows? Forms add up the numbers as they are typed, whatever their units, or only those
//! in the unit of the total.

use crate::import::doubt::{Doubt, DoubtCode};
use crate::import::header::Role;
use crate::import::quantity::{self, Decimal, QuantityContext, Reading, UnitOfMeasure};
use crate::import::row::{Line, ListRow, TotalCell, TypedColumns};

/// Compares the total in one column with the rows. Nothing is said when a quantity is still in doubt: then the sum is not
/// known.
pub(super) fn check(line: &Line<'_>, role: Role, rows: &[ListRow], typed: &[TypedColumns]) -> Option<Doubt> {
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
        && (in_unit == stated_sum(&stated) || sum_in_unit(rows, &stated, true) == stated_sum(&stated))
    {
        return None;
    }
    let against = typed.map_or_else(|| smallest(in_unit, &stated), |it| it.to_string());
    let letter = line.header.column(role).map(|column| column.letter.clone());
    Some(Doubt::new(DoubtCode::TotalDisagrees, letter, &cell.text).against(against))
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
