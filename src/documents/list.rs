//! The lines of a seizure list on paper, recorded or waiting.

use super::totals::{Amount, totals};
use crate::ledger::{Category, Measure, Particular, Particulars};
use label_templates::ListLine;

/// One thing on the list.
pub struct ListedThing<'a> {
    /// Empty before the list is recorded.
    pub number: &'a str,
    pub name: &'a str,
    pub category: Category,
    pub features: &'a str,
    pub particulars: &'a Particulars,
    /// Absent while it is in doubt.
    pub quantity: Option<(i64, &'a Measure, Option<&'a str>)>,
}

/// The lines, and their sums in words.
pub fn lines(things: &[ListedThing<'_>]) -> (Vec<ListLine>, String) {
    let lines = things.iter().map(|it| {
        let of = |field| it.particulars.get(field).unwrap_or_default().to_owned();
        ListLine {
            item_number: it.number.to_owned(),
            name: it.name.to_owned(),
            features: it.particulars.told(it.features),
            quantity: it
                .quantity
                .map_or_else(String::new, |(amount, measure, word)| measure.text(amount, word)),
            holder: of(Particular::Holder),
            remark: of(Particular::Remark),
        }
    });
    let counted = things.iter().filter_map(|it| {
        let (quantity, measure, counted_as) = it.quantity?;
        Some(Amount { category: it.category, measure, counted_as, quantity })
    });
    let sums = totals(counted);
    let whole = [format!("共 {} 行", things.len())].into_iter().chain(sums);
    (lines.collect(), whole.collect::<Vec<_>>().join("，"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_stands_with_its_marks_and_one_in_doubt_without_a_quantity() {
        let mut marks = Particulars::default();
        marks.set(Particular::Imei, "861234567890121");
        marks.set(Particular::Holder, "张某");
        let thing = |quantity| ListedThing {
            number: "",
            name: "手机",
            category: Category::Electronic,
            features: "黑色",
            particulars: &marks,
            quantity,
        };
        let (lines, total) = lines(&[thing(Some((3, &Measure::Piece, Some("部")))), thing(None)]);
        assert_eq!(lines[0].features, "黑色；IMEI：861234567890121");
        assert_eq!((&*lines[0].quantity, &*lines[0].holder, &*lines[1].quantity), ("3 部", "张某", ""));
        assert_eq!(total, "共 2 行，电子设备 3 部");
    }
}
