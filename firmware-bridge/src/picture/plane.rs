//! A picture as a plane of bytes: gray (0 black … 255 white), or a mask (1 black, 0 white).

use image::{GrayImage, imageops};

pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    bytes: Vec<u8>,
}

impl Plane {
    pub(super) fn new(width: usize, height: usize, mut value: impl FnMut(usize, usize) -> u8) -> Plane {
        let mut bytes = Vec::with_capacity(width * height);
        for y in 0..height {
            bytes.extend((0..width).map(|x| value(x, y)));
        }
        Plane { width, height, bytes }
    }

    pub(super) fn gray(picture: &GrayImage) -> Plane {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        Plane { width, height, bytes: picture.as_raw().clone() }
    }

    /// Outside the plane is 0.
    pub(super) fn at(&self, x: usize, y: usize) -> u8 {
        if x < self.width { self.bytes.get(y * self.width + x).copied().unwrap_or(0) } else { 0 }
    }

    pub(super) fn get(&self, x: isize, y: isize) -> Option<u8> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        (x < self.width && y < self.height).then(|| self.at(x, y))
    }

    pub(super) fn row(&self, y: usize) -> &[u8] {
        self.bytes.get(y * self.width..(y + 1) * self.width).unwrap_or(&[])
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The nearest value; `None` outside.
    pub(super) fn nearest(&self, x: f32, y: f32) -> Option<u8> {
        self.get(to_pixel(x.round()), to_pixel(y.round()))
    }

    /// Between the four pixels around the point, the border reaching outwards.
    pub(super) fn between(&self, x: f32, y: f32) -> f32 {
        let x = x.clamp(0.0, self.width.saturating_sub(1) as f32 - 0.001).max(0.0);
        let y = y.clamp(0.0, self.height.saturating_sub(1) as f32 - 0.001).max(0.0);
        let (left, top) = (x as usize, y as usize);
        let (part_x, part_y) = (x - left as f32, y - top as f32);
        let (right, below) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let mix = |row: usize| {
            f32::from(self.at(left, row)) * (1.0 - part_x) + f32::from(self.at(right, row)) * part_x
        };
        mix(top) * (1.0 - part_y) + mix(below) * part_y
    }
}

#[expect(clippy::cast_possible_truncation, reason = "saturating, and far outside any picture is outside")]
fn to_pixel(value: f32) -> isize {
    value as isize
}

/// With a white border, so that a code at the edge has its quiet zone.
pub(super) fn with_border(picture: &GrayImage, border: u32) -> GrayImage {
    let (width, height) = (picture.width() + 2 * border, picture.height() + 2 * border);
    let mut bordered = GrayImage::from_pixel(width, height, image::Luma([255]));
    imageops::replace(&mut bordered, picture, i64::from(border), i64::from(border));
    bordered
}

pub(super) fn scaled(picture: &GrayImage, factor: f32) -> GrayImage {
    let side = |length: u32| ((length as f32 * factor).round() as u32).max(1);
    let filter = if factor < 1.0 { imageops::FilterType::Triangle } else { imageops::FilterType::CatmullRom };
    imageops::resize(picture, side(picture.width()), side(picture.height()), filter)
}
