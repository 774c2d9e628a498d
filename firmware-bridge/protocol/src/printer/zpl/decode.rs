//! Reads back the graphic of a label, for the virtual counter and for checks: `^GFA` with `:Z64:`, `:B64:`, or
//! hexadecimal with Zebra's run codes (ZPL II guide: G–Y are 1–19 repeats, g–z are 20–400, `,` fills a row with white,
//! `!` with black, `:` repeats the row above).
//!
//! It reads labels made of one graphic at the origin, as [`super::encode`] writes them. It is not a ZPL renderer.

use super::CHECK;
use crate::printer::{DecodedLabel, find};
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::read::ZlibDecoder;
use hufu_wire::{Raster, raster::RasterError};
use std::io::Read;

/// The largest graphic accepted, in bytes: 60 × 40 cm at 300 dpi.
const GRAPHIC_MAX: usize = 4 << 20;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ZplError {
    #[error("the label has no ^GFA graphic")]
    NoGraphic,
    #[error("the ^GFA header is not four numbers and data")]
    Header,
    #[error("the graphic's data is damaged: {0}")]
    Damaged(&'static str),
    #[error("the graphic has the wrong size: {0}")]
    Size(#[from] RasterError),
}

/// Reads the graphic of one label. ZPL does not say its resolution, so `dpi` is the printer's.
pub fn decode(zpl: &[u8], dpi: u32) -> Result<DecodedLabel, ZplError> {
    let at = find(zpl, b"^GFA,").ok_or(ZplError::NoGraphic)?;
    let text = zpl.get(at + b"^GFA,".len()..).and_then(|rest| std::str::from_utf8(rest).ok());
    let mut parts = text.ok_or(ZplError::Header)?.splitn(4, ',');
    let mut number = || parts.next().and_then(|part| part.parse::<usize>().ok()).ok_or(ZplError::Header);
    let (_sent, total, per_row) = (number()?, number()?, number()?);
    let data = parts.next().and_then(|rest| rest.split('^').next()).ok_or(ZplError::Header)?;
    if per_row == 0 || total > GRAPHIC_MAX || !total.is_multiple_of(per_row) {
        return Err(ZplError::Header);
    }
    let bits = graphic(data, total, per_row)?;
    let rows = u32::try_from(total / per_row).map_err(|_| ZplError::Header)?;
    let widest = u32::try_from(per_row * 8).map_err(|_| ZplError::Header)?;
    let width = value(zpl, b"^PW").filter(|width| width.div_ceil(8) == widest / 8).unwrap_or(widest);
    Ok(DecodedLabel { raster: Raster::new(width, rows, dpi, bits)?, copies: value(zpl, b"^PQ").unwrap_or(1) })
}

fn graphic(data: &str, total: usize, per_row: usize) -> Result<Vec<u8>, ZplError> {
    let bits = if let Some(packed) = data.strip_prefix(":Z64:") {
        let mut bits = Vec::new();
        let limit = u64::try_from(GRAPHIC_MAX).unwrap_or(u64::MAX) + 1;
        let zlib = checked_base64(packed)?;
        ZlibDecoder::new(zlib.as_slice())
            .take(limit)
            .read_to_end(&mut bits)
            .map_err(|_| ZplError::Damaged("zlib"))?;
        bits
    } else if let Some(packed) = data.strip_prefix(":B64:") {
        checked_base64(packed)?
    } else {
        run_coded(data, total, per_row)?
    };
    if bits.len() == total { Ok(bits) } else { Err(ZplError::Damaged("length")) }
}

/// `base64:CRC`, the check being over the base64 text.
fn checked_base64(packed: &str) -> Result<Vec<u8>, ZplError> {
    let (text, check) = packed.trim_end().rsplit_once(':').ok_or(ZplError::Damaged("no check"))?;
    let given = u16::from_str_radix(check, 16).map_err(|_| ZplError::Damaged("check"))?;
    if given != CHECK.checksum(text.as_bytes()) {
        return Err(ZplError::Damaged("check"));
    }
    BASE64_STANDARD.decode(text).map_err(|_| ZplError::Damaged("base64"))
}

fn run_coded(data: &str, total: usize, per_row: usize) -> Result<Vec<u8>, ZplError> {
    let digits_per_row = per_row * 2;
    let mut digits: Vec<u8> = Vec::with_capacity(total * 2);
    let mut repeats = 0usize;
    for c in data.bytes().filter(|c| !c.is_ascii_whitespace()) {
        let to_row_end = digits_per_row - digits.len() % digits_per_row;
        match c {
            b'G'..=b'Y' => repeats += usize::from(c - b'F'),
            b'g'..=b'z' => repeats += usize::from(c - b'f') * 20,
            b',' => digits.extend(std::iter::repeat_n(0x0, to_row_end)),
            b'!' => digits.extend(std::iter::repeat_n(0xF, to_row_end)),
            b':' => {
                let from =
                    digits.len().checked_sub(digits_per_row).ok_or(ZplError::Damaged("no row above"))?;
                digits.extend_from_within(from..);
            }
            _ => {
                let digit = char::from(c).to_digit(16).ok_or(ZplError::Damaged("not hexadecimal"))?;
                let digit = u8::try_from(digit).map_err(|_| ZplError::Damaged("not hexadecimal"))?;
                digits.extend(std::iter::repeat_n(digit, repeats.max(1)));
                repeats = 0;
            }
        }
        if digits.len() > total * 2 {
            return Err(ZplError::Damaged("length"));
        }
    }
    Ok(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

/// The number that follows a command, when the command is there.
fn value(zpl: &[u8], command: &[u8]) -> Option<u32> {
    let rest = zpl.get(find(zpl, command)? + command.len()..)?;
    let digits: String = rest.iter().map(|&c| char::from(c)).take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(zpl: &str) -> Result<Vec<u8>, ZplError> {
        decode(zpl.as_bytes(), 203).map(|label| label.raster.bits().to_vec())
    }

    #[test]
    fn hexadecimal_and_run_codes() {
        let table: &[(&str, &[u8])] = &[
            ("^XA^GFA,4,4,2,8001FF00^FS^XZ", &[0x80, 0x01, 0xFF, 0x00]),
            ("^XA^GFA,4,4,2,8001ff00^FS^XZ", &[0x80, 0x01, 0xFF, 0x00]),
            ("^XA^GFA,4,4,2,8,!^FS^XZ", &[0x80, 0x00, 0xFF, 0xFF]),
            ("^XA^GFA,4,4,2,JF:^FS^XZ", &[0xFF, 0xFF, 0xFF, 0xFF]),
        ];
        for (zpl, expected) in table {
            assert_eq!(bits(zpl).unwrap(), *expected, "{zpl}");
        }
        // g = 20 repeats, then H = 2 more of F, then 0 twice
        assert_eq!(bits("^XA^GFA,12,12,12,gHFH0^FS^XZ").unwrap()[..], [&[0xFF; 11][..], &[0]].concat());
    }

    /// "AAAA" is three zero bytes.
    #[test]
    fn base64_needs_its_check() {
        let check = CHECK.checksum(b"AAAA");
        assert_eq!(bits(&format!("^XA^GFA,3,3,1,:B64:AAAA:{check:04X}^FS^XZ")).unwrap(), [0, 0, 0]);
        assert_eq!(bits(&format!("^XA^GFA,3,3,1,:B64:AAAA:{check:04x}^FS^XZ")).unwrap(), [0, 0, 0]);
        assert_eq!(bits("^XA^GFA,3,3,1,:B64:AAAA:0001^FS^XZ"), Err(ZplError::Damaged("check")));
    }

    #[test]
    fn damage_is_named() {
        assert_eq!(bits("^XA^FDtext^FS^XZ"), Err(ZplError::NoGraphic));
        assert_eq!(bits("^XA^GFA,4,4,0,8001^FS^XZ"), Err(ZplError::Header));
        assert_eq!(bits("^XA^GFA,4,4,2,8001^FS^XZ"), Err(ZplError::Damaged("length")));
        assert_eq!(bits("^XA^GFA,4,4,2,zFzFzFzF^FS^XZ"), Err(ZplError::Damaged("length")));
        assert_eq!(bits("^XA^GFA,4,4,2,:8001^FS^XZ"), Err(ZplError::Damaged("no row above")));
        assert_eq!(bits("^XA^GFA,99999999,99999999,1,:Z64:^FS^XZ"), Err(ZplError::Header));
    }
}
