//! Many days, the same dice every time; `PROPTEST_CASES=5000` throws more.

use super::{
    dice::{KINDS, day, holders},
    journal::{Journal, Tally},
};
use hufu::ledger::*;
use proptest::{
    prop_assert_eq,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use std::cell::RefCell;

pub(crate) fn runner() -> TestRunner {
    let config = Config { failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn the_promises_hold_whatever_is_put_to_the_ledger() {
    let tally = RefCell::new(Tally::default());
    let lived = runner().run(&day(), |commands| {
        let journal = Journal::of(&commands, &mut tally.borrow_mut())?;
        [Suite::Sm, Suite::C2sp].into_iter().try_for_each(|suite| a_replay_gives_the_same(&journal, suite))
    });
    lived.unwrap_or_else(|failure| panic!("{failure}"));
    let Tally { kinds, refusals } = tally.into_inner();
    let (accepted, refused) = kinds.values().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    assert!(accepted > refused, "too few make sense: {accepted} of {kinds:?}, {refusals:?}");
    let never: Vec<_> = kinds.iter().filter(|(_, (accepted, _))| *accepted == 0).collect();
    assert!(kinds.len() == KINDS && never.is_empty(), "never accepted: {never:?} of {kinds:?}, {refusals:?}");
}

/// From nothing but the stored bytes: the same postings, the same state, the same head of the tree.
fn a_replay_gives_the_same(journal: &Journal, suite: Suite) -> Result<(), TestCaseError> {
    let stored: Vec<Vec<u8>> = journal.entries.iter().map(|entry| entry.canonical_bytes().unwrap()).collect();
    let mut head = Frontier::empty(suite);
    journal.entries.iter().for_each(|entry| drop(head.push(entry.commitment(suite).unwrap().leaf)));
    let (mut state, mut tree) = (State { holders: holders(), ..State::default() }, Frontier::empty(suite));
    for (bytes, kept) in stored.iter().zip(&journal.entries) {
        let entry =
            Entry::from_canonical_bytes(bytes).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&entry, kept);
        let effects = apply(&state, &entry.draft, entry.recorded_at, entry.edition)
            .map_err(|no| TestCaseError::fail(no.to_string()))?;
        prop_assert_eq!(&effects.postings, &entry.postings);
        state.absorb(entry.seq, entry.draft.id, &effects);
        tree.push(Entry { postings: effects.postings, ..entry }.commitment(suite).unwrap().leaf);
    }
    prop_assert_eq!(&state, &journal.state);
    prop_assert_eq!(tree.root(), head.root());
    Ok(())
}
