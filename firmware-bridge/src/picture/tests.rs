//! Pictures made here: codes as a camera sees them, and pictures without a code.

use super::homography::Homography;
use super::*;
use image::Luma;
use proptest::prelude::*;

pub(super) const TEXT: &str = "HF2026-000123-K7";
pub(super) const LONG: &str = "https://hufu.example/i/HF2026-000123-K7?copy=2&seal=A-119";

/// What is printed: dark modules by row.
pub(super) struct Print {
    rows: Vec<Vec<bool>>,
}

impl Print {
    pub(super) fn qr(text: &str) -> Print {
        Print::qr_at(text, qrcode::EcLevel::M)
    }

    fn qr_at(text: &str, level: qrcode::EcLevel) -> Print {
        let code = qrcode::QrCode::with_error_correction_level(text, level).unwrap();
        let row = |row: &[qrcode::Color]| row.iter().map(|one| *one == qrcode::Color::Dark).collect();
        Print { rows: code.to_colors().chunks(code.width()).map(row).collect() }
    }

    /// The bars below.
    pub(super) fn code_128() -> Print {
        let quiet = "0".repeat(8);
        let bars: Vec<bool> = [&quiet, CODE_128, &quiet].concat().chars().map(|one| one == '1').collect();
        Print { rows: vec![bars; 40] }
    }

    /// The Data Matrix below.
    pub(super) fn data_matrix() -> Print {
        Print { rows: DATA_MATRIX.map(|row| row.chars().map(|one| one == '#').collect()).into() }
    }

    /// Modules with four of quiet zone around.
    fn is_dark(&self, column: f64, row: f64) -> Option<bool> {
        let (height, width) = (self.rows.len() as f64, self.rows[0].len() as f64);
        let inside = (0.0..width + 8.0).contains(&column) && (0.0..height + 8.0).contains(&row);
        inside.then(|| {
            let on = |at: f64, length: f64| (4.0..length + 4.0).contains(&at).then_some((at - 4.0) as usize);
            on(column, width).zip(on(row, height)).is_some_and(|(x, y)| self.rows[y][x])
        })
    }
}

/// How a picture is spoilt.
#[derive(Clone, Copy)]
pub(super) struct Light {
    pub(super) dark: f64,
    pub(super) paper: f64,
    /// How far the paper bows, as a part of its size.
    pub(super) bow: f64,
    pub(super) noise: f64,
    pub(super) blur: f32,
}

pub(super) const DAY: Light = Light { dark: 40.0, paper: 190.0, bow: 0.0, noise: 0.0, blur: 0.0 };

/// A print seen on a gray table, its four corners (with the quiet zone) at these points.
pub(super) fn photo(print: &Print, corners: [(f64, f64); 4], light: Light) -> GrayImage {
    let (width, height) = (print.rows[0].len() as f64 + 8.0, print.rows.len() as f64 + 8.0);
    let grid = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
    let back = Homography::new(corners, grid).unwrap();
    let mut state = 7u32;
    let picture = GrayImage::from_fn(640, 480, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (column, row) = back.map(f64::from(x), f64::from(y));
        let (column, row) = (f64::from(column), f64::from(row));
        let bowed = row + light.bow * height * (std::f64::consts::PI * column / width).sin();
        let value = match print.is_dark(column, bowed) {
            Some(true) => light.dark,
            Some(false) => light.paper,
            None => 150.0,
        };
        let noise = (f64::from(state >> 16) / 65_536.0 - 0.5) * 2.0 * light.noise;
        Luma([(value + f64::from(x) / 16.0 + noise).clamp(0.0, 255.0) as u8])
    });
    if light.blur > 0.0 { image::imageops::blur(&picture, light.blur) } else { picture }
}

fn texts(picture: &GrayImage) -> Vec<String> {
    read(picture).into_iter().map(|code| code.text).collect()
}

pub(super) const FRONT: [(f64, f64); 4] = [(100.0, 60.0), (400.0, 60.0), (400.0, 360.0), (100.0, 360.0)];
const TURNED_7: [(f64, f64); 4] = [(130.0, 50.0), (427.8, 86.6), (391.2, 384.3), (93.4, 347.8)];

