//! A proof file from anybody.
#![no_main]

use hufu_fuzz::proof::{
    ProofFile,
    check::{Trust, check},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = ProofFile::read(bytes) {
        drop(check(&file, &Trust::default()));
    }
});
