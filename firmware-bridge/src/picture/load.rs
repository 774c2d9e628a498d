//! A picture from bytes: PNG or JPEG, whatever its name says, of a bounded size, upright as the camera was held. Only its
//! brightness is kept: a station has 256 MB for everything, and a telephone takes 50 million pixels.

use super::Code;
use super::fence::fence;
use super::whole::is_whole;
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder, ImageFormat, ImageReader, Limits, imageops};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// A file is not read further than this.
pub const FILE_MAX: usize = 40 << 20;
/// Millions of pixels of a picture: the largest that telephones take. A JPEG in passes is decoded as a whole, in six
/// bytes a pixel; the largest of those that are met are from 24.
const MEGAPIXELS_MAX: u64 = 50;
const MEGAPIXELS_MAX_IN_PASSES: u64 = 24;
/// Memory for decoding one with all its colours, in bytes.
const COLOURS_MAX: u64 = 100 << 20;
/// A picture is looked at in no more pixels than this.
const LOOKED_AT_MAX: u32 = 12_000_000;

/// A picture as it is looked at. A large one is smaller than in its file; what is told of it is in the file's pixels.
#[derive(Debug, PartialEq)]
pub struct Picture {
    gray: GrayImage,
    /// Pixels of the file to one of these.
    scale: f32,
}

impl Picture {
    /// Of at most so many pixels: each is the mean of those it stands for.
    pub fn new(gray: GrayImage) -> Picture {
        let pixels = gray.width().saturating_mul(gray.height());
        if pixels <= LOOKED_AT_MAX {
            return Picture { gray, scale: 1.0 };
        }
        let scale = (pixels as f32 / LOOKED_AT_MAX as f32).sqrt();
        let side = |length: u32| ((length as f32 / scale) as u32).max(1);
        let gray = imageops::thumbnail(&gray, side(gray.width()), side(gray.height()));
        Picture { gray, scale }
    }

    /// All codes in it; each is given to `found` as soon as it is read.
    pub fn read_each(&self, found: &mut dyn FnMut(&Code)) -> Vec<Code> {
        let mut codes = Vec::new();
        super::read_each(&self.gray, &mut |code| {
            let corners = code.corners.map(|corner| corner.map(|at| at * self.scale));
            let code = Code { corners, ..code.clone() };
            found(&code);
            codes.push(code);
        });
        codes
    }

    /// With a numbered outline around each code, no longer than `side_max` either way.
    pub fn outlined(&self, codes: &[Code], side_max: u32) -> image::RgbImage {
        super::draw::outlined(&self.gray, codes, self.scale, side_max)
    }

    fn upright(self, orientation: Orientation) -> Picture {
        let mut turned = DynamicImage::ImageLuma8(self.gray);
        turned.apply_orientation(orientation);
        Picture { gray: turned.into_luma8(), ..self }
    }
}

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
        "图片 {width} × {height} 超过 {most}00 万像素，未作记录；请缩小后再试 · the picture has more than {most} million pixels \
         ({width} × {height}), nothing was recorded; make it smaller"
    )]
    TooLarge { width: u32, height: u32, most: u64 },
    #[error(
        "不是完好的 PNG 或 JPEG 图片，未作记录；请重新拍摄或另选文件 · not a whole PNG or JPEG picture, nothing was \
         recorded; take it again or choose another"
    )]
    Unreadable(#[source] Option<image::ImageError>),
    #[error(
        "图片不完整：文件中途断了或有缺损，只能看到一部分，未作记录；请重新传送或重新拍摄 · the picture is incomplete: its file was cut short or \
         has a hole, so that codes in it may be missed; nothing was recorded; send it again or take it again"
    )]
    CutShort,
}

/// Loads a picture file.
pub fn from_file(path: &Path) -> Result<Picture, PictureError> {
    let file = File::open(path).map_err(PictureError::Open)?;
    let mut bytes = Vec::new();
    let most = FILE_MAX as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(PictureError::Open)?;
    from_bytes(&bytes)
}

