//! What many lines are together: money by its currency, everything else by category, and pieces in it by the list's own word. Unlike
//! things are never added up: grams of a drug and grams of gold are two figures, and so are a car and a bag of clothes, 1 件 each.

use crate::{
    language::Language,
    ledger::{Category, Measure, QUANTITY_MAX},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// So much of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount<'a> {
    pub category: Category,
    pub measure: &'a Measure,
    /// The list's own word; it tells pieces of one kind from those of another.
    pub counted_as: Option<&'a str>,
    pub quantity: i64,
}

/// A sum: `3 部`, or `12.35 克` of drugs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SumLine {
    /// What kind of thing it is, which is never added to others; nothing for money.
    pub category: Option<Category>,
    pub amount: String,
}

impl SumLine {
    /// `毒品 12.35 克`, `3 部`.
    pub fn told(&self, language: Language) -> String {
        match self.category {
            Some(category) => format!("{} {}", category.text(language), self.amount),
            None => self.amount.clone(),
        }
    }
}

/// The sums, by category; money last.
pub fn sum_lines<'a>(amounts: impl IntoIterator<Item = Amount<'a>>) -> Vec<SumLine> {
    let (money, things): (Vec<_>, Vec<_>) = amounts.into_iter().partition(|it| is_money(it.measure));
    let line = |category| move |amount| SumLine { category, amount };
    let mut lines = Vec::new();
    for category in Category::ALL {
        let of_category = things.iter().filter(|it| it.category == *category).copied();
        lines.extend(sums(of_category).into_iter().map(line(Some(*category))));
    }
    lines.extend(sums(money).into_iter().map(line(None)));
    lines
}

/// The same in words, as papers have them: `1 台`, `3 部`, `7,800.00 元`, `毒品 12.35 克`.
pub fn totals<'a>(amounts: impl IntoIterator<Item = Amount<'a>>) -> Vec<String> {
    sum_lines(amounts).iter().map(|it| it.told(Language::Zh)).collect()
}

fn is_money(measure: &Measure) -> bool {
    match measure {
        Measure::Minor(_) => true,
        Measure::Piece | Measure::Milligram | Measure::Microlitre => false,
    }
}

/// The same of things of one category, which is said elsewhere.
pub fn sums<'a>(amounts: impl IntoIterator<Item = Amount<'a>>) -> Vec<String> {
    let mut sums: BTreeMap<(&Measure, Option<&str>), i64> = BTreeMap::new();
    for Amount { measure, counted_as, quantity, .. } in amounts {
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
        let of = |category, measure, counted_as, quantity| Amount { category, measure, counted_as, quantity };
        let lines = [
            of(Category::Electronic, &Measure::Piece, Some("部"), 2),
            of(Category::Drug, &Measure::Milligram, Some("袋"), 12_000),
            of(Category::Electronic, &Measure::Piece, Some("台"), 1),
            of(Category::Cash, &yuan, None, 780_000),
            of(Category::General, &Measure::Piece, Some("部"), 1),
            of(Category::Valuable, &Measure::Milligram, None, 18_600),
            of(Category::Drug, &Measure::Milligram, None, 350),
            of(Category::Cash, &dollars, None, 10_000),
        ];
        let told = [
            "一般物品 1 部",
            "电子设备 1 台",
            "电子设备 2 部",
            "贵重物品 18.6 克",
            "毒品 12.35 克",
            "7,800.00 元",
            "100.00 USD",
        ];
        assert_eq!(totals(lines), told);
        assert!(totals([]).is_empty());
    }
}
