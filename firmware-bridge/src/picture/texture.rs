//! Where a picture has the texture of a code that is not a QR code: bars (changes in one direction only) or a small square
//! of squares (changes both ways). The second reader then looks at these places only, each from near.

use super::plane::Plane;

/// Side of a cell, in pixels, in large pictures and in small ones.
const CELL: usize = 16;
const CELL_SMALL: usize = 8;
/// A cell is blank when the mean square of its changes from pixel to pixel is below this many times that of the quiet cells
/// (three in ten are quieter), within these limits.
const BLANK: f32 = 4.0;
const BLANK_RANGE: (f32, f32) = (60.0, 500.0);
/// From this coherence on a cell has bars; below it changes go both ways.
const BARS: f32 = 0.72;
/// How far the directions of neighbouring cells with bars may differ: the cosine of the doubled angle.
const SAME_WAY: f32 = 0.8;
/// Fewer cells of bars than this are looked at as a part of squares too.
const BARS_SURE: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Texture {
    Bars,
    Squares,
}

/// A place with one texture: a rectangle turned by `angle`, from its middle, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    pub(super) texture: Texture,
    pub(super) x: f32,
    pub(super) y: f32,
    /// Direction across the bars, in radians; 0 for squares.
    pub(super) angle: f32,
    pub(super) half_width: f32,
    pub(super) half_height: f32,
    pub(super) cells: usize,
}

impl Region {
    /// The point that lies this far along and across from its middle, on axes turned by an angle of this sine and cosine.
    pub(super) fn point(&self, (sin, cos): (f32, f32), along: f32, across: f32) -> [f32; 2] {
        [self.x + along * cos - across * sin, self.y + along * sin + across * cos]
    }
}

/// How gray changes in a cell: squares of the changes along x and y, and their product.
#[derive(Clone, Copy, Default)]
struct Change {
    xx: f32,
    yy: f32,
    xy: f32,
}

impl Change {
    fn energy(self) -> f32 {
        self.xx + self.yy
    }

    /// 1 when gray changes in one direction only, 0 when in all alike.
    fn coherence(self) -> f32 {
        (self.xx - self.yy).hypot(2.0 * self.xy) / self.energy().max(f32::MIN_POSITIVE)
    }

    fn add(self, other: Change) -> Change {
        Change { xx: self.xx + other.xx, yy: self.yy + other.yy, xy: self.xy + other.xy }
    }

    fn is_same_way(self, other: Change) -> bool {
        let (x, y) = (self.xx - self.yy, 2.0 * self.xy);
        let (other_x, other_y) = (other.xx - other.yy, 2.0 * other.xy);
        x * other_x + y * other_y > SAME_WAY * x.hypot(y) * other_x.hypot(other_y)
    }
}

/// Places with the texture of bars or squares, the larger ones first. `is_known` says which points need no look.
pub(super) fn regions(gray: &Plane, is_known: impl Fn(f32, f32) -> bool) -> Vec<Region> {
    let cell = if gray.width.max(gray.height) < 400 { CELL_SMALL } else { CELL };
    let (columns, rows) = (gray.width / cell, gray.height / cell);
    let cells = changes(gray, cell, columns, rows);
    let blank = blank(&cells);
    let middle = |index: usize| (index as f32 + 0.5) * cell as f32;
    let mut textures: Vec<Option<Texture>> = cells
        .iter()
        .enumerate()
        .map(|(at, change)| {
            let is_blank = change.energy() < blank || is_known(middle(at % columns), middle(at / columns));
            let texture = if change.coherence() > BARS { Texture::Bars } else { Texture::Squares };
            (!is_blank).then_some(texture)
        })
        .collect();
    let mut regions = Vec::new();
    for texture in [Texture::Bars, Texture::Squares] {
        for start in 0..textures.len() {
            if textures.get(start).copied().flatten() != Some(texture) {
                continue;
            }
            let members = connected(&mut textures, &cells, columns, start, texture);
            let region = region(&members, &cells, columns, cell, texture);
            let doubtful = region.is_none() || members.len() < BARS_SURE;
            if doubtful && texture == Texture::Bars {
                // The edges of squares look like bars too. They are not met again as a start of bars: it goes forward.
                for at in &members {
                    if let Some(slot) = textures.get_mut(*at) {
                        *slot = Some(Texture::Squares);
                    }
                }
            }
            regions.extend(region);
        }
    }
    regions.sort_by_key(|region| std::cmp::Reverse(region.cells));
    regions
}

fn blank(cells: &[Change]) -> f32 {
    let mut energies: Vec<f32> = cells.iter().map(|cell| cell.energy()).collect();
    energies.sort_by(f32::total_cmp);
    let quiet = energies.get(energies.len() * 3 / 10).copied().unwrap_or(0.0);
    (quiet * BLANK).clamp(BLANK_RANGE.0, BLANK_RANGE.1)
}

