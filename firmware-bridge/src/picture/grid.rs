//! From three eyes to a code: how many modules it has, where its fourth corner is, and what each module is.

use super::bits;
use super::finder::Finder;
use super::homography::{Homography, Point};
use super::plane::Plane;
use super::sample::{Sampling, sample};

/// The same picture twice.
pub(super) struct View<'a> {
    pub(super) gray: &'a Plane,
    pub(super) black: &'a Plane,
}

/// A decoded code and its corners, clockwise from its own top left.
pub(super) struct Found {
    pub(super) bytes: Vec<u8>,
    pub(super) corners: [(f32, f32); 4],
}

/// How much is tried for the fourth corner.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    Quick,
    /// Also every place around the expected one: for codes whose alignment pattern is damaged.
    Thorough,
}

/// The three eyes with the grid they span, before perspective.
struct Frame {
    a: Finder,
    b: Finder,
    c: Finder,
    modules: usize,
    /// One module along and one down, in pixels.
    along: (f32, f32),
    down: (f32, f32),
}

impl Frame {
    fn new(a: Finder, b: Finder, c: Finder, version: usize) -> Frame {
        let modules = 17 + 4 * version;
        let between = (modules - 7) as f32;
        let along = ((b.x - a.x) / between, (b.y - a.y) / between);
        let down = ((c.x - a.x) / between, (c.y - a.y) / between);
        Frame { a, b, c, modules, along, down }
    }

    /// A place counted in modules from the centre of the corner eye.
    fn place(&self, right: f32, below: f32) -> (f32, f32) {
        (
            self.a.x + right * self.along.0 + below * self.down.0,
            self.a.y + right * self.along.1 + below * self.down.1,
        )
    }
}

/// Reads the code whose eyes these are, if they are a code's.
pub(super) fn solve(view: &View<'_>, a: Finder, b: Finder, c: Finder, effort: Effort) -> Option<Found> {
    for version in versions(view, a, b, c) {
        let frame = Frame::new(a, b, c, version);
        if !has_timing(view, &frame) {
            continue;
        }
        for (tried, (of_grid, of_picture)) in
            fourth_points(view, &frame, version, effort).into_iter().enumerate()
        {
            let samplings: &[Sampling] = if tried < 4 { &Sampling::ALL } else { &[Sampling::Midrange] };
            if let Some(found) = try_fourth(view, &frame, of_grid, of_picture, samplings) {
                return Some(found);
            }
        }
    }
    None
}

fn try_fourth(
    view: &View<'_>,
    frame: &Frame,
    of_grid: Point,
    of_picture: (f32, f32),
    samplings: &[Sampling],
) -> Option<Found> {
    let far = frame.modules as f64 - 3.5;
    let wide = |(x, y): (f32, f32)| (f64::from(x), f64::from(y));
    let (a, b, c) = (frame.a, frame.b, frame.c);
    let picture = [wide((a.x, a.y)), wide((b.x, b.y)), wide((c.x, c.y)), wide(of_picture)];
    let map = Homography::new([(3.5, 3.5), (far, 3.5), (3.5, far), of_grid], picture)?;
    let side = frame.modules as f64;
    for &sampling in samplings {
        if let Some(bytes) = sample(view, &map, frame.modules, sampling).and_then(|bits| bits::decode(&bits))
        {
            let corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(x, y)| map.map(x, y));
            return Some(Found { bytes, corners });
        }
    }
    None
}

/// The likeliest version (1–40) first, then its neighbours.
fn versions(view: &View<'_>, a: Finder, b: Finder, c: Finder) -> Vec<usize> {
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
    let order = if exact > nearest { [0.0, 1.0, -1.0] } else { [0.0, -1.0, 1.0] };
    let version = |offset: f32| (nearest + offset) as i32;
    order
        .into_iter()
        .map(version)
        .filter_map(|it| usize::try_from(it).ok())
        .filter(|it| (1..=40).contains(it))
        .collect()
}

/// From the centre of an eye to its outer edge are three and a half modules, inwards and outwards, at both ends.
fn module_along(view: &View<'_>, from: Finder, to: Finder, length: f32) -> Option<f32> {
    let (dx, dy) = ((to.x - from.x) / length, (to.y - from.y) / length);
    let ways = [(from, 1.0), (from, -1.0), (to, 1.0), (to, -1.0)];
    let edges: Vec<f32> =
        ways.into_iter().filter_map(|(eye, way)| outer_edge(view, eye, dx * way, dy * way)).collect();
    (edges.len() >= 2).then(|| edges.iter().sum::<f32>() / edges.len() as f32 / 3.5)
}

