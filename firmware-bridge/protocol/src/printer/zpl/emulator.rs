//! What a ZPL printer makes of what it is sent: `~` commands at once, wherever they stand; formats when they are whole.

use super::decode;
use crate::printer::{PrinterInput, Question, find};

/// Takes the first thing that is whole out of what has arrived.
pub(in crate::printer) fn next_input(received: &mut Vec<u8>, dpi: u32) -> Option<PrinterInput> {
    let start = find(received, b"^XA");
    let end = start.and_then(|start| Some(start + find(received.get(start..)?, b"^XZ")? + b"^XZ".len()));
    let question = find(received, b"~HS");
    let cancel = find(received, b"~JX");
    let first = [end, question, cancel].into_iter().flatten().min();
    match (first, start) {
        (Some(at), Some(start)) if Some(at) == end => {
            let format: Vec<u8> = received.drain(..at).skip(start).collect();
            Some(match decode(&format, dpi) {
                Ok(label) => PrinterInput::Label(label),
                Err(error) => PrinterInput::Unprintable(error.to_string()),
            })
        }
        (Some(at), _) if Some(at) == question => {
            // The format around it, if there is one, goes on.
            received.drain(at..at + b"~HS".len());
            Some(PrinterInput::Question(Question::HostStatus))
        }
        (Some(at), _) => {
            received.drain(..at + b"~JX".len());
            Some(PrinterInput::Cancelled)
        }
        (None, None) => {
            // What is no beginning of anything is passed over; the last two bytes may be one.
            let passed = received.len().saturating_sub(2);
            received.drain(..passed);
            None
        }
        (None, Some(_)) => None,
    }
}
