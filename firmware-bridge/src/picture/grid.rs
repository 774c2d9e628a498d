//! From three finder patterns to a code: how many modules it has, where its fourth corner is, and what each module is.

use super::alignment;
use super::bits;
use super::finder::Finder;
use super::finder_pattern::{self, Vector, outer_edge};
use super::flow;
use super::frame::{Frame, counted_version};
use super::homography::{Homography, Point};
use super::outline;
use super::places::Places;
use super::plane::View;
use super::sample::{Sampling, sample};

/// A decoded code and its corners, clockwise from its own top left.
pub(super) struct DecodedCode {
    pub(super) text: String,
    pub(super) corners: [Vector; 4],
}

/// How much is tried for the fourth corner.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    Quick,
    /// Also corners far from the expected one: for codes that are bent, or whose alignment pattern is damaged.
    Thorough,
}

/// Reads the code whose finder patterns these are, if they are a code's.
pub(super) fn solve(view: View<'_>, finders: [Finder; 3], effort: Effort) -> Option<DecodedCode> {
    let patterns = finder_pattern::fitted(view, finders)?;
    let attempt = |frame, version| Attempt { view, frame, version }.read(effort);
    let mut known = None;
    for version in versions(view, finders) {
        let frame = Frame::new(patterns, version);
        if frame.has_timing(view) {
            if let Some(found) = attempt(frame, version) {
                return Some(found);
            }
            known = known.or(Some(version));
        }
    }
    let counted = counted_version(view, &patterns).filter(|version| known != Some(*version))?;
    attempt(Frame::new(patterns, counted), counted)
}

/// One point of the grid, and where in the picture it is thought to be.
type Guess = (Point, Vector);

/// A frame taken for a code's.
struct Attempt<'a> {
    view: View<'a>,
    frame: Frame,
    version: usize,
}

/// A guess with what follows from it.
struct GridFit {
    map: Homography,
    places: Places,
    uniformity: f32,
}

/// How many of the best fits are decoded.
const DECODED: usize = 3;
/// A fit with this much uniformity is probably right.
const GOOD: f32 = 0.7;

impl Attempt<'_> {
    fn read(&self, effort: Effort) -> Option<DecodedCode> {
        let mut fits = self.fits_by_edges();
        if let Some(found) = self.decode_best(&mut fits, GOOD) {
            return Some(found);
        }
        fits.extend(self.fits_without_perspective());
        if let Some(found) = self.decode_best(&mut fits, 0.0) {
            return Some(found);
        }
        let best = fits.first()?;
        if let Some(found) = fits
            .iter()
            .take(if effort == Effort::Quick { 1 } else { DECODED })
            .find_map(|fit| self.decode_bent(fit))
        {
            return Some(found);
        }
        let from = best.map.map(self.far(), self.far());
        if let Some(found) = self.hill_climb(from).and_then(|refined| self.decode(&refined, &Sampling::ALL)) {
            return Some(found);
        }
        if effort == Effort::Quick { None } else { self.grid_search(from) }
    }

    /// Best first; those of less uniformity are not decoded.
    fn decode_best(&self, fits: &mut [GridFit], least: f32) -> Option<DecodedCode> {
        fits.sort_by(|one, other| other.uniformity.total_cmp(&one.uniformity));
        fits.iter().take(DECODED).enumerate().filter(|(_, fit)| fit.uniformity >= least).find_map(
            |(at, fit)| {
                let samplings: &[Sampling] = if at == 0 { &Sampling::ALL } else { &[Sampling::Vote] };
                self.decode(fit, samplings)
            },
        )
    }

    /// The row and column, in modules, of the centres of the far finder patterns.
    fn far(&self) -> f64 {
        self.frame.modules as f64 - 3.5
    }

    /// The corner that the edges lead to, and what looks like an alignment pattern near where it then would be.
    fn fits_by_edges(&self) -> Vec<GridFit> {
        let side = self.frame.modules as f64;
        match outline::fourth_corner(self.view, &self.frame) {
            None => Vec::new(),
            Some(corner) => self.fits(((side, side), corner), 2.0),
        }
    }

    /// The corner of a code seen from the front, and what looks like an alignment pattern further around.
    fn fits_without_perspective(&self) -> Vec<GridFit> {
        let between = (self.frame.modules - 7) as f32;
        self.fits(((self.far(), self.far()), self.frame.place(between, between)), 4.5)
    }

    fn fits(&self, guess: Guess, reach: f64) -> Vec<GridFit> {
        let mut fits: Vec<GridFit> = self.fit(guess).into_iter().collect();
        if self.version >= 2
            && let Some(map) = self.map(guess)
        {
            let at = self.frame.modules as f64 - 6.5;
            let places = alignment::likely_places(self.view.gray, &map, at, reach);
            fits.extend(places.into_iter().filter_map(|place| self.fit(((at, at), place))));
        }
        fits
    }

    fn map(&self, (of_grid, of_picture): Guess) -> Option<Homography> {
        let wide = |(x, y): Vector| (f64::from(x), f64::from(y));
        let [a, b, c] = &self.frame.patterns;
        let picture = [wide((a.x, a.y)), wide((b.x, b.y)), wide((c.x, c.y)), wide(of_picture)];
        Homography::new([(3.5, 3.5), (self.far(), 3.5), (3.5, self.far()), of_grid], picture)
    }

    /// `None` when the code would reach out of the picture.
    fn fit(&self, guess: Guess) -> Option<GridFit> {
        let map = self.map(guess)?;
        let places = Places::new(&map, self.frame.modules);
        if !places.are_inside(self.view.gray) {
            return None;
        }
        let uniformity = places.uniformity(self.view.black);
        Some(GridFit { map, places, uniformity })
    }

    fn decode(&self, fit: &GridFit, samplings: &[Sampling]) -> Option<DecodedCode> {
        self.decode_places(&fit.places, &fit.map, samplings)
    }

    fn decode_places(
        &self,
        places: &Places,
        map: &Homography,
        samplings: &[Sampling],
    ) -> Option<DecodedCode> {
        let side = self.frame.modules as f64;
        samplings.iter().find_map(|&sampling| {
            let text = bits::decode(&sample(self.view, places, sampling)?)?;
            let corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(x, y)| map.map(x, y));
            Some(DecodedCode { text, corners })
        })
    }

    /// On paper that is not flat: large codes by their alignment patterns, then all by following the modules.
    fn decode_bent(&self, fit: &GridFit) -> Option<DecodedCode> {
        let bent = alignment::bent(self.view.gray, &fit.map, self.frame.modules, self.version);
        if let Some(bent) = &bent
            && let Some(found) = self.decode_places(bent, &fit.map, &Sampling::ALL)
        {
            return Some(found);
        }
        let mut places = flow::follow(self.view.black, bent.as_ref().unwrap_or(&fit.places));
        for _ in 0..2 {
            if let Some(found) = self.decode_places(&places, &fit.map, &Sampling::ALL) {
                return Some(found);
            }
            places = flow::follow(self.view.black, &places);
        }
        None
    }

    /// From one place of the fourth finder pattern that would be to a better one near it, until none is better.
    fn hill_climb(&self, from: Vector) -> Option<GridFit> {
        let corner = (self.far(), self.far());
        let (mut at, mut best) = (from, self.fit((corner, from))?);
        let (along, down) = (self.frame.along, self.frame.down);
        for step in [0.7f32, 0.35, 0.18] {
            for _ in 0..4 {
                let around = [
                    (1.0, 0.0),
                    (-1.0, 0.0),
                    (0.0, 1.0),
                    (0.0, -1.0),
                    (1.0, 1.0),
                    (-1.0, -1.0),
                    (1.0, -1.0),
                    (-1.0, 1.0),
                ];
                let next = around
                    .into_iter()
                    .map(|(x, y): Vector| (x * step, y * step))
                    .map(|(x, y)| (at.0 + x * along.0 + y * down.0, at.1 + x * along.1 + y * down.1))
                    .filter_map(|place| Some((place, self.fit((corner, place))?)))
                    .max_by(|one, other| one.1.uniformity.total_cmp(&other.1.uniformity));
                match next {
                    Some((place, fit)) if fit.uniformity > best.uniformity => (at, best) = (place, fit),
                    _ => break,
                }
            }
        }
        Some(best)
    }

    /// Climbs from places all around.
    fn grid_search(&self, from: Vector) -> Option<DecodedCode> {
        let (along, down) = (self.frame.along, self.frame.down);
        let reach = self.frame.modules as f32 / 12.0;
        let mut fits: Vec<GridFit> = Vec::new();
        for y in [-1.0f32, -0.5, 0.0, 0.5, 1.0] {
            for x in [-1.0f32, -0.5, 0.0, 0.5, 1.0] {
                let (x, y) = (x * reach, y * reach);
                let place = (from.0 + x * along.0 + y * down.0, from.1 + x * along.1 + y * down.1);
                fits.extend(self.hill_climb(place));
            }
        }
        fits.sort_by(|one, other| other.uniformity.total_cmp(&one.uniformity));
        fits.dedup_by(|one, other| (one.uniformity - other.uniformity).abs() < f32::EPSILON);
        fits.iter().take(4).find_map(|fit| self.decode(fit, &Sampling::ALL))
    }
}