#[test]
fn codes_are_read_from_the_front_and_from_the_side_and_turned() {
    let table = [
        ("front", FRONT),
        ("from the side", [(100.0, 60.0), (380.0, 110.0), (370.0, 330.0), (90.0, 400.0)]),
        ("upside down", [(400.0, 360.0), (100.0, 360.0), (100.0, 60.0), (400.0, 60.0)]),
        ("turned", [(300.0, 20.0), (500.0, 220.0), (300.0, 420.0), (100.0, 220.0)]),
        ("mirrored", [(400.0, 60.0), (100.0, 60.0), (100.0, 360.0), (400.0, 360.0)]),
    ];
    for (name, corners) in table {
        for text in [TEXT, LONG] {
            let codes = read(&photo(&Print::qr(text), corners, DAY));
            let read: Vec<&str> = codes.iter().map(|code| code.text.as_str()).collect();
            assert_eq!(read, [text], "{name}");
            let (x, y) =
                corners.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / 4.0, y + point.1 / 4.0));
            assert!(contains(&codes[0].corners, x as f32, y as f32), "{name}: {:?}", codes[0].corners);
        }
    }
}

#[test]
fn codes_are_read_in_bad_light_and_on_bent_paper() {
    let table = [
        ("half the contrast", Light { dark: 95.0, paper: 170.0, ..DAY }),
        ("a tenth of the contrast", Light { dark: 140.0, paper: 158.0, ..DAY }),
        ("white on black", Light { dark: 200.0, paper: 30.0, ..DAY }),
        ("noise", Light { noise: 70.0, ..DAY }),
        ("out of focus", Light { blur: 3.0, ..DAY }),
        ("bent", Light { bow: 0.04, ..DAY }),
    ];
    for (name, light) in table {
        for text in [TEXT, LONG] {
            assert_eq!(texts(&photo(&Print::qr(text), TURNED_7, light)), [text], "{name}");
        }
    }
}

/// As the printer makes it, at 8 and 12 dots a millimetre, then turned, pale, blurred and scratched.
#[test]
fn a_scratched_label_is_read() {
    for side in [136.0, 200.0] {
        let corners = TURNED_7.map(|(x, y)| (x * side / 300.0, y * side / 300.0));
        let light = Light { dark: 95.0, paper: 170.0, blur: 0.8, ..DAY };
        let mut label = photo(&Print::qr_at(TEXT, qrcode::EcLevel::Q), corners, light);
        let wide = (side * 0.03) as u32;
        for step in side as u32 / 3..side as u32 * 2 / 3 {
            for (x, y) in (0..wide).map(|dx| (side as u32 / 2 + step / 8 + dx, 20 + step)) {
                label.put_pixel(x, y, Luma([175]));
            }
        }
        assert_eq!(texts(&label), [TEXT], "{side}");
    }
}

/// "HF-2019-04711" as other systems print it.
const CODE_128: &str = "110100100001100010100010001100010100110111001011101111011001001110110010111001011110111010011011100100111\
                        01100101110111101000111011011000100100111011010001100011101011";
const DATA_MATRIX: [&str; 8] = [
    "#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.",
    "#.###..#.##.#..##..#.#.#......##",
    "#...#.##...#.#..#.#....#.###....",
    "####.#.#...###.######....#.#.#.#",
    "#...#.#...#..#..########..#.#.#.",
    "###.#..##......##.#.###...##.#.#",
    "#.##.#.##..####.#.#....#..#.##..",
    "################################",
];

