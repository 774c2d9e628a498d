//! ZPL II. A label is one `^GFA` graphic in zlib + base64 (`:Z64:`), a tenth of the size of plain hexadecimal; its check
//! is CRC-16/XMODEM over the base64 text, in upper case (some readers refuse lower case).

mod decode;
mod emulator;
mod status;

pub use decode::{ZplError, decode};
pub(super) use emulator::next_input;
pub use status::{ASK_STATUS, Status, StatusDecoder};

use super::Media;
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::ZlibEncoder};
use hufu_wire::Raster;
use std::io::Write;

/// `~JX` cancels a format of which only a part has come; those that came whole are printed (ZPL II guide, ~JX).
pub const CANCEL: &[u8] = b"~JX\r\n";

/// The check of `:Z64:` and `:B64:` data.
const CHECK: crc::Crc<u16> = crc::Crc::<u16>::new(&crc::CRC_16_XMODEM);

/// One label: `^XA ^MN ^PW ^LL ^LH0,0 ^FO0,0 ^GFA,total,total,per row,:Z64:… ^FS ^PQ1 ^XZ`.
pub fn encode(raster: &Raster, media: Media) -> Vec<u8> {
    let total = raster.bits().len();
    let packed = BASE64_STANDARD.encode(deflate(raster.bits()));
    format!(
        "^XA{}^PW{}^LL{}^LH0,0^FO0,0^GFA,{total},{total},{},:Z64:{packed}:{:04X}^FS^PQ1^XZ",
        media.zpl(),
        raster.width_dots(),
        raster.height_dots(),
        raster.bytes_per_row(),
        CHECK.checksum(packed.as_bytes()),
    )
    .into_bytes()
}

/// Compresses into memory, which cannot fail; an empty answer would be refused by the printer's own check.
fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_frame_of_a_label() {
        let raster = Raster::new(16, 2, 203, vec![0x80, 0x01, 0xFF, 0x00]).unwrap();
        let zpl = String::from_utf8(encode(&raster, Media::AsSet)).unwrap();
        assert!(zpl.starts_with("^XA^PW16^LL2^LH0,0^FO0,0^GFA,4,4,2,:Z64:eN"), "{zpl}");
        assert!(zpl.ends_with("^FS^PQ1^XZ"), "{zpl}");
    }

    /// The check value of CRC-16/XMODEM in every catalogue.
    #[test]
    fn the_check_is_xmodem() {
        assert_eq!(CHECK.checksum(b"123456789"), 0x31C3);
    }

    #[test]
    fn a_label_is_small() {
        let mut bits = vec![0; 60 * 320];
        bits.iter_mut().skip(60 * 100).take(60 * 8).for_each(|byte| *byte = 0xFF);
        assert!(encode(&Raster::new(480, 320, 203, bits).unwrap(), Media::AsSet).len() < 300);
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded_bit_for_bit(width in 1u32..80, height in 1u32..40, seed in any::<u64>()) {
            let length = width.div_ceil(8) as usize * height as usize;
            let bits = seed.to_le_bytes().into_iter().cycle().zip((0..=250u8).cycle()).map(|(one, other)| one ^ other).take(length).collect();
            let raster = Raster::new(width, height, 203, bits).unwrap();
            prop_assert_eq!(decode(&encode(&raster, Media::AsSet), 203).unwrap().raster, raster);
        }
    }
}
