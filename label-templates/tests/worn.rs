//! A label after years on a shelf: printed pale, hung askew, seen out of focus, and scratched right across its code. Three
//! decoders that share nothing read it: the station's own, and two that nobody here wrote, zxing-cpp and zbar.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests say what went wrong by failing")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "dots of a label become places in a picture and back"
)]

use hufu_wire::Raster;
use image::{GrayImage, Luma};
use label_templates::{BoxLabel, Fonts, ItemLabel, Label, SlotLabel, Templates, draw_label};
use std::path::Path;
use std::process::Command;

/// A stripe a tenth of the code wide.
#[derive(Clone, Copy, Debug)]
struct Scratch {
    /// From the left-to-right line, in degrees.
    angle: f32,
    /// From the middle of the code, as a part of its side.
    off: f32,
    /// What is seen under it: the paper, or the ribbon's ink smeared.
    colour: u8,
}

/// Level and upright through the middle and beside it, and slanting past the corner marks.
fn scratches() -> Vec<Scratch> {
    let places = [(0.0, 0.0), (0.0, 0.12), (90.0, 0.0), (90.0, -0.12), (12.0, 0.0), (78.0, 0.0)];
    places
        .into_iter()
        .flat_map(|(angle, off)| [255, 0].map(|colour| Scratch { angle, off, colour }))
        .collect()
}

/// Where the code is: the first dot of its first corner mark, and its side, in dots.
fn code_of(raster: &Raster) -> (u32, u32, u32) {
    let left_half = raster.width_dots() / 2;
    let dots = || (0..raster.height_dots()).flat_map(|y| (0..left_half).map(move |x| (x, y)));
    let (left, top) = dots().find(|(x, y)| raster.is_black(*x, *y)).unwrap();
    let below = (0..raster.height_dots()).rev().find(|y| {
        let mark = (*y > top + 8).then(|| (left..left_half).take_while(|x| raster.is_black(*x, *y)).count());
        mark.is_some_and(|run| run >= 7 && !(0..left).any(|x| raster.is_black(x, *y)))
    });
    (left, top, below.unwrap() + 1 - top)
}

fn worn(raster: &Raster, scratch: Scratch) -> GrayImage {
    let (left, top, side) = code_of(raster);
    let side = side as f32;
    let middle = (left as f32 + side / 2.0, top as f32 + side / 2.0);
    let (sine, cosine) = scratch.angle.to_radians().sin_cos();
    let printed = |x: f32, y: f32| {
        let away = (y - middle.1) * cosine - (x - middle.0) * sine;
        let inside = |at: f32, length: u32| at >= 0.0 && at < length as f32;
        match inside(x, raster.width_dots()) && inside(y, raster.height_dots()) {
            false => 150.0,
            true if (away - scratch.off * side).abs() < side * 0.05 => pale(scratch.colour),
            true => pale(if raster.is_black(x as u32, y as u32) { 0 } else { 255 }),
        }
    };
    let (sine, cosine) = 7f32.to_radians().sin_cos();
    let (width, height) = (raster.width_dots() as f32, raster.height_dots() as f32);
    let room = (width * cosine + height * sine, width * sine + height * cosine);
    let askew = GrayImage::from_fn(room.0 as u32, room.1 as u32, |x, y| {
        let (dx, dy) = (x as f32 - room.0 / 2.0, y as f32 - room.1 / 2.0);
        Luma([printed(width / 2.0 + dx * cosine + dy * sine, height / 2.0 - dx * sine + dy * cosine) as u8])
    });
    image::imageops::blur(&askew, 1.2)
}

/// Half the contrast.
fn pale(colour: u8) -> f32 {
    64.0 + f32::from(colour) / 2.0
}

fn by_program(program: &str, options: &[&str], picture: &Path) -> Vec<String> {
    let told = Command::new(program).args(options).arg(picture).output();
    let told = told.unwrap_or_else(|error| panic!("{program}: {error}; .ci/packages installs it"));
    String::from_utf8_lossy(&told.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn a_pale_turned_blurred_and_scratched_label_is_read_by_three_decoders() {
    let fonts = Fonts::load(None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("worn.png");
    let labels =
        [Label::Item(ItemLabel::sample()), Label::Slot(SlotLabel::sample()), Label::Box(BoxLabel::sample())];
    let mut missed = Vec::new();
    for (label, dpi) in labels.iter().flat_map(|label| [203, 300].map(|dpi| (label, dpi))) {
        let raster = draw_label(&fonts, &Templates::embedded(), label, dpi).unwrap();
        for scratch in scratches() {
            let picture = worn(&raster, scratch);
            picture.save(&file).unwrap();
            let read = [
                ("ours", hufu_station::picture::read(&picture).into_iter().map(|code| code.text).collect()),
                ("zbar", by_program("zbarimg", &["--quiet", "--raw"], &file)),
                ("zxing", by_program("ZXingReader", &["-1"], &file)),
            ];
            for (decoder, texts) in read {
                if !texts.iter().any(|text| text.contains(label.code())) {
                    missed.push(format!("{} at {dpi} dpi, {scratch:?}, {decoder}: {texts:?}", label.code()));
                }
            }
        }
    }
    assert!(missed.is_empty(), "{}\n{} missed", missed.join("\n"), missed.len());
}