/// The likeliest versions (1–40) first: by counting the dots between the finder patterns, by measuring the finder
/// patterns, and its neighbours.
fn versions(view: View<'_>, [a, b, c]: [Finder; 3]) -> Vec<usize> {
    let sides = [(a, b), (a, c)];
    let mut estimates: Vec<f32> = sides
        .iter()
        .filter_map(|(from, to)| {
            let length = (to.x - from.x).hypot(to.y - from.y);
            Some(length / module_along(view, *from, *to, length)? + 7.0)
        })
        .collect();
    if estimates.is_empty() {
        let length: f32 = sides.iter().map(|(from, to)| (to.x - from.x).hypot(to.y - from.y)).sum();
        estimates.push(length * 1.5 / (a.module + b.module + c.module) + 7.0);
    }
    let modules = estimates.iter().sum::<f32>() / estimates.len() as f32;
    let exact = (modules - 17.0) / 4.0;
    let nearest = exact.round().max(1.0);
    let way = if exact > nearest { 1.0 } else { -1.0 };
    let offsets: &[f32] = if nearest < 7.0 { &[0.0, 1.0, -1.0] } else { &[0.0, 1.0, -1.0, 2.0, -2.0] };
    offsets
        .iter()
        .filter_map(|offset| usize::try_from((nearest + offset * way) as i32).ok())
        .filter(|it| (1..=40).contains(it))
        .collect()
}

/// From the centre of a finder pattern to its outer edge are three and a half modules, inwards and outwards, at both ends.
fn module_along(view: View<'_>, from: Finder, to: Finder, length: f32) -> Option<f32> {
    let (dx, dy) = ((to.x - from.x) / length, (to.y - from.y) / length);
    let ways = [(from, 1.0), (from, -1.0), (to, 1.0), (to, -1.0)];
    let edges: Vec<f32> = ways
        .into_iter()
        .filter_map(|(pattern, way)| outer_edge(view, &pattern, dx * way, dy * way))
        .collect();
    (edges.len() >= 2).then(|| edges.iter().sum::<f32>() / edges.len() as f32 / 3.5)
}
