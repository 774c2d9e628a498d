//! A picture for showing, drawn anew from the bytes of a photograph: of bounded size, upright, and with nothing in it but its
//! pixels. What only looks like a picture from its first bytes does not come out.

use crate::app::turns::Turn;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageReader, ImageResult, Limits, codecs::jpeg::JpegEncoder,
};
use std::io::Cursor;

/// The longest side of what is shown, in pixels.
const SIDE_MAX: u32 = 1_600;
/// The longest side of what is read.
const READ_SIDE_MAX: u32 = 20_000;
/// Pixels of what is read: the largest that telephones take. A JPEG in passes is decoded as a whole, in six bytes a pixel
/// more; the largest of those that are met are of half as many.
const PIXELS_MAX: u64 = 50_000_000;
const PIXELS_MAX_IN_PASSES: u64 = 24_000_000;
/// What the pixels of one may take in memory, in bytes: as many of four bytes each.
const READ_MAX: u64 = 200 << 20;
const QUALITY: u8 = 85;

/// Why there is no picture to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    NoPicture,
    TooManyPixels,
}

/// A JPEG for showing, drawn beside the other work in a turn of its own.
pub(super) async fn of_bytes(turn: &Turn, content: Vec<u8>) -> Result<Vec<u8>, Unfit> {
    turn.beside(move || drawn(&content)).await.unwrap_or(Err(Unfit::NoPicture))
}

/// The longest side of a picture in the annex of a paper: some two hundred dots to the inch there.
const ANNEX_SIDE_MAX: u32 = 360;
/// The longest side of a picture in a list, for screens of two dots to the pixel.
const LIST_SIDE_MAX: u32 = 240;
/// What a picture in a list takes at most, in bytes: fifty of them are on a page.
pub(super) const LIST_BYTES_MAX: usize = 20_000;
/// Tried one after the other until a picture in a list is small enough; the last is taken as it is.
const LIST_QUALITIES: [u8; 4] = [75, 55, 35, 15];

/// One that was drawn for showing, as the annex of a paper has it.
pub(super) async fn for_annex(turn: &Turn, drawn: Vec<u8>) -> Result<Vec<u8>, Unfit> {
    made_small(turn, move || encoded(&smaller(&drawn, ANNEX_SIDE_MAX)?, QUALITY)).await
}

/// The same as a list has it.
pub(super) async fn for_list(turn: &Turn, drawn: Vec<u8>) -> Result<Vec<u8>, Unfit> {
    made_small(turn, move || of_list(&drawn)).await
}

async fn made_small(
    turn: &Turn,
    small: impl FnOnce() -> ImageResult<Vec<u8>> + Send + 'static,
) -> Result<Vec<u8>, Unfit> {
    let made = turn.beside(small).await;
    made.and_then(Result::ok).ok_or(Unfit::NoPicture)
}

fn of_list(drawn: &[u8]) -> ImageResult<Vec<u8>> {
    let picture = smaller(drawn, LIST_SIDE_MAX)?;
    let mut small = Vec::new();
    for quality in LIST_QUALITIES {
        small = encoded(&picture, quality)?;
        if small.len() <= LIST_BYTES_MAX {
            break;
        }
    }
    Ok(small)
}

/// What is small already is not blown up.
fn smaller(drawn: &[u8], side_max: u32) -> ImageResult<DynamicImage> {
    let picture = image::load_from_memory(drawn)?;
    let side = picture.width().max(picture.height());
    Ok(if side > side_max { picture.thumbnail(side_max, side_max) } else { picture })
}

fn encoded(picture: &DynamicImage, quality: u8) -> ImageResult<Vec<u8>> {
    let mut out = Vec::new();
    picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality))?;
    Ok(out)
}

/// A JPEG for showing, or why the bytes are no picture that can be read within bounds.
pub(super) fn drawn(content: &[u8]) -> Result<Vec<u8>, Unfit> {
    read(content).map_err(|error| match error {
        ImageError::Limits(_) => Unfit::TooManyPixels,
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::Unsupported(_)
        | ImageError::IoError(_) => Unfit::NoPicture,
    })
}

fn read(content: &[u8]) -> ImageResult<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(content)).with_guessed_format()?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(READ_SIDE_MAX), Some(READ_SIDE_MAX));
    limits.max_alloc = Some(READ_MAX);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    // The decoder reserves what it needs beside the pixels; the pixels are reserved by whoever asks for them.
    limits.reserve(decoder.total_bytes())?;
    within_pixels(content, decoder.dimensions())?;
    decoder.set_limits(limits)?;
    let upright = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if picture.width() > SIDE_MAX || picture.height() > SIDE_MAX {
        // Each pixel goes into one of the smaller picture: other ways hold a third picture in between.
        picture = picture.thumbnail(SIDE_MAX, SIDE_MAX);
    }
    picture.apply_orientation(upright);
    encoded(&picture, QUALITY)
}

fn within_pixels(content: &[u8], (width, height): (u32, u32)) -> ImageResult<()> {
    let most = if is_in_passes(content) { PIXELS_MAX_IN_PASSES } else { PIXELS_MAX };
    let mut left = Limits::no_limits();
    left.max_alloc = Some(most);
    left.reserve(u64::from(width).saturating_mul(u64::from(height)))
}

