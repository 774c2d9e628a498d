//! The 1-bit picture that is sent to a printer: what is previewed is what is printed.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

/// A black-and-white picture in printer dots. Rows are packed most significant bit left, 1 = black, each row padded
/// with white to a whole byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PackedRaster", into = "PackedRaster")]
pub struct Raster {
    width_dots: u32,
    height_dots: u32,
    dpi: u32,
    bits: Vec<u8>,
}

/// The largest side of a picture a station accepts, in dots: 16 384 dots are two metres at 203 dpi.
const SIDE_MAX_DOTS: u32 = 16_384;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RasterError {
    #[error("a label picture of {width_dots}×{height_dots} dots cannot be printed")]
    Size { width_dots: u32, height_dots: u32 },
    #[error("a label picture needs {needed} bytes, and {given} were given")]
    Length { needed: usize, given: usize },
    #[error("the label picture is not base64")]
    NotBase64,
}

impl Raster {
    /// Takes packed rows. Refuses an empty or absurd size and a wrong number of bytes.
    pub fn new(width_dots: u32, height_dots: u32, dpi: u32, bits: Vec<u8>) -> Result<Raster, RasterError> {
        let sides = 1..=SIDE_MAX_DOTS;
        if !sides.contains(&width_dots) || !sides.contains(&height_dots) {
            return Err(RasterError::Size { width_dots, height_dots });
        }
        let needed = width_dots.div_ceil(8) as usize * height_dots as usize;
        if bits.len() != needed {
            return Err(RasterError::Length { needed, given: bits.len() });
        }
        Ok(Raster { width_dots, height_dots, dpi, bits })
    }

    pub fn width_dots(&self) -> u32 {
        self.width_dots
    }

    pub fn height_dots(&self) -> u32 {
        self.height_dots
    }

    /// Dots per inch: 203 (8 per millimetre) or 300 for most label printers.
    pub fn dpi(&self) -> u32 {
        self.dpi
    }

    pub fn bytes_per_row(&self) -> usize {
        self.width_dots.div_ceil(8) as usize
    }

    /// The packed rows, top first.
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// Whether the dot is black. Outside the picture is white.
    pub fn is_black(&self, x: u32, y: u32) -> bool {
        if x >= self.width_dots || y >= self.height_dots {
            return false;
        }
        let at = y as usize * self.bytes_per_row() + (x / 8) as usize;
        self.bits.get(at).is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0)
    }
}

#[derive(Serialize, Deserialize)]
struct PackedRaster {
    width_dots: u32,
    height_dots: u32,
    dpi: u32,
    bits: String,
}

impl TryFrom<PackedRaster> for Raster {
    type Error = RasterError;

    fn try_from(packed: PackedRaster) -> Result<Raster, RasterError> {
        let bits = BASE64_STANDARD.decode(packed.bits).map_err(|_| RasterError::NotBase64)?;
        Raster::new(packed.width_dots, packed.height_dots, packed.dpi, bits)
    }
}

impl From<Raster> for PackedRaster {
    fn from(raster: Raster) -> PackedRaster {
        PackedRaster {
            width_dots: raster.width_dots,
            height_dots: raster.height_dots,
            dpi: raster.dpi,
            bits: BASE64_STANDARD.encode(raster.bits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_survives_the_wire_and_a_torn_one_is_refused() {
        let raster = Raster::new(9, 2, 203, vec![0x80, 0x80, 0x00, 0x00]).unwrap();
        assert!(raster.is_black(0, 0) && raster.is_black(8, 0) && !raster.is_black(1, 0));
        assert!(!raster.is_black(0, 1) && !raster.is_black(9, 0));
        let sent = serde_json::to_string(&raster).unwrap();
        assert_eq!(serde_json::from_str::<Raster>(&sent).unwrap(), raster);
        assert_eq!(Raster::new(9, 2, 203, vec![0; 3]), Err(RasterError::Length { needed: 4, given: 3 }));
        assert!(Raster::new(0, 2, 203, vec![]).is_err());
    }
}
