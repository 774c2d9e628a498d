//! What was done with a thing that a count saw: a scan of its label says that the label is here, and nothing of how much there is.

use crate::{
    domain::count::{Line, Outcome},
    id::{ItemId, SlotId},
    ledger::Measure,
    store::counts::Sighting,
    vocabulary::vocabulary,
};

vocabulary! {
    /// What stands behind a line of a count.
    Checked "checked" {
        LabelSeen "label_seen" "仅见标签" "Label seen",
        Counted "counted" "已点数" "Counted",
        Weighed "weighed" "已称重" "Weighed",
        SealIntact "seal_intact" "封签相符，未开封" "Seal as recorded, not opened",
        OtherSeal "other_seal" "封签已核" "Seal read",
    }
}

/// The last sighting of a line's thing: where the line says that it was seen.
pub(super) fn sighting<'a>(sightings: &'a [Sighting], line: &Line) -> Option<&'a Sighting> {
    let slot = seen_at(line)?;
    let of_it = |it: &&Sighting| match (&line.outcome, line.item) {
        (Outcome::UnknownCode { code }, _) => it.code == *code,
        (_, item) => item.is_some() && it.item == item,
    };
    sightings.iter().rev().filter(of_it).find(|it| it.slot == Some(slot))
}

fn seen_at(line: &Line) -> Option<SlotId> {
    match &line.outcome {
        Outcome::Seen
        | Outcome::WrongSeal { .. }
        | Outcome::WrongQuantity { .. }
        | Outcome::UnknownCode { .. } => line.slot,
        Outcome::Misplaced { seen, .. } | Outcome::Surplus { seen, .. } => Some(*seen),
        Outcome::LeftMeanwhile { .. }
        | Outcome::OnLoan
        | Outcome::NotFound
        | Outcome::NotYetLookedFor
        | Outcome::NotLookedFor => None,
    }
}

impl Checked {
    /// What a sighting shows, in the order in which it is told.
    pub(super) fn of(sighting: &Sighting, outcome: &Outcome, measure: Option<&Measure>) -> Vec<Checked> {
        let how_much = sighting.quantity.map(|_| match measure {
            Some(Measure::Milligram) => Checked::Weighed,
            _ => Checked::Counted,
        });
        let seal = sighting.seal.as_ref().map(|_| match outcome {
            Outcome::WrongSeal { .. } => Checked::OtherSeal,
            _ => Checked::SealIntact,
        });
        let done: Vec<Checked> = how_much.into_iter().chain(seal).collect();
        if done.is_empty() { vec![Checked::LabelSeen] } else { done }
    }
}

/// How much more and how much less there is than the book has, where that was found out: (盘盈, 盘亏).
pub(super) fn more_or_less(
    outcome: &Outcome,
    counted: Option<i64>,
    booked: Option<i64>,
) -> (Option<MoreOrLess>, Option<MoreOrLess>) {
    use MoreOrLess::{NotCounted, Quantity};
    match outcome {
        Outcome::NotFound => (None, booked.map(Quantity)),
        Outcome::WrongQuantity { expected, seen } if seen > expected => {
            (Some(Quantity(seen.saturating_sub(*expected))), None)
        }
        Outcome::WrongQuantity { expected, seen } => (None, Some(Quantity(expected.saturating_sub(*seen)))),
        Outcome::Surplus { .. } | Outcome::UnknownCode { .. } => {
            (Some(counted.map_or(NotCounted, Quantity)), None)
        }
        Outcome::Seen
        | Outcome::Misplaced { .. }
        | Outcome::WrongSeal { .. }
        | Outcome::LeftMeanwhile { .. }
        | Outcome::OnLoan
        | Outcome::NotYetLookedFor
        | Outcome::NotLookedFor => (None, None),
    }
}

/// A surplus or a shortage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MoreOrLess {
    /// In the item's smallest unit.
    Quantity(i64),
    /// It is there, and nobody has counted it.
    NotCounted,
}

impl MoreOrLess {
    pub(super) fn text(self, item: Option<ItemId>, amount: impl Fn(ItemId, i64) -> String) -> String {
        match (self, item) {
            (MoreOrLess::Quantity(quantity), Some(item)) => amount(item, quantity),
            (MoreOrLess::Quantity(quantity), None) => quantity.to_string(),
            (MoreOrLess::NotCounted, _) => "未清点".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_and_less_are_two_figures_and_what_nobody_counted_is_none() {
        let figure = |outcome: &Outcome, counted| more_or_less(outcome, counted, Some(10));
        let (quantity, not_counted) = (|n| Some(MoreOrLess::Quantity(n)), Some(MoreOrLess::NotCounted));
        let wrong = |seen| Outcome::WrongQuantity { expected: 10, seen };
        assert_eq!(figure(&wrong(12), Some(12)), (quantity(2), None));
        assert_eq!(figure(&wrong(7), Some(7)), (None, quantity(3)));
        assert_eq!(figure(&Outcome::NotFound, None), (None, quantity(10)));
        assert_eq!(figure(&Outcome::Seen, None), (None, None));
        let unknown = Outcome::UnknownCode { code: "690".to_owned() };
        assert_eq!(figure(&unknown, None), (not_counted, None));
        assert_eq!(figure(&unknown, Some(3)), (quantity(3), None));
    }
}
