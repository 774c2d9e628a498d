//! Photographs for the demo, drawn on the spot: a thing on a table beside a rule. They stand for what a counter would take.

use crate::ledger::Category;
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage, codecs::jpeg::JpegEncoder};

const SIZE: (u32, u32) = (1_200, 900);
const INK: Rgb<u8> = Rgb([38, 42, 50]);
const WHITE: Rgb<u8> = Rgb([246, 246, 242]);

/// A box: left, top, width and height in pixels.
type Area = (u32, u32, u32, u32);

/// A JPEG of a thing of this category; another number is another thing.
pub(super) fn photograph(category: Category, number: u32) -> anyhow::Result<Vec<u8>> {
    let mut picture = table(number);
    thing(&mut picture, category, number);
    rule(&mut picture);
    let mut jpeg = Vec::new();
    let (width, height) = SIZE;
    JpegEncoder::new_with_quality(&mut jpeg, 82).write_image(
        picture.as_raw(),
        width,
        height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(jpeg)
}

/// Light falls from the upper left, and the table has a grain.
fn table(number: u32) -> RgbImage {
    let mut grain = number.wrapping_mul(2_654_435_761) | 1;
    RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let light = 214_u32.saturating_sub((x + y) / 24) + (grain >> 29);
        let [red, green, blue] = [light, light.saturating_sub(6), light.saturating_sub(18)];
        Rgb([red, green, blue].map(|it| u8::try_from(it).unwrap_or(u8::MAX)))
    })
}

fn thing(picture: &mut RgbImage, category: Category, number: u32) {
    let colour = match number % 4 {
        0 => Rgb([34, 40, 52]),
        1 => Rgb([196, 200, 206]),
        2 => Rgb([62, 88, 128]),
        _ => Rgb([120, 70, 48]),
    };
    match category {
        Category::Electronic => {
            fill(picture, (420, 180, 360, 520), colour);
            fill(picture, (444, 228, 312, 424), Rgb([18, 22, 30]));
            fill(picture, (560, 668, 80, 12), WHITE);
        }
        Category::Cash => (0..6).for_each(|note| {
            fill(picture, (300 + note * 22, 250 + note * 34, 520, 230), Rgb([186, 84, 88]));
            fill(picture, (330 + note * 22, 280 + note * 34, 460, 170), Rgb([224, 150, 148]));
        }),
        Category::Drug | Category::Biological | Category::Hazardous => {
            fill(picture, (400, 240, 400, 380), Rgb([226, 232, 236]));
            fill(picture, (440, 400, 320, 180), WHITE);
            fill(picture, (400, 240, 400, 40), Rgb([176, 60, 54]));
        }
        Category::Document => {
            fill(picture, (400, 160, 400, 540), WHITE);
            (0..12).for_each(|line| fill(picture, (440, 220 + line * 36, 320 - line % 3 * 40, 8), INK));
        }
        Category::Vehicle => {
            fill(picture, (260, 380, 680, 180), colour);
            fill(picture, (400, 270, 380, 130), colour);
            [330, 760].into_iter().for_each(|x| fill(picture, (x, 520, 120, 120), INK));
        }
        Category::Weapon => {
            fill(picture, (280, 420, 500, 46), Rgb([150, 156, 164]));
            fill(picture, (760, 400, 180, 86), Rgb([84, 58, 40]));
        }
        Category::Valuable => {
            fill(picture, (380, 300, 440, 260), Rgb([198, 152, 60]));
            fill(picture, (420, 340, 360, 180), Rgb([228, 190, 98]));
        }
        Category::General => {
            fill(picture, (380, 240, 440, 400), colour);
            fill(picture, (480, 190, 240, 60), colour);
            fill(picture, (420, 430, 360, 170), Rgb(colour.0.map(|it| it.saturating_add(22))));
        }
    }
}

/// Ten centimetres, black and white in turn.
fn rule(picture: &mut RgbImage) {
    (0..10_u32).for_each(|step| {
        let colour = if step % 2 == 0 { INK } else { WHITE };
        fill(picture, (200 + step * 80, 770, 80, 36), colour);
    });
}

fn fill(picture: &mut RgbImage, (left, top, width, height): Area, colour: Rgb<u8>) {
    for y in top..top.saturating_add(height).min(SIZE.1) {
        for x in left..left.saturating_add(width).min(SIZE.0) {
            picture.put_pixel(x, y, colour);
        }
    }
}
