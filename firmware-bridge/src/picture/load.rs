//! A picture from bytes: PNG or JPEG, whatever its name says, of a bounded size, upright as the camera was held.

use super::fence::fence;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

/// A file is not read further than this.
pub const FILE_MAX: usize = 40 << 20;
/// Pixels of a picture: the largest that telephones take.
const PIXELS_MAX: u64 = 50_000_000;
/// Memory for decoding one, in bytes.
const MEMORY_MAX: u64 = 220 << 20;

/// Why a picture cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error(
        "图片打不开，未作记录；请检查文件 · the picture cannot be opened, nothing was recorded; check the file"
    )]
    Open(#[source] io::Error),
    #[error(
        "图片文件超过 40 MB，未作记录；请缩小后再试 · the file is larger than 40 MB, nothing was recorded; make it smaller"
    )]
    FileTooLarge,
    #[error(
        "图片 {width} × {height} 超过 5000 万像素，未作记录；请缩小后再试 · the picture has more than 50 million pixels \
         ({width} × {height}), nothing was recorded; make it smaller"
    )]
    TooLarge { width: u32, height: u32 },
    #[error(
        "不是完好的 PNG 或 JPEG 图片，未作记录；请重新拍摄或另选文件 · not a whole PNG or JPEG picture, nothing was \
         recorded; take it again or choose another"
    )]
    Unreadable(#[source] Option<image::ImageError>),
}

/// Loads a picture file.
pub fn from_file(path: &Path) -> Result<DynamicImage, PictureError> {
    let file = File::open(path).map_err(PictureError::Open)?;
    let mut bytes = Vec::new();
    let most = FILE_MAX as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(PictureError::Open)?;
    from_bytes(&bytes)
}

/// Loads a picture; the format is told by its first bytes. Refuses by size before anything is decoded.
pub fn from_bytes(bytes: &[u8]) -> Result<DynamicImage, PictureError> {
    if bytes.len() > FILE_MAX {
        return Err(PictureError::FileTooLarge);
    }
    fence(|| decoded(bytes)).unwrap_or(Err(PictureError::Unreadable(None)))
}

fn decoded(bytes: &[u8]) -> Result<DynamicImage, PictureError> {
    let unreadable = |error| PictureError::Unreadable(Some(error));
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(PictureError::Open)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(PictureError::TooLarge { width, height });
    }
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, ImageFormat};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        GrayImage::new(width, height).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    /// A header that promises a picture of this size, with nothing behind it.
    fn header(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = png(1, 1);
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        bytes
    }

    #[test]
    fn a_bad_picture_is_refused_in_both_languages_before_it_costs_anything() {
        let whole = png(300, 200);
        let table: &[(&str, Vec<u8>, &str)] = &[
            ("nothing", Vec::new(), "not a whole PNG or JPEG"),
            ("text", b"HF2026-000123-K7".to_vec(), "not a whole PNG or JPEG"),
            ("cut off", whole[..whole.len() / 2].to_vec(), "not a whole PNG or JPEG"),
            ("only a head", whole[..20].to_vec(), "not a whole PNG or JPEG"),
            (
                "30,000 × 30,000 promised",
                header(30_000, 30_000),
                "more than 50 million pixels (30000 × 30000)",
            ),
            ("a line", header(60_000_000, 1), "more than 50 million pixels"),
            ("a long file", vec![0; FILE_MAX + 1], "larger than 40 MB"),
        ];
        for (name, bytes, sentence) in table {
            let error = from_bytes(bytes).unwrap_err().to_string();
            assert!(error.contains(sentence) && error.contains("未作记录"), "{name}: {error}");
        }
    }

    #[test]
    fn the_suffix_does_not_matter_and_the_smallest_picture_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("label.jpg");
        std::fs::write(&path, png(1, 1)).unwrap();
        assert_eq!(from_file(&path).unwrap().width(), 1);
        assert!(matches!(from_file(&folder.path().join("none.png")), Err(PictureError::Open(_))));
    }
}
