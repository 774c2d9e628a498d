//! Looks at one picture until all its codes are read, or the time is up.

use super::grid::Effort;
use super::harder::Harder;
use super::others::Patience;
use super::plane::Plane;
use super::search::{LARGE, Search, limit};
use super::{Code, binarize, others, second};
use image::GrayImage;

/// No code is smaller than this, in pixels.
const SIDE_MIN: u32 = 8;
/// For Code 128 and Data Matrix; a small picture that has a code already hardly has one of these too.
const PATIENT: Patience = Patience { time: limit(80), cells_min: 0 };
const HURRIED: Patience = Patience { time: limit(8), cells_min: 24 };
/// Beside another thread, which may be on the same processor.
const BESIDE: Patience = Patience { time: limit(160), cells_min: 0 };

pub(super) fn all_codes(picture: &GrayImage, found: &mut dyn FnMut(&Code)) -> Vec<Code> {
    if picture.width().min(picture.height()) < SIDE_MIN {
        return Vec::new();
    }
    let gray = Plane::gray(picture.clone());
    let mut search = Search { codes: Vec::new(), found };
    if gray.width * gray.height >= LARGE {
        search.look_over_shelf(picture, &gray);
    } else {
        let unread = search.look(&gray, &binarize::by_blocks(&gray), 1.0, Effort::Quick);
        if search.codes.is_empty() || unread.len() > 1 {
            search.add_all(second::qr_codes(picture));
        }
    }
    if search.codes.is_empty() {
        look_harder(picture, &gray, &mut search);
    } else {
        let hurried = gray.width * gray.height < LARGE;
        others::look(picture, &gray, &mut search, if hurried { HURRIED } else { PATIENT });
    }
    search.codes
}

/// No QR code so far. While one thread looks for codes of other kinds, another begins to try harder on QR codes: a picture without any
/// code, where nothing ends the search early, takes half the time.
fn look_harder(picture: &GrayImage, gray: &Plane, search: &mut Search<'_>) {
    let harder = Harder::new(picture, gray);
    let parallel = std::thread::available_parallelism().is_ok_and(|threads| threads.get() > 1);
    std::thread::scope(|scope| {
        if parallel {
            scope.spawn(|| harder.work());
        }
        others::look(picture, gray, search, if parallel { BESIDE } else { PATIENT });
        match search.codes.is_empty() {
            true => harder.work(),
            false => harder.stop(),
        }
    });
    if search.codes.is_empty() {
        search.add_all(harder.into_codes());
    }
}
