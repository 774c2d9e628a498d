//! What a lock board answers: only a whole frame with a right check, from the board that was asked, is an answer.
#![no_main]

use hufu_protocol::locker::modbus::{Answer, Request, Unit, is_whole};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u16, u8, u8, &[u8])| {
    let (kind, first, count, unit, bytes) = input;
    let Some(unit) = Unit::new(unit) else { return };
    let request = match kind % 3 {
        0 => Request::ReadCoils { first, count },
        1 => Request::ReadInputs { first, count },
        _ => Request::WriteCoil { coil: first, on: count & 1 == 1 },
    };
    if let Ok(Some(answer)) = request.answer(unit, bytes) {
        assert!(is_whole(bytes) && unit.is(bytes[0]));
        if let Answer::Bits(bits) = answer {
            assert_eq!(bits.len(), usize::from(count));
        }
    }
    for length in 0..bytes.len() {
        // What is answered is answered by the whole of it, and by no part.
        if request.answer(unit, bytes).is_ok() {
            assert_eq!(request.answer(unit, &bytes[..length]), Ok(None));
        }
    }
});
