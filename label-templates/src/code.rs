//! The QR code of a label: made, set into the picture in whole printer dots, and read back.

use std::panic::AssertUnwindSafe;

use qrcode::{
    Color, EcLevel, QrCode,
    types::{QrError, Version},
};

use hufu_wire::Raster;

use crate::Error;

/// White modules that a reader needs around the code (ISO/IEC 18004: four).
const QUIET_MODULES: u32 = 4;
/// The smallest module a reader at a counter takes in safely, in dots: at 203 dpi two dots are a quarter of a millimetre.
const MODULE_MIN_DOTS: u32 = 2;
/// 37 modules. Beyond it, smaller modules lose more than more of them win.
const STRONGEST_VERSION: i16 = 5;

/// The black and white modules of a code, without the quiet zone.
pub(crate) struct Matrix {
    side: u32,
    black: Vec<bool>,
}

/// A square of the picture that the template keeps free for the code, in dots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) side: u32,
}

/// A picture being made, one entry per dot.
pub(crate) struct Canvas {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) black: Vec<bool>,
}

impl Matrix {
    /// The code of a label, for a place with room for so many modules. Refuses what the QR alphanumeric mode cannot hold, so
    /// that codes stay coarse and a keyboard scanner types the same letters in every layout.
    ///
    /// It is made to be scratched: at level H, and in more modules than its few letters need, because a scratch then spoils
    /// a smaller part of the codewords. Past the corner marks a scratch a tenth of the side wide is mostly survived.
    pub(crate) fn of_label(payload: &str, room: u32) -> Result<Matrix, Error> {
        // The mode also has the space, which nobody sees at the end of a printed line.
        let alphanumeric = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase() || "-./:+$%*".contains(c);
        if payload.is_empty() || !payload.chars().all(alphanumeric) {
            return Err(Error::Payload { payload: payload.to_owned() });
        }
        let fits = |version: &i16| 17 + 4 * u32::from(version.unsigned_abs()) + 2 * QUIET_MODULES <= room;
        let strong = |version| {
            QrCode::with_version(payload, Version::Normal(version), EcLevel::H)
                .ok()
                .map(|code| Matrix::of(&code))
        };
        match (1..=STRONGEST_VERSION).rev().filter(fits).find_map(strong) {
            Some(matrix) => Ok(matrix),
            None => Matrix::new(payload, EcLevel::Q),
        }
    }

    /// The check code of a paper: any text. Paper is kept clean, so M is enough.
    pub(crate) fn of_paper(payload: &str) -> Result<Matrix, Error> {
        Matrix::new(payload, EcLevel::M)
    }

    fn new(payload: &str, level: EcLevel) -> Result<Matrix, Error> {
        let code = QrCode::with_error_correction_level(payload, level)
            .map_err(|_: QrError| Error::PayloadTooLong { payload: payload.to_owned() })?;
        Ok(Matrix::of(&code))
    }

    fn of(code: &QrCode) -> Matrix {
        let side = u32::try_from(code.width()).unwrap_or(u32::MAX);
        Matrix { side, black: code.to_colors().into_iter().map(|color| color == Color::Dark).collect() }
    }

    fn rows(&self) -> impl Iterator<Item = (u32, &[bool])> {
        (0..).zip(self.black.chunks(self.side as usize))
    }

