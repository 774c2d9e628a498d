//! What a scale sends, in each protocol and any pieces; a weight that is read is a number with a unit.
#![no_main]

use hufu_protocol::scale::{Decoder, Protocol, Steady, milligrams};
use hufu_wire::message::Reading;
use libfuzzer_sys::fuzz_target;
use std::time::Duration;

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (protocol, piece, bytes) = input;
    let protocol = Protocol::ALL[usize::from(protocol) % Protocol::ALL.len()];
    let whole = decode(protocol, bytes, bytes.len());
    assert_eq!(whole, decode(protocol, bytes, usize::from(piece)));
    let mut steady = Steady::default();
    for reading in whole {
        if let Reading::Weight { value, unit, .. } = &reading {
            assert!(value.bytes().any(|byte| byte.is_ascii_digit()) && !unit.is_empty(), "{reading:?}");
            let _ = milligrams(value, unit);
        }
        drop(steady.judge(reading, Duration::ZERO));
    }
});

fn decode(protocol: Protocol, bytes: &[u8], piece: usize) -> Vec<Reading> {
    let mut decoder = Decoder::new(protocol, "kg");
    bytes.chunks(piece.max(1)).for_each(|piece| decoder.feed(piece));
    decoder.collect()
}
