//! Codes in pictures. Two readers of different make look at every picture: our own finder with `rqrr` as bit decoder, and
//! `rxing`. A picture in which neither finds anything is tried harder, step by step.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "pixel coordinates are far below 2^23 and become fractions and back all the time"
)]

mod alignment;
mod binarize;
mod bits;
pub mod camera;
mod draw;
mod eyes;
mod fence;
mod finder;
mod flow;
mod frame;
mod grid;
mod harder;
mod homography;
mod load;
mod others;
mod outline;
mod places;
mod plane;
mod sample;
mod search;
mod second;
mod texture;
mod triple;

pub use draw::outlined;
pub use load::{FILE_MAX, PictureError, from_bytes, from_file};

use image::{DynamicImage, GrayImage};
use std::path::Path;
use std::time::Instant;

/// A code found in a picture.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Code {
    pub text: String,
    pub kind: Kind,
    /// In picture coordinates, clockwise from the code's own top left; approximate for the second reader.
    pub corners: [[f32; 2]; 4],
}

/// What sort of code it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Qr,
    DataMatrix,
    Code128,
}

impl Kind {
    /// The AIM code character and modifier, as a scanner would send them (ISO/IEC 15424).
    pub fn aim(self) -> &'static str {
        match self {
            Kind::Qr => "Q1",
            Kind::DataMatrix => "d1",
            Kind::Code128 => "C0",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Kind::Qr => "QR",
            Kind::DataMatrix => "Data Matrix",
            Kind::Code128 => "Code 128",
        }
    }
}

/// What is said of one picture file.
#[derive(Debug, serde::Serialize)]
pub struct Answer {
    pub file: String,
    pub codes: Vec<Code>,
    /// Time of finding and decoding, without loading the picture.
    pub ms: f64,
    /// When the first code was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Reads a picture file. One that cannot be loaded is an answer with an error.
pub fn read_file(path: &Path) -> Answer {
    match from_file(path) {
        Err(error) => Answer::error(path, &error),
        Ok(picture) => answer(path, &picture),
    }
}

/// What is said of a picture that was loaded from `path`.
pub fn answer(path: &Path, picture: &DynamicImage) -> Answer {
    let picture = picture.to_luma8();
    let started = Instant::now();
    let since = || (started.elapsed().as_secs_f64() * 10_000.0).round() / 10.0;
    let mut first_ms = None;
    let codes = read_each(&picture, &mut |_| first_ms = first_ms.or_else(|| Some(since())));
    Answer { file: path.display().to_string(), codes, ms: since(), first_ms, error: None }
}

impl Answer {
    pub fn error(path: &Path, error: &dyn std::error::Error) -> Answer {
        let file = path.display().to_string();
        Answer { file, codes: Vec::new(), ms: 0.0, first_ms: None, error: Some(error.to_string()) }
    }
}

/// All codes in a picture.
pub fn read(picture: &GrayImage) -> Vec<Code> {
    read_each(picture, &mut |_| ())
}

/// All codes in a picture; each is given to `found` as soon as it is read.
pub fn read_each(picture: &GrayImage, found: &mut dyn FnMut(&Code)) -> Vec<Code> {
    search::all_codes(picture, found)
}

fn middle(corners: &[[f32; 2]; 4]) -> [f32; 2] {
    let (x, y) = corners.iter().fold((0.0, 0.0), |(x, y), [dx, dy]| (x + dx, y + dy));
    [x / 4.0, y / 4.0]
}

fn contains(corners: &[[f32; 2]; 4], x: f32, y: f32) -> bool {
    let sides = corners.iter().zip(corners.iter().cycle().skip(1));
    let left = sides.filter(|([ax, ay], [bx, by])| (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0.0);
    matches!(left.count(), 0 | 4)
}

#[cfg(test)]
mod tests {
    use super::homography::Homography;
    use super::*;
    use image::Luma;

    /// A code seen in perspective on gray paper, its grid (with four modules of quiet zone) stretched to these corners.
    fn photo(text: &str, corners: [(f64, f64); 4]) -> GrayImage {
        let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M).unwrap();
        let side = code.width();
        let far = side as f64 + 8.0;
        let grid = [(0.0, 0.0), (far, 0.0), (far, far), (0.0, far)];
        let back = Homography::new(corners, grid).unwrap();
        let mut picture = GrayImage::from_pixel(640, 480, Luma([150]));
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            let (column, row) = back.map(f64::from(x), f64::from(y));
            let on_paper = (0.0..far as f32).contains(&column) && (0.0..far as f32).contains(&row);
            let (column, row) = (column.floor() as i32 - 4, row.floor() as i32 - 4);
            let inside = (0..side as i32).contains(&column) && (0..side as i32).contains(&row);
            let dark = inside && code[(column as usize, row as usize)] == qrcode::Color::Dark;
            *pixel = Luma([if dark {
                40 + (x / 16) as u8
            } else if on_paper {
                180 + (x / 16) as u8
            } else {
                150
            }]);
        }
        picture
    }

    #[test]
    fn codes_are_read_from_the_front_and_from_the_side_and_turned() {
        let table = [
            ("front", [(100.0, 60.0), (400.0, 60.0), (400.0, 360.0), (100.0, 360.0)]),
            ("from the side", [(100.0, 60.0), (380.0, 110.0), (370.0, 330.0), (90.0, 400.0)]),
            ("upside down", [(400.0, 360.0), (100.0, 360.0), (100.0, 60.0), (400.0, 60.0)]),
            ("turned", [(300.0, 20.0), (500.0, 220.0), (300.0, 420.0), (100.0, 220.0)]),
        ];
        for (name, corners) in table {
            for text in ["HF2026-000123-K7", "https://hufu.example/i/HF2026-000123-K7?copy=2&seal=A-119"] {
                let codes = read(&photo(text, corners));
                let texts: Vec<&str> = codes.iter().map(|code| code.text.as_str()).collect();
                assert_eq!(texts, [text], "{name}");
                let (x, y) =
                    corners.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / 4.0, y + point.1 / 4.0));
                assert!(contains(&codes[0].corners, x as f32, y as f32), "{name}: {:?}", codes[0].corners);
            }
        }
    }

    #[test]
    fn nothing_is_read_where_there_is_nothing() {
        assert_eq!(read(&GrayImage::from_pixel(1, 1, Luma([0]))), []);
        assert_eq!(read(&GrayImage::from_pixel(300, 200, Luma([128]))), []);
        let mut state = 7u32;
        let noise = GrayImage::from_fn(200, 150, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Luma([(state >> 24) as u8])
        });
        assert_eq!(read(&noise), []);
    }
}
