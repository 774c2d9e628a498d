//! A ledger's or a witness's key as text.
#![no_main]

use hufu_fuzz::ledger::note::key::VerifierKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(key) = VerifierKey::from_text(text) {
        assert_eq!(key.text(), text.trim());
    }
});
