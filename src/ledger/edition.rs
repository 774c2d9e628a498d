//! Editions of the engine's rules. An entry carries the edition it was recorded under, so that it is judged for ever by the
//! rules of its own day: a refusal that is added later holds for later entries only, and an honest old ledger still verifies.
//!
//! To add or tighten a rule: if [`Edition::CURRENT`] has been released, make the next edition, say in [`EDITIONS`] what it
//! brings, and let the rule ask [`Work::since`](super::apply::Work::since).

use serde::{Deserialize, Serialize};

/// An edition of the rules, from 1. Entries of edition 1 do not write it down: it is the edition of every entry that was
/// recorded before there were editions, and their canonical bytes stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Edition(u16);

/// What each edition brought, oldest first.
pub const EDITIONS: &[(Edition, &str)] = &[
    (Edition::FIRST, "the rules of the first release"),
    (
        Edition::SECOND,
        "an item on offer in a handover is not lent, since its offer says where it lies; a loan and a return make papers; \
         nobody takes out of an account of another unit, and a correction that reaches one carries its consent; \
         a correction makes no loan, and a borrower has an item from one unit; \
         what is signed begins with the name of its kind and tells each thing's features; a paper's check code is none of the public hashes; \
         what is signed is signed with the signer's own key, which entered by entries and is in force; \
         who and what there is (agencies, units, people, roles, stations, password resets) is entered by an administrator in office or at the \
         server's machine; \
         an entry commits to each of its lines by a salted digest; \
         a label is on one thing at a time; a correction may write anew what is written of an item; \
         a difference is settled with a cause, and what was not found by an entry that shows what became of it, a loss by one that declared it; \
         what is lost in a split is approved; an offer says of its things what is written of them, and units are called as they are registered; \
         a key is held by somebody on the roster who may sign, and ends when they leave",
    ),
    (
        Edition::THIRD,
        "papers are numbered without gaps by kind, issuer and year; an offer says of its things which no store has received, or has only in part; \
         a case goes back to the agency it came from, and for supplementary investigation at most twice; \
         what came in one go is one delivery with one paper; a difference is settled neither by who brought the thing nor by words alone; \
         a counted line of which nothing has come becomes single things; a label gives way to a newer copy of itself; \
         stores and slots are entered like units, and nothing is laid into one that is closed; \
         things leave as it was approved, collected by whoever is shown to be the one or watched by two; \
         a loss says its cause and who is liable; \
         a unit is called otherwise or closed by a further entry, and nothing new is of a closed one",
    ),
];

impl Edition {
    pub const FIRST: Edition = Edition(1);
    pub const SECOND: Edition = Edition(2);
    pub const THIRD: Edition = Edition(3);
    /// The edition under which this program records.
    pub const CURRENT: Edition = Edition::THIRD;

    /// Refuses 0.
    pub const fn new(number: u16) -> Option<Edition> {
        if number == 0 { None } else { Some(Edition(number)) }
    }

    pub const fn number(self) -> u16 {
        self.0
    }

    /// Whether this program has the rules of that edition, and so can judge its entries.
    pub fn has_rules(self) -> bool {
        Edition::FIRST <= self && self <= Edition::CURRENT
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
    pub(super) fn is_first(&self) -> bool {
        *self == Edition::FIRST
    }
}

/// The edition of entries that name none.
impl Default for Edition {
    fn default() -> Edition {
        Edition::FIRST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_editions_are_numbered_without_gaps_up_to_the_current_one() {
        let numbers: Vec<u16> = EDITIONS.iter().map(|(edition, _)| edition.number()).collect();
        assert_eq!(numbers, (1..=Edition::CURRENT.number()).collect::<Vec<_>>());
        assert!(Edition::new(0).is_none() && Edition::new(1) == Some(Edition::default()));
        let next = Edition(Edition::CURRENT.number() + 1);
        assert!(Edition::CURRENT.has_rules() && !next.has_rules() && !Edition(0).has_rules());
    }
}
