//! TSPL/TSPL2: one `BITMAP` per label. In a bitmap 0 is black (TSC's manual); some clones turn that round, which is a
//! setting of the printer, never a guess.

mod emulator;
mod status;

pub(super) use emulator::Canvas;
pub use status::{ASK_STATUS, status};

use super::{Media, tenths_mm};
use hufu_wire::Raster;

/// `ESC ! .` cancels what is being received and printed (TSC TSPL manual).
pub const CANCEL: &[u8] = b"\x1B!.";

/// Which bit prints a dot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Polarity {
    #[default]
    ZeroIsBlack,
    /// Clones that print negatives otherwise.
    OneIsBlack,
}

impl Polarity {
    /// What turns a picture's byte into the printer's and back.
    fn flip(self) -> u8 {
        match self {
            Polarity::ZeroIsBlack => 0xFF,
            Polarity::OneIsBlack => 0x00,
        }
    }
}

/// One label: `SIZE`, `GAP` or `BLINE`, `DIRECTION`, `CLS`, `BITMAP` (mode 0: overwrite), `PRINT 1,1`.
pub fn encode(raster: &Raster, polarity: Polarity, media: Media) -> Vec<u8> {
    let (width, height) =
        (tenths_mm(raster.width_dots(), raster.dpi()), tenths_mm(raster.height_dots(), raster.dpi()));
    let head = format!(
        "SIZE {}.{} mm,{}.{} mm\r\n{}DIRECTION 1\r\nCLS\r\nBITMAP 0,0,{},{},0,",
        width / 10,
        width % 10,
        height / 10,
        height % 10,
        media.tspl(),
        raster.bytes_per_row(),
        raster.height_dots(),
    );
    let flip = polarity.flip();
    let mut bytes = head.into_bytes();
    bytes.extend(raster.bits().iter().map(|byte| byte ^ flip));
    bytes.extend_from_slice(b"\r\nPRINT 1,1\r\n");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_label_byte_by_byte() {
        let raster = Raster::new(16, 2, 203, vec![0x80, 0x01, 0xFF, 0x00]).unwrap();
        let head = b"SIZE 2.0 mm,0.3 mm\r\nGAP 2 mm,0 mm\r\nDIRECTION 1\r\nCLS\r\nBITMAP 0,0,2,2,0,";
        let black_is_0 = [&head[..], &[0x7F, 0xFE, 0x00, 0xFF], b"\r\nPRINT 1,1\r\n"].concat();
        assert_eq!(encode(&raster, Polarity::ZeroIsBlack, Media::GAP), black_is_0);
        let black_is_1 = [&head[..], &[0x80, 0x01, 0xFF, 0x00], b"\r\nPRINT 1,1\r\n"].concat();
        assert_eq!(encode(&raster, Polarity::OneIsBlack, Media::GAP), black_is_1);
    }
}