/// Loads a picture; the format is told by its first bytes. Refuses by size before anything is decoded.
pub fn from_bytes(bytes: &[u8]) -> Result<Picture, PictureError> {
    if bytes.len() > FILE_MAX {
        return Err(PictureError::FileTooLarge);
    }
    fence(|| decoded(bytes)).unwrap_or(Err(PictureError::Unreadable(None)))
}

fn decoded(bytes: &[u8]) -> Result<Picture, PictureError> {
    let is_jpeg = image::guess_format(bytes).is_ok_and(|format| format == ImageFormat::Jpeg);
    if is_jpeg && !is_whole(bytes) {
        return Err(PictureError::CutShort);
    }
    if is_jpeg && let Some(picture) = brightness(bytes)? {
        return Ok(picture);
    }
    with_colours(bytes)
}

fn within(width: u32, height: u32, most: u64) -> Result<(), PictureError> {
    let fits = u64::from(width) * u64::from(height) <= most * 1_000_000;
    if fits { Ok(()) } else { Err(PictureError::TooLarge { width, height, most }) }
}

/// The brightness of a JPEG, as the file has it. `None` when it has none of its own: four inks, or red, green and blue.
fn brightness(bytes: &[u8]) -> Result<Option<Picture>, PictureError> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let Some(head) = decoder.decode_headers().ok().and_then(|()| decoder.info()) else { return Ok(None) };
    let (width, height) = (u32::from(head.width), u32::from(head.height));
    let in_passes = !head.sof.is_sequential_dct();
    within(width, height, if in_passes { MEGAPIXELS_MAX_IN_PASSES } else { MEGAPIXELS_MAX })?;
    let orientation = decoder.exif().and_then(|chunk| Orientation::from_exif_chunk(chunk));
    let Ok(pixels) = decoder.decode() else { return Ok(None) };
    let gray = GrayImage::from_raw(width, height, pixels);
    Ok(gray.map(|gray| Picture::new(gray).upright(orientation.unwrap_or(Orientation::NoTransforms))))
}

