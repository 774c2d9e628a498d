//! The codes' places drawn on their picture: an outline each, with its number in the order of reading. The picture is gray,
//! so that the outlines are what is seen.

use super::Code;
use super::resample::reduced;
use image::{DynamicImage, GrayImage, Rgb, RgbImage};

const LINE: Rgb<u8> = Rgb([214, 0, 84]);
const HALO: Rgb<u8> = Rgb([255, 255, 255]);
/// Three by five dots each, a row in three bits.
const DIGITS: [[u8; 5]; 10] = [
    [7, 5, 5, 5, 7],
    [2, 6, 2, 2, 7],
    [7, 1, 7, 4, 7],
    [7, 1, 7, 1, 7],
    [5, 5, 7, 1, 1],
    [7, 4, 7, 1, 7],
    [7, 4, 7, 5, 7],
    [7, 1, 2, 2, 2],
    [7, 5, 7, 5, 7],
    [7, 5, 7, 1, 7],
];

/// The picture with numbered outlines, no longer than `side_max` either way; `scale` pixels of the codes' to one of its.
pub(super) fn outlined(picture: &GrayImage, codes: &[Code], scale: f32, side_max: u32) -> RgbImage {
    let longest = picture.width().max(picture.height()).max(1);
    let smaller = (side_max as f32 / longest as f32).min(1.0);
    let gray = if smaller < 1.0 { reduced(picture, smaller) } else { picture.clone() };
    let mut drawn = DynamicImage::ImageLuma8(gray).into_rgb8();
    let factor = smaller / scale;
    let thick = (drawn.width().max(drawn.height()) / 500).max(2) as i32;
    let corners = codes.iter().map(|code| code.corners.map(|[x, y]| [x * factor, y * factor]));
    // A corner may be far outside.
    let near = |side: u32, at: f32| at.clamp(-(side as f32), 2.0 * side as f32);
    let (width, height) = drawn.dimensions();
    for (number, corners) in (1u32..).zip(corners) {
        let corners: [[f32; 2]; 4] = corners.map(|[x, y]| [near(width, x), near(height, y)]);
        for (colour, thick) in [(HALO, thick + 2), (LINE, thick)] {
            for (from, to) in corners.iter().zip(corners.iter().cycle().skip(1)) {
                line(&mut drawn, *from, *to, thick, colour);
            }
        }
        badge(&mut drawn, super::middle(&corners), number, thick);
    }
    drawn
}

fn line(picture: &mut RgbImage, from: [f32; 2], to: [f32; 2], thick: i32, colour: Rgb<u8>) {
    let steps = ((to[0] - from[0]).abs().max((to[1] - from[1]).abs()) as u32).max(1);
    for step in 0..=steps {
        let part = step as f32 / steps as f32;
        let x = (from[0] + (to[0] - from[0]) * part) as i32 - thick / 2;
        let y = (from[1] + (to[1] - from[1]) * part) as i32 - thick / 2;
        block(picture, (x, y), (thick, thick), colour);
    }
}

fn block(picture: &mut RgbImage, (left, top): (i32, i32), (width, height): (i32, i32), colour: Rgb<u8>) {
    for y in top..top + height {
        for x in left..left + width {
            let place = u32::try_from(x).ok().zip(u32::try_from(y).ok());
            if let Some(pixel) = place.and_then(|(x, y)| picture.get_pixel_mut_checked(x, y)) {
                *pixel = colour;
            }
        }
    }
}

fn badge(picture: &mut RgbImage, [x, y]: [f32; 2], number: u32, thick: i32) {
    let dot = thick + 1;
    let digits: Vec<u32> = number.to_string().chars().filter_map(|digit| digit.to_digit(10)).collect();
    let width = dot * (4 * digits.len() as i32 + 1);
    let (left, top) = (x as i32 - width / 2, y as i32 - dot * 7 / 2);
    block(picture, (left, top), (width, dot * 7), LINE);
    for (at, digit) in (0i32..).zip(digits) {
        let rows = DIGITS.get(digit as usize).copied().unwrap_or_default();
        for (row, bits) in (0i32..).zip(rows) {
            for column in (0..3).filter(|column| bits >> (2 - column) & 1 == 1) {
                let place = (left + dot * (1 + 4 * at + column), top + dot * (1 + row));
                block(picture, place, (dot, dot), HALO);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Kind;

    #[test]
    fn outlines_lie_on_the_corners_of_the_smaller_picture_and_nothing_outside_breaks_it() {
        let picture = GrayImage::from_pixel(200, 100, image::Luma([90]));
        let code = |corners| Code { text: "HF2026-000123-K7".to_owned(), kind: Kind::Qr, corners };
        let inside = code([[100.0, 40.0], [300.0, 40.0], [300.0, 160.0], [100.0, 160.0]]);
        let outside = code([[-1e9, -5.0], [1e9, f32::NAN], [500.0, 300.0], [3.0, 1e12]]);
        let drawn = outlined(&picture, &[inside, outside], 2.0, 100);
        assert_eq!(drawn.dimensions(), (100, 50));
        for (x, y) in [(25, 10), (50, 10), (75, 25), (25, 40)] {
            assert_eq!(*drawn.get_pixel(x, y), LINE, "{x},{y}");
        }
        assert_eq!(*drawn.get_pixel(10, 25), Rgb([90, 90, 90]));
    }
}
