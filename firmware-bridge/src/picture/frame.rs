//! Three eyes as a grid without perspective, and two cheap questions to it: are these three a code's eyes, and do the
//! dotted lines between them have this many dots?

use super::finder::Finder;
use super::grid::View;

pub(super) type Vector = (f32, f32);

/// The three eyes with the grid they span, before perspective.
pub(super) struct Frame {
    pub(super) a: Finder,
    pub(super) b: Finder,
    pub(super) c: Finder,
    pub(super) modules: usize,
    /// One module along and one down, in pixels.
    pub(super) along: Vector,
    pub(super) down: Vector,
}

/// Of the 49 modules of an eye this many must be right.
const EYE_RIGHT: usize = 37;
/// Share of the dots between two eyes that may be wrong.
const DOTS_WRONG: f32 = 0.3;

impl Frame {
    pub(super) fn new(a: Finder, b: Finder, c: Finder, version: usize) -> Frame {
        let modules = 17 + 4 * version;
        let between = (modules - 7) as f32;
        let along = ((b.x - a.x) / between, (b.y - a.y) / between);
        let down = ((c.x - a.x) / between, (c.y - a.y) / between);
        Frame { a, b, c, modules, along, down }
    }

    /// A place counted in modules from the centre of the corner eye.
    pub(super) fn place(&self, right: f32, below: f32) -> Vector {
        (
            self.a.x + right * self.along.0 + below * self.down.0,
            self.a.y + right * self.along.1 + below * self.down.1,
        )
    }

    /// One module along and one down as they are at an eye: near ones are larger than far ones.
    pub(super) fn at_eye(&self, eye: &Finder) -> (Vector, Vector) {
        let (along, down) = (self.along.0.hypot(self.along.1), self.down.0.hypot(self.down.1));
        let scale = (eye.module * self.lean() * 2.0 / (along + down)).clamp(0.5, 2.0);
        let scaled = |(x, y): Vector| (x * scale, y * scale);
        (scaled(self.along), scaled(self.down))
    }

    /// Eyes are measured along the picture's rows and columns: of a turned code that is longer than its own module.
    fn lean(&self) -> f32 {
        let length = self.along.0.hypot(self.along.1).max(f32::MIN_POSITIVE);
        self.along.0.abs().max(self.along.1.abs()) / length
    }

    /// Whether all three eyes have their rings where this frame turns them.
    pub(super) fn eyes_fit(&self, view: &View<'_>) -> bool {
        [&self.a, &self.b, &self.c].into_iter().all(|eye| {
            let (along, down) = self.at_eye(eye);
            let mut right = 0;
            for dy in -3i8..=3 {
                for dx in -3i8..=3 {
                    let (to_right, below) = (f32::from(dx), f32::from(dy));
                    let x = eye.x + to_right * along.0 + below * down.0;
                    let y = eye.y + to_right * along.1 + below * down.1;
                    let dark = u8::from(dx.abs().max(dy.abs()) != 2);
                    right += usize::from(view.black.nearest(x, y) == Some(dark));
                }
            }
            right >= EYE_RIGHT
        })
    }

    /// Whether at least one of the two dotted lines between the eyes is where this grid would have it, with or without
    /// the perspective that the sizes of its two eyes suggest.
    pub(super) fn has_timing(&self, view: &View<'_>) -> bool {
        let (a, b, c) = (&self.a, &self.b, &self.c);
        let across = |at: f32| self.place(at, 3.0);
        let down = |at: f32| self.place(3.0, at);
        self.wrong_dots(view, b.module / a.module, &across) <= DOTS_WRONG
            || self.wrong_dots(view, c.module / a.module, &down) <= DOTS_WRONG
    }

    fn wrong_dots(&self, view: &View<'_>, larger: f32, place: &dyn Fn(f32) -> Vector) -> f32 {
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
