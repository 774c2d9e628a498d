//! A picture made twice as large, or smaller: the same pixels as `imageops::resize` with Catmull-Rom and `imageops::thumbnail` give,
//! in a tenth of the time. Those work on any kind of pixel, in fractions and with four colours; a picture without a code
//! spends most of its time there.

use image::GrayImage;

/// Half of a pixel lies a quarter from its own middle, 3/4 and 7/4 from the two neighbours on its own side, and 5/4 from the
/// one on the other: what each of the four counts for, own one first, in 128ths (Catmull-Rom).
const WEIGHTS: [i32; 4] = [111, 29, -3, -9];
/// Both ways together.
const ONE: i32 = 128 * 128;

/// Twice as wide and high. All weights are whole 128ths, so nothing is lost in whole numbers. Outside is as the border.
pub(super) fn doubled(picture: &GrayImage) -> GrayImage {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut bytes = vec![0u8; width * height * 4];
    let row = |y: isize| {
        let y = y.clamp(0, height as isize - 1) as usize;
        picture.as_raw().get(y * width..(y + 1) * width).unwrap_or(&[])
    };
    // Two columns more on either side, so that every pixel has its neighbours.
    let mut sums = vec![0i32; width + 4];
    for (line, y) in bytes.chunks_exact_mut(width.max(1) * 2).zip(0isize..) {
        let (middle, way) = (y / 2, if y % 2 == 0 { -1 } else { 1 });
        let [own, near, far, other] = [middle, middle + way, middle + 2 * way, middle - way].map(row);
        let inner = sums.iter_mut().skip(2);
        for ((((sum, &own), &near), &far), &other) in inner.zip(own).zip(near).zip(far).zip(other) {
            *sum = weighed([own, near, far, other].map(i32::from));
        }
        let ends = (sums.get(2).copied().unwrap_or(0), sums.get(width + 1).copied().unwrap_or(0));
        sums.iter_mut().take(2).for_each(|sum| *sum = ends.0);
        sums.iter_mut().skip(width + 2).for_each(|sum| *sum = ends.1);
        for (pair, around) in line.chunks_exact_mut(2).zip(sums.windows(5)) {
            if let (&[a, b, c, d, e], [left, right]) = (around, pair) {
                *left = rounded(weighed([c, b, a, d]));
                *right = rounded(weighed([c, d, e, b]));
            }
        }
    }
    of_bytes(width * 2, height * 2, bytes)
}

fn weighed(pixels: [i32; 4]) -> i32 {
    let [own, near, far, other] = pixels;
    let [of_own, of_near, of_far, of_other] = WEIGHTS;
    own * of_own + near * of_near + far * of_far + other * of_other
}

fn rounded(sum: i32) -> u8 {
    ((sum.max(0) + ONE / 2) / ONE).min(255) as u8
}

/// Smaller: each pixel is the mean of those whose corners lie in it.
pub(super) fn reduced(picture: &GrayImage, factor: f32) -> GrayImage {
    let side = |length: u32| ((length as f32 * factor).round() as u32).max(1) as usize;
    let (from_width, from_height) = (picture.width() as usize, picture.height() as usize);
    let (width, height) = (side(picture.width()), side(picture.height()));
    let columns = spans(from_width, width);
    let mut bytes = Vec::with_capacity(width * height);
    let mut sums = vec![0u32; from_width];
    for (top, bottom) in spans(from_height, height) {
        sums.fill(0);
        for row in picture.as_raw().chunks_exact(from_width.max(1)).take(bottom).skip(top) {
            sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += u32::from(value));
        }
        bytes.extend(columns.iter().map(|&(left, right)| {
            let sum: u32 = sums.get(left..right).unwrap_or(&[]).iter().sum();
            let count = ((right - left) * (bottom - top)) as u32;
            ((sum + count / 2) / count) as u8
        }));
    }
    of_bytes(width, height, bytes)
}

/// From which pixel to which each of fewer pixels reaches; at least one.
fn spans(from: usize, to: usize) -> Vec<(usize, usize)> {
    let ratio = from as f32 / to as f32;
    (0..to)
        .map(|at| at as f32 * ratio)
        .map(|start| {
            let first = (start.ceil() as usize).min(from - 1);
            (first, ((start + ratio).ceil() as usize).clamp(first + 1, from))
        })
        .collect()
}

fn of_bytes(width: usize, height: usize, bytes: Vec<u8>) -> GrayImage {
    GrayImage::from_raw(width as u32, height as u32, bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, imageops};

    fn speckled(width: u32, height: u32) -> GrayImage {
        let mut state = 7u32;
        GrayImage::from_fn(width, height, |x, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Luma([if x % 5 == 0 { 255 } else { (state >> 24) as u8 }])
        })
    }

    #[test]
    fn the_pixels_are_those_of_the_general_way() {
        for (width, height) in [(64, 48), (101, 77), (9, 8), (640, 5)] {
            let picture = speckled(width, height);
            let (larger, slow) =
                (doubled(&picture), imageops::resize(&picture, width * 2, height * 2, imageops::CatmullRom));
            // At the border there is nothing to be equal to: the other weighs what is inside only.
            let inner = |at: u32, length: u32| at >= 4 && at + 4 < length * 2;
            for (x, y, value) in
                larger.enumerate_pixels().filter(|it| inner(it.0, width) && inner(it.1, height))
            {
                assert_eq!(value, slow.get_pixel(x, y), "{width} × {height} at {x}, {y}");
            }
            for factor in [0.5, 0.7, 0.93] {
                let smaller = reduced(&picture, factor);
                let slow = imageops::thumbnail(&picture, smaller.width(), smaller.height());
                assert!(smaller == slow, "{width} × {height} by {factor}");
            }
        }
        assert_eq!(doubled(&speckled(1, 1)).as_raw(), &[255; 4]);
        assert_eq!(reduced(&speckled(1, 1), 0.5).as_raw(), &[255]);
    }
}
