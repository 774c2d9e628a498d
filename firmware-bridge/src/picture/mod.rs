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
mod all_codes;
mod binarize;
mod bits;
pub mod camera;
mod draw;
mod fence;
mod filtered;
mod finder;
mod finder_pattern;
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
mod resample;
mod sample;
mod search;
mod second;
mod texture;
mod triple;
mod whole;

pub use load::{FILE_MAX, Picture, PictureError, from_bytes, from_file};

use image::GrayImage;
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

/// What is said of a picture that was loaded from `path`.
pub fn answer(path: &Path, picture: &Picture) -> Answer {
    let started = Instant::now();
    let since = || (started.elapsed().as_secs_f64() * 10_000.0).round() / 10.0;
    let mut first_ms = None;
    let codes = picture.read_each(&mut |_| first_ms = first_ms.or_else(|| Some(since())));
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
    all_codes::all_codes(picture, found)
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
mod tests;
#[cfg(test)]
mod without_code;
