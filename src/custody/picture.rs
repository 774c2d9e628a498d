//! A picture for showing, drawn anew from the bytes of a photograph: of bounded size, upright, and with nothing in it but its
//! pixels. What only looks like a picture from its first bytes does not come out.

use crate::store::Error;
use image::{
    DynamicImage, ImageDecoder, ImageReader, Limits, codecs::jpeg::JpegEncoder, imageops::FilterType,
};
use std::io::Cursor;

/// The longest side of what is shown, in pixels.
const SIDE_MAX: u32 = 1_600;
/// The longest side of what is read.
const READ_SIDE_MAX: u32 = 20_000;
/// What reading one may take, in bytes: a telephone's 48 million pixels in colour and some more.
const READ_MAX: u64 = 200 << 20;
const QUALITY: u8 = 85;

/// A JPEG for showing, or nothing when the bytes are no picture that can be read within bounds. Drawing takes a while and has
/// a thread of its own.
pub(super) async fn of_bytes(content: Vec<u8>) -> Result<Option<Vec<u8>>, Error> {
    tokio::task::spawn_blocking(move || drawn(&content).ok()).await.map_err(|_| Error::Stopped)
}

fn drawn(content: &[u8]) -> image::ImageResult<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(content)).with_guessed_format()?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(READ_SIDE_MAX), Some(READ_SIDE_MAX));
    limits.max_alloc = Some(READ_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let upright = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if picture.width() > SIDE_MAX || picture.height() > SIDE_MAX {
        picture = picture.resize(SIDE_MAX, SIDE_MAX, FilterType::Triangle);
    }
    picture.apply_orientation(upright);
    let mut out = Vec::new();
    picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY))?;
    Ok(out)
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
    fn a_page_behind_a_picture_does_not_come_along_and_a_page_alone_is_no_picture() {
        let page = b"<html><script>alert(1)</script></html>";
        let shown = drawn(&[&jpeg(8, 8), &page[..]].concat()).unwrap();
        assert!(!shown.windows(7).any(|it| it == b"<script"));
        for bytes in [&page[..], &[0xFF, 0xD8, 0xFF, 0xE0], &[&[0xFF, 0xD8, 0xFF][..], page].concat(), b""] {
            assert!(drawn(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_small_file_of_a_huge_picture_is_refused() {
        let mut png = Vec::new();
        image::GrayImage::new(16, 16)
            .write_with_encoder(image::codecs::png::PngEncoder::new(&mut png))
            .unwrap();
        png[16..24].copy_from_slice(&[0, 0, 0x4E, 0, 0, 0, 0x4E, 0]);
        assert!(drawn(&png).is_err());
    }
}