#[test]
fn codes_of_older_labels_are_read_wherever_they_are() {
    let old = "HF-2019-04711";
    let bars = Print::code_128();
    let squares = Print::data_matrix();
    let table = [
        (Kind::Code128, &bars, [(20.0, 100.0), (600.0, 100.0), (600.0, 260.0), (20.0, 260.0)]),
        (Kind::Code128, &bars, [(400.0, 10.0), (400.0, 470.0), (250.0, 470.0), (250.0, 10.0)]),
        (Kind::DataMatrix, &squares, [(100.0, 100.0), (420.0, 100.0), (420.0, 228.0), (100.0, 228.0)]),
        (Kind::DataMatrix, &squares, [(100.0, 60.0), (420.0, 180.0), (370.0, 320.0), (50.0, 190.0)]),
    ];
    for (kind, print, corners) in table {
        let codes = read(&photo(print, corners, DAY));
        let read: Vec<(Kind, &str)> = codes.iter().map(|code| (code.kind, code.text.as_str())).collect();
        assert_eq!(read, [(kind, old)], "{corners:?}");
    }
}

#[test]
fn a_shelf_gives_each_code_once_and_as_it_is_read() {
    let mut shelf = GrayImage::from_pixel(2000, 1200, Luma([120]));
    let mut expected: Vec<String> = Vec::new();
    for at in 0..6 {
        let text = format!("HF2026-{at:06}-K7");
        let label = photo(&Print::qr(&text), FRONT.map(|(x, y)| (x * 0.5, y * 0.5)), DAY);
        let label = image::imageops::crop_imm(&label, 40, 20, 180, 180).to_image();
        image::imageops::replace(&mut shelf, &label, 100 + at % 3 * 620, 150 + at / 3 * 540);
        expected.push(text);
    }
    let mut given = Vec::new();
    let all = read_each(&shelf, &mut |code| given.push(code.clone()));
    assert_eq!(given, all);
    let mut read: Vec<String> = all.into_iter().map(|code| code.text).collect();
    read.sort();
    assert_eq!(read, expected);
}

#[test]
fn nothing_is_read_where_there_is_nothing() {
    let mut state = 7u32;
    let mut noise = |side: u32| {
        GrayImage::from_fn(200, 150, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Luma([if side == 1 { (state >> 24) as u8 } else { 40 + (state >> 31) as u8 * 160 }])
        })
    };
    let (gray, dots) = (noise(1), noise(2));
    let blocks = image::imageops::resize(&dots, 800, 600, image::imageops::FilterType::Nearest);
    let stripes =
        GrayImage::from_fn(400, 300, |x, _| Luma([if dots.get_pixel(x / 3, 0)[0] > 99 { 220 } else { 30 }]));
    let table = [
        ("one pixel", GrayImage::from_pixel(1, 1, Luma([0]))),
        ("a line", GrayImage::from_pixel(3000, 1, Luma([0]))),
        ("a wall", GrayImage::from_pixel(300, 200, Luma([128]))),
        ("noise", gray),
        ("black and white dots", dots),
        ("black and white blocks", blocks),
        ("stripes", stripes),
    ];
    for (name, picture) in table {
        assert_eq!(read(&picture), [], "{name}");
    }
    assert_eq!(read(&GrayImage::new(0, 0)), []);
    for (name, picture) in without_code::without_code(320, 240) {
        assert_eq!(read(&picture), [], "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_at_any_angle_is_read_as_it_was_written(
        text in "[ -~]{1,60}",
        angle in 0.0f64..std::f64::consts::TAU,
        side in 150.0f64..300.0,
        lean in -0.06f64..0.06,
    ) {
        let corners = [(-1.0, -1.0), (1.0, -1.0 + lean), (1.0, 1.0), (-1.0, 1.0 - lean)].map(|(x, y)| {
            let (x, y) = (x * side / 1.45, y * side / 1.45);
            (320.0 + x * angle.cos() - y * angle.sin(), 240.0 + x * angle.sin() + y * angle.cos())
        });
        prop_assert_eq!(texts(&photo(&Print::qr(&text), corners, DAY)), [text]);
    }

    #[test]
    fn any_bytes_as_a_picture_are_refused_or_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &bytes].concat();
        let jpeg = [b"\xff\xd8\xff".as_slice(), &bytes].concat();
        for bytes in [bytes.as_slice(), &png, &jpeg] {
            if let Ok(picture) = from_bytes(bytes) {
                picture.read_each(&mut |_| ());
            }
        }
    }
}
