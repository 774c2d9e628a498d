//! A label that came out of the simulated printer: the picture, and what a scanner would read from it.

use crate::picture;
use hufu_wire::Raster;
use hufu_wire::message::Micros;
use image::{GrayImage, ImageFormat, Luma};
use serde::Serialize;
use std::io::Cursor;
use std::sync::Arc;

#[derive(Clone, Debug, Serialize)]
pub struct Label {
    pub number: u32,
    pub printed_at: Micros,
    pub width_dots: u32,
    pub height_dots: u32,
    /// What the code on the label says, read from its picture.
    pub text: Option<String>,
    #[serde(skip)]
    pub png: Arc<[u8]>,
}

impl Label {
    /// What the printer's bytes look like on paper.
    pub(super) fn print(number: u32, raster: &Raster, printed_at: Micros) -> Label {
        let picture = picture_of(raster);
        let text = picture::read(&picture).into_iter().next().map(|code| code.text);
        let mut png = Cursor::new(Vec::new());
        if let Err(error) = picture.write_to(&mut png, ImageFormat::Png) {
            tracing::error!(%error, "a label could not be drawn");
        }
        Label {
            number,
            printed_at,
            width_dots: raster.width_dots(),
            height_dots: raster.height_dots(),
            text,
            png: png.into_inner().into(),
        }
    }
}

fn picture_of(raster: &Raster) -> GrayImage {
    GrayImage::from_fn(raster.width_dots(), raster.height_dots(), |x, y| {
        Luma([if raster.is_black(x, y) { 0 } else { 255 }])
    })
}
