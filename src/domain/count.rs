//! Working out a count (盘点). The expected set is as of one entry number; every observation carries the number the
//! journal had reached; what moved in between is rolled forward. So work goes on, and nothing is counted twice.

use crate::{
    id::{ItemId, SlotId},
    ledger::StockAccount,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Some of an item, in a slot of the counted zone at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedItem {
    pub item: ItemId,
    pub slot: SlotId,
    pub quantity: i64,
    pub seal: Option<String>,
}

/// A stock posting after the start that touches an expected or observed item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    pub seq: u64,
    pub item: ItemId,
    pub account: StockAccount,
    pub change: i64,
}

/// One scan during the count, at a slot that was scanned before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// In the order of scanning.
    pub number: u64,
    pub code: String,
    pub item: Option<ItemId>,
    pub slot: Option<SlotId>,
    pub seal: Option<String>,
    pub quantity: Option<i64>,
    /// The journal's size when it was seen.
    pub journal_at: u64,
}

/// What became of one expected or observed item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Outcome {
    /// Seen where the book says it is.
    Seen,
    /// Seen, in another slot than the book says.
    Misplaced {
        expected: Option<SlotId>,
        seen: SlotId,
    },
    /// Seen in place, with another seal than the book says.
    WrongSeal {
        expected: Option<String>,
        seen: String,
    },
    /// Seen in place, with another quantity.
    WrongQuantity {
        expected: i64,
        seen: i64,
    },
    /// Left after the start by a recorded entry: lent, moved out, disposed. Nothing is missing.
    LeftMeanwhile {
        seq: u64,
    },
    OnLoan,
    NotFound,
    /// Seen, though the book has it nowhere in this zone: it has it elsewhere, as of the entry it was seen at.
    Surplus {
        seen: SlotId,
        journal_at: u64,
    },
    /// A code that the ledger does not know.
    UnknownCode {
        code: String,
    },
    /// Not scanned yet, while the count is open.
    NotYetLookedFor,
    /// Nobody was at its slot during the count: nothing is said of it.
    NotLookedFor,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub item: Option<ItemId>,
    pub slot: Option<SlotId>,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The whole count: one outcome for each expected item, and each surprise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Result {
    pub lines: Vec<Line>,
    pub expected: u32,
    pub seen: u32,
    pub on_loan: u32,
    pub not_found: u32,
    /// In slots that nobody visited.
    pub not_looked_for: u32,
    pub unexpected: u32,
    /// Expected or observed items that moved after the start.
    pub rolled_forward: u32,
}

/// What is being compared.
pub struct Question<'a> {
    /// As of the start.
    pub expected: &'a [ExpectedItem],
    /// Items that belong to the zone and are on loan as of the start; they are accounted for without being seen.
    pub on_loan: &'a BTreeSet<ItemId>,
    /// Stock postings after the start, in journal order.
    pub movements: &'a [Movement],
    pub observations: &'a [Observation],
    /// The slots of the counted zone.
    pub slots: &'a BTreeSet<SlotId>,
    /// Those of them that somebody was at.
    pub visited: &'a BTreeSet<SlotId>,
    /// The journal's size now.
    pub now: u64,
    /// While a count is open, what was not scanned is only not yet looked for.
    pub finished: bool,
}

/// Compares the book with what was seen.
pub fn work_out(question: &Question<'_>) -> Result {
    let mut result = Result::default();
    let moved: BTreeSet<ItemId> = question.movements.iter().map(|movement| movement.item).collect();
    let last_seen = last_seen(question.observations);
    let mut places: BTreeMap<ItemId, BTreeSet<SlotId>> = BTreeMap::new();
    for expected in question.expected {
        places.entry(expected.item).or_default().insert(expected.slot);
    }
    for expected in question.expected {
        let seen = match places.get(&expected.item) {
            Some(slots) if slots.len() > 1 => seen_of_a_spread_lot(question.observations, expected, slots),
            _ => last_seen.get(&expected.item).copied(),
        };
        let outcome = expected_outcome(question, expected, seen);
        result.add(Some(expected.item), Some(expected.slot), outcome);
    }
    for item in question.on_loan.iter().filter(|item| !places.contains_key(item)) {
        result.add(Some(*item), None, Outcome::OnLoan);
    }
    for (item, observation) in &last_seen {
        if let (false, Some(seen)) = (places.contains_key(item), observation.slot) {
            surprise(question, &mut result, *item, observation, seen);
        }
    }
    let mut unknown = BTreeSet::new();
    for observation in question.observations.iter().filter(|observation| observation.item.is_none()) {
        if unknown.insert(observation.code.as_str()) {
            let outcome = Outcome::UnknownCode { code: observation.code.clone() };
            result.add(None, observation.slot, outcome);
        }
    }
    let named: BTreeSet<ItemId> = result.lines.iter().filter_map(|line| line.item).collect();
    result.rolled_forward = u32::try_from(named.intersection(&moved).count()).unwrap_or(u32::MAX);
    result
}

