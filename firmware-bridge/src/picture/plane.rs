//! A picture as a plane of bytes: gray (0 black … 255 white), or a mask (1 black, 0 white).

use image::GrayImage;

pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    bytes: Vec<u8>,
}

/// The same picture twice.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) gray: &'a Plane,
    pub(super) black: &'a Plane,
}

/// The modules of a code, row by row; `true` is dark.
pub(super) struct Bits {
    pub(super) side: usize,
    dark: Vec<bool>,
}

impl Bits {
    pub(super) fn new(side: usize, dark: Vec<bool>) -> Bits {
        Bits { side, dark }
    }

    pub(super) fn at(&self, x: usize, y: usize) -> bool {
        self.dark.get(y * self.side + x).copied().unwrap_or(false)
    }
}

impl Plane {
    /// `bytes` are row by row; missing ones are 0.
    pub(super) fn new(width: usize, height: usize, mut bytes: Vec<u8>) -> Plane {
        bytes.resize(width * height, 0);
        Plane { width, height, bytes }
    }

    pub(super) fn gray(picture: GrayImage) -> Plane {
        Plane::new(picture.width() as usize, picture.height() as usize, picture.into_raw())
    }

    /// Outside the plane is 0.
    pub(super) fn at(&self, x: usize, y: usize) -> u8 {
        if x < self.width { self.bytes.get(y * self.width + x).copied().unwrap_or(0) } else { 0 }
    }

    pub(super) fn get(&self, x: isize, y: isize) -> Option<u8> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        (x < self.width && y < self.height).then(|| self.at(x, y))
    }

    pub(super) fn row(&self, y: usize) -> &[u8] {
        self.bytes.get(y * self.width..(y + 1) * self.width).unwrap_or(&[])
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same plane with every byte replaced.
    pub(super) fn map(&self, value: impl Fn(u8) -> u8) -> Plane {
        Plane { bytes: self.bytes.iter().map(|&byte| value(byte)).collect(), ..*self }
    }

    /// Noise of single pixels softened: each pixel mixed with its eight neighbours, 4 : 2 : 1.
    pub(super) fn softened(&self) -> Plane {
        let mut bytes = vec![0; self.bytes.len()];
        // One column more on either side, so that every pixel has two neighbours.
        let mut columns = vec![0u16; self.width + 2];
        for (y, line) in bytes.chunks_mut(self.width.max(1)).enumerate() {
            let (above, here) = (self.row(y.saturating_sub(1)), self.row(y));
            let below = self.row((y + 1).min(self.height - 1));
            let inner = columns.iter_mut().skip(1);
            for (((column, &above), &here), &below) in inner.zip(above).zip(here).zip(below) {
                *column = u16::from(above) + 2 * u16::from(here) + u16::from(below);
            }
            if let [first, second, .., last_but_one, last] = columns.as_mut_slice() {
                (*first, *last) = (*second, *last_but_one);
            }
            for (value, three) in line.iter_mut().zip(columns.windows(3)) {
                if let [before, here, after] = three {
                    *value = ((before + 2 * here + after + 8) >> 4) as u8;
                }
            }
        }
        Plane::new(self.width, self.height, bytes)
    }

    /// The grays that occur, but for one in a hundred at either end, stretched over the whole range.
    pub(super) fn stretched(&self) -> Plane {
        let mut counts = [0usize; 256];
        for &value in &self.bytes {
            if let Some(count) = counts.get_mut(usize::from(value)) {
                *count += 1;
            }
        }
        let few = self.bytes.len() / 100;
        let low = counts.iter().take_while(still_few(few)).count();
        let high = 255 - counts.iter().rev().take_while(still_few(few)).count();
        let range = high.saturating_sub(low).max(1);
        let mut table = [0u8; 256];
        for (value, to) in table.iter_mut().enumerate() {
            *to = (value.saturating_sub(low) * 255 / range).min(255) as u8;
        }
        self.map(|value| table.get(usize::from(value)).copied().unwrap_or(0))
    }

    /// The nearest value; `None` outside. The centre of the first pixel is at 0.
    pub(super) fn nearest(&self, x: f32, y: f32) -> Option<u8> {
        self.get(to_pixel(x + 0.5), to_pixel(y + 0.5))
    }

    /// Between the four pixels around the point, the border reaching outwards.
    pub(super) fn between(&self, x: f32, y: f32) -> f32 {
        let x = x.clamp(0.0, self.width.saturating_sub(1) as f32 - 0.001).max(0.0);
        let y = y.clamp(0.0, self.height.saturating_sub(1) as f32 - 0.001).max(0.0);
        let (left, top) = (x as usize, y as usize);
        let (part_x, part_y) = (x - left as f32, y - top as f32);
        let mix = |row: usize| {
            let row = row.min(self.height - 1) * self.width;
            let one = self.bytes.get(row + left).copied().unwrap_or(0);
            let next = self.bytes.get(row + (left + 1).min(self.width - 1)).copied().unwrap_or(0);
            f32::from(one) * (1.0 - part_x) + f32::from(next) * part_x
        };
        mix(top) * (1.0 - part_y) + mix(top + 1) * part_y
    }
}

/// Whether the counts so far add up to no more than `few`.
fn still_few(few: usize) -> impl FnMut(&&usize) -> bool {
    let mut sum = 0;
    move |count| {
        sum += **count;
        sum <= few
    }
}

/// Saturating, and far outside any picture is outside; a library's rounding would be a call.
fn to_pixel(value: f32) -> isize {
    value as isize
}
