//! Looking through one picture with our own reader, and what was found so far.

use super::finder::{Finder, finders};
use super::grid::{Effort, solve};
use super::plane::{Plane, View};
use super::resample::doubled;
use super::{Code, Kind, binarize, contains, middle, second, triple};
use image::{GrayImage, imageops};
use std::time::{Duration, Instant};

/// With more finder patterns than this the mask is noise.
const FINDERS_MAX: usize = 3000;
/// Time for one look over one picture.
const LOOK_MAX: Duration = limit(300);
/// From this many pixels on every second line is looked at for finder patterns: two lines go through the smallest.
pub(super) const LARGE: usize = 2_000_000;

/// Time for looking from near, and how many modules around a finder pattern are looked at.
const NEAR_MAX: Duration = limit(120);

/// A limit of time in milliseconds. Code that is not optimised is about eight times slower and is given as much more.
pub(super) const fn limit(milliseconds: u64) -> Duration {
    Duration::from_millis(if cfg!(debug_assertions) { 8 * milliseconds } else { milliseconds })
}
const REACH: f32 = 42.0;

/// What was found so far.
pub(super) struct Search<'a> {
    pub(super) codes: Vec<Code>,
    pub(super) found: &'a mut dyn FnMut(&Code),
}

impl Search<'_> {
    /// A code where there is one already is the same code: the first one's corners are better.
    pub(super) fn add(&mut self, code: Code) {
        let [x, y] = middle(&code.corners);
        if self.codes.iter().any(|known| contains(&known.corners, x, y)) {
            return;
        }
        (self.found)(&code);
        self.codes.push(code);
    }

    pub(super) fn add_all(&mut self, codes: Vec<Code>) {
        for code in codes {
            self.add(code);
        }
    }

    /// Many codes in a picture: softened first, because noise makes a thousand finder patterns; as it is, for the
    /// smallest modules; with the second reader; and what still has a finder pattern, from near.
    pub(super) fn look_over_shelf(&mut self, picture: &GrayImage, gray: &Plane) {
        let soft = gray.softened();
        let unread = self.look(&soft, &binarize::by_blocks(&soft), 1.0, Effort::Quick);
        self.look(gray, &binarize::by_blocks(gray), 1.0, Effort::Quick);
        self.add_all(second::qr_codes(picture));
        let started = Instant::now();
        for pattern in unread {
            if started.elapsed() > NEAR_MAX {
                return;
            }
            if !self.codes.iter().any(|code| contains(&code.corners, pattern.x, pattern.y)) {
                self.look_near(picture, pattern);
            }
        }
    }

    /// The surroundings of one finder pattern, enlarged.
    fn look_near(&mut self, picture: &GrayImage, pattern: Finder) {
        let reach = (pattern.module * REACH).clamp(60.0, 400.0);
        let (left, top) = ((pattern.x - reach).max(0.0) as u32, (pattern.y - reach).max(0.0) as u32);
        let crop = imageops::crop_imm(picture, left, top, (reach * 2.0) as u32, (reach * 2.0) as u32);
        let gray = Plane::gray(doubled(&crop.to_image())).softened();
        let back = |x: f32, y: f32| [left as f32 + x / 2.0, top as f32 + y / 2.0];
        for black in [binarize::by_blocks(&gray), binarize::by_local_mean(&gray, 30, 5)] {
            self.look_through(View { gray: &gray, black: &black }, Effort::Thorough, &back);
        }
    }

    /// One look of our own reader. `factor` is the scale of this plane against the picture. Finder patterns inside
    /// codes that were already read are passed over; those left over are the answer.
    pub(super) fn look(&mut self, gray: &Plane, black: &Plane, factor: f32, effort: Effort) -> Vec<Finder> {
        self.look_through(View { gray, black }, effort, &|x, y| [x / factor, y / factor])
    }

    /// `back` takes a point of the view to the picture.
    pub(super) fn look_through(
        &mut self,
        view: View<'_>,
        effort: Effort,
        back: &dyn Fn(f32, f32) -> [f32; 2],
    ) -> Vec<Finder> {
        let started = Instant::now();
        let large = view.gray.width * view.gray.height >= LARGE;
        let mut patterns: Vec<Option<Finder>> =
            finders(view.black, if large { 2 } else { 1 }).into_iter().map(Some).collect();
        for code in &self.codes {
            pass_over(&mut patterns, &code.corners, back);
        }
        let all: Vec<Finder> = patterns.iter().copied().flatten().collect();
        let mut patterns: Vec<Option<Finder>> = all.iter().copied().map(Some).collect();
        if all.len() < 3 || all.len() > FINDERS_MAX {
            return all;
        }
        for triple in triple::triples(&all) {
            let [a, b, c] = triple.patterns.map(|at| patterns.get(at).copied().flatten());
            let (Some(a), Some(b), Some(c)) = (a, b, c) else { continue };
            if started.elapsed() > LOOK_MAX {
                break;
            }
            let Some(code) = solve(view, [a, b, c], effort) else { continue };
            let corners = code.corners.map(|(x, y)| back(x, y));
            pass_over(&mut patterns, &corners, back);
            self.add(Code { text: code.text, kind: Kind::Qr, corners });
        }
        patterns.into_iter().flatten().collect()
    }
}

fn pass_over(patterns: &mut [Option<Finder>], corners: &[[f32; 2]; 4], back: &dyn Fn(f32, f32) -> [f32; 2]) {
    for pattern in patterns {
        let inside = pattern.is_some_and(|pattern| {
            let [x, y] = back(pattern.x, pattern.y);
            contains(corners, x, y)
        });
        if inside {
            *pattern = None;
        }
    }
}
