//! How far a case has gone and come back. 退回补充侦查 is the procuratorate's to the police, to whom the case came from, and at most
//! twice (刑事诉讼法 §175); lists of one round that go one after the other are one return. The way back of a court goes where the
//! case came from, too.

use super::{HandoverPurpose, Party, RefusalReason, apply::Work};
use crate::id::{CaseId, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// How often a case is sent back for supplementary investigation: 以二次为限, as the law has it since 1979.
pub const RETURNS_MOST: u32 = 2;

/// Things went from one case to another, by an exchange in which something was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    pub purpose: HandoverPurpose,
    pub from: Party,
    pub to: Party,
}

/// What is known of a case: from whom its things came, and how often it was sent back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    pub came_from: BTreeSet<UnitId>,
    pub returns: u32,
    /// It is out for supplementary investigation and has not come back.
    pub sent_back: bool,
}

impl Way {
    /// Whether another return would be one too many.
    pub fn used_up(&self) -> bool {
        !self.sent_back && self.returns >= RETURNS_MOST
    }
}

/// Takes an exchange in, in the order of the journal.
pub fn take_passage(ways: &mut BTreeMap<CaseId, Way>, passage: Passage) {
    let Passage { purpose, from, to } = passage;
    if purpose == HandoverPurpose::SentBack {
        let way = ways.entry(from.case).or_default();
        way.returns = way.returns.saturating_add(u32::from(!way.sent_back));
        way.sent_back = true;
    }
    if !goes_back(purpose) {
        let way = ways.entry(to.case).or_default();
        way.came_from.insert(from.unit);
        way.sent_back = false;
    }
}

/// How often a matter was sent back, whatever numbers its cases were given: its passages in the order of the journal.
pub fn rounds(passages: impl IntoIterator<Item = Passage>) -> Way {
    let mut way = Way::default();
    for Passage { purpose, .. } in passages {
        if purpose == HandoverPurpose::SentBack {
            way.returns = way.returns.saturating_add(u32::from(!way.sent_back));
            way.sent_back = true;
        }
        way.sent_back &= purpose != HandoverPurpose::ToProsecution;
    }
    way
}

/// Whether it is for the way back alone.
pub fn goes_back(purpose: HandoverPurpose) -> bool {
    match purpose {
        HandoverPurpose::SentBack | HandoverPurpose::ReturnedToProsecution => true,
        HandoverPurpose::ToProsecution
        | HandoverPurpose::ToTrial
        | HandoverPurpose::Appeal
        | HandoverPurpose::Jurisdiction
        | HandoverPurpose::ToExecution => false,
    }
}

impl Work<'_> {
    /// A case goes back to the agency it came from, and for supplementary investigation no more than twice.
    pub(super) fn may_go_back(&mut self, purpose: HandoverPurpose, from: Party, to: UnitId) {
        if !goes_back(purpose) {
            return;
        }
        let way = self.state.ways.get(&from.case);
        let agency = |unit: &UnitId| self.state.holders.agencies.get(unit);
        let theirs = |unit: &UnitId| *unit == to || agency(unit).is_some_and(|it| Some(it) == agency(&to));
        let known = way.is_some_and(|way| way.came_from.iter().any(theirs));
        self.refuse_if(!known, RefusalReason::NotWhereItCameFrom);
        let again = purpose == HandoverPurpose::SentBack && way.is_some_and(Way::used_up);
        self.refuse_if(again, RefusalReason::SentBackTwice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn party(unit: u128, case: u128) -> Party {
        Party { unit: UnitId(Uuid::from_u128(unit)), case: CaseId(Uuid::from_u128(case)) }
    }

    #[test]
    fn lists_of_one_round_are_one_return_and_the_third_round_is_one_too_many() {
        let (police, office) = (party(1, 11), party(2, 12));
        let mut ways = BTreeMap::new();
        let mut go = |purpose, from, to| {
            take_passage(&mut ways, Passage { purpose, from, to });
            let way: &Way = &ways[&office.case];
            (way.returns, way.used_up())
        };
        assert_eq!(go(HandoverPurpose::ToProsecution, police, office), (0, false));
        assert_eq!(go(HandoverPurpose::SentBack, office, police), (1, false));
        assert_eq!(go(HandoverPurpose::SentBack, office, police), (1, false), "the same round");
        assert_eq!(go(HandoverPurpose::ToProsecution, police, office), (1, false));
        assert_eq!(
            go(HandoverPurpose::SentBack, office, police),
            (2, false),
            "the rest of this round may follow"
        );
        assert_eq!(go(HandoverPurpose::ToProsecution, police, office), (2, true));
        assert_eq!(ways[&office.case].came_from, BTreeSet::from([police.unit]));
    }
}
