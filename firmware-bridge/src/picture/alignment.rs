//! Alignment patterns: a dark module, a light ring, a dark ring. One opposite the corner finder pattern fixes the
//! perspective; the many of a large code say how its paper is bent.

use super::finder_pattern::Vector;
use super::homography::Homography;
use super::places::Places;
use super::plane::Plane;

/// The rows, and the columns, on whose crossings the patterns of a version stand, in modules (ISO/IEC 18004, annex E).
pub(super) fn lines(version: usize) -> Vec<usize> {
    if version < 2 {
        return Vec::new();
    }
    let (count, last) = (version / 7 + 2, 4 * version + 10);
    // Even steps, rounded up to even numbers, from the far end; the first line is always 6.
    let step =
        if version == 32 { 26 } else { ((last - 6) as f64 / (count - 1) as f64 / 2.0).ceil() as usize * 2 };
    let mut lines: Vec<usize> = (0..count - 1).map(|back| last - back * step).collect();
    lines.push(6);
    lines.reverse();
    lines
}

/// The places that look most like the pattern whose centre is at (`at`, `at`) of the grid, within `reach` modules of where
/// the map has it.
pub(super) fn likely_places(gray: &Plane, map: &Homography, at: f64, reach: f64) -> Vec<Vector> {
    let steps = (reach * 2.0) as i8;
    let mut places = Vec::new();
    for y in -steps..=steps {
        for x in -steps..=steps {
            let (x, y) = (f64::from(x) * 0.5, f64::from(y) * 0.5);
            let far = (x * x + y * y) as f32 * 0.4;
            let likeness = likeness(gray, map, at + x, at + y);
            places.push((likeness - far, (at + x, at + y)));
        }
    }
    places.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for (likeness, place) in places {
        if likeness > 0.0 && kept.iter().all(|other| (other.0 - place.0).hypot(other.1 - place.1) > 0.9) {
            kept.push(place);
            if kept.len() == 2 {
                break;
            }
        }
    }
    kept.into_iter().map(|place| finer(gray, map, place)).map(|(x, y)| map.map(x, y)).collect()
}

/// The best place within half a module.
fn finer(gray: &Plane, map: &Homography, (x, y): (f64, f64)) -> (f64, f64) {
    let around = (-2i8..=2).flat_map(|dy| (-2i8..=2).map(move |dx| (dx, dy)));
    around
        .map(|(dx, dy)| (x + f64::from(dx) * 0.2, y + f64::from(dy) * 0.2))
        .map(|(x, y)| (likeness(gray, map, x, y), (x, y)))
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map_or((x, y), |(_, place)| place)
}

/// How much lighter the light ring is than the dark modules, in gray values.
fn likeness(gray: &Plane, map: &Homography, x: f64, y: f64) -> f32 {
    let (centre, right, below) = (map.map(x, y), map.map(x + 1.0, y), map.map(x, y + 1.0));
    let (along, down) = ((right.0 - centre.0, right.1 - centre.1), (below.0 - centre.0, below.1 - centre.1));
    let (mut dark, mut light) = (0.0, 0.0);
    for dy in -2i8..=2 {
        for dx in -2i8..=2 {
            let (right, below) = (f32::from(dx), f32::from(dy));
            let value = gray.between(
                centre.0 + right * along.0 + below * down.0,
                centre.1 + right * along.1 + below * down.1,
            );
            match dx.abs().max(dy.abs()) {
                0 => dark += value / 2.0,
                1 => light += value / 8.0,
                _ => dark += value / 32.0,
            }
        }
    }
    light - dark
}

/// How far a pattern may be from where the flat map has it, in modules.
const BENT_MAX: i8 = 6;

/// The places of a code's modules when its alignment patterns are not quite where a flat sheet would have them; `None` for
/// versions with fewer than six patterns.
pub(super) fn bent(gray: &Plane, map: &Homography, side: usize, version: usize) -> Option<Places> {
    let lines = lines(version);
    let [first, _, ..] = *lines.as_slice() else { return None };
    if version < 7 {
        return None;
    }
    let last = lines.len() - 1;
    let mut shifts: Vec<(f64, f64)> = Vec::with_capacity(lines.len() * lines.len());
    for (row, &y) in lines.iter().enumerate() {
        for (column, &x) in lines.iter().enumerate() {
            let (x, y) = (x as f64 + 0.5, y as f64 + 0.5);
            let pattern =
                matches!((row, column), (0, 0)) || (row, column) == (0, last) || (row, column) == (last, 0);
            shifts.push(if pattern { (0.0, 0.0) } else { shift(gray, map, x, y).unwrap_or_default() });
        }
    }
    let shift_at =
        |column: usize, row: usize| shifts.get(row * lines.len() + column).copied().unwrap_or_default();
    // Between four patterns their shifts are mixed; outside them the nearest four go on.
    let cell = |at: f64| {
        let index = lines.iter().rposition(|&line| at >= line as f64 + 0.5).unwrap_or(0).min(last - 1);
        let from = lines.get(index).copied().unwrap_or(first) as f64 + 0.5;
        let to = lines.get(index + 1).copied().unwrap_or(first + 1) as f64 + 0.5;
        (index, (at - from) / (to - from))
    };
    Some(Places::from_fn(side, |x, y| {
        let ((column, right), (row, below)) = (cell(x), cell(y));
        let mix = |of: &dyn Fn((f64, f64)) -> f64| {
            let corner = |dx, dy| of(shift_at(column + dx, row + dy));
            let top = corner(0, 0) * (1.0 - right) + corner(1, 0) * right;
            let bottom = corner(0, 1) * (1.0 - right) + corner(1, 1) * right;
            top * (1.0 - below) + bottom * below
        };
        map.map(x + mix(&|shift| shift.0), y + mix(&|shift| shift.1))
    }))
}

fn shift(gray: &Plane, map: &Homography, x: f64, y: f64) -> Option<(f64, f64)> {
    let mut best: Option<(f32, (f64, f64))> = None;
    for dy in -BENT_MAX..=BENT_MAX {
        for dx in -BENT_MAX..=BENT_MAX {
            let (dx, dy) = (f64::from(dx) * 0.4, f64::from(dy) * 0.4);
            let likeness = likeness(gray, map, x + dx, y + dy) - (dx * dx + dy * dy) as f32 * 1.5;
            if best.is_none_or(|(most, _)| likeness > most) {
                best = Some((likeness, (dx, dy)));
            }
        }
    }
    let (likeness, (dx, dy)) = best?;
    let (finer_x, finer_y) = finer(gray, map, (x + dx, y + dy));
    (likeness > 16.0).then_some((finer_x - x, finer_y - y))
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn the_lines_are_those_of_the_standard() {
        let table: &[(usize, &[usize])] = &[
            (1, &[]),
            (2, &[6, 18]),
            (6, &[6, 34]),
            (7, &[6, 22, 38]),
            (14, &[6, 26, 46, 66]),
            (15, &[6, 26, 48, 70]),
            (22, &[6, 26, 50, 74, 98]),
            (32, &[6, 34, 60, 86, 112, 138]),
            (36, &[6, 24, 50, 76, 102, 128, 154]),
            (40, &[6, 30, 58, 86, 114, 142, 170]),
        ];
        for (version, expected) in table {
            assert_eq!(lines(*version), *expected, "version {version}");
        }
    }
}
