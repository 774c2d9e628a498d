//! Trying harder on a picture in which nothing was found: cheap and fruitful steps first; the first success ends it.

use super::grid::Effort;
use super::plane::{Plane, scaled};
use super::search::Search;
use super::{binarize, second};
use image::{GrayImage, imageops};
use std::time::{Duration, Instant};

/// A picture is enlarged only up to this side.
const ENLARGE_MAX: usize = 1400;
/// No further step is begun after this long.
const HARDER_MAX: Duration = Duration::from_secs(2);

/// A picture made of a picture, to be looked at in its stead.
type Change = fn(&GrayImage) -> GrayImage;

pub(super) fn try_harder(bordered: &GrayImage, gray: &Plane, search: &mut Search<'_>) {
    let side = gray.width.max(gray.height);
    let small = side < ENLARGE_MAX;
    let started = Instant::now();
    let radius = (side / 24).clamp(6, 40);
    search.look(gray, &binarize::by_local_mean(gray, radius, 8), 1.0, Effort::Quick);
    if search.codes.is_empty() {
        search.add_all(second::other_codes(bordered));
    }
    let changed: [(bool, Change, Effort); 8] = [
        (small, |picture| scaled(picture, 2.0), Effort::Quick),
        (true, |picture| scaled(picture, 0.5), Effort::Quick),
        (true, |picture| imageops::blur(picture, 1.0), Effort::Thorough),
        (true, |picture| imageops::unsharpen(picture, 2.0, 0), Effort::Thorough),
        (true, GrayImage::clone, Effort::Thorough),
        (small, |picture| scaled(picture, 2.0), Effort::Thorough),
        (true, inverted, Effort::Quick),
        (true, imageops::flip_horizontal, Effort::Quick),
    ];
    for (_, change, effort) in changed.into_iter().filter(|(applies, ..)| *applies) {
        if !search.codes.is_empty() || started.elapsed() > HARDER_MAX {
            return;
        }
        let picture = change(bordered);
        let plane = Plane::gray(&picture);
        let factor = picture.width() as f32 / bordered.width() as f32;
        search.look(&plane, &binarize::by_blocks(&plane), factor, effort);
    }
    if search.codes.is_empty() {
        search.add_all(second::with_filters(bordered));
    }
}

fn inverted(picture: &GrayImage) -> GrayImage {
    let mut inverted = picture.clone();
    imageops::invert(&mut inverted);
    inverted
}
