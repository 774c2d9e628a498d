//! From three eyes to a code: how many modules it has, where its fourth corner is, and what each module is.

use super::alignment;
use super::bits;
use super::eyes::{self, Vector, outer_edge};
use super::finder::Finder;
use super::flow;
use super::frame::{Frame, counted_version};
use super::homography::{Homography, Point};
use super::outline;
use super::places::Places;
use super::plane::View;
use super::sample::{Sampling, sample};

/// A decoded code and its corners, clockwise from its own top left.
pub(super) struct Found {
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

/// Reads the code whose eyes these are, if they are a code's.
pub(super) fn solve(view: View<'_>, finders: [Finder; 3], effort: Effort) -> Option<Found> {
    let eyes = eyes::fitted(view, finders)?;
    let attempt = |frame, version| Attempt { view, frame, version }.read(effort);
    let mut known = None;
    for version in versions(view, finders) {
        let frame = Frame::new(eyes, version);
        if frame.has_timing(view) {
            if let Some(found) = attempt(frame, version) {
                return Some(found);
            }
            known = known.or(Some(version));
        }
    }
    let counted = counted_version(view, &eyes).filter(|version| known != Some(*version))?;
    attempt(Frame::new(eyes, counted), counted)
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
struct Lay {
    map: Homography,
    places: Places,
    harmony: f32,
}

/// How many of the best lays are decoded.
const DECODED: usize = 3;
/// A lay with this much harmony is probably right.
const GOOD: f32 = 0.7;

impl Attempt<'_> {
    fn read(&self, effort: Effort) -> Option<Found> {
        let mut lays = self.lays_by_edges();
        if let Some(found) = self.decode_best(&mut lays, GOOD) {
            return Some(found);
        }
        lays.extend(self.lays_without_perspective());
        if let Some(found) = self.decode_best(&mut lays, 0.0) {
            return Some(found);
        }
        let best = lays.first()?;
        if let Some(found) = lays
            .iter()
            .take(if effort == Effort::Quick { 1 } else { DECODED })
            .find_map(|lay| self.decode_bent(lay))
        {
            return Some(found);
        }
        let from = best.map.map(self.far(), self.far());
        if let Some(found) = self.climb(from).and_then(|climbed| self.decode(&climbed, &Sampling::ALL)) {
            return Some(found);
        }
        if effort == Effort::Quick { None } else { self.wander(from) }
    }

    /// Best first; those of less harmony are not decoded.
    fn decode_best(&self, lays: &mut [Lay], least: f32) -> Option<Found> {
        lays.sort_by(|one, other| other.harmony.total_cmp(&one.harmony));
        lays.iter().take(DECODED).enumerate().filter(|(_, lay)| lay.harmony >= least).find_map(|(at, lay)| {
            let samplings: &[Sampling] = if at == 0 { &Sampling::ALL } else { &[Sampling::Vote] };
            self.decode(lay, samplings)
        })
    }

    /// The row and column, in modules, of the centres of the far eyes.
    fn far(&self) -> f64 {
        self.frame.modules as f64 - 3.5
    }

    /// The corner that the edges lead to, and what looks like an alignment pattern near where it then would be.
    fn lays_by_edges(&self) -> Vec<Lay> {
        let side = self.frame.modules as f64;
        match outline::fourth_corner(self.view, &self.frame) {
            None => Vec::new(),
            Some(corner) => self.lays(((side, side), corner), 2.0),
        }
    }

    /// The corner of a code seen from the front, and what looks like an alignment pattern further around.
    fn lays_without_perspective(&self) -> Vec<Lay> {
        let between = (self.frame.modules - 7) as f32;
        self.lays(((self.far(), self.far()), self.frame.place(between, between)), 4.5)
    }

    fn lays(&self, guess: Guess, reach: f64) -> Vec<Lay> {
        let mut lays: Vec<Lay> = self.lay(guess).into_iter().collect();
        if self.version >= 2
            && let Some(map) = self.map(guess)
        {
            let at = self.frame.modules as f64 - 6.5;
            let places = alignment::likely_places(self.view.gray, &map, at, reach);
            lays.extend(places.into_iter().filter_map(|place| self.lay(((at, at), place))));
        }
        lays
    }

    fn map(&self, (of_grid, of_picture): Guess) -> Option<Homography> {
        let wide = |(x, y): Vector| (f64::from(x), f64::from(y));
        let [a, b, c] = &self.frame.eyes;
        let picture = [wide((a.x, a.y)), wide((b.x, b.y)), wide((c.x, c.y)), wide(of_picture)];
        Homography::new([(3.5, 3.5), (self.far(), 3.5), (3.5, self.far()), of_grid], picture)
    }

    /// `None` when the code would reach out of the picture.
    fn lay(&self, guess: Guess) -> Option<Lay> {
        let map = self.map(guess)?;
        let places = Places::new(&map, self.frame.modules);
        if !places.are_inside(self.view.gray) {
            return None;
        }
        let harmony = places.harmony(self.view.black);
        Some(Lay { map, places, harmony })
    }

    fn decode(&self, lay: &Lay, samplings: &[Sampling]) -> Option<Found> {
        self.decode_places(&lay.places, &lay.map, samplings)
    }

    fn decode_places(&self, places: &Places, map: &Homography, samplings: &[Sampling]) -> Option<Found> {
        let side = self.frame.modules as f64;
        samplings.iter().find_map(|&sampling| {
            let text = bits::decode(&sample(self.view, places, sampling)?)?;
            let corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(x, y)| map.map(x, y));
            Some(Found { text, corners })
        })
    }