/// A lot that lies in several slots is looked for in each: the last scan there, or else one where none of it should be.
fn seen_of_a_spread_lot<'a>(
    observations: &'a [Observation],
    expected: &ExpectedItem,
    slots: &BTreeSet<SlotId>,
) -> Option<&'a Observation> {
    let of_it = || observations.iter().rev().filter(|observation| observation.item == Some(expected.item));
    let here = of_it().find(|observation| observation.slot == Some(expected.slot));
    here.or_else(|| of_it().find(|observation| observation.slot.is_some_and(|slot| !slots.contains(&slot))))
}

/// An item scanned twice is one item; the last scan tells where it is.
fn last_seen(observations: &[Observation]) -> BTreeMap<ItemId, &Observation> {
    let with_item = observations.iter().filter_map(|observation| Some((observation.item?, observation)));
    with_item.collect()
}

fn expected_outcome(question: &Question<'_>, expected: &ExpectedItem, seen: Option<&Observation>) -> Outcome {
    let Some((observation, seen)) = seen.and_then(|observation| Some((observation, observation.slot?)))
    else {
        let left = question.movements.iter().rfind(|movement| {
            movement.item == expected.item
                && movement.change < 0
                && movement.account == StockAccount::Slot(expected.slot)
        });
        return match left {
            Some(movement) => Outcome::LeftMeanwhile { seq: movement.seq },
            None if question.finished && question.visited.contains(&expected.slot) => Outcome::NotFound,
            None if question.finished => Outcome::NotLookedFor,
            None => Outcome::NotYetLookedFor,
        };
    };
    let booked = booked(question, expected, observation.journal_at);
    let here = booked.get(&seen).copied().unwrap_or(0);
    if here <= 0 {
        let expected = booked.iter().find(|(_, quantity)| **quantity > 0).map(|(slot, _)| *slot);
        return Outcome::Misplaced { expected, seen };
    }
    match (&observation.seal, observation.quantity) {
        (Some(seal), _) if Some(seal) != expected.seal.as_ref() => {
            Outcome::WrongSeal { expected: expected.seal.clone(), seen: seal.clone() }
        }
        (_, Some(quantity)) if quantity != here => Outcome::WrongQuantity { expected: here, seen: quantity },
        _ => Outcome::Seen,
    }
}

/// Where the book has the item at the moment it was seen: the start, rolled forward.
fn booked(question: &Question<'_>, expected: &ExpectedItem, journal_at: u64) -> BTreeMap<SlotId, i64> {
    let start = question.expected.iter().filter(|it| it.item == expected.item);
    let mut booked: BTreeMap<SlotId, i64> = start.map(|it| (it.slot, it.quantity)).collect();
    roll(&mut booked, question.movements, expected.item, journal_at);
    booked
}

fn roll(booked: &mut BTreeMap<SlotId, i64>, movements: &[Movement], item: ItemId, journal_at: u64) {
    for movement in movements.iter().filter(|it| it.item == item && it.seq <= journal_at) {
        if let StockAccount::Slot(slot) = movement.account {
            let balance = booked.entry(slot).or_insert(0);
            *balance = balance.saturating_add(movement.change);
        }
    }
}

/// Seen, but not expected: it came in after the start, or was brought back (and is then in order), or it is surplus.
fn surprise(
    question: &Question<'_>,
    result: &mut Result,
    item: ItemId,
    observation: &Observation,
    seen: SlotId,
) {
    let mut booked = BTreeMap::new();
    roll(&mut booked, question.movements, item, observation.journal_at);
    let came_in = booked.get(&seen).copied().unwrap_or(0) > 0;
    if !came_in && question.slots.contains(&seen) {
        result.add(Some(item), Some(seen), Outcome::Surplus { seen, journal_at: observation.journal_at });
    }
}

