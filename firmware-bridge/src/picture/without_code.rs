//! Pictures without a code, always the same: what lies before a camera when no label does. For tests and the bench.

use image::{GrayImage, Luma, imageops};

/// One of each kind, with its name.
pub(crate) fn without_code(width: u32, height: u32) -> Vec<(&'static str, GrayImage)> {
    let mut chance = Chance(7);
    let of = |value: u8| GrayImage::from_pixel(width, height, Luma([value]));
    let mut noise = of(0);
    noise.pixels_mut().for_each(|pixel| pixel.0 = [byte(chance.below(256))]);
    let (paper, dark) = (grained(of(190), 12, &mut chance), grained(of(9), 10, &mut chance));
    let cloth = cloth(width, height, &mut chance);
    let mut page = of(225);
    text(&mut page, [width / 16, height / 16, width * 7 / 8, height * 7 / 8], 14, &mut chance);
    let mut shelf = cloth.clone();
    for at in 0..24 {
        let (x, y) = (at % 6 * width / 6, at / 6 * height / 4);
        let (wide, high) =
            (width / 6 - chance.below(width / 12) - 3, height / 4 - chance.below(height / 10) - 6);
        fill(&mut shelf, [x + 2, y + 2, wide, high], byte(70 + chance.below(150)));
        let label = [x + wide / 6, y + high / 4, wide * 2 / 3, high / 2];
        fill(&mut shelf, label, 230);
        text(&mut shelf, label, 7, &mut chance);
    }
    let (mut rings, mut bars) = (of(200), of(200));
    for _ in 0..30 {
        // Like the corners of a code, wherever they fall, and of all sizes.
        let module = 2 + chance.below(5);
        let (x, y) =
            (chance.below(width.saturating_sub(9 * module)), chance.below(height.saturating_sub(9 * module)));
        for (ring, value) in [(0, 40), (1, 200), (2, 40)] {
            fill(
                &mut rings,
                [x + ring * module, y + ring * module, (7 - 2 * ring) * module, (7 - 2 * ring) * module],
                value,
            );
        }
    }
    for x in (0..width).step_by(5).filter(|_| chance.below(2) == 0) {
        fill(&mut bars, [x, height / 3, 5, height / 3], 40);
    }
    let grain = |picture: GrayImage, chance: &mut Chance| grained(imageops::blur(&picture, 0.7), 6, chance);
    vec![
        ("noise", noise),
        ("paper", paper),
        ("dark", dark),
        ("page", grain(page, &mut chance)),
        ("shelf", grain(shelf, &mut chance)),
        ("rings", grain(rings, &mut chance)),
        ("bars", grain(bars, &mut chance)),
        ("cloth", grained(cloth, 6, &mut chance)),
    ]
}

/// A linear congruential generator: the same numbers everywhere.
struct Chance(u32);

impl Chance {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) % end.max(1)
    }
}

fn byte(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

fn grained(mut picture: GrayImage, grain: u32, chance: &mut Chance) -> GrayImage {
    for pixel in picture.pixels_mut() {
        let [value] = pixel.0;
        pixel.0 = [byte((u32::from(value) + chance.below(grain)).saturating_sub(grain / 2))];
    }
    picture
}

/// Spots of many sizes, one over the other.
fn cloth(width: u32, height: u32, chance: &mut Chance) -> GrayImage {
    let mut sum = GrayImage::from_pixel(width, height, Luma([0]));
    for (side, depth) in [(8, 96), (24, 64), (80, 48), (160, 40)] {
        let mut spots = GrayImage::new(side, side * 3 / 4);
        spots.pixels_mut().for_each(|pixel| pixel.0 = [byte(chance.below(depth))]);
        let spots = imageops::resize(&spots, width, height, imageops::FilterType::Triangle);
        for (pixel, spot) in sum.pixels_mut().zip(spots.pixels()) {
            pixel.0 = [pixel.0[0].saturating_add(spot.0[0])];
        }
    }
    sum
}

/// Lines of strokes as dense as letters.
fn text(picture: &mut GrayImage, [left, top, wide, high]: [u32; 4], size: u32, chance: &mut Chance) {
    for y in (top + size / 2..(top + high).saturating_sub(size)).step_by(size as usize * 3 / 2) {
        for x in (left + size / 2..(left + wide).saturating_sub(size)).step_by(size as usize) {
            if chance.below(6) == 0 {
                continue;
            }
            for _ in 0..4 {
                let (along, down) = (chance.below(size * 2 / 3), chance.below(size * 2 / 3));
                let upright = chance.below(2) == 0;
                let (long, thin) = (1 + size / 2, 1 + size / 10);
                fill(
                    picture,
                    [
                        x + along,
                        y + down,
                        if upright { thin } else { long / 2 },
                        if upright { long } else { thin },
                    ],
                    40,
                );
            }
        }
    }
}

fn fill(picture: &mut GrayImage, [left, top, wide, high]: [u32; 4], value: u8) {
    let (width, height) = picture.dimensions();
    for y in top.min(height)..(top + high).min(height) {
        for x in left.min(width)..(left + wide).min(width) {
            picture.put_pixel(x, y, Luma([value]));
        }
    }
}
