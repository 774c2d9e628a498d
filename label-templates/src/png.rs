//! A label picture as a file: what is previewed is what is printed.

use hufu_wire::Raster;
use png::{BitDepth, ColorType, Encoder, PixelDimensions, Unit};

use crate::Error;

/// Packs a label picture as a one-bit PNG that knows its own size in millimetres.
pub fn to_png(raster: &Raster) -> Result<Vec<u8>, Error> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, raster.width_dots(), raster.height_dots());
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    // Dots per metre, from dots per inch, rounded.
    let per_metre = (raster.dpi() * 10_000 + 127) / 254;
    encoder.set_pixel_dims(Some(PixelDimensions { xppu: per_metre, yppu: per_metre, unit: Unit::Meter }));
    let mut writer = encoder.write_header()?;
    // A raster's black is 1, a PNG's is 0.
    writer.write_image_data(&raster.bits().iter().map(|byte| !byte).collect::<Vec<_>>())?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_the_same_dots() {
        let raster = Raster::new(10, 2, 203, vec![0b1000_0001, 0b0100_0000, 0, 0]).unwrap();
        let file = to_png(&raster).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut rows = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut rows).unwrap();
        let info = reader.info();
        assert_eq!((info.width, info.height, info.bit_depth), (10, 2, BitDepth::One));
        assert_eq!(info.pixel_dims.unwrap().xppu, 7992);
        for (x, y) in (0..10).flat_map(|x| [(x, 0), (x, 1)]) {
            let white = rows[y as usize * 2 + x as usize / 8] & (0x80 >> (x % 8)) != 0;
            assert_eq!(!white, raster.is_black(x, y), "dot {x},{y}");
        }
    }
}
