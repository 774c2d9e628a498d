//! ESC/POS: the raster command `GS v 0` (1D 76 30 m xL xH yL yH), 1 = black, then a line feed.

mod emulator;
mod status;

pub(super) use emulator::next_input;
pub use status::{ASK_RECEIPT, Answers};

use hufu_wire::Raster;

/// `DLE DC4 8` clears the printer's buffers at once, whatever is expected there (Epson's command reference). Printers that
/// do not know it pass over control characters.
pub const CANCEL: &[u8] = &[0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

/// `GS V 66 0`: feeds to the knife and cuts.
pub const CUT: &[u8] = &[0x1D, b'V', 66, 0];

/// `ESC @` (start afresh), the picture at normal scale, one line feed. x counts bytes, y counts dots, low byte first.
/// Both fit in 16 bits, because a [`Raster`] is never larger than 16 384 dots.
pub fn encode(raster: &Raster) -> Vec<u8> {
    let [x_low, x_high, ..] = raster.bytes_per_row().to_le_bytes();
    let [y_low, y_high, ..] = raster.height_dots().to_le_bytes();
    let mut bytes = vec![0x1B, b'@', 0x1D, b'v', b'0', 0x00, x_low, x_high, y_low, y_high];
    bytes.extend_from_slice(raster.bits());
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_of_a_60_by_40_mm_label_is_the_known_one() {
        let bits = vec![0xA5; 60 * 320];
        let bytes = encode(&Raster::new(480, 320, 203, bits.clone()).unwrap());
        assert_eq!(bytes[..10], [0x1B, 0x40, 0x1D, 0x76, 0x30, 0x00, 0x3C, 0x00, 0x40, 0x01]);
        assert_eq!(bytes[10..bytes.len() - 1], bits);
        assert_eq!(bytes.last(), Some(&b'\n'));
    }
}
