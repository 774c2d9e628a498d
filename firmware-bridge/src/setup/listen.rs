//! Recognises a scanner by what it scans: a person holds any code before it, and the port on which text arrives in one go
//! is a scanner's. What ends the text is how the scanner is set.

use crate::stream::Stream;
use hufu_protocol::scanner::line::Suffix;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, timeout, timeout_at};

/// A scanner sends a code without stopping; after this much silence it has ended.
const PAUSE: Duration = Duration::from_millis(150);
/// The longest code read here; nobody needs a longer one to show a scanner.
const CODE_MAX: usize = 8192;

/// The first code that arrived, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ScannedCode {
    pub(super) text: String,
    pub(super) suffix: Suffix,
}

/// What arrived was no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListenError {
    /// Bytes that are no text: another speed, or another protocol.
    Noise,
    Gone,
}

/// Waits for a code until it is time; `Ok(None)` when there was none.
pub(super) async fn for_code(
    stream: &mut dyn Stream,
    until: Instant,
) -> Result<Option<ScannedCode>, ListenError> {
    let mut bytes = [0u8; 1024];
    let Ok(read) = timeout_at(until, stream.read(&mut bytes)).await else { return Ok(None) };
    let mut code = Vec::new();
    let mut count = read.unwrap_or(0);
    loop {
        if count == 0 {
            return Err(ListenError::Gone);
        }
        code.extend_from_slice(bytes.get(..count).unwrap_or_default());
        match timeout(PAUSE, stream.read(&mut bytes)).await {
            Ok(read) if code.len() < CODE_MAX => count = read.unwrap_or(0),
            _ => return shown(&code).map(Some).ok_or(ListenError::Noise),
        }
    }
}

/// Several codes in one go show the same as one: the first is taken.
fn shown(bytes: &[u8]) -> Option<ScannedCode> {
    let ends = |suffix| Some((bytes.iter().position(|byte| ends_with(suffix, *byte))?, suffix));
    let (end, suffix) = match ends(Suffix::LineEnd).or_else(|| ends(Suffix::Tab)) {
        Some(found) => found,
        None => (bytes.len(), Suffix::Pause),
    };
    let text = std::str::from_utf8(bytes.get(..end)?).ok()?;
    // The separator of GS1 codes is the one control character a code may hold.
    let is_text = !text.is_empty() && text.chars().all(|c| !c.is_control() || c == '\u{1d}');
    is_text.then(|| ScannedCode { text: text.to_owned(), suffix })
}

fn ends_with(suffix: Suffix, byte: u8) -> bool {
    match suffix {
        Suffix::LineEnd => matches!(byte, b'\r' | b'\n'),
        Suffix::Tab => byte == b'\t',
        Suffix::Pause => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_shows_how_a_scanner_is_set() {
        let table = [
            (&b"HF-1\r"[..], Some(("HF-1", Suffix::LineEnd))),
            (&b"HF-1\r\nHF-2\r\n"[..], Some(("HF-1", Suffix::LineEnd))),
            (&b"HF-1\t"[..], Some(("HF-1", Suffix::Tab))),
            (&b"HF-1"[..], Some(("HF-1", Suffix::Pause))),
            (&b"]C101\x1d02\r"[..], Some(("]C101\u{1d}02", Suffix::LineEnd))),
            ("物证\n".as_bytes(), Some(("物证", Suffix::LineEnd))),
            (&b"\xff\x00\xfe\r"[..], None),
            (&b"\r\n"[..], None),
            (&b"\x06"[..], None),
        ];
        for (bytes, expected) in table {
            let expected = expected.map(|(text, suffix)| ScannedCode { text: text.to_owned(), suffix });
            assert_eq!(shown(bytes), expected, "{bytes:x?}");
        }
    }
}
