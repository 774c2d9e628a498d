//! Scanners: what arrives from one is a stream of bytes; what comes out is codes, and now and then bytes to write back.
//!
//! [`Session`] is one scanner's conversation since its port was opened, whatever it speaks. It has no clock: every call
//! says how long the port has been open, and [`Session::deadline`] says when it wants to be called next.

pub mod hid;
pub mod keyboard;
pub mod line;
pub mod repeat;
mod session;
pub mod ssi;

pub use session::{Feedback, Session, Setup, Step};

/// The longest code accepted, in bytes. The largest QR symbol holds 7089 digits.
pub const LENGTH_MAX: usize = 8192;

/// What came out of the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scan {
    Code {
        /// The code's bytes as the scanner sent them; UTF-8 unless the scanner is set otherwise.
        data: Vec<u8>,
        aim: Option<Aim>,
    },
    /// Bytes that are no code and were thrown away.
    Rejected { length: usize, why: Rejection },
}

/// Why bytes are no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// More bytes than any code has, without an end.
    TooLong,
    /// A code that stopped in the middle, or of which a piece is missing.
    Torn,
    /// Noise within a code, or two codes in one.
    Mixed,
    /// The prefix or the AIM identifier that this scanner is set to send is not there.
    Unmarked,
}

/// An AIM identifier, `]` code character, modifier (ISO/IEC 15424).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aim {
    pub code: char,
    pub modifier: char,
}

impl Aim {
    /// The code characters of ISO/IEC 15424 that scanners send; after any other, `]` is data.
    const CODES: &[u8] = b"ACEFGILQdehzX";

    /// Reads the identifier from its two bytes after the `]`.
    pub fn read(code: u8, modifier: u8) -> Option<Aim> {
        (Aim::CODES.contains(&code) && modifier.is_ascii_alphanumeric())
            .then(|| Aim { code: char::from(code), modifier: char::from(modifier) })
    }
}

/// The same bytes in pieces, cut at these places.
#[cfg(test)]
fn pieces<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| (*cut).min(bytes.len())).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}
