//! Looks at one picture until all its codes are read, or the time is up.

use super::grid::Effort;
use super::others::Patience;
use super::plane::Plane;
use super::search::{LARGE, Search, limit};
use super::{Code, binarize, harder, others, second};
use image::GrayImage;

/// No code is smaller than this, in pixels.
const SIDE_MIN: u32 = 8;
/// For Code 128 and Data Matrix; a small picture that has a code already hardly has one of these too.
const PATIENT: Patience = Patience { time: limit(80), cells_min: 0 };
const HURRIED: Patience = Patience { time: limit(8), cells_min: 24 };
pub(super) fn all_codes(picture: &GrayImage, found: &mut dyn FnMut(&Code)) -> Vec<Code> {
    if picture.width().min(picture.height()) < SIDE_MIN {
        return Vec::new();
    }
    let gray = Plane::gray(picture);
    let mut search = Search { codes: Vec::new(), found };
    if gray.width * gray.height >= LARGE {
        search.look_over_shelf(picture, &gray);
    } else {
        let unread = search.look(&gray, &binarize::by_blocks(&gray), 1.0, Effort::Quick);
        if search.codes.is_empty() || unread.len() > 1 {
            search.add_all(second::qr_codes(picture));
        }
    }
    let hurried = gray.width * gray.height < LARGE && !search.codes.is_empty();
    others::look(picture, &gray, &mut search, if hurried { HURRIED } else { PATIENT });
    if search.codes.is_empty() {
        harder::try_harder(picture, &gray, &mut search);
    }
    search.codes
}
