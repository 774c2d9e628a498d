//! What a printer is sent, as the simulated one hears it: the same labels in any pieces, within bounds. Questions and a
//! cancellation are heard at once, wherever they stand, so they may come earlier in one piece than in another.
#![no_main]

use hufu_protocol::Language;
use hufu_protocol::printer::tspl::Polarity;
use hufu_protocol::printer::{PrinterEmulator, PrinterInput};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (language, piece, bytes) = input;
    let language = Language::ALL[usize::from(language) % Language::ALL.len()];
    let (whole, pieces) = (hear(language, bytes, bytes.len()), hear(language, bytes, usize::from(piece)));
    if !whole.contains(&PrinterInput::Cancelled) && !pieces.contains(&PrinterInput::Cancelled) {
        assert_eq!(labels(whole), labels(pieces));
    }
});

fn labels(heard: Vec<PrinterInput>) -> Vec<PrinterInput> {
    heard.into_iter().filter(|heard| matches!(heard, PrinterInput::Label(_))).collect()
}

fn hear(language: Language, bytes: &[u8], piece: usize) -> Vec<PrinterInput> {
    let mut emulator = PrinterEmulator::new(language, Polarity::ZeroIsBlack, 203);
    let mut heard = Vec::new();
    for piece in bytes.chunks(piece.max(1)) {
        emulator.feed(piece);
        heard.extend(emulator.by_ref());
    }
    heard
}
