//! The bar code types of `DECODE_DATA` (guide 72E-40451, its table of code types) as AIM identifiers, so that a code is
//! known by the same letter whatever the scanner speaks.

use crate::scanner::Aim;

/// `None` for a type that has no letter of its own. The modifier is `0` unless the type itself says more.
pub fn aim(kind: u8) -> Option<Aim> {
    let (code, modifier) = match kind {
        // Code 39, full ASCII Code 39, Code 32
        0x01 | 0x13 | 0x20 => ('A', '0'),
        // Codabar, NW7
        0x02 | 0x18 => ('F', '0'),
        // Code 128, ISBT 128
        0x03 | 0x19 => ('C', '0'),
        // GS1-128
        0x0F => ('C', '1'),
        // Interleaved 2 of 5
        0x06 => ('I', '0'),
        // Code 93
        0x07 => ('G', '0'),
        // UPC-A, UPC-E, EAN-8, EAN-13, UPC-E1, Bookland
        0x08..=0x0B | 0x10 | 0x16 => ('E', '0'),
        // PDF417, MicroPDF, MacroPDF
        0x11 | 0x1A | 0x28 => ('L', '0'),
        // Data Matrix ECC 200
        0x1B => ('d', '1'),
        // QR, Micro QR
        0x1C | 0x2C => ('Q', '1'),
        // Aztec
        0x2D => ('z', '0'),
        // GS1 DataBar
        0x30..=0x32 => ('e', '0'),
        // Han Xin
        0xB7 => ('h', '0'),
        _ => return None,
    };
    Some(Aim { code, modifier })
}

/// The type a scanner would write for a code with this letter; for the simulator.
pub(super) fn kind(code: char) -> u8 {
    (0..=u8::MAX).find(|kind| aim(*kind).is_some_and(|aim| aim.code == code)).unwrap_or(0x03)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_the_common_types() {
        let letter = |kind| aim(kind).map(|aim| aim.code);
        let table = [(0x01, 'A'), (0x03, 'C'), (0x0B, 'E'), (0x11, 'L'), (0x1B, 'd'), (0x1C, 'Q')];
        for (kind, code) in table {
            assert_eq!(letter(kind), Some(code), "{kind:02x}");
        }
        assert_eq!(letter(0x99), None);
    }
}
