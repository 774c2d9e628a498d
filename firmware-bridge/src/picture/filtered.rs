//! The second reader's last resort, layer by layer: the picture and smaller ones of it, each as it is and with its black grown
//! together. `rxing` has the same as one call (`detect_in_luma_filtered`); in parts two threads share it, and what it looks
//! for twice in the same lines is looked for once.

use super::Code;
use super::fence::fence;
use super::second::{code, hints};
use image::GrayImage;
use rxing::common::{BIT_FIELD_BASE_BITS, BitArray, BitMatrix, HybridBinarizer};
use rxing::oned::{MultiFormatOneDReader, OneDReader};
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, FilteredImageReader, Luma8LuminanceSource, MultiFormatReader,
    RXingResult, Reader,
};
use std::ops::{BitAnd, BitOr};

/// The filters enlarge a picture until its shorter side is long enough, and take their time over a large one.
const SIDE_MIN: u32 = 64;
const PIXELS_MAX: u32 = 3_000_000;
/// With a shorter side than this they enlarge it first.
const ENLARGED_BELOW: u32 = 150;
/// A layer with a longer side than this has another one, of a third of it.
const LONG: usize = 500;
const THIRD: usize = 3;

const SQUARES: [BarcodeFormat; 2] = [BarcodeFormat::QR_CODE, BarcodeFormat::DATA_MATRIX];
const ALL: [BarcodeFormat; 3] = [BarcodeFormat::QR_CODE, BarcodeFormat::DATA_MATRIX, BarcodeFormat::CODE_128];

/// One look: how often the picture is made smaller, and whether its black is grown together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Filter {
    Layer { thirds: u32, closed: bool },
    Enlarging,
}

/// The looks at a picture of this size, in the order in which they count.
pub(super) fn filters(width: usize, height: usize) -> Vec<Filter> {
    let (wide, high) = (width as u32, height as u32);
    if wide.min(high) < SIDE_MIN || wide.saturating_mul(high) > PIXELS_MAX {
        return Vec::new();
    }
    if wide.min(high) < ENLARGED_BELOW {
        return vec![Filter::Enlarging];
    }
    let (mut filters, mut long, mut short) = (Vec::new(), width.max(height), width.min(height));
    for thirds in 0.. {
        filters.extend([false, true].map(|closed| Filter::Layer { thirds, closed }));
        if long <= LONG || short < THIRD {
            break;
        }
        (long, short) = (long / THIRD, short / THIRD);
    }
    filters
}

/// One code of any kind this station reads.
pub(super) fn read(picture: &GrayImage, filter: Filter) -> Option<Code> {
    let result = fence(|| match filter {
        Filter::Enlarging => enlarging(picture),
        Filter::Layer { thirds, closed } => {
            let mut layer = picture.clone();
            for _ in 0..thirds {
                layer = third(&layer);
            }
            layer_read(layer, closed)
        }
    })??;
    code(&result)
}

fn enlarging(picture: &GrayImage) -> Option<RXingResult> {
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source(picture.clone())?));
    FilteredImageReader::new(MultiFormatReader::default()).decode_with_hints(&mut bitmap, &hints(&ALL)).ok()
}

fn layer_read(layer: GrayImage, closed: bool) -> Option<RXingResult> {
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source(layer)?));
    let mut reader = MultiFormatReader::default();
    if !closed {
        return reader.decode_with_hints(&mut bitmap, &hints(&ALL)).ok();
    }
    close(bitmap.get_black_matrix_mut());
    // The lines of bars are made black and white anew from the gray, whatever became of the black: they were looked at already.
    let once = |formats: &[BarcodeFormat]| DecodeHints { AlsoInverted: None, ..hints(formats) };
    let squares = once(&SQUARES);
    if let Ok(result) = reader.decode_with_hints(&mut bitmap, &squares) {
        return Some(result);
    }
    bitmap.invert();
    if let Ok(result) = reader.decode_with_hints(&mut bitmap, &squares) {
        return Some(result);
    }
    // White on black they are taken from the black, but not when the picture is turned.
    let bars = once(&ALL);
    MultiFormatOneDReader::new(&bars)._do_decode(&mut bitmap, &bars).ok()
}

/// Black grown by a pixel all around and made smaller again, as `BinaryBitmap::close` does it, many pixels at a time.
fn close(black: &mut BitMatrix) {
    let any = |three: [usize; 3]| three.into_iter().fold(0, BitOr::bitor);
    let all = |three: [usize; 3]| three.into_iter().fold(usize::MAX, BitAnd::bitand);
    let rows: Vec<usize> = (0..black.height()).flat_map(|y| black.getRow(y).getBitArray().to_vec()).collect();
    let row_size = black.getRowSize();
    let closed = by_nine(&by_nine(&rows, row_size, any), row_size, all);
    for (words, y) in closed.chunks_exact(row_size.max(1)).zip(0..) {
        let mut row = BitArray::with_size(black.width() as usize);
        for (at, word) in words.iter().enumerate() {
            row.setBulk(at * BIT_FIELD_BASE_BITS, *word);
        }
        black.setRow(y, &row);
    }
}

