//! One row for several lines of the paper: 6-8 before 光盘 3张 says three, and the quantity must say so, too.

use super::{Carry, ListRow};
use crate::import::doubt::{Doubt, DoubtCode};
use crate::import::quantity::UnitOfMeasure;
use crate::import::text::fold;

/// The first and the last of the numbers in front of a row: 6-8 is (6, 8), 6 is (6, 6).
fn span(text: &str) -> Option<(u32, u32)> {
    let folded = fold(text);
    let plain = folded.trim_matches(['.', '、', ' ', '(', ')']);
    let (first, last) = plain.split_once(['-', '~', '至', '、', ',']).unwrap_or((plain, plain));
    let number = |it: &str| it.trim_matches(['.', ' ', '-', '~']).parse::<u32>().ok();
    Some((number(first)?, number(last)?)).filter(|(first, last)| first <= last)
}

/// Compares the span of a row's numbers with its quantity. Only a span that goes on from the row above counts: 1-2 may also be
/// the second part of the first thing.
pub(super) fn compare(number: &str, row: &mut ListRow, column: Option<String>, carry: &mut Carry) {
    let Some((first, last)) = span(number) else { return };
    let before = carry.last_number.replace(last);
    let things = i64::from(last - first) + 1;
    let goes_on = last > first && before.is_some_and(|it| it + 1 == first);
    if goes_on && row.unit == Some(UnitOfMeasure::Piece) && row.quantity.is_some_and(|it| it != things) {
        row.doubts.push(Doubt::new(DoubtCode::StatementsDisagree, column, number).against(fold(number)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_a_first_and_a_last_number() {
        for (text, expected) in [
            ("6-8", Some((6, 8))),
            ("6～8", Some((6, 8))),
            ("6.", Some((6, 6))),
            ("9、10", Some((9, 10))),
            ("8-6", None),
            ("A-1", None),
            ("", None),
        ] {
            assert_eq!(span(text), expected, "{text}");
        }
    }
}