    /// On paper that is not flat: large codes by their alignment patterns, then all by following the modules.
    fn decode_bent(&self, lay: &Lay) -> Option<Found> {
        let bent = alignment::bent(self.view.gray, &lay.map, self.frame.modules, self.version);
        if let Some(bent) = &bent
            && let Some(found) = self.decode_places(bent, &lay.map, &Sampling::ALL)
        {
            return Some(found);
        }
        let mut places = flow::follow(self.view.black, bent.as_ref().unwrap_or(&lay.places));
        for _ in 0..2 {
            if let Some(found) = self.decode_places(&places, &lay.map, &Sampling::ALL) {
                return Some(found);
            }
            places = flow::follow(self.view.black, &places);
        }
        None
    }

    /// From one place of the fourth eye that would be to a better one near it, until none is better.
    fn climb(&self, from: Vector) -> Option<Lay> {
        let corner = (self.far(), self.far());
        let (mut at, mut best) = (from, self.lay((corner, from))?);
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
                    .filter_map(|place| Some((place, self.lay((corner, place))?)))
                    .max_by(|one, other| one.1.harmony.total_cmp(&other.1.harmony));
                match next {
                    Some((place, lay)) if lay.harmony > best.harmony => (at, best) = (place, lay),
                    _ => break,
                }
            }
        }
        Some(best)
    }

    /// Climbs from places all around.
    fn wander(&self, from: Vector) -> Option<Found> {
        let (along, down) = (self.frame.along, self.frame.down);
        let reach = self.frame.modules as f32 / 12.0;
        let mut lays: Vec<Lay> = Vec::new();
        for y in [-1.0f32, -0.5, 0.0, 0.5, 1.0] {
            for x in [-1.0f32, -0.5, 0.0, 0.5, 1.0] {
                let (x, y) = (x * reach, y * reach);
                let place = (from.0 + x * along.0 + y * down.0, from.1 + x * along.1 + y * down.1);
                lays.extend(self.climb(place));
            }
        }
        lays.sort_by(|one, other| other.harmony.total_cmp(&one.harmony));
        lays.dedup_by(|one, other| (one.harmony - other.harmony).abs() < f32::EPSILON);
        lays.iter().take(4).find_map(|lay| self.decode(lay, &Sampling::ALL))
    }
}

/// The likeliest versions (1–40) first: by counting the dots between the eyes, by measuring the eyes, and its neighbours.
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

/// From the centre of an eye to its outer edge are three and a half modules, inwards and outwards, at both ends.
fn module_along(view: View<'_>, from: Finder, to: Finder, length: f32) -> Option<f32> {
    let (dx, dy) = ((to.x - from.x) / length, (to.y - from.y) / length);
    let ways = [(from, 1.0), (from, -1.0), (to, 1.0), (to, -1.0)];
    let edges: Vec<f32> =
        ways.into_iter().filter_map(|(eye, way)| outer_edge(view, &eye, dx * way, dy * way)).collect();
    (edges.len() >= 2).then(|| edges.iter().sum::<f32>() / edges.len() as f32 / 3.5)
}
