//! Code 128 and Data Matrix: our own search for places, `rxing` as reader. What it reads in bars counts only when two
//! different parts of them say the same; what it reads in squares only with the solid edges and dotted edges of a Data
//! Matrix around it. So neither text nor shelves become codes.

use super::plane::Plane;
use super::resample::doubled;
use super::search::Search;
use super::texture::{Region, Texture, regions};
use super::{Code, Kind, contains, middle, second};
use image::{GrayImage, Luma, imageops};
use std::time::{Duration, Instant};

/// How much is looked at.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    pub(super) time: Duration,
    /// Regions of fewer cells are left alone.
    pub(super) cells_min: usize,
}

/// White around a code that belongs to it, as a part of its size.
const QUIET: f32 = 0.2;

/// Reads what is neither read nor a QR code.
pub(super) fn look(picture: &GrayImage, gray: &Plane, search: &mut Search<'_>, patience: Patience) {
    let started = Instant::now();
    let known: Vec<[[f32; 2]; 4]> = search.codes.iter().map(|code| wider(&code.corners)).collect();
    let is_known = |x: f32, y: f32| known.iter().any(|corners| contains(corners, x, y));
    for region in regions(gray, is_known).into_iter().filter(|region| region.cells >= patience.cells_min) {
        if started.elapsed() > patience.time {
            return;
        }
        let code = match region.texture {
            Texture::Bars => bars(gray, &region),
            Texture::Squares => squares(picture, gray, &region),
        };
        if let Some(code) = code {
            search.add(code);
        }
    }
}

fn wider(corners: &[[f32; 2]; 4]) -> [[f32; 2]; 4] {
    let [x, y] = middle(corners);
    corners.map(|[cx, cy]| [cx + (cx - x) * QUIET, cy + (cy - y) * QUIET])
}

/// Lines of a strip.
const LINES: u32 = 16;
/// A linear code shorter than this many characters is not worth believing.
const TEXT_MIN: usize = 3;

fn bars(gray: &Plane, region: &Region) -> Option<Code> {
    // From the middle outwards, away from the ragged ends: the whole, one half, the other half.
    let parts = [(-0.6f32, 0.6f32), (-0.7, -0.05), (0.05, 0.7)];
    let mut texts: Vec<String> = Vec::new();
    for (from, to) in parts {
        let Some(text) = second::code_128(&strip(gray, region, from, to)) else { continue };
        if text.chars().count() >= TEXT_MIN && texts.contains(&text) {
            let corners = corners(region);
            return Some(Code { text, kind: Kind::Code128, corners });
        }
        texts.push(text);
    }
    None
}

