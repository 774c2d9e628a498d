//! Codes in pictures. Two readers of different make look at every picture: our own finder with `rqrr` as bit decoder, and
//! `rxing`. A picture in which neither finds anything is tried harder, step by step.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "pixel coordinates are far below 2^23 and become fractions and back all the time"
)]

mod binarize;
mod bits;
mod fence;
mod finder;
mod grid;
mod homography;
mod plane;
mod sample;
mod second;
mod triple;

use finder::{Finder, finders};
use grid::{Effort, View, solve};
use hufu_protocol::text;
use image::{GrayImage, imageops};
use plane::{Plane, scaled, with_border};
use std::path::Path;
use std::time::{Duration, Instant};

/// A code found in a picture.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Code {
    pub text: String,
    /// qr · datamatrix · code128
    pub kind: &'static str,
    /// In picture coordinates, clockwise from the code's own top left; approximate for the second reader.
    pub corners: [[f32; 2]; 4],
}

/// What is said of one picture file.
#[derive(Debug, serde::Serialize)]
pub struct Answer {
    pub file: String,
    pub codes: Vec<Code>,
    /// Time of finding and decoding, without loading the picture.
    pub ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Reads a picture file. One that cannot be loaded is an answer with an error.
pub fn read_file(path: &Path) -> Answer {
    let file = path.display().to_string();
    match image::open(path) {
        Err(error) => Answer { file, codes: Vec::new(), ms: 0.0, error: Some(error.to_string()) },
        Ok(picture) => {
            let picture = picture.into_luma8();
            let started = Instant::now();
            let codes = read(&picture);
            let ms = started.elapsed().as_secs_f64() * 1000.0;
            Answer { file, codes, ms: (ms * 10.0).round() / 10.0, error: None }
        }
    }
}

/// White around the picture, in pixels.
const BORDER: u32 = 6;
/// A picture is enlarged only up to this side.
const ENLARGE_MAX: u32 = 1400;
/// With more eyes than this the mask is noise.
const FINDERS_MAX: usize = 4000;
const TIME_MAX: Duration = Duration::from_millis(1500);
/// Trying harder begins no further step after this long.
const HARDER_MAX: Duration = Duration::from_secs(2);

/// All codes in a picture.
pub fn read(picture: &GrayImage) -> Vec<Code> {
    let bordered = with_border(picture, BORDER);
    let gray = Plane::gray(&bordered);
    let mut codes = Vec::new();
    pass(&gray, &binarize::by_blocks(&gray), 1.0, Effort::Quick, &mut codes);
    merge(&mut codes, second::qr_codes(&bordered));
    if codes.is_empty() {
        codes = harder(&bordered, &gray);
    }
    let border = BORDER as f32;
    for code in &mut codes {
        code.corners = code.corners.map(|[x, y]| [x - border, y - border]);
    }
    codes
}

/// A picture made of a picture, to be looked at in its stead.
type Change = fn(&GrayImage) -> GrayImage;

/// The steps of trying harder, cheap and fruitful ones first; the first success ends it.
fn harder(bordered: &GrayImage, gray: &Plane) -> Vec<Code> {
    let side = gray.width.max(gray.height);
    let small = side < ENLARGE_MAX as usize;
    let started = Instant::now();
    let mut codes = Vec::new();
    let radius = (side / 24).clamp(6, 40);
    pass(gray, &binarize::by_local_mean(gray, radius, 8), 1.0, Effort::Quick, &mut codes);
    if codes.is_empty() {
        codes = second::other_codes(bordered);
    }
    if codes.is_empty() && small {
        at_scale(bordered, 2.0, Effort::Quick, &mut codes);
    }
    if codes.is_empty() {
        at_scale(bordered, 0.5, Effort::Quick, &mut codes);
    }
    if codes.is_empty() {
        pass(gray, &binarize::by_histogram(gray), 1.0, Effort::Quick, &mut codes);
    }
    let changed: [(bool, Change, Effort); 6] = [
        (true, |picture| imageops::blur(picture, 1.0), Effort::Thorough),
        (true, |picture| imageops::unsharpen(picture, 2.0, 0), Effort::Thorough),
        (true, GrayImage::clone, Effort::Thorough),
        (small, |picture| scaled(picture, 2.0), Effort::Thorough),
        (true, inverted, Effort::Quick),
        (true, imageops::flip_horizontal, Effort::Quick),
    ];
    for (at, (_, change, effort)) in changed.into_iter().enumerate().filter(|(_, (applies, ..))| *applies) {
        if !codes.is_empty() || started.elapsed() > HARDER_MAX {
            break;
        }
        let picture = change(bordered);
        let plane = Plane::gray(&picture);
        let factor = picture.width() as f32 / bordered.width() as f32;
        pass(&plane, &binarize::by_blocks(&plane), factor, effort, &mut codes);
        if at == 5 {
            codes = codes.iter().map(|code| mirrored(code, bordered.width())).collect();
        }
    }
    if codes.is_empty() && started.elapsed() < HARDER_MAX {
        codes = second::with_filters(bordered);
    }
    codes
}

fn inverted(picture: &GrayImage) -> GrayImage {
    let mut inverted = picture.clone();
    imageops::invert(&mut inverted);
    inverted
}

fn mirrored(code: &Code, width: u32) -> Code {
    Code { corners: code.corners.map(|[x, y]| [width as f32 - x, y]), ..code.clone() }
}

fn at_scale(bordered: &GrayImage, factor: f32, effort: Effort, codes: &mut Vec<Code>) {
    let gray = Plane::gray(&scaled(bordered, factor));
    pass(&gray, &binarize::by_blocks(&gray), factor, effort, codes);
}

/// One look of our own reader. `factor` is the scale of this plane against the picture; eyes inside codes that were
/// already read are passed over.
fn pass(gray: &Plane, black: &Plane, factor: f32, effort: Effort, codes: &mut Vec<Code>) {
    let view = View { gray, black };
    let mut eyes: Vec<Option<Finder>> = finders(black)
        .into_iter()
        .filter(|eye| !codes.iter().any(|code| contains(&code.corners, eye.x / factor, eye.y / factor)))
        .map(Some)
        .collect();
    if eyes.len() < 3 || eyes.len() > FINDERS_MAX {
        return;
    }
    let started = Instant::now();
    let mut tries = eyes.len() * 6 + 60;
    let all: Vec<Finder> = eyes.iter().copied().flatten().collect();
    for triple in triple::triples(&all) {
        let [a, b, c] = triple.eyes.map(|at| eyes.get(at).copied().flatten());
        let (Some(a), Some(b), Some(c)) = (a, b, c) else { continue };
        if tries == 0 || started.elapsed() > TIME_MAX {
            break;
        }
        tries -= 1;
        let Some(found) = solve(&view, a, b, c, effort) else { continue };
        let corners = found.corners.map(|(x, y)| [x / factor, y / factor]);
        for eye in &mut eyes {
            if eye.is_some_and(|eye| contains(&corners, eye.x / factor, eye.y / factor)) {
                *eye = None;
            }
        }
        codes.push(Code { text: text::read(&found.bytes), kind: "qr", corners });
    }
}

/// The second reader adds what the first did not see. Where both saw a code, the first one's corners are better.
fn merge(codes: &mut Vec<Code>, more: Vec<Code>) {
    for code in more {
        let [x, y] = middle(&code.corners);
        if !codes.iter().any(|known| contains(&known.corners, x, y)) {
            codes.push(code);
        }
    }
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
