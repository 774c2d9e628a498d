//! The address of a tile has one way of being written.
#![no_main]

use hufu_fuzz::ledger::tree::tile::Address;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(address) = Address::from_path(text) {
        assert_eq!(address.path(), text);
    }
});
