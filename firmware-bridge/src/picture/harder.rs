//! Trying harder on a picture in which nothing was found: cheap and fruitful steps first; the first success ends it.

use super::grid::Effort;
use super::plane::{Plane, scaled};
use super::search::{Search, limit};
use super::{binarize, second};
use image::{GrayImage, imageops};
use std::time::{Duration, Instant};

/// A picture is sharpened only up to so many pixels: that takes sixteen bytes for each.
const SHARPEN_MAX: usize = 4_000_000;
/// A picture is enlarged only up to this side.
const ENLARGE_MAX: usize = 1400;
/// No further step is begun after this long.
const HARDER_MAX: Duration = limit(800);

/// A picture made of a picture, to be looked at in its stead.
type Change = fn(&GrayImage) -> GrayImage;
/// The same picture seen otherwise, how it is made black and white, and how long it is looked at.
type Look = (fn(&Plane) -> Plane, Mask, Effort);

pub(super) fn try_harder(picture: &GrayImage, gray: &Plane, search: &mut Search<'_>) {
    let side = gray.width.max(gray.height);
    let small = side < ENLARGE_MAX;
    let middling = gray.width * gray.height <= SHARPEN_MAX;
    let started = Instant::now();
    let is_over = |search: &Search<'_>| !search.codes.is_empty() || started.elapsed() > HARDER_MAX;
    let looks: [Look; 7] = [
        (Plane::softened, Mask::Blocks, Effort::Quick),
        (Plane::stretched, Mask::LocalMean, Effort::Quick),
        (inverted, Mask::Blocks, Effort::Quick),
        (Plane::stretched, Mask::Histogram, Effort::Quick),
        (Plane::stretched, Mask::Blocks, Effort::Thorough),
        (|gray| gray.softened().softened().stretched(), Mask::Blocks, Effort::Thorough),
        (|gray| gray.softened().stretched(), Mask::LocalMean, Effort::Thorough),
    ];
    let changed: [(bool, Change, Effort); 5] = [
        (small, |picture| scaled(picture, 2.0), Effort::Quick),
        (true, |picture| scaled(picture, 0.5), Effort::Quick),
        (middling, |picture| imageops::unsharpen(picture, 2.0, 0), Effort::Thorough),
        (true, |picture| scaled(picture, 0.7), Effort::Thorough),
        (small, |picture| scaled(picture, 2.0), Effort::Thorough),
    ];
    let look = |search: &mut Search<'_>, (change, mask, effort): &(fn(&Plane) -> Plane, Mask, Effort)| {
        let gray = change(gray);
        search.look(&gray, &mask.of(&gray), 1.0, *effort);
    };
    let look_changed = |search: &mut Search<'_>, (applies, change, effort): &(bool, Change, Effort)| {
        if *applies {
            let changed = change(picture);
            let gray = Plane::gray(&changed);
            let factor = changed.width() as f32 / picture.width() as f32;
            search.look(&gray, &binarize::by_blocks(&gray), factor, *effort);
        }
    };
    let (quick, thorough) = looks.split_at(4);
    for one in quick {
        look(search, one);
        if is_over(search) {
            return;
        }
    }
    for one in changed.iter().take(2) {
        look_changed(search, one);
        if is_over(search) {
            return;
        }
    }
    for one in thorough {
        look(search, one);
        if is_over(search) {
            return;
        }
    }
    for one in changed.iter().skip(2) {
        if is_over(search) {
            return;
        }
        look_changed(search, one);
    }
    if !is_over(search) {
        search.add_all(second::with_filters(picture));
    }
}

/// How black is told from white.
#[derive(Clone, Copy)]
enum Mask {
    Blocks,
    LocalMean,
    Histogram,
}

impl Mask {
    fn of(self, gray: &Plane) -> Plane {
        match self {
            Mask::Blocks => binarize::by_blocks(gray),
            Mask::LocalMean => {
                binarize::by_local_mean(gray, (gray.width.max(gray.height) / 24).clamp(6, 40), 8)
            }
            Mask::Histogram => binarize::by_histogram(gray),
        }
    }
}

fn inverted(gray: &Plane) -> Plane {
    gray.map(|value| 255 - value)
}
