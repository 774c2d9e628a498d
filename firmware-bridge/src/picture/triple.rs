//! Which three finder patterns belong to one code: a corner and two arms of about the same length at about a right angle.

use super::finder::Finder;

/// Corner, right and below, as indices, with how unlikely they look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triple {
    pub(super) patterns: [usize; 3],
    cost: f32,
}

/// Neighbours looked at from each finder pattern.
const NEIGHBOURS: usize = 14;

/// Likely triples first.
pub(super) fn triples(finders: &[Finder]) -> Vec<Triple> {
    let mut found = Vec::new();
    for (corner, a) in finders.iter().enumerate() {
        let near = neighbours(finders, corner, a);
        for &(right, b, along) in &near {
            for &(below, c, down) in &near {
                if let Some(cost) = cost(a, b, c, along, down).filter(|_| right != below) {
                    found.push(Triple { patterns: [corner, right, below], cost });
                }
            }
        }
    }
    found.sort_by(|one, other| one.cost.total_cmp(&other.cost));
    found
}

fn neighbours<'a>(finders: &'a [Finder], corner: usize, a: &Finder) -> Vec<(usize, &'a Finder, f32)> {
    let mut near: Vec<(usize, &Finder, f32)> = finders
        .iter()
        .enumerate()
        .filter(|(at, other)| {
            *at != corner && other.module < a.module * 1.8 && other.module > a.module * 0.55
        })
        .map(|(at, other)| (at, other, (other.x - a.x).hypot(other.y - a.y)))
        .filter(|(_, _, distance)| (a.module * 9.0..a.module * 175.0).contains(distance))
        .collect();
    near.sort_by(|one, other| one.2.total_cmp(&other.2));
    near.truncate(NEIGHBOURS);
    near
}

/// `None` when the three cannot be one code, seen from the front.
fn cost(a: &Finder, b: &Finder, c: &Finder, along: f32, down: f32) -> Option<f32> {
    let (bx, by, cx, cy) = (b.x - a.x, b.y - a.y, c.x - a.x, c.y - a.y);
    if bx * cy - by * cx <= 0.0 {
        return None;
    }
    let uneven = along.max(down) / along.min(down);
    let slant = ((bx * cx + by * cy) / (along * down)).abs();
    if uneven > 1.7 || slant > 0.5 {
        return None;
    }
    let largest = a.module.max(b.module).max(c.module);
    let smallest = a.module.min(b.module).min(c.module);
    Some(uneven - 1.0 + slant * 1.2 + (largest / smallest - 1.0) * 0.5 + (along + down) / a.module / 400.0)
}
