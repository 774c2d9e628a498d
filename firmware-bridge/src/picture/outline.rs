//! The fourth corner, from straight edges: the finder patterns above it and beside it end in lines that meet there.

use super::finder_pattern::{FinderPattern, Vector};
use super::frame::Frame;
use super::plane::View;

/// A line through two points.
type Line = (Vector, Vector);

/// Where the outer corner opposite the corner finder pattern is, if both edges that lead there are to be seen.
pub(super) fn fourth_corner(view: View<'_>, frame: &Frame) -> Option<Vector> {
    let [_, b, c] = &frame.patterns;
    let right = edge(view, b, b.along, b.down)?;
    let bottom = edge(view, c, c.down, c.along)?;
    let (x, y) = crossing(right, bottom)?;
    // Seen so much from the side that it would be elsewhere, nothing could be read.
    let between = (frame.modules - 7) as f32;
    let expected = frame.place(between + 3.5, between + 3.5);
    let side = frame.along.0.hypot(frame.along.1).max(frame.down.0.hypot(frame.down.1)) * between;
    ((x - expected.0).hypot(y - expected.1) < side * 0.5).then_some((x, y))
}

/// Contrast, in gray values, below which there is no edge.
const FAINT: f32 = 12.0;
/// How far from the line a point may be, in modules, and how many points must be near it.
const STRAY: f32 = 0.3;
const POINTS_MIN: usize = 6;

/// The outer edge of a finder pattern on the side that `outward` points to. Both vectors are one module long.
fn edge(view: View<'_>, pattern: &FinderPattern, outward: Vector, sideways: Vector) -> Option<Line> {
    let place = |out: f32, aside: f32| {
        (pattern.x + out * outward.0 + aside * sideways.0, pattern.y + out * outward.1 + aside * sideways.1)
    };
    let gray = |out: f32, aside: f32| {
        let (x, y) = place(out, aside);
        view.gray.between(x, y)
    };
    let level =
        |out: f32| [-2.0, -1.0, 0.0, 1.0, 2.0].map(|aside| gray(out, aside)).iter().sum::<f32>() / 5.0;
    let (dark, light) = (level(3.0), level(4.2));
    if light - dark < FAINT {
        return None;
    }
    let threshold = f32::midpoint(dark, light);
    let mut points: Vec<Vector> = Vec::new();
    for aside in -6i8..=6 {
        let aside = f32::from(aside) * 0.5;
        let (mut out, mut before) = (2.6, gray(2.6, aside));
        if before >= threshold {
            continue;
        }
        while out < 4.6 {
            let value = gray(out + 0.125, aside);
            if value >= threshold {
                points.push((aside, out + 0.125 * (threshold - before) / (value - before)));
                break;
            }
            (out, before) = (out + 0.125, value);
        }
    }
    let (start, slope) = regression(&points)?;
    points.retain(|(aside, out)| (start + slope * aside - out).abs() < STRAY);
    if points.len() < POINTS_MIN {
        return None;
    }
    let (start, slope) = regression(&points)?;
    Some((place(start - 3.0 * slope, -3.0), place(start + 3.0 * slope, 3.0)))
}

/// `y = start + slope · x` with the least squares; `None` for fewer than two different x.
fn regression(points: &[Vector]) -> Option<(f32, f32)> {
    let count = points.len() as f32;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let (mut along, mut square) = (0.0, 0.0);
    for point in points {
        along += (point.0 - x) * (point.1 - y);
        square += (point.0 - x) * (point.0 - x);
    }
    (square > 0.0).then(|| (y - along / square * x, along / square))
}

fn crossing((a, b): Line, (c, d): Line) -> Option<Vector> {
    let (one, other) = ((b.0 - a.0, b.1 - a.1), (d.0 - c.0, d.1 - c.1));
    let turn = one.0 * other.1 - one.1 * other.0;
    if turn.abs() < 1e-3 {
        return None;
    }
    let part = ((c.0 - a.0) * other.1 - (c.1 - a.1) * other.0) / turn;
    Some((a.0 + part * one.0, a.1 + part * one.1))
}