fn outer_edge(view: &View<'_>, eye: Finder, dx: f32, dy: f32) -> Option<f32> {
    let (mut colour, mut changes, mut distance) = (1, 0, 0.0);
    while distance < eye.module * 8.0 {
        let value = view.black.nearest(eye.x + dx * distance, eye.y + dy * distance)?;
        if value != colour {
            colour = value;
            changes += 1;
            if changes == 3 {
                return Some(distance);
            }
        }
        distance += 0.25;
    }
    None
}

/// Whether at least one of the two dotted lines between the eyes is where this grid would have it.
fn has_timing(view: &View<'_>, frame: &Frame) -> bool {
    let wrong_share = |place: &dyn Fn(f32) -> (f32, f32)| {
        let steps = frame.modules.saturating_sub(16).max(1);
        let wrong = (8..frame.modules - 8)
            .filter(|&at| {
                let (x, y) = place(at as f32 - 3.0);
                view.black.nearest(x, y).unwrap_or(0) != u8::from(at % 2 == 0)
            })
            .count();
        wrong as f32 / steps as f32
    };
    let across = wrong_share(&|at| frame.place(at, 3.0));
    let down = wrong_share(&|at| frame.place(3.0, at));
    across.min(down) <= 0.36
}

/// Places for the fourth point: the alignment pattern where it looks likeliest, then the corner without perspective, then,
/// when there is no such pattern or it is damaged, places around that corner.
fn fourth_points(view: &View<'_>, frame: &Frame, version: usize, effort: Effort) -> Vec<(Point, (f32, f32))> {
    let side = frame.modules as f64;
    let mut points = Vec::new();
    if version >= 2 {
        let places = alignments(view, frame, version);
        points.extend(places.into_iter().map(|place| ((side - 6.5, side - 6.5), place)));
    }
    let corner = (side - 3.5, side - 3.5);
    let between = (frame.modules - 7) as f32;
    points.push((corner, frame.place(between, between)));
    if version == 1 || effort == Effort::Thorough {
        let reach = if version == 1 { 4i8 } else { 6 };
        for y in -reach..=reach {
            for x in -reach..=reach {
                let (x, y) = (f32::from(x) * 0.5, f32::from(y) * 0.5);
                points.push((corner, frame.place(between + x, between + y)));
            }
        }
    }
    points
}

/// The three places that look most like an alignment pattern: dark, a light ring, a dark ring.
fn alignments(view: &View<'_>, frame: &Frame, version: usize) -> Vec<(f32, f32)> {
    let expected = frame.modules as f32 - 10.0;
    let reach = if version >= 7 { 12i8 } else { 9 };
    let mut places = Vec::new();
    for y in -reach..=reach {
        for x in -reach..=reach {
            let (x, y) = (f32::from(x) * 0.5, f32::from(y) * 0.5);
            let (likeness, far) = (likeness(view, frame, expected + x, expected + y), (x * x + y * y) * 0.6);
            places.push((likeness - far, frame.place(expected + x, expected + y)));
        }
    }
    places.sort_by(|one, other| other.0.total_cmp(&one.0));
    let apart = frame.along.0.hypot(frame.along.1) * 0.9;
    let mut kept: Vec<(f32, f32)> = Vec::new();
    for (_, place) in places {
        if kept.iter().all(|other| (other.0 - place.0).hypot(other.1 - place.1) > apart) {
            kept.push(place);
            if kept.len() == 3 {
                break;
            }
        }
    }
    kept
}

fn likeness(view: &View<'_>, frame: &Frame, right: f32, below: f32) -> f32 {
    let (mut dark, mut light) = (0.0, 0.0);
    for dy in -2i8..=2 {
        for dx in -2i8..=2 {
            let (x, y) = frame.place(right + f32::from(dx), below + f32::from(dy));
            let value = view.gray.between(x, y);
            match dx.abs().max(dy.abs()) {
                0 => dark += value / 2.0,
                1 => light += value / 8.0,
                _ => dark += value / 32.0,
            }
        }
    }
    light - dark
}
