//! Three finder patterns as a grid without perspective, and the dotted lines between them: does this grid have its dots
//! where they are, and if the paper is bent, how many are there?

use super::finder_pattern::{FinderPattern, FinderPatterns, Vector};
use super::plane::View;

/// The three finder patterns with the grid they span, before perspective.
pub(super) struct Frame {
    pub(super) patterns: FinderPatterns,
    pub(super) modules: usize,
    /// One module along and one down, in pixels.
    pub(super) along: Vector,
    pub(super) down: Vector,
}

/// Share of the dots between two finder patterns that may be wrong.
const DOTS_WRONG: f32 = 0.3;

impl Frame {
    pub(super) fn new(patterns: FinderPatterns, version: usize) -> Frame {
        let modules = 17 + 4 * version;
        let between = (modules - 7) as f32;
        let [a, b, c] = &patterns;
        let along = ((b.x - a.x) / between, (b.y - a.y) / between);
        let down = ((c.x - a.x) / between, (c.y - a.y) / between);
        Frame { patterns, modules, along, down }
    }

    /// A place counted in modules from the centre of the corner finder pattern.
    pub(super) fn place(&self, right: f32, below: f32) -> Vector {
        let [a, ..] = &self.patterns;
        (a.x + right * self.along.0 + below * self.down.0, a.y + right * self.along.1 + below * self.down.1)
    }

    /// Whether at least one of the two dotted lines between the finder patterns is where this grid would have it, with
    /// or without the perspective that the sizes of its two finder patterns suggest.
    pub(super) fn has_timing(&self, view: View<'_>) -> bool {
        let [a, b, c] = &self.patterns;
        let across = |at: f32| self.place(at, 3.0);
        let down = |at: f32| self.place(3.0, at);
        let length = |(x, y): Vector| x.hypot(y);
        self.wrong_dots(view, length(b.along) / length(a.along), &across) <= DOTS_WRONG
            || self.wrong_dots(view, length(c.down) / length(a.down), &down) <= DOTS_WRONG
    }

    fn wrong_dots(&self, view: View<'_>, larger: f32, place: &dyn Fn(f32) -> Vector) -> f32 {
        let between = (self.modules - 7) as f32;
        let share = |bend: f32| {
            let dots = 6..self.modules - 6;
            let total = dots.len() as f32;
            let wrong = dots.filter(|&at| {
                let part = (at as f32 - 3.0) / between;
                let (x, y) = place(between * part / ((1.0 - part) * bend + part));
                view.black.nearest(x, y).unwrap_or(0) != u8::from(at % 2 == 0)
            });
            wrong.count() as f32 / total
        };
        share(1.0).min(share(larger.sqrt().clamp(0.7, 1.4)))
    }
}

/// The version (1–40), counted along lines between the finder patterns that may be bowed.
pub(super) fn counted_version(view: View<'_>, [a, b, c]: &FinderPatterns) -> Option<usize> {
    let flipped =
        |pattern: &FinderPattern| FinderPattern { along: pattern.down, down: pattern.along, ..*pattern };
    counted_along(view, a, b).or_else(|| counted_along(view, &flipped(a), &flipped(c)))
}

fn counted_along(view: View<'_>, from: &FinderPattern, to: &FinderPattern) -> Option<usize> {
    let offsets = [3.0f32, 2.7, 3.3];
    let bows = [0.0f32, 0.8, -0.8, 1.6, -1.6, 2.4, -2.4];
    let lines = bows.into_iter().flat_map(|bow| offsets.into_iter().map(move |offset| (offset, bow)));
    lines.into_iter().find_map(|(offset, bow)| {
        let (start, end) = (from.place(0.0, offset), to.place(0.0, offset));
        let sideways = (
            f32::midpoint(from.down.0, to.down.0) * bow * 4.0,
            f32::midpoint(from.down.1, to.down.1) * bow * 4.0,
        );
        let steps = ((end.0 - start.0).hypot(end.1 - start.1) * 2.0) as usize;
        let mut runs = vec![0usize];
        let mut colour = 1;
        for step in 0..=steps {
            let part = step as f32 / steps.max(1) as f32;
            let aside = part * (1.0 - part);
            let x = start.0 + (end.0 - start.0) * part + sideways.0 * aside;
            let y = start.1 + (end.1 - start.1) * part + sideways.1 * aside;
            let value = view.black.nearest(x, y).unwrap_or(0);
            if value != colour {
                colour = value;
                runs.push(0);
            }
            if let Some(run) = runs.last_mut() {
                *run += 1;
            }
        }
        dots(&runs)
            .filter(|count| count % 4 == 3)
            .map(|count| (count - 3) / 4)
            .filter(|it| (1..=40).contains(it))
    })
}

/// How many runs there are between the long ones at both ends, if each is about as long as the next.
fn dots(runs: &[usize]) -> Option<usize> {
    let [first, inner @ .., last] = runs else { return None };
    let alike = |pair: &[usize]| match pair {
        [one, other] => one.max(other) * 5 <= one.min(other) * 12 + 5,
        _ => true,
    };
    let ends = [(first, inner.first()?), (last, inner.last()?)];
    let ends_long = ends.into_iter().all(|(end, next)| end * 2 >= next * 3);
    (ends_long && inner.windows(2).all(alike)).then_some(inner.len())
}