impl Result {
    fn add(&mut self, item: Option<ItemId>, slot: Option<SlotId>, outcome: Outcome) {
        let expected = !matches!(outcome, Outcome::Surplus { .. } | Outcome::UnknownCode { .. });
        let counter = match outcome {
            Outcome::Seen
            | Outcome::Misplaced { .. }
            | Outcome::WrongSeal { .. }
            | Outcome::WrongQuantity { .. }
            | Outcome::LeftMeanwhile { .. } => &mut self.seen,
            Outcome::OnLoan => &mut self.on_loan,
            Outcome::NotFound | Outcome::NotYetLookedFor => &mut self.not_found,
            Outcome::NotLookedFor => &mut self.not_looked_for,
            Outcome::Surplus { .. } | Outcome::UnknownCode { .. } => &mut self.unexpected,
        };
        *counter = counter.saturating_add(1);
        self.expected = self.expected.saturating_add(u32::from(expected));
        self.lines.push(Line { item, slot, outcome });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn item(n: u128) -> ItemId {
        ItemId(Uuid::from_u128(n))
    }

    fn slot(n: u128) -> SlotId {
        SlotId(Uuid::from_u128(n))
    }

    fn seen(number: u64, it: u128, at: u128, journal_at: u64) -> Observation {
        let code = format!("W{it}");
        Observation {
            number,
            code,
            item: Some(item(it)),
            slot: Some(slot(at)),
            seal: None,
            quantity: None,
            journal_at,
        }
    }

    fn moved(seq: u64, it: u128, from: u128, to: u128) -> [Movement; 2] {
        let movement =
            |at, change| Movement { seq, item: item(it), account: StockAccount::Slot(slot(at)), change };
        [movement(from, -1), movement(to, 1)]
    }

    /// Zone with slots 1 and 2; items 1 and 2 lie in slot 1 at entry 10.
    fn count(movements: &[Movement], observations: &[Observation], finished: bool) -> Result {
        let expected = [1, 2].map(|n| ExpectedItem {
            item: item(n),
            slot: slot(1),
            quantity: 1,
            seal: Some("S1".into()),
        });
        work_out(&Question {
            expected: &expected,
            on_loan: &BTreeSet::new(),
            movements,
            observations,
            slots: &[slot(1), slot(2)].into(),
            visited: &[slot(1)].into(),
            now: 99,
            finished,
        })
    }

    fn outcome_of(result: &Result, it: u128) -> &Outcome {
        &result.lines.iter().find(|line| line.item == Some(item(it))).unwrap().outcome
    }

    #[test]
    fn what_is_seen_in_place_is_seen_once_however_often_it_is_scanned() {
        let result = count(&[], &[seen(1, 1, 1, 10), seen(2, 1, 1, 10), seen(3, 2, 1, 10)], true);
        assert_eq!((result.expected, result.seen, result.unexpected), (2, 2, 0));
    }

    #[test]
    fn of_a_slot_that_nobody_visited_nothing_is_said() {
        let place = |n| ExpectedItem { item: item(n), slot: slot(n), quantity: 1, seal: None };
        let result = work_out(&Question {
            expected: &[place(1), place(2), place(3)],
            on_loan: &BTreeSet::new(),
            movements: &[],
            observations: &[seen(1, 3, 1, 10)],
            slots: &[slot(1), slot(2), slot(3)].into(),
            visited: &[slot(1)].into(),
            now: 99,
            finished: true,
        });
        assert_eq!(outcome_of(&result, 1), &Outcome::NotFound);
        assert_eq!(outcome_of(&result, 2), &Outcome::NotLookedFor);
        assert!(matches!(outcome_of(&result, 3), Outcome::Misplaced { .. }), "it was seen all the same");
        assert_eq!((result.expected, result.not_found, result.not_looked_for, result.seen), (3, 1, 1, 1));
    }

    #[test]
    fn what_was_not_scanned_is_missing_only_when_the_count_is_finished() {
        assert_eq!(outcome_of(&count(&[], &[], false), 1), &Outcome::NotYetLookedFor);
        assert_eq!(outcome_of(&count(&[], &[], true), 1), &Outcome::NotFound);
    }

    #[test]
    fn a_move_during_the_count_is_neither_missing_nor_counted_twice() {
        let movements = moved(11, 1, 1, 2);
        for (observation, what) in [
            (seen(1, 1, 1, 10), "seen in the old slot before the move"),
            (seen(1, 1, 2, 11), "seen in the new slot after the move"),
        ] {
            assert_eq!(outcome_of(&count(&movements, &[observation], true), 1), &Outcome::Seen, "{what}");
        }
        let both = [seen(1, 1, 1, 10), seen(2, 1, 2, 11)];
        let result = count(&movements, &both, true);
        assert_eq!((outcome_of(&result, 1), result.rolled_forward), (&Outcome::Seen, 1));
        let wrong = count(&movements, &[seen(1, 1, 1, 11)], true);
        let expected = Some(slot(2));
        assert_eq!(outcome_of(&wrong, 1), &Outcome::Misplaced { expected, seen: slot(1) });
        assert_eq!(outcome_of(&count(&movements, &[], true), 1), &Outcome::LeftMeanwhile { seq: 11 });
    }

    #[test]
    fn surprises_are_surplus_unless_they_came_in_meanwhile() {
        let surplus = count(&[], &[seen(1, 3, 2, 10)], true);
        assert_eq!(outcome_of(&surplus, 3), &Outcome::Surplus { seen: slot(2), journal_at: 10 });
        let arrived = moved(12, 3, 77, 2);
        let result = count(&arrived, &[seen(1, 3, 2, 12)], true);
        assert!(result.lines.iter().all(|line| line.item != Some(item(3))));
        let unknown = Observation { item: None, ..seen(1, 9, 1, 10) };
        let result = count(&[], &[unknown.clone(), unknown], true);
        assert_eq!(result.unexpected, 1);
    }

    #[test]
    fn a_lot_in_two_slots_is_looked_for_in_both() {
        let place = |n| ExpectedItem { item: item(1), slot: slot(n), quantity: 40, seal: None };
        let count = |observations: &[Observation]| {
            work_out(&Question {
                expected: &[place(1), place(2)],
                on_loan: &BTreeSet::new(),
                movements: &[],
                observations,
                slots: &[slot(1), slot(2), slot(3)].into(),
                visited: &[slot(1), slot(2), slot(3)].into(),
                now: 99,
                finished: true,
            })
        };
        let outcomes =
            |result: &Result| result.lines.iter().map(|line| line.outcome.clone()).collect::<Vec<_>>();
        let half = count(&[seen(1, 1, 2, 10)]);
        assert_eq!(outcomes(&half), [Outcome::NotFound, Outcome::Seen]);
        let both = count(&[seen(1, 1, 2, 10), seen(2, 1, 1, 10)]);
        assert_eq!(outcomes(&both), [Outcome::Seen, Outcome::Seen]);
        let elsewhere = count(&[seen(1, 1, 1, 10), seen(2, 1, 3, 10)]);
        assert_eq!(outcomes(&elsewhere)[0], Outcome::Seen);
        assert!(matches!(outcomes(&elsewhere)[1], Outcome::Misplaced { seen, .. } if seen == slot(3)));
    }

    #[test]
    fn what_is_lent_by_the_book_and_lies_on_the_shelf_is_surplus_until_it_is_brought_back() {
        let count = |movements: &[Movement]| {
            work_out(&Question {
                expected: &[],
                on_loan: &[item(1)].into(),
                movements,
                observations: &[seen(1, 1, 1, 12)],
                slots: &[slot(1)].into(),
                visited: &[slot(1)].into(),
                now: 99,
                finished: true,
            })
        };
        let result = count(&[]);
        assert_eq!((result.expected, result.on_loan, result.unexpected), (1, 1, 1));
        let back = Movement { seq: 11, item: item(1), account: StockAccount::Slot(slot(1)), change: 1 };
        assert_eq!(count(&[back]).unexpected, 0);
    }

    #[test]
    fn another_seal_or_quantity_is_a_difference_in_place() {
        let seal = Observation { seal: Some("S9".into()), ..seen(1, 1, 1, 10) };
        assert!(matches!(outcome_of(&count(&[], &[seal], true), 1), Outcome::WrongSeal { .. }));
        let quantity = Observation { quantity: Some(5), ..seen(1, 2, 1, 10) };
        let expected = Outcome::WrongQuantity { expected: 1, seen: 5 };
        assert_eq!(outcome_of(&count(&[], &[quantity], true), 2), &expected);
    }
}
