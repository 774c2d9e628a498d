//! A signed note and the checkpoint in it: what is taken says the same when it is written again.
#![no_main]

use hufu_fuzz::ledger::{Checkpoint, Note};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(note) = Note::parse(text) else { return };
    assert_eq!(Note::parse(&note.to_string()), Ok(note.clone()));
    if let Ok(checkpoint) = Checkpoint::parse(&note.text) {
        assert_eq!(Checkpoint::parse(&checkpoint.to_string()), Ok(checkpoint));
    }
});
