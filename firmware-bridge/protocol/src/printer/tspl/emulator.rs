//! What a TSPL printer makes of what it is sent: lines, of which `BITMAP` carries raw bytes; `PRINT` puts the picture out.
//! `ESC !` commands are obeyed at once. It reads labels made of one bitmap at the origin, as [`super::encode`] writes
//! them; it is not a TSPL interpreter.

use super::{CANCEL, Polarity};
use crate::printer::{DecodedLabel, PrinterInput, Question, find};
use hufu_wire::Raster;

/// The longest line without a bitmap.
const LINE_MAX: usize = 1024;
/// The largest bitmap, in bytes.
const BITMAP_MAX: usize = 4 << 20;

/// The picture in memory.
#[derive(Debug)]
pub(in crate::printer) struct Canvas {
    polarity: Polarity,
    picture: Option<Raster>,
}

/// `x,y,bytes per row,rows,mode`, and where the raw bytes begin.
struct Header {
    bytes_per_row: usize,
    rows: usize,
    length: usize,
}

impl Canvas {
    pub(in crate::printer) fn new(polarity: Polarity) -> Canvas {
        Canvas { polarity, picture: None }
    }

    /// Takes the first thing that is whole out of what has arrived.
    pub(in crate::printer) fn next_input(
        &mut self,
        received: &mut Vec<u8>,
        dpi: u32,
    ) -> Option<PrinterInput> {
        loop {
            if let Some(at) = find(received, CANCEL) {
                received.drain(..at + CANCEL.len());
                self.picture = None;
                return Some(PrinterInput::Cancelled);
            }
            match received.as_slice() {
                [0x1B, b'!', command, ..] => {
                    let asked = *command == b'?';
                    received.drain(..3);
                    if asked {
                        return Some(PrinterInput::Question(Question::Status));
                    }
                }
                [0x1B] | [0x1B, b'!'] | [] => return None,
                [b'\r' | b'\n', ..] => {
                    received.drain(..1);
                }
                _ if received.starts_with(b"BITMAP") => match self.bitmap(received, dpi) {
                    Bitmap::Taken => (),
                    Bitmap::Incomplete => return None,
                    Bitmap::Unprintable(why) => return Some(PrinterInput::Unprintable(why)),
                },
                _ => match received.iter().position(|byte| *byte == b'\n') {
                    Some(end) => {
                        let line: Vec<u8> = received.drain(..=end).collect();
                        if let Some(heard) = self.line(String::from_utf8_lossy(&line).trim()) {
                            return Some(heard);
                        }
                    }
                    // A question may stand in the middle of what was begun and never ended.
                    None => match find(received, b"\x1B!") {
                        Some(at) => {
                            received.drain(..at);
                        }
                        None if received.len() > LINE_MAX => received.clear(),
                        None => return None,
                    },
                },
            }
        }
    }

    fn bitmap(&mut self, received: &mut Vec<u8>, dpi: u32) -> Bitmap {
        let header = match header(received) {
            Some(Ok(header)) => header,
            Some(Err(())) => {
                received.drain(..b"BITMAP".len());
                return Bitmap::Unprintable("the BITMAP header is not five numbers".to_owned());
            }
            None => return Bitmap::Incomplete,
        };
        let end = header.length + header.bytes_per_row * header.rows;
        let Some(raw) = received.get(header.length..end) else { return Bitmap::Incomplete };
        let flip = self.polarity.flip();
        let bits = raw.iter().map(|byte| byte ^ flip).collect();
        received.drain(..end);
        let width = u32::try_from(header.bytes_per_row * 8).unwrap_or(u32::MAX);
        match Raster::new(width, u32::try_from(header.rows).unwrap_or(u32::MAX), dpi, bits) {
            Ok(raster) => {
                self.picture = Some(raster);
                Bitmap::Taken
            }
            Err(error) => Bitmap::Unprintable(error.to_string()),
        }
    }

    fn line(&mut self, line: &str) -> Option<PrinterInput> {
        match line.split_ascii_whitespace().next() {
            Some("CLS") => self.picture = None,
            Some("PRINT") => {
                let copies = line.rsplit(',').next().and_then(|copies| copies.trim().parse().ok());
                return Some(match &self.picture {
                    Some(raster) => PrinterInput::Label(DecodedLabel {
                        raster: raster.clone(),
                        copies: copies.unwrap_or(1),
                    }),
                    None => PrinterInput::Unprintable("PRINT without a picture".to_owned()),
                });
            }
            _ => (),
        }
        None
    }
}

enum Bitmap {
    Taken,
    Incomplete,
    Unprintable(String),
}

/// `None`: not all of it is there yet.
fn header(received: &[u8]) -> Option<Result<Header, ()>> {
    let start = b"BITMAP".len();
    let commas = received.iter().enumerate().skip(start).take(64).filter(|(_, byte)| **byte == b',');
    let Some((last, _)) = commas.clone().nth(4) else {
        return (received.len() > start + 64).then_some(Err(()));
    };
    let numbers: Option<Vec<usize>> = received
        .get(start..last)
        .and_then(|text| std::str::from_utf8(text).ok())
        .and_then(|text| text.split(',').map(|number| number.trim().parse().ok()).collect());
    Some(match numbers.as_deref() {
        Some([0, 0, bytes_per_row, rows, 0])
            if bytes_per_row.checked_mul(*rows).is_some_and(|size| size <= BITMAP_MAX) =>
        {
            Ok(Header { bytes_per_row: *bytes_per_row, rows: *rows, length: last + 1 })
        }
        _ => Err(()),
    })
}