/// What `of` makes of each bit, the two after it, and those above and below. Outside is 0.
fn by_nine(words: &[usize], row_size: usize, of: impl Fn([usize; 3]) -> usize) -> Vec<usize> {
    let shifted = |word: usize, next: usize, by: usize| word >> by | next << (BIT_FIELD_BASE_BITS - by);
    let mut across = Vec::with_capacity(words.len());
    for row in words.chunks_exact(row_size.max(1)) {
        let after = row.iter().skip(1).chain(std::iter::once(&0));
        across.extend(
            row.iter()
                .zip(after)
                .map(|(&word, &next)| of([word, shifted(word, next, 1), shifted(word, next, 2)])),
        );
    }
    let other = |at: Option<usize>| at.and_then(|at| across.get(at)).copied().unwrap_or(0);
    across
        .iter()
        .enumerate()
        .map(|(at, &word)| of([other(at.checked_sub(row_size)), word, other(Some(at + row_size))]))
        .collect()
}

fn source(layer: GrayImage) -> Option<Luma8LuminanceSource> {
    let (width, height) = layer.dimensions();
    Luma8LuminanceSource::new(layer.into_raw(), width, height).ok()
}

/// A third of the width and height; each pixel is the mean of nine.
fn third(picture: &GrayImage) -> GrayImage {
    let (from, width, height) =
        (picture.width() as usize, picture.width() as usize / THIRD, picture.height() / 3);
    let mut bytes = Vec::with_capacity(width * height as usize);
    let mut sums = vec![0u16; from];
    for rows in picture.as_raw().chunks_exact((from * THIRD).max(1)) {
        sums.fill(0);
        for row in rows.chunks_exact(from) {
            sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += u16::from(value));
        }
        bytes.extend(sums.chunks_exact(THIRD).map(|three| ((three.iter().sum::<u16>() + 4) / 9) as u8));
    }
    GrayImage::from_raw(width as u32, height, bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::tests::{DAY, FRONT, LONG, Light, Print, photo};
    use crate::picture::without_code::without_code;

    #[test]
    fn the_layers_read_what_the_library_reads_in_one_call() {
        let white_on_black = Light { dark: 200.0, paper: 30.0, ..DAY };
        let crooked = [(40.0, 40.0), (290.0, 70.0), (270.0, 190.0), (30.0, 150.0)];
        let small = FRONT.map(|(x, y)| (x * 0.55, y * 0.55));
        let mut pictures = vec![
            ("QR", photo(&Print::qr(LONG), small, DAY)),
            ("QR, white on black", photo(&Print::qr(LONG), small, white_on_black)),
            ("QR, out of focus", photo(&Print::qr(LONG), small, Light { blur: 2.0, ..DAY })),
            (
                "bars",
                photo(&Print::code_128(), [(5.0, 60.0), (315.0, 60.0), (315.0, 150.0), (5.0, 150.0)], DAY),
            ),
            (
                "bars, white on black",
                photo(
                    &Print::code_128(),
                    [(5.0, 60.0), (315.0, 60.0), (315.0, 150.0), (5.0, 150.0)],
                    white_on_black,
                ),
            ),
            (
                "bars, turned",
                photo(
                    &Print::code_128(),
                    [(160.0, 5.0), (160.0, 235.0), (60.0, 235.0), (60.0, 5.0)],
                    white_on_black,
                ),
            ),
            ("Data Matrix", photo(&Print::data_matrix(), crooked, DAY)),
            ("Data Matrix, white on black", photo(&Print::data_matrix(), crooked, white_on_black)),
        ];
        pictures.extend(without_code(180, 160));
        let mut read_at_all = 0;
        for (name, picture) in pictures {
            let picture = image::imageops::crop_imm(&picture, 0, 0, 320, 240).to_image();
            let (width, height) = picture.dimensions();
            let luma = picture.as_raw().clone();
            let at_once = rxing::helpers::detect_in_luma_filtered_with_hints(
                luma,
                width,
                height,
                None,
                &mut hints(&ALL),
            );
            let in_layers = filters(width as usize, height as usize)
                .into_iter()
                .find_map(|filter| read(&picture, filter));
            read_at_all += usize::from(in_layers.is_some());
            assert_eq!(in_layers, at_once.ok().as_ref().and_then(code), "{name}");
        }
        assert!(read_at_all >= 4, "{read_at_all}");
    }

    #[test]
    fn black_is_closed_as_the_library_closes_it() {
        for (width, height) in [(128, 60), (191, 60), (100, 72)] {
            for (name, picture) in without_code(width, height) {
                let bitmap = || BinaryBitmap::new(HybridBinarizer::new(source(picture.clone()).unwrap()));
                let (mut ours, mut theirs) = (bitmap(), bitmap());
                close(ours.get_black_matrix_mut());
                theirs.close().unwrap();
                assert!(ours.get_black_matrix() == theirs.get_black_matrix(), "{name}, {width} × {height}");
            }
        }
    }

    #[test]
    fn each_layer_is_a_third_of_the_one_before() {
        let layer = |thirds, closed| Filter::Layer { thirds, closed };
        let table: &[(usize, usize, &[Filter])] = &[
            (63, 400, &[]),
            (2001, 1500, &[]),
            (149, 400, &[Filter::Enlarging]),
            (500, 150, &[layer(0, false), layer(0, true)]),
            (640, 480, &[layer(0, false), layer(0, true), layer(1, false), layer(1, true)]),
        ];
        for (width, height, expected) in table {
            assert_eq!(filters(*width, *height), *expected, "{width} × {height}");
        }
        let steps = GrayImage::from_fn(7, 4, |x, y| image::Luma([(x * 10 + y) as u8]));
        assert_eq!(third(&steps).as_raw(), &[11, 41]);
    }
}
