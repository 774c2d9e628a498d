//! The three square finder patterns of a QR code: dark, light, dark, light, dark in the ratio 1:1:3:1:1 along any line
//! through their centre.

use super::plane::Plane;
use std::collections::HashMap;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Finder {
    pub(super) x: f32,
    pub(super) y: f32,
    /// Side of one module, in pixels.
    pub(super) module: f32,
    /// On how many lines it was seen.
    pub(super) seen: u32,
}

/// How far a run may be from its share: a fraction of a module, plus half a pixel.
const LOOSE: f32 = 0.55;
const LOOSER: f32 = 0.6;
/// Side of the squares in which a finder pattern seen again is looked for.
const CELL: f32 = 16.0;

/// Every finder pattern seen on at least two of the lines looked at: all, or every second one.
pub(super) fn finders(black: &Plane, step: usize) -> Vec<Finder> {
    let mut found = Candidates::default();
    for y in (0..black.height).step_by(step) {
        let row = black.row(y);
        let mut runs = [0u32; 5];
        let (mut start, mut colour) = (0, row.first().copied().unwrap_or(0));
        while start < row.len() {
            let rest = row.get(start..).unwrap_or(&[]);
            let length = run(rest, colour);
            let [_, b, c, d, e] = runs;
            runs = [b, c, d, e, length as u32];
            start += length;
            if colour == 1 && fits(runs, LOOSE) {
                let after_middle = runs.iter().skip(3).sum::<u32>() as f32;
                let middle = start as f32 - after_middle - c_of(runs) / 2.0 - 0.5;
                if let Some(finder) = confirm(black, middle, y, runs.iter().sum()) {
                    found.add(finder);
                }
            }
            colour = 1 - colour;
        }
    }
    found.finders.retain(|finder| finder.seen >= 2);
    found.finders
}

/// How many pixels of this colour come first: eight at a time, because most of a picture is long runs.
fn run(row: &[u8], colour: u8) -> usize {
    let all = u64::from_le_bytes([colour; 8]);
    let (eights, rest) = row.as_chunks::<8>();
    let other = eights
        .iter()
        .map(|eight| u64::from_le_bytes(*eight) ^ all)
        .enumerate()
        .find(|(_, differs)| *differs != 0);
    match other {
        Some((at, differs)) => at * 8 + differs.trailing_zeros() as usize / 8,
        None => eights.len() * 8 + rest.iter().position(|&value| value != colour).unwrap_or(rest.len()),
    }
}

fn c_of([_, _, middle, _, _]: [u32; 5]) -> f32 {
    middle as f32
}

fn fits(runs: [u32; 5], loose: f32) -> bool {
    let total: u32 = runs.iter().sum();
    if total < 7 || runs.contains(&0) {
        return false;
    }
    let module = total as f32 / 7.0;
    let near = |run: u32| (run as f32 - module).abs() < module * loose + 0.4;
    let [first, second, middle, fourth, fifth] = runs;
    let middle_fits = (middle as f32 - 3.0 * module).abs() < 3.0 * module * loose * 0.8 + 0.6;
    middle_fits && [first, second, fourth, fifth].into_iter().all(near)
}

/// Looks down, then across again through the corrected centre.
fn confirm(black: &Plane, x: f32, y: usize, across: u32) -> Option<Finder> {
    let longest = (across as f32 / 7.0 * 2.2) as u32 + 2;
    let column = x.round() as isize;
    let (offset_y, down) = cross(black, (column, y as isize), (0, 1), longest)?;
    let ratio = down as f32 / across as f32;
    if !(0.5..2.0).contains(&ratio) {
        return None;
    }
    let centre_y = y as f32 + offset_y;
    let (offset_x, across) = cross(black, (column, centre_y.round() as isize), (1, 0), longest)?;
    Some(Finder { x: x.round() + offset_x, y: centre_y, module: (across + down) as f32 / 14.0, seen: 1 })
}

/// Measures the five runs through a dark point: how far the middle of the centre run is, and the length of all.
fn cross(black: &Plane, from: (isize, isize), step: (isize, isize), longest: u32) -> Option<(f32, u32)> {
    let at = |i: isize| black.get(from.0 + step.0 * i, from.1 + step.1 * i);
    if at(0) != Some(1) {
        return None;
    }
    let run = |start: isize, towards: isize, colour: u8, longest: u32| {
        let mut length = 0u32;
        while at(start + towards * length as isize) == Some(colour) {
            length += 1;
            if length > longest {
                return None;
            }
        }
        Some(length)
    };
    let before = run(0, -1, 1, longest * 3)?;
    let light_before = run(-(before as isize), -1, 0, longest)?;
    let dark_before = run(-((before + light_before) as isize), -1, 1, longest)?;
    let after = run(1, 1, 1, longest * 3)?;
    let light_after = run(1 + after as isize, 1, 0, longest)?;
    let dark_after = run(1 + (after + light_after) as isize, 1, 1, longest)?;
    let runs = [dark_before, light_before, before + after, light_after, dark_after];
    let middle = 1.0 + after as f32 - (before + after) as f32 / 2.0 - 0.5;
    fits(runs, LOOSER).then(|| (middle, runs.iter().sum()))
}

#[derive(Default)]
struct Candidates {
    finders: Vec<Finder>,
    cells: HashMap<(i32, i32), Vec<usize>>,
}

impl Candidates {
    /// The same finder pattern is met on several lines: their mean is kept.
    fn add(&mut self, one: Finder) {
        let cell = ((one.x / CELL) as i32, (one.y / CELL) as i32);
        let around = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (cell.0 + dx, cell.1 + dy)));
        let same = around.filter_map(|cell| self.cells.get(&cell)).flatten().copied().find(|&at| {
            self.finders.get(at).is_some_and(|known| {
                let reach = known.module * 2.0;
                let alike = one.module < known.module * 1.7 && one.module > known.module * 0.58;
                (known.x - one.x).abs() < reach && (known.y - one.y).abs() < reach && alike
            })
        });
        if let Some(known) = same.and_then(|at| self.finders.get_mut(at)) {
            let weight = known.seen as f32;
            let mean = |old: f32, new: f32| (old * weight + new) / (weight + 1.0);
            known.x = mean(known.x, one.x);
            known.y = mean(known.y, one.y);
            known.module = mean(known.module, one.module);
            known.seen += 1;
        } else {
            self.cells.entry(cell).or_default().push(self.finders.len());
            self.finders.push(one);
        }
    }
}
