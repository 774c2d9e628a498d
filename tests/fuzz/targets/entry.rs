//! The bytes of an entry: only canonical ones are taken, and the rules answer whatever it says.
#![no_main]

use hufu_fuzz::ledger::{Entry, State, apply};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(entry) = Entry::from_canonical_bytes(bytes) else { return };
    assert_eq!(entry.canonical_bytes().unwrap(), bytes);
    drop(apply(&State::default(), &entry.draft, entry.recorded_at));
});
