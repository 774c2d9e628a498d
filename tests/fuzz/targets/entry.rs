//! The bytes of an entry: only canonical ones are taken, and the rules answer whatever it says.
#![no_main]

use hufu_fuzz::ledger::{Entry, State, Suite, apply, commitment::open};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(entry) = Entry::from_canonical_bytes(bytes) else { return };
    assert_eq!(entry.canonical_bytes().unwrap(), bytes);
    for suite in [Suite::Sm, Suite::C2sp] {
        let commitment = entry.commitment(suite).unwrap();
        let openings = entry.openings(suite, |line| line.pointer.len() % 2 == 0).unwrap();
        let part = entry.part(|line| line.pointer.len() % 2 == 0).unwrap();
        let opened = open(suite, &commitment.bytes, &openings).unwrap();
        assert_eq!((opened.entry.draft, opened.hidden), (part.entry.draft, part.hidden));
    }
    drop(apply(&State::default(), &entry.draft, entry.recorded_at, entry.edition));
});
