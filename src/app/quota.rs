//! How many entries a person may have recorded in an hour. A ledger keeps everything for ever, so what one login can pour into it
//! is bounded: far above a day's hard work, far below a script's.

use crate::{
    clock::{Moment, Span},
    id::PersonId,
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

/// Entries that one person may record in an hour. A list of ten thousand rows is one entry.
pub const ENTRIES_PER_HOUR: usize = 3_000;

/// A minute, and what was recorded in it.
type Minutes = VecDeque<(i64, usize)>;

/// What people have recorded in the last hour, minute by minute. Kept in memory: each server of a ledger counts for itself.
#[derive(Clone, Debug, Default)]
pub struct Quota(Arc<Mutex<BTreeMap<PersonId, Minutes>>>);

impl Quota {
    /// Whether this person may record so many more; if so, they are counted.
    pub fn take(&self, person: PersonId, now: Moment, entries: usize) -> bool {
        let minute = |at: Moment| at.0.div_euclid(Span::minutes(1).0);
        let (now, oldest) = (minute(now), minute(now.plus(Span::minutes(-59))));
        let mut people = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        people.retain(|_, counted| counted.back().is_some_and(|(last, _)| *last >= oldest));
        let counted = people.entry(person).or_default();
        while counted.front().is_some_and(|(first, _)| *first < oldest) {
            counted.pop_front();
        }
        let so_far: usize = counted.iter().map(|(_, entries)| entries).sum();
        if so_far.saturating_add(entries) > ENTRIES_PER_HOUR {
            return false;
        }
        match counted.back_mut().filter(|(last, _)| *last == now) {
            Some((_, there)) => *there = there.saturating_add(entries),
            None => counted.push_back((now, entries)),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_hours_entries_are_bounded_for_each_person_by_themselves() {
        let (quota, one, other) = (Quota::default(), PersonId(Uuid::nil()), PersonId(Uuid::max()));
        let at = |minutes| Moment(1_700_000_000_000_000).plus(Span::minutes(minutes));
        assert!(quota.take(one, at(0), ENTRIES_PER_HOUR - 1) && quota.take(one, at(30), 1));
        assert!(!quota.take(one, at(30), 1) && !quota.take(one, at(59), 1));
        assert!(quota.take(other, at(59), ENTRIES_PER_HOUR) && !quota.take(other, at(59), 1));
        assert!(quota.take(one, at(60), ENTRIES_PER_HOUR - 1), "the first minute is past");
        assert!(!quota.take(one, at(61), 1));
        assert!(quota.take(one, at(90), 1));
    }
}