/// Whether it is a progressive JPEG: what its frame's header says, which stands before the first scan.
fn is_in_passes(content: &[u8]) -> bool {
    let mut rest = content.get(2..).unwrap_or_default();
    while let [0xFF, marker, high, low, ..] = *rest {
        match marker {
            0xC2 => return true,
            0xDA => return false,
            // Filling between two segments.
            0xFF => rest = rest.get(1..).unwrap_or_default(),
            _ => {
                let length = usize::from(u16::from_be_bytes([high, low]));
                rest = rest.get(length.saturating_add(2)..).unwrap_or_default();
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::RgbImage;

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        let mut out = Vec::new();
        let picture = RgbImage::from_pixel(width, height, image::Rgb([200, 100, 50]));
        picture.write_with_encoder(JpegEncoder::new(&mut out)).unwrap();
        out
    }

    /// A telephone's note behind the first two bytes: a turned picture, and something that must not be told.
    fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        exif.extend(b"GPS 31.2304 N 121.4737 E");
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn what_is_shown_is_small_upright_and_tells_no_place() {
        let taken = with_exif(&jpeg(2_000, 100), 6);
        let shown = drawn(&taken).unwrap();
        assert!(taken.windows(3).any(|it| it == b"GPS") && !shown.windows(3).any(|it| it == b"GPS"));
        assert!(!shown.windows(4).any(|it| it == b"Exif"));
        let read = image::load_from_memory(&shown).unwrap();
        assert_eq!((read.width(), read.height()), (80, 1_600));
    }

    #[test]
    fn a_picture_in_a_list_is_small_whatever_it_shows() {
        let mut state = 1_u32;
        let noise = RgbImage::from_fn(640, 480, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [high, middle, low, _] = state.to_be_bytes();
            image::Rgb([high, middle, low])
        });
        let mut worst = Vec::new();
        noise.write_with_encoder(JpegEncoder::new(&mut worst)).unwrap();
        for taken in [worst, jpeg(3_000, 40)] {
            let small = of_list(&drawn(&taken).unwrap()).unwrap();
            let read = image::load_from_memory(&small).unwrap();
            assert!(read.width().max(read.height()) == LIST_SIDE_MAX && small.len() <= LIST_BYTES_MAX);
        }
    }

    #[test]
    fn a_page_behind_a_picture_does_not_come_along_and_a_page_alone_is_no_picture() {
        let page = b"<html><script>alert(1)</script></html>";
        let shown = drawn(&[&jpeg(8, 8), &page[..]].concat()).unwrap();
        assert!(!shown.windows(7).any(|it| it == b"<script"));
        for bytes in [&page[..], &[0xFF, 0xD8, 0xFF, 0xE0], &[&[0xFF, 0xD8, 0xFF][..], page].concat(), b""] {
            assert!(drawn(bytes).is_err(), "{bytes:?}");
        }
    }

    /// A small file whose pixels are all there, one colour everywhere.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut out = Vec::new();
        let black = vec![0; width as usize * height as usize];
        let encoder = image::codecs::png::PngEncoder::new(&mut out);
        image::ImageEncoder::write_image(encoder, &black, width, height, image::ExtendedColorType::L8)
            .unwrap();
        out
    }

    #[test]
    fn a_small_whole_file_of_too_many_pixels_is_refused_before_they_are_read() {
        let huge = png(10_000, 5_001);
        assert!(huge.len() < 1 << 20);
        assert_eq!(drawn(&huge), Err(Unfit::TooManyPixels));
        assert_eq!(drawn(&png(20_001, 1)), Err(Unfit::TooManyPixels), "too long");
        assert!(drawn(&png(20_000, 100)).is_ok());
    }

    #[test]
    fn pixels_of_many_bytes_count_as_what_they_take() {
        let mut deep = Vec::new();
        let encoder = image::codecs::png::PngEncoder::new(&mut deep);
        let (width, height) = (6_000, 4_500);
        let black = vec![0; width as usize * height as usize * 8];
        image::ImageEncoder::write_image(encoder, &black, width, height, image::ExtendedColorType::Rgba16)
            .unwrap();
        assert_eq!(drawn(&deep), Err(Unfit::TooManyPixels));
    }

    #[test]
    fn a_picture_in_passes_takes_more_and_may_have_fewer_pixels() {
        let whole = jpeg(16, 16);
        let at = whole.windows(2).position(|it| it == [0xFF, 0xC0]).unwrap();
        let mut passes = with_exif(&whole, 1);
        let behind = at + passes.len() - whole.len() + 1;
        assert!(!is_in_passes(&passes));
        passes[behind] = 0xC2;
        assert!(is_in_passes(&passes));
        assert!(within_pixels(&passes, (6_000, 4_000)).is_ok());
        assert!(within_pixels(&passes, (6_000, 4_001)).is_err());
        assert!(within_pixels(&whole, (6_000, 4_001)).is_ok());
        assert!(!is_in_passes(b"") && !is_in_passes(&[0xFF; 40]) && !is_in_passes(&png(8, 8)));
    }
}
