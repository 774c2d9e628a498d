//! Paper that is bent, creased or round a bottle: the grid follows it. From the finder patterns, whose places are
//! known, outwards, each patch of modules is moved a little from where its neighbours went, to where its modules are
//! most of one colour.

use super::alignment;
use super::finder_pattern::Vector;
use super::places::Places;
use super::plane::Plane;

/// Modules along the side of a patch.
const PATCH: usize = 3;
/// Points of a module that should be of one colour, in modules from its centre.
const NEAR: f32 = 0.3;

/// The places moved along with the paper.
pub(super) fn follow(black: &Plane, places: &Places) -> Places {
    let across = places.side.div_ceil(PATCH);
    let last = across - 1;
    let sheet = Sheet { black, places, pattern: pattern(places.side) };
    let mut moved: Vec<Option<(Vector, f32)>> = vec![None; across * across];
    // What is surest goes first, so that a blotch is walked around.
    let mut edge: Vec<(f32, usize, usize, Vector)> =
        [(0, 0), (last, 0), (0, last)].into_iter().map(|(x, y)| (1.0, x, y, (0.0, 0.0))).collect();
    while let Some(at) = surest(&edge) {
        let (_, x, y, start) = edge.swap_remove(at);
        let known = moved.get(y * across + x).copied().flatten().is_some();
        if known {
            continue;
        }
        let (shift, uniformity) = sheet.best_shift((x, y), start);
        if let Some(slot) = moved.get_mut(y * across + x) {
            *slot = Some((shift, uniformity));
        }
        let at = |x: usize, y: usize| moved.get(y * across + x).copied().flatten();
        for (next_x, next_y) in neighbours(x, y, last) {
            if at(next_x, next_y).is_none() {
                // It goes on as it went so far, but not for ever.
                let behind = neighbour_behind((x, y), (next_x, next_y)).and_then(|(x, y)| at(x, y));
                let start = behind.map_or(shift, |(behind, _)| {
                    (shift.0 + (shift.0 - behind.0) * GOES_ON, shift.1 + (shift.1 - behind.1) * GOES_ON)
                });
                edge.push((uniformity, next_x, next_y, start));
            }
        }
    }
    let at = |x: usize, y: usize| moved.get(y * across + x).copied().flatten().unwrap_or_default();
    let smooth: Vec<Vector> = (0..across * across)
        .map(|index| {
            let (x, y) = (index % across, index / across);
            let around: Vec<Vector> = neighbours(x, y, last).map(|(x, y)| at(x, y).0).collect();
            let part = 0.4 / around.len().max(1) as f32;
            let (own, _) = at(x, y);
            let start = (own.0 * 0.6, own.1 * 0.6);
            around.iter().fold(start, |sum, one| (sum.0 + one.0 * part, sum.1 + one.1 * part))
        })
        .collect();
    places.shifted(|x, y| between_patches(&smooth, across, x, y))
}

/// How much of the last step between two patches is expected of the next.
const GOES_ON: f32 = 0.7;

fn surest(edge: &[(f32, usize, usize, Vector)]) -> Option<usize> {
    (0..edge.len()).max_by(|&one, &other| {
        let uniformity = |at: usize| edge.get(at).map_or(0.0, |it| it.0);
        uniformity(one).total_cmp(&uniformity(other))
    })
}

/// The patch on the other side of `of`, seen from `from`.
fn neighbour_behind(of: (usize, usize), from: (usize, usize)) -> Option<(usize, usize)> {
    Some(((2 * of.0).checked_sub(from.0)?, (2 * of.1).checked_sub(from.1)?))
}

/// The colour of the modules that are the same in every code of this size: finder patterns, dotted lines, alignment
/// patterns.
fn pattern(side: usize) -> Vec<Option<bool>> {
    let lines = alignment::lines(side.saturating_sub(17) / 4);
    let far = side - 7;
    let of = |x: usize, y: usize| {
        for (left, top) in [(0, 0), (far, 0), (0, far)] {
            let (dx, dy) = (x.abs_diff(left + 3), y.abs_diff(top + 3));
            if dx.max(dy) <= 4 {
                return Some(!matches!(dx.max(dy), 2 | 4));
            }
        }
        let aligned = |at: usize| lines.iter().map(|line| line.abs_diff(at)).min().unwrap_or(9);
        let (dx, dy) = (aligned(x), aligned(y));
        let (left, top) = (x < 10, y < 10);
        let in_an_eye = left && (top || y + 10 > side) || x + 10 > side && top;
        if dx.max(dy) <= 2 && !in_an_eye {
            return Some(dx.max(dy) != 1);
        }
        (x == 6 || y == 6).then_some((x + y).is_multiple_of(2))
    };
    (0..side * side).map(|index| of(index % side, index / side)).collect()
}

