//! The test label: one QR code with a text nobody has seen before, in a frame that shows whether the label is cut off. It is
//! drawn here, dot by dot, because the station has no fonts.

use hufu_wire::Raster;
use qrcode::{Color, EcLevel, QrCode};

/// 40 × 30 mm at 203 dpi: fits every roll in use.
const WIDTH_DOTS: usize = 320;
const HEIGHT_DOTS: usize = 240;
const DPI: u32 = 203;
const FRAME_DOTS: usize = 3;

/// `None` only for a text too long for the label: ours has 14 characters.
pub(super) fn draw(text: &str) -> Option<Raster> {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q).ok()?;
    let modules = code.width();
    let colors = code.to_colors();
    // Four modules of white on each side belong to the code.
    let dots = (HEIGHT_DOTS - 2 * FRAME_DOTS) / (modules + 8);
    let side = modules * dots;
    let (left, top) = ((WIDTH_DOTS - side) / 2, (HEIGHT_DOTS - side) / 2);
    let is_black = |x: usize, y: usize| {
        let frame =
            x < FRAME_DOTS || y < FRAME_DOTS || x >= WIDTH_DOTS - FRAME_DOTS || y >= HEIGHT_DOTS - FRAME_DOTS;
        let (column, row) = (x.checked_sub(left).map(|x| x / dots), y.checked_sub(top).map(|y| y / dots));
        let module = column
            .zip(row)
            .filter(|&(column, row)| column < modules && row < modules)
            .and_then(|(column, row)| colors.get(row * modules + column));
        frame || module == Some(&Color::Dark)
    };
    let byte =
        |y: usize, at: usize| (0..8).fold(0u8, |byte, bit| byte << 1 | u8::from(is_black(at * 8 + bit, y)));
    let bits =
        (0..HEIGHT_DOTS).flat_map(|y| (0..WIDTH_DOTS / 8).map(move |at| (y, at))).map(|(y, at)| byte(y, at));
    Raster::new(u32::try_from(WIDTH_DOTS).ok()?, u32::try_from(HEIGHT_DOTS).ok()?, DPI, bits.collect()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture;
    use image::{GrayImage, Luma};

    #[test]
    fn the_label_is_read_and_its_frame_is_whole() {
        let raster = draw("HUFU-TEST-7F3A").unwrap();
        let picture = GrayImage::from_fn(raster.width_dots(), raster.height_dots(), |x, y| {
            Luma([if raster.is_black(x, y) { 0 } else { 255 }])
        });
        let texts: Vec<String> = picture::read(&picture).into_iter().map(|code| code.text).collect();
        assert_eq!(texts, ["HUFU-TEST-7F3A"]);
        for (x, y) in [(0, 0), (319, 0), (0, 239), (319, 239), (160, 2), (2, 120)] {
            assert!(raster.is_black(x, y), "({x}, {y})");
        }
        assert!(!raster.is_black(10, 10));
    }
}