fn with_colours(bytes: &[u8]) -> Result<Picture, PictureError> {
    let unreadable = |error| PictureError::Unreadable(Some(error));
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(PictureError::Open)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(COLOURS_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    let bytes_a_pixel = u64::from(decoder.color_type().bytes_per_pixel()).max(1);
    within(width, height, MEGAPIXELS_MAX.min(COLOURS_MAX / 1_000_000 / bytes_a_pixel))?;
    let orientation = decoder.orientation().map_err(unreadable)?;
    let picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    Ok(Picture::new(on_white(picture)).upright(orientation))
}

/// The brightness of a picture on white paper: what is transparent has some colour in the file, mostly black, that nobody sees, and
/// a black code on it would be gone.
fn on_white(picture: DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.into_luma8();
    }
    let mut gray = GrayImage::new(picture.width(), picture.height());
    for (to, from) in gray.pixels_mut().zip(picture.into_luma_alpha8().pixels()) {
        let [brightness, opacity] = from.0.map(u16::from);
        let mixed = (brightness * opacity + 255 * (255 - opacity) + 127) / 255;
        to.0 = [u8::try_from(mixed).unwrap_or(u8::MAX)];
    }
    gray
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

    /// A picture of a label as JPEG, with enough texture that each part of it needs its bytes.
    fn jpeg(side: u32) -> Vec<u8> {
        let gray =
            GrayImage::from_fn(side, side, |x, y| image::Luma([((x * 7 + y * 13 + x * y) % 251) as u8]));
        let mut bytes = Vec::new();
        gray.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg).unwrap();
        bytes
    }

    #[test]
    fn a_jpeg_cut_short_or_with_a_hole_says_so() {
        let whole = jpeg(400);
        assert!(from_bytes(&whole).is_ok());
        let mut doubled = whole.clone();
        doubled.extend_from_slice(&whole);
        assert!(from_bytes(&doubled).is_ok(), "what follows the end is another matter");
        for part in [0.3, 0.6, 0.9, 0.999] {
            let cut = &whole[..(whole.len() as f64 * part) as usize];
            let error = from_bytes(cut).unwrap_err().to_string();
            assert!(error.contains("cut short") && error.contains("图片不完整"), "{part}: {error}");
        }
        let mut holed = whole.clone();
        let middle = holed.len() / 2;
        holed[middle..middle + 4096].fill(0);
        assert!(matches!(from_bytes(&holed), Err(PictureError::CutShort)));
        // A white sheet is hardly any bytes, and many of one kind.
        let mut white = Vec::new();
        GrayImage::from_pixel(3000, 2000, image::Luma([255]))
            .write_to(&mut Cursor::new(&mut white), ImageFormat::Jpeg)
            .unwrap();
        assert!(from_bytes(&white).is_ok());
    }

    #[test]
    fn a_transparent_picture_is_laid_on_white() {
        // Black modules on nothing, and the nothing is black as well, as drawing programs leave it.
        let code = qrcode::QrCode::new("HF2026-000123-K7").unwrap();
        let colours = code.to_colors();
        let side = u32::try_from(code.width()).unwrap();
        let picture = image::RgbaImage::from_fn((side + 8) * 6, (side + 8) * 6, |x, y| {
            let at = |place: u32| (place / 6).checked_sub(4).filter(|place| *place < side);
            let dark = at(x)
                .zip(at(y))
                .is_some_and(|(x, y)| colours[(y * side + x) as usize] == qrcode::Color::Dark);
            image::Rgba([0, 0, 0, if dark { 255 } else { 0 }])
        });
        let mut bytes = Vec::new();
        picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        let codes = from_bytes(&bytes).unwrap().read_each(&mut |_| ());
        assert_eq!(codes.iter().map(|code| code.text.as_str()).collect::<Vec<_>>(), ["HF2026-000123-K7"]);
    }

    #[test]
    fn the_suffix_does_not_matter_and_the_smallest_picture_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("label.jpg");
        std::fs::write(&path, png(1, 1)).unwrap();
        assert_eq!(from_file(&path).unwrap().gray.width(), 1);
        assert!(matches!(from_file(&folder.path().join("none.png")), Err(PictureError::Open(_))));
    }

    #[test]
    fn a_telephones_picture_is_upright_smaller_and_its_places_are_the_files() {
        let mut gray = GrayImage::from_pixel(5000, 4000, image::Luma([200]));
        let code = qrcode::QrCode::new("HF2026-000123-K7").unwrap();
        for (at, dark) in code.to_colors().iter().map(|colour| *colour == qrcode::Color::Dark).enumerate() {
            let (x, y) = (3000 + at % code.width() * 20, 1000 + at / code.width() * 20);
            let square = GrayImage::from_pixel(20, 20, image::Luma([if dark { 30 } else { 200 }]));
            imageops::replace(&mut gray, &square, x as i64, y as i64);
        }
        // As a telephone held upright keeps it: lying, and a word of Exif that says so.
        let mut lying = Vec::new();
        imageops::rotate270(&gray).write_to(&mut Cursor::new(&mut lying), ImageFormat::Jpeg).unwrap();
        let exif =
            b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        lying.splice(2..2, exif.iter().copied());
        let picture = from_bytes(&lying).unwrap();
        let (width, height) = picture.gray.dimensions();
        assert!(width > height && width * height <= LOOKED_AT_MAX, "{width} × {height}");
        let codes = picture.read_each(&mut |_| ());
        assert_eq!(codes.len(), 1);
        let [x, y] = codes[0].corners[0];
        assert!((x - 3000.0).abs() < 10.0 && (y - 1000.0).abs() < 10.0, "{x}, {y}");
    }
}
