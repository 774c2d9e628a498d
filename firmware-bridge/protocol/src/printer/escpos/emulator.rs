//! What an ESC/POS printer makes of what it is sent: real-time requests at once, pictures (`GS v 0`) as they come. It
//! reads what [`super::encode`] writes and passes over the rest; it is not a text printer.

use super::CANCEL;
use crate::printer::{DecodedLabel, PrinterInput, Question, find};
use hufu_wire::Raster;

/// Takes the first thing that is whole out of what has arrived.
pub(in crate::printer) fn next_input(received: &mut Vec<u8>, dpi: u32) -> Option<PrinterInput> {
    loop {
        if let Some(at) = find(received, CANCEL) {
            received.drain(..at + CANCEL.len());
            return Some(PrinterInput::Cancelled);
        }
        match received.as_slice() {
            [0x10, 0x04, question @ 1..=4, ..] => {
                let question = *question;
                received.drain(..3);
                return Some(PrinterInput::Question(Question::RealTime(question)));
            }
            [0x1D, b'r', 1, ..] => {
                received.drain(..3);
                return Some(PrinterInput::Question(Question::Receipt));
            }
            [0x1D, b'v', b'0', 0, x_low, x_high, y_low, y_high, ..] => {
                let bytes_per_row = usize::from(u16::from_le_bytes([*x_low, *x_high]));
                let rows = u16::from_le_bytes([*y_low, *y_high]);
                let end = 8 + bytes_per_row * usize::from(rows);
                let bits = received.get(8..end)?.to_vec();
                received.drain(..end);
                let width = u32::try_from(bytes_per_row * 8).unwrap_or(u32::MAX);
                return Some(match Raster::new(width, rows.into(), dpi, bits) {
                    Ok(raster) => PrinterInput::Label(DecodedLabel { raster, copies: 1 }),
                    Err(error) => PrinterInput::Unprintable(error.to_string()),
                });
            }
            [0x1D, b'a', _, ..] => {
                received.drain(..3);
            }
            [0x1D, b'V', 66, _, ..] => {
                received.drain(..4);
            }
            [0x1B, b'@', ..] => {
                received.drain(..2);
            }
            // The beginning of something that has not come whole.
            begun if CANCEL.starts_with(begun) => return None,
            [0x1B | 0x1D] | [0x10, 0x04] | [0x1D, b'r' | b'a' | b'V'] | [0x1D, b'V', 66] => {
                return None;
            }
            [0x1D, b'v', rest @ ..] if rest.len() < 6 => return None,
            [] => return None,
            [_, rest @ ..] => {
                let next = rest.iter().position(|byte| matches!(byte, 0x10 | 0x1B | 0x1D));
                let passed = next.map_or(received.len(), |at| at + 1);
                received.drain(..passed);
            }
        }
    }
}
