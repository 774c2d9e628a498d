//! The second reader, `rxing`: QR codes again in its own way, and Code 128 and Data Matrix, which only it reads.

use super::fence::fence;
use super::{Code, Kind};
use image::GrayImage;
use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, RXingResult};

pub(super) fn hints(formats: &[BarcodeFormat]) -> DecodeHints {
    DecodeHints {
        TryHarder: Some(true),
        AlsoInverted: Some(true),
        PossibleFormats: Some(formats.iter().copied().collect()),
        ..DecodeHints::default()
    }
}

/// Every QR code it finds.
pub(super) fn qr_codes(picture: &GrayImage) -> Vec<Code> {
    let (width, height) = picture.dimensions();
    let read = || {
        let source = Luma8LuminanceSource::new(picture.as_raw().clone(), width, height)?;
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        QrReader.decode_multiple_with_hints(&mut bitmap, &hints(&[BarcodeFormat::QR_CODE]))
    };
    codes(fence(read))
}

/// The Code 128 in a strip with nothing else.
pub(super) fn code_128(strip: &GrayImage) -> Option<String> {
    one(strip, BarcodeFormat::CODE_128).map(|code| code.text)
}

/// The Data Matrix in a picture with nothing else.
pub(super) fn data_matrix(crop: &GrayImage) -> Option<Code> {
    one(crop, BarcodeFormat::DATA_MATRIX)
}

fn one(picture: &GrayImage, format: BarcodeFormat) -> Option<Code> {
    let (width, height) = picture.dimensions();
    let read = || {
        let luma = picture.as_raw().clone();
        rxing::helpers::detect_in_luma_with_hints(luma, width, height, Some(format), &mut hints(&[format]))
    };
    fence(read)?.ok().as_ref().and_then(code)
}

fn codes<E>(results: Option<Result<Vec<RXingResult>, E>>) -> Vec<Code> {
    let Some(Ok(results)) = results else { return Vec::new() };
    results.iter().filter_map(code).collect()
}

pub(super) fn code(result: &RXingResult) -> Option<Code> {
    let kind = match result.getBarcodeFormat() {
        BarcodeFormat::QR_CODE => Kind::Qr,
        BarcodeFormat::DATA_MATRIX => Kind::DataMatrix,
        BarcodeFormat::CODE_128 => Kind::Code128,
        _ => return None,
    };
    let text = result.getText().to_owned();
    let points: Vec<[f32; 2]> = result.getPoints().iter().map(|point| [point.x, point.y]).collect();
    // A linear code has two ends, a QR code three finder patterns and perhaps a fourth point: the corners are what is known.
    let corners = match *points.as_slice() {
        [a, b, c, d, ..] => uncrossed([a, b, c, d]),
        [below, corner, right] => {
            let opposite = [below[0] + right[0] - corner[0], below[1] + right[1] - corner[1]];
            [corner, right, opposite, below]
        }
        [a, b] => [a, b, b, a],
        _ => return None,
    };
    (!text.is_empty()).then_some(Code { text, kind, corners })
}

/// Some of the reader's quadrangles name the last two corners the other way round.
fn uncrossed([a, b, c, d]: [[f32; 2]; 4]) -> [[f32; 2]; 4] {
    let side = |[x, y]: [f32; 2]| (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
    let along = |[x, y]: [f32; 2]| (x - a[0]) * (b[0] - a[0]) + (y - a[1]) * (b[1] - a[1]);
    let same_side = side(c) * side(d) > 0.0;
    if same_side && along(c) < along(d) { [a, b, d, c] } else { [a, b, c, d] }
}
