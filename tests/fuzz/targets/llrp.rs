//! What an RFID reader sends: the same messages in any pieces, up to the first that is none.
#![no_main]

use hufu_protocol::rfid::llrp::{Decoder, LlrpError, Envelope};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    assert_eq!(decode(bytes, bytes.len()), decode(bytes, usize::from(piece)));
});

fn decode(bytes: &[u8], piece: usize) -> (Vec<Envelope>, Option<LlrpError>) {
    let mut decoder = Decoder::default();
    let mut told = Vec::new();
    for piece in bytes.chunks(piece.max(1)) {
        decoder.feed(piece);
        loop {
            match decoder.take() {
                Ok(Some(one)) => told.push(one),
                Ok(None) => break,
                Err(error) => return (told, Some(error)),
            }
        }
    }
    (told, None)
}