    /// The code as a vector drawing with its quiet zone, one unit per module.
    pub(crate) fn to_svg(&self) -> String {
        use std::fmt::Write;
        let mut path = String::new();
        for (y, row) in self.rows() {
            for (x, _) in (0..).zip(row).filter(|(_, black)| **black) {
                // Writing into a String cannot fail.
                let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET_MODULES, y + QUIET_MODULES);
            }
        }
        svg(self.side + 2 * QUIET_MODULES, &path)
    }

    /// Sets the code into the middle of its place, each module a square of the same whole number of dots.
    ///
    /// Refuses a place that is too small for the quiet zone and two dots per module, and one that is not white.
    pub(crate) fn draw(
        &self,
        canvas: &mut Canvas,
        place: Place,
        template: &'static str,
    ) -> Result<(), Error> {
        let modules = self.side + 2 * QUIET_MODULES;
        let module_dots = place.side / modules;
        if module_dots < MODULE_MIN_DOTS {
            let needed_dots = modules * MODULE_MIN_DOTS;
            return Err(Error::CodeTooSmall { template, needed_dots, given_dots: place.side });
        }
        let dots = || {
            (place.y..place.y + place.side).flat_map(|y| (place.x..place.x + place.side).map(move |x| (x, y)))
        };
        if let Some((x, y)) = dots().find(|(x, y)| canvas.is_black(*x, *y) != Some(false)) {
            return Err(Error::CodeCovered { template, x, y });
        }
        let margin = (place.side - self.side * module_dots) / 2;
        for (x, y) in dots() {
            let module =
                |at: u32, start: u32| at.checked_sub(start + margin).map(|inside| inside / module_dots);
            let black = module(x, place.x).zip(module(y, place.y)).is_some_and(|(x, y)| self.is_black(x, y));
            canvas.set(x, y, black);
        }
        Ok(())
    }

    /// Modules along one edge.
    #[cfg(test)]
    pub(crate) fn side(&self) -> u32 {
        self.side
    }

    pub(crate) fn is_black(&self, x: u32, y: u32) -> bool {
        x < self.side && self.black.get((y * self.side + x) as usize).is_some_and(|black| *black)
    }
}

/// An empty drawing: on a label the code is set into the finished picture instead.
pub(crate) fn blank_svg() -> String {
    svg(1, "")
}

fn svg(side: u32, path: &str) -> String {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{side}' height='{side}' viewBox='0 0 {side} {side}' \
         shape-rendering='crispEdges'><path d='{path}'/></svg>"
    )
}

impl Canvas {
    fn at(&self, x: u32, y: u32) -> Option<usize> {
        (x < self.width && y < self.height).then_some(y as usize * self.width as usize + x as usize)
    }

    fn is_black(&self, x: u32, y: u32) -> Option<bool> {
        self.at(x, y).and_then(|at| self.black.get(at)).copied()
    }

    fn set(&mut self, x: u32, y: u32, black: bool) {
        if let Some(dot) = self.at(x, y).and_then(|at| self.black.get_mut(at)) {
            *dot = black;
        }
    }

    /// Packs eight dots to a byte, most significant bit left, each row padded with white.
    pub(crate) fn pack(&self, dpi: u32) -> Result<Raster, Error> {
        let bits = self.black.chunks(self.width as usize).flat_map(|row| {
            row.chunks(8).map(|dots| {
                dots.iter().enumerate().fold(0, |byte, (at, black)| byte | (u8::from(*black) << (7 - at)))
            })
        });
        Raster::new(self.width, self.height, dpi, bits.collect())
            .map_err(|_| Error::TooLarge { width_dots: self.width, height_dots: self.height })
    }
}

/// Reads the finished picture as a scanner would, and refuses it unless it holds exactly the one code.
///
/// The decoder does not try inverted pictures, so a negative is refused here and not at the counter.
pub(crate) fn read_back(raster: &Raster, expected: &str) -> Result<(), Error> {
    let side = |dots: u32| dots as usize;
    let dot = |x: usize, y: usize| match (u32::try_from(x), u32::try_from(y)) {
        (Ok(x), Ok(y)) => raster.is_black(x, y),
        _ => false,
    };
    // The decoder asserts on some shapes; what panics is not readable, and the picture it worked on is thrown away.
    let codes = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let mut picture = rqrr::PreparedImage::prepare_from_bitmap(
            side(raster.width_dots()),
            side(raster.height_dots()),
            dot,
        );
        picture.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
    }));
    let codes: Vec<String> = codes.unwrap_or_default();
    if matches!(codes.as_slice(), [only] if only == expected) {
        return Ok(());
    }
    let read = (!codes.is_empty()).then(|| codes.join(" + "));
    Err(Error::ReadBack { expected: expected.to_owned(), read })
}
