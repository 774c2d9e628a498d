//! Entries of the second form, shown in part: whichever lines are shown, they prove themselves and tell nothing of the others.

use super::{
    dice::day,
    journal::{Journal, Tally},
    promises::runner,
};
use hufu::{
    id::ItemId,
    ledger::{Entry, Form, Mentions, Opening, Salt, Suite, Told, commitment::open},
};
use proptest::strategy::{Strategy, ValueTree};
use std::collections::BTreeSet;

const SUITES: [Suite; 2] = [Suite::Sm, Suite::C2sp];

/// The entries of some days.
fn entries(days: usize) -> Vec<Entry> {
    let mut runner = runner();
    let lived = (0..days).flat_map(|_| {
        let commands = day().new_tree(&mut runner).unwrap().current();
        Journal::of(&commands, &mut Tally::default()).unwrap().entries
    });
    lived.collect()
}

#[test]
fn any_lines_that_are_shown_prove_themselves() {
    for (n, entry) in entries(40).iter().enumerate() {
        let suite = SUITES[n % 2];
        let commitment = entry.commitment(suite).unwrap();
        let pointers: Vec<String> = entry.lines().unwrap().into_iter().map(|line| line.pointer).collect();
        for wanted in [0, 1, 2, 5, usize::MAX, n] {
            let is_shown = |pointer: &String| {
                let at = pointers.iter().position(|it| it == pointer).unwrap_or(0);
                wanted >> (at % 64) & 1 == 1
            };
            let openings = entry.openings(suite, |line| is_shown(&line.pointer)).unwrap();
            let opened = open(suite, &commitment.bytes, &openings).unwrap();
            let part = entry.part(|line| is_shown(&line.pointer)).unwrap();
            assert_eq!(
                (&opened.entry.draft, &opened.entry.postings),
                (&part.entry.draft, &part.entry.postings)
            );
            assert_eq!(opened.hidden, part.hidden);
            assert_eq!(opened.hidden.len() + openings.len(), pointers.len());
            if opened.hidden.is_empty() {
                assert_eq!((&opened.entry.draft, opened.statement()), (&entry.draft, Told::Whole));
            }
        }
    }
}

#[test]
fn no_line_salt_or_order_can_be_changed() {
    for entry in entries(12) {
        let suite = Suite::Sm;
        let commitment = entry.commitment(suite).unwrap();
        let openings = entry.openings(suite, |_| true).unwrap();
        let refused = |openings: &[Opening]| open(suite, &commitment.bytes, openings).is_err();
        for at in 0..openings.len() {
            let mut changed = openings.clone();
            let digits = changed[at].line.find(|it: char| it.is_ascii_digit()).unwrap();
            let digit = if changed[at].line.as_bytes()[digits] == b'7' { "8" } else { "7" };
            changed[at].line.replace_range(digits..=digits, digit);
            assert!(refused(&changed), "another line");
            let mut changed = openings.clone();
            changed[at].salt.0[at % 32] ^= 1;
            assert!(refused(&changed), "another salt");
            let mut changed = openings.clone();
            changed[at].pointer.push('0');
            assert!(refused(&changed), "a line that is not there");
            let mut changed = openings.clone();
            changed.push(openings[at].clone());
            assert!(refused(&changed), "a line twice");
            let spaced = Opening { line: format!(" {}", openings[at].line), ..openings[at].clone() };
            assert!(refused(&[spaced]), "the same line in another form");
            if let Some(next) = openings.get(at + 1) {
                let (a, b) = (&openings[at], next);
                let swapped = [
                    Opening { pointer: a.pointer.clone(), ..b.clone() },
                    Opening { pointer: b.pointer.clone(), ..a.clone() },
                ];
                assert!(refused(&swapped), "another order");
            }
        }
        // Neither whole bytes nor lines in the clear pass for what is committed.
        assert!(open(suite, &entry.canonical_bytes().unwrap(), &[]).is_err());
        assert!(Entry::from_canonical_bytes(&commitment.bytes).is_err());
    }
}

/// Two entries that differ in a hidden line only: the digest differs and nothing else, not even the length.
#[test]
fn a_hidden_line_tells_nothing() {
    for entry in entries(12) {
        let lines = entry.lines().unwrap();
        let text = |entry: &Entry| String::from_utf8(entry.commitment(Suite::Sm).unwrap().bytes).unwrap();
        let committed = text(&entry);
        for line in &lines {
            for item in line.items() {
                let named = Mentions::by([&entry]).items.contains(&item);
                assert!(named, "a line speaks of an item that the entry does not mention");
            }
        }
        let head: BTreeSet<ItemId> = Mentions::of(&entry.part(|_| false).unwrap().entry.draft.body).items;
        for item in Mentions::by([&entry]).items.difference(&head) {
            assert!(!committed.contains(&item.to_string()), "{} names {item}", entry.draft.body.kind());
        }
        let salted = |salt| Entry { form: Form::ByLine(Some(Salt([salt; 32]))), ..entry.clone() };
        let mut other = salted(1);
        let Some(posting) = other.postings.first_mut() else { continue };
        posting.change = posting.change.wrapping_mul(7);
        let (one, other) = (text(&salted(1)), text(&other));
        assert_eq!(one.len(), other.len());
        assert_eq!(one.matches("salt_digest").count(), 1);
        let differing = one.bytes().zip(other.bytes()).filter(|(a, b)| a != b).count();
        assert!((1..=64).contains(&differing), "one digest differs");
        assert_ne!(one, text(&salted(2)), "a guess of the lines is no use without the salt");
        assert!(!one.contains(&"01".repeat(32)), "the salt is not told");
    }
}

/// Which entries have items in what stands in the clear: those of one item, and the whole that children come from.
#[test]
fn only_entries_of_one_thing_name_it_in_the_clear() {
    let naming: BTreeSet<&str> = entries(40)
        .iter()
        .filter(|entry| !Mentions::of(&entry.part(|_| false).unwrap().entry.draft.body).items.is_empty())
        .map(|entry| entry.draft.body.kind())
        .collect();
    assert_eq!(naming, BTreeSet::from(["itemise", "raise_difference", "split"]));
}
