//! SSI packets among anything: every byte is part of a packet or counted as garbage, in any pieces.
#![no_main]

use hufu_protocol::scanner::ssi::{Decoder, Incoming};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    let whole = decode(bytes, bytes.len());
    assert_eq!(whole, decode(bytes, usize::from(piece)));
    let counted: usize = whole
        .iter()
        .map(|incoming| match incoming {
            Incoming::Packet(packet) => packet.bytes().len(),
            Incoming::Garbage { length } => *length,
        })
        .sum();
    assert_eq!(counted, bytes.len());
});

fn decode(bytes: &[u8], piece: usize) -> Vec<Incoming> {
    let mut decoder = Decoder::default();
    bytes.chunks(piece.max(1)).for_each(|piece| decoder.feed(piece));
    decoder.pause();
    decoder.collect()
}