fn changes(gray: &Plane, cell: usize, columns: usize, rows: usize) -> Vec<Change> {
    let mut cells = vec![Change::default(); columns * rows];
    let share = 2.0 / (cell * cell) as f32;
    // Every second line says enough.
    for y in (0..(rows * cell).min(gray.height.saturating_sub(1))).step_by(2) {
        let (here, below) = (gray.row(y), gray.row(y + 1));
        let line = cells.get_mut(y / cell * columns..(y / cell + 1) * columns).unwrap_or(&mut []);
        let pairs = here.chunks(cell).zip(below.chunks(cell));
        for (at, (change, (here_cell, below_cell))) in line.iter_mut().zip(pairs).enumerate() {
            let next = here.get(at * cell + 1..).unwrap_or(&[]);
            let (mut xx, mut yy, mut xy) = (0i32, 0i32, 0i32);
            for ((&value, &below), &right) in here_cell.iter().zip(below_cell).zip(next) {
                let value = i32::from(value);
                let (dx, dy) = (i32::from(right) - value, i32::from(below) - value);
                xx += dx * dx;
                yy += dy * dy;
                xy += dx * dy;
            }
            change.xx += xx as f32 * share;
            change.yy += yy as f32 * share;
            change.xy += xy as f32 * share;
        }
    }
    cells
}

/// The cells of one texture that hang together with `start`, over gaps of one cell; they are taken out of the field.
fn connected(
    textures: &mut [Option<Texture>],
    cells: &[Change],
    columns: usize,
    start: usize,
    texture: Texture,
) -> Vec<usize> {
    let mut members = vec![start];
    if let Some(slot) = textures.get_mut(start) {
        *slot = None;
    }
    let mut next = 0;
    while let Some(&at) = members.get(next) {
        next += 1;
        let (x, y) = (at % columns, at / columns);
        let own = cells.get(at).copied().unwrap_or_default();
        for dy in -2isize..=2 {
            for dx in -2isize..=2 {
                let place = x.checked_add_signed(dx).zip(y.checked_add_signed(dy));
                let Some((x, y)) = place.filter(|(x, _)| *x < columns) else { continue };
                let other = y * columns + x;
                let far = dx.abs().max(dy.abs()) == 2;
                let Some(slot) = textures.get_mut(other) else { continue };
                let alike = match texture {
                    Texture::Squares => !far,
                    Texture::Bars => own.is_same_way(cells.get(other).copied().unwrap_or_default()),
                };
                if *slot == Some(texture) && alike {
                    *slot = None;
                    members.push(other);
                }
            }
        }
    }
    members
}

/// The rectangle around the members, if it is of a size and shape that a code may have.
fn region(
    members: &[usize],
    cells: &[Change],
    columns: usize,
    cell: usize,
    texture: Texture,
) -> Option<Region> {
    if members.len() < 4 {
        return None;
    }
    let sum =
        members.iter().filter_map(|&at| cells.get(at)).fold(Change::default(), |sum, one| sum.add(*one));
    let angle = match texture {
        Texture::Bars => f32::atan2(2.0 * sum.xy, sum.xx - sum.yy) / 2.0,
        Texture::Squares => 0.0,
    };
    let (sin, cos) = angle.sin_cos();
    let ends = [f32::MAX, f32::MIN, f32::MAX, f32::MIN];
    let [left, right, top, bottom] = members.iter().fold(ends, |[left, right, top, bottom], &at| {
        let x = ((at % columns) as f32 + 0.5) * cell as f32;
        let y = ((at / columns) as f32 + 0.5) * cell as f32;
        let (along, across) = (x * cos + y * sin, y * cos - x * sin);
        [left.min(along), right.max(along), top.min(across), bottom.max(across)]
    });
    let half = cell as f32 / 2.0;
    let (along, across) = (f32::midpoint(left, right), f32::midpoint(top, bottom));
    let (half_width, half_height) = ((right - left) / 2.0 + half, (bottom - top) / 2.0 + half);
    let filled = members.len() as f32 * (cell * cell) as f32 / (4.0 * half_width * half_height);
    let fits = match texture {
        Texture::Bars => half_width > 24.0 && half_width > half_height * 0.6,
        Texture::Squares => {
            let (long, short) = (half_width.max(half_height), half_width.min(half_height));
            long < short * 3.2 && short > 9.0 && filled > 0.33
        }
    };
    fits.then_some(Region {
        texture,
        x: along * cos - across * sin,
        y: along * sin + across * cos,
        angle,
        half_width,
        half_height,
        cells: members.len(),
    })
}