fn corners(region: &Region) -> [[f32; 2]; 4] {
    let turned = region.angle.sin_cos();
    [(-1.0f32, -1.0f32), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
        .map(|(x, y)| region.point(turned, x * region.half_width, y * region.half_height))
}

/// The bars turned level and drawn twice as wide, with room for the quiet zones. `from` and `to` are parts of half the
/// height, from the middle.
fn strip(gray: &Plane, region: &Region, from: f32, to: f32) -> GrayImage {
    let turned = region.angle.sin_cos();
    let half = region.half_width * 1.12 + 12.0;
    let width = (half * 4.0) as u32;
    GrayImage::from_fn(width, LINES, |x, y| {
        let along = x as f32 / 2.0 - half;
        let across = (from + (to - from) * y as f32 / (LINES - 1) as f32) * region.half_height;
        let [x, y] = region.point(turned, along, across);
        Luma([gray.between(x, y) as u8])
    })
}

/// A Data Matrix is hardly smaller than this, in pixels.
const SQUARES_MIN: f32 = 18.0;
const SQUARES_MAX: f32 = 700.0;

fn squares(picture: &GrayImage, gray: &Plane, region: &Region) -> Option<Code> {
    let size = region.half_width.max(region.half_height) * 2.0;
    if !(SQUARES_MIN..SQUARES_MAX).contains(&size) {
        return None;
    }
    let margin = size * 0.2 + 12.0;
    let (half_width, half_height) = (region.half_width + margin, region.half_height + margin);
    let (left, top) = ((region.x - half_width).max(0.0), (region.y - half_height).max(0.0));
    let (left, top) = (left as u32, top as u32);
    let crop = imageops::crop_imm(picture, left, top, (half_width * 2.0) as u32, (half_height * 2.0) as u32);
    let crop = crop.to_image();
    let factors: &[f32] = if size < 100.0 { &[1.0, 2.0] } else { &[1.0] };
    let as_it_lies = factors.iter().find_map(|&factor| {
        let looked_at = if factor > 1.0 { doubled(&crop) } else { crop.clone() };
        data_matrix(gray, &looked_at, |x, y| [left as f32 + x / factor, top as f32 + y / factor])
    });
    as_it_lies.or_else(|| upright(gray, region, size))
}

/// The same place turned until the edges of its squares stand upright: the reader likes a code that lies askew, or is seen
/// from the side, less.
fn upright(gray: &Plane, region: &Region, size: f32) -> Option<Code> {
    let factor = if size < 100.0 { 2.0 } else { 1.0 };
    let axes = slant(gray, region).sin_cos();
    let half = region.half_width.hypot(region.half_height) * 1.1 + 8.0;
    let back = |x: f32, y: f32| region.point(axes, x / factor - half, y / factor - half);
    let side = (half * 2.0 * factor) as u32;
    let turned = GrayImage::from_fn(side, side, |x, y| {
        let [x, y] = back(x as f32, y as f32);
        Luma([gray.between(x, y) as u8])
    });
    data_matrix(gray, &turned, back)
}

/// The Data Matrix in `looked_at`, which was made from the picture; `back` takes a point of it there. Only one with edges.
fn data_matrix(gray: &Plane, looked_at: &GrayImage, back: impl Fn(f32, f32) -> [f32; 2]) -> Option<Code> {
    let code = second::data_matrix(looked_at)?;
    let corners = code.corners.map(|[x, y]| back(x, y));
    has_edges(gray, &corners).then_some(Code { corners, ..code })
}

/// The angle of the edges in a region against upright ones, within a quarter turn: the four ways an edge can face count as
/// one, as its direction to the fourth power.
fn slant(gray: &Plane, region: &Region) -> f32 {
    let (left, right) = (region.x - region.half_width, region.x + region.half_width);
    let (top, bottom) = (region.y - region.half_height, region.y + region.half_height);
    let at = |x: isize, y: isize| gray.get(x, y).map_or(0.0, f32::from);
    let mut sum = (0.0, 0.0);
    for y in top.max(1.0) as isize..bottom as isize {
        for x in left.max(1.0) as isize..right as isize {
            let (dx, dy) = (at(x + 1, y) - at(x - 1, y), at(x, y + 1) - at(x, y - 1));
            let (same, other) = (dx * dx - dy * dy, 2.0 * dx * dy);
            sum = (sum.0 + same * same - other * other, sum.1 + 2.0 * same * other);
        }
    }
    f32::atan2(sum.1, sum.0) / 4.0
}

/// Points along an edge, and the share of them that must be dark on the solid edges.
const POINTS: u8 = 40;
const SOLID: f32 = 0.8;

/// Whether two edges that meet are dark throughout and the other two are dark about half of the way.
fn has_edges(gray: &Plane, corners: &[[f32; 2]; 4]) -> bool {
    let middle = middle(corners);
    // A little inside, where the outermost row of modules is.
    let inside = |[x, y]: [f32; 2], by: f32| [x + (middle[0] - x) * by, y + (middle[1] - y) * by];
    [0.02f32, 0.05, 0.08, 0.11, 0.14, -0.02].into_iter().any(|by| {
        let [a, b, c, d] = corners.map(|corner| inside(corner, by));
        let edges = [(a, b), (b, c), (c, d), (d, a)].map(|(from, to)| values(gray, from, to));
        let all = edges.iter().flatten();
        let (low, high) = all.fold((f32::MAX, f32::MIN), |(low, high), &one| (low.min(one), high.max(one)));
        let threshold = f32::midpoint(low, high);
        let dark = edges
            .map(|edge| edge.iter().filter(|value| **value < threshold).count() as f32 / f32::from(POINTS));
        let solid = dark.map(|share| share >= SOLID);
        let dotted = dark.map(|share| (0.25..0.75).contains(&share));
        (0..4).any(|at| {
            let is = |what: &[bool; 4], offset: usize| what.get((at + offset) % 4).copied().unwrap_or(false);
            is(&solid, 0) && is(&solid, 1) && is(&dotted, 2) && is(&dotted, 3)
        })
    })
}

fn values(gray: &Plane, from: [f32; 2], to: [f32; 2]) -> Vec<f32> {
    (0..POINTS)
        .map(|at| (f32::from(at) + 0.5) / f32::from(POINTS))
        .map(|part| gray.between(from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part))
        .collect()
}