/// A code on paper.
struct Sheet<'a> {
    black: &'a Plane,
    places: &'a Places,
    pattern: Vec<Option<bool>>,
}

impl Sheet<'_> {
    /// The shift near `start`, in modules, with which the modules of a patch and a ring around it are most of one colour,
    /// and how much they are: 1 is all.
    fn best_shift(&self, patch: (usize, usize), start: Vector) -> (Vector, f32) {
        let mut best = (start, self.uniformity(patch, start) + 0.02);
        for (steps, step) in [(2i8, 0.3f32), (1, 0.12)] {
            let middle = best.0;
            for dy in -steps..=steps {
                for dx in -steps..=steps {
                    let (dx, dy) = (f32::from(dx) * step, f32::from(dy) * step);
                    let shift = (middle.0 + dx, middle.1 + dy);
                    let uniformity = self.uniformity(patch, shift) - (dx * dx + dy * dy) * 0.1;
                    if uniformity > best.1 {
                        best = (shift, uniformity);
                    }
                }
            }
        }
        best
    }

    fn uniformity(&self, (x, y): (usize, usize), shift: Vector) -> f32 {
        let side = self.places.side;
        let range = |at: usize| (at * PATCH).saturating_sub(1)..((at + 1) * PATCH + 1).min(side);
        let (mut sum, mut count) = (0.0, 0.0);
        for row in range(y) {
            for column in range(x) {
                sum += self.one_colour(column, row, shift);
                count += 1.0;
            }
        }
        sum / count
    }

    /// From 0 to 1 (nine of nine points of one colour, and of the right one where that is known).
    fn one_colour(&self, x: usize, y: usize, shift: Vector) -> f32 {
        let (centre, along, down) = self.places.with_steps(x, y);
        let mut dark = 0u8;
        for below in [-NEAR, 0.0, NEAR] {
            for right in [-NEAR, 0.0, NEAR] {
                let (right, below) = (shift.0 + right, shift.1 + below);
                let (dx, dy) = (right * along.0 + below * down.0, right * along.1 + below * down.1);
                dark += self.black.nearest(centre.0 + dx, centre.1 + dy).unwrap_or(0);
            }
        }
        let dark = f32::from(dark) / 9.0;
        match self.pattern.get(y * self.places.side + x).copied().flatten() {
            Some(true) => dark,
            Some(false) => 1.0 - dark,
            None => (dark - 0.5).abs() * 2.0,
        }
    }
}

fn neighbours(x: usize, y: usize, last: usize) -> impl Iterator<Item = (usize, usize)> {
    let steps = [(-1isize, 0isize), (1, 0), (0, -1), (0, 1)];
    steps.into_iter().filter_map(move |(dx, dy)| {
        let (x, y) = (x.checked_add_signed(dx)?, y.checked_add_signed(dy)?);
        (x <= last && y <= last).then_some((x, y))
    })
}

/// The shift at a module, mixed from the four patches whose centres are around it.
fn between_patches(shifts: &[Vector], across: usize, x: usize, y: usize) -> Vector {
    let last = across - 1;
    let cell = |at: usize| {
        let at = ((at as f32 + 0.5) / PATCH as f32 - 0.5).clamp(0.0, last as f32);
        let index = (at as usize).min(last.saturating_sub(1));
        (index, at - index as f32)
    };
    let ((column, right), (row, below)) = (cell(x), cell(y));
    let at = |dx: usize, dy: usize| {
        shifts.get((row + dy).min(last) * across + (column + dx).min(last)).copied().unwrap_or_default()
    };
    let mix = |one: Vector, other: Vector, part: f32| {
        (one.0 * (1.0 - part) + other.0 * part, one.1 * (1.0 - part) + other.1 * part)
    };
    mix(mix(at(0, 0), at(1, 0), right), mix(at(0, 1), at(1, 1), right), below)
}
