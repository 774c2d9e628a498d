//! What many lines are together: pieces by the list's own word, money by its currency, weights and volumes. Unlike things are never
//! added up.

use crate::ledger::{Measure, QUANTITY_MAX};
use std::collections::BTreeMap;

/// The sums in words, pieces first: `3 部`, `1 台`, `7,800.00 元`, `12.35 克`. The list's word tells pieces of one kind from those of
/// another.
pub fn totals<'a>(lines: impl IntoIterator<Item = (&'a Measure, Option<&'a str>, i64)>) -> Vec<String> {
    let mut sums: BTreeMap<(&Measure, Option<&str>), i64> = BTreeMap::new();
    for (measure, counted_as, quantity) in lines {
        let counted_as = counted_as.filter(|_| *measure == Measure::Piece);
        let sum = sums.entry((measure, counted_as)).or_insert(0);
        *sum = sum.saturating_add(quantity).min(QUANTITY_MAX);
    }
    sums.into_iter().map(|((measure, counted_as), sum)| measure.text(sum, counted_as)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Currency;

    #[test]
    fn only_what_is_alike_is_added_up() {
        let [yuan, dollars] = ["CNY", "USD"].map(|code| Measure::Minor(Currency::new(code).unwrap()));
        let lines = [
            (&Measure::Piece, Some("部"), 2),
            (&Measure::Milligram, Some("袋"), 12_000),
            (&Measure::Piece, Some("台"), 1),
            (&yuan, None, 780_000),
            (&Measure::Piece, Some("部"), 1),
            (&Measure::Milligram, None, 350),
            (&dollars, None, 10_000),
        ];
        assert_eq!(totals(lines), ["1 台", "3 部", "12.35 克", "7,800.00 元", "100.00 USD"]);
        assert!(totals([]).is_empty());
    }
}
