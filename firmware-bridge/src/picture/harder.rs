//! Trying harder on a picture in which nothing was found: cheap and fruitful steps first. Two threads take them in order, and
//! the first step with a success counts, as if they had been taken one by one.

use super::filtered::{self, Filter, filters};
use super::grid::Effort;
use super::plane::Plane;
use super::resample::{doubled, reduced};
use super::search::{Search, limit};
use super::{Code, binarize};
use image::{GrayImage, imageops};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// A picture is sharpened only up to so many pixels: that takes sixteen bytes for each.
const SHARPEN_MAX: usize = 4_000_000;
/// A picture is enlarged only up to this side.
const ENLARGE_MAX: usize = 1400;
/// No further step is begun after this long.
const HARDER_MAX: Duration = limit(800);

/// What is looked at in the picture's stead.
#[derive(Clone, Copy)]
enum Step {
    /// The same picture seen otherwise, and how it is made black and white.
    Look(Seen, Mask, Effort),
    Doubled(Effort),
    Reduced(f32, Effort),
    Sharpened,
    Filter(Filter),
}

#[derive(Clone, Copy)]
enum Seen {
    Softened,
    Stretched,
    Inverted,
    SoftenedTwiceStretched,
    SoftenedStretched,
}

/// How black is told from white.
#[derive(Clone, Copy)]
enum Mask {
    Blocks,
    LocalMean,
    Histogram,
}

const STEPS: [Step; 12] = [
    Step::Look(Seen::Softened, Mask::Blocks, Effort::Quick),
    Step::Look(Seen::Stretched, Mask::LocalMean, Effort::Quick),
    Step::Look(Seen::Inverted, Mask::Blocks, Effort::Quick),
    Step::Look(Seen::Stretched, Mask::Histogram, Effort::Quick),
    Step::Doubled(Effort::Quick),
    Step::Reduced(0.5, Effort::Quick),
    Step::Look(Seen::Stretched, Mask::Blocks, Effort::Thorough),
    Step::Look(Seen::SoftenedTwiceStretched, Mask::Blocks, Effort::Thorough),
    Step::Look(Seen::SoftenedStretched, Mask::LocalMean, Effort::Thorough),
    Step::Sharpened,
    Step::Reduced(0.7, Effort::Thorough),
    Step::Doubled(Effort::Thorough),
];

/// The steps for one picture, and how far its threads have come with them.
pub(super) struct Harder<'a> {
    picture: &'a GrayImage,
    gray: &'a Plane,
    steps: Vec<Step>,
    next: AtomicUsize,
    /// Steps from this one on are no longer begun.
    end: AtomicUsize,
    found: Mutex<Vec<(usize, Vec<Code>)>>,
    // What several steps look at.
    softened: OnceLock<Plane>,
    stretched: OnceLock<Plane>,
    doubled: OnceLock<(Plane, Plane)>,
}

impl<'a> Harder<'a> {
    pub(super) fn new(picture: &'a GrayImage, gray: &'a Plane) -> Harder<'a> {
        let small = gray.width.max(gray.height) < ENLARGE_MAX;
        let middling = gray.width * gray.height <= SHARPEN_MAX;
        let applies = |step: &Step| match step {
            Step::Doubled(_) => small,
            Step::Sharpened => middling,
            _ => true,
        };
        let filters = filters(gray.width, gray.height).into_iter().map(Step::Filter);
        let steps: Vec<Step> = STEPS.into_iter().filter(applies).chain(filters).collect();
        Harder {
            picture,
            gray,
            next: AtomicUsize::new(0),
            end: AtomicUsize::new(steps.len()),
            steps,
            found: Mutex::default(),
            softened: OnceLock::new(),
            stretched: OnceLock::new(),
            doubled: OnceLock::new(),
        }
    }

    /// Takes steps until one has a success, none is left, or the time is up. Any number of threads may do so at once.
    pub(super) fn work(&self) {
        let started = Instant::now();
        while started.elapsed() <= HARDER_MAX {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            if at >= self.end.load(Ordering::Relaxed) {
                return;
            }
            let Some(step) = self.steps.get(at) else { return };
            let codes = self.take(*step);
            if !codes.is_empty() {
                self.end.fetch_min(at, Ordering::Relaxed);
                self.found.lock().unwrap_or_else(PoisonError::into_inner).push((at, codes));
            }
        }
    }

    /// No further step is begun.
    pub(super) fn stop(&self) {
        self.end.store(0, Ordering::Relaxed);
    }

    /// What the first step with a success found.
    pub(super) fn into_codes(self) -> Vec<Code> {
        let found = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.into_iter().min_by_key(|(at, _)| *at).map(|(_, codes)| codes).unwrap_or_default()
    }

    fn take(&self, step: Step) -> Vec<Code> {
        let mut search = Search { codes: Vec::new(), found: &mut |_| () };
        match step {
            Step::Look(seen, mask, effort) => self.look(&mut search, seen, mask, effort),
            Step::Doubled(effort) => {
                let (gray, black) = self.doubled.get_or_init(|| {
                    let gray = Plane::gray(doubled(self.picture));
                    let black = binarize::by_blocks(&gray);
                    (gray, black)
                });
                search.look(gray, black, 2.0, effort);
            }
            Step::Reduced(factor, effort) => {
                self.look_changed(&mut search, reduced(self.picture, factor), effort);
            }
            Step::Sharpened => {
                self.look_changed(&mut search, sharpened(self.picture), Effort::Thorough);
            }
            Step::Filter(filter) => {
                search.add_all(filtered::read(self.picture, filter).into_iter().collect());
            }
        }
        search.codes
    }

    fn look(&self, search: &mut Search<'_>, seen: Seen, mask: Mask, effort: Effort) {
        let made;
        let gray = match seen {
            Seen::Softened => self.softened(),
            Seen::Stretched => self.stretched.get_or_init(|| self.gray.stretched()),
            Seen::Inverted => {
                made = self.gray.map(|value| 255 - value);
                &made
            }
            Seen::SoftenedTwiceStretched => {
                made = self.softened().softened().stretched();
                &made
            }
            Seen::SoftenedStretched => {
                made = self.softened().stretched();
                &made
            }
        };
        search.look(gray, &mask.of(gray), 1.0, effort);
    }

    fn softened(&self) -> &Plane {
        self.softened.get_or_init(|| self.gray.softened())
    }

    /// Looks at a picture made of this one.
    fn look_changed(&self, search: &mut Search<'_>, changed: GrayImage, effort: Effort) {
        let factor = changed.width() as f32 / self.picture.width() as f32;
        let gray = Plane::gray(changed);
        search.look(&gray, &binarize::by_blocks(&gray), factor, effort);
    }
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

/// As far from its surroundings again as it is: what `imageops::unsharpen` does, one pixel after the other.
fn sharpened(picture: &GrayImage) -> GrayImage {
    let mut softened = imageops::blur(picture, 2.0);
    for (soft, &value) in softened.iter_mut().zip(picture.as_raw()) {
        *soft = (2 * i16::from(value) - i16::from(*soft)).clamp(0, 255) as u8;
    }
    softened
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::tests::{DAY, FRONT, LONG, Light, Print, TEXT, photo};
    use crate::picture::without_code::without_code;

    /// Part of the table of a QR code's ways to be hard to read, and pictures with nothing in them: at a quarter of the size, because
    /// here each is looked at in every way.
    fn pictures() -> Vec<(&'static str, GrayImage)> {
        let small = FRONT.map(|(x, y)| (x * 0.6, y * 0.6));
        let seen = |light: Light, text: &str| {
            imageops::crop_imm(&photo(&Print::qr(text), small, light), 0, 0, 320, 240).to_image()
        };
        let mut pictures = without_code(160, 120);
        pictures.extend([
            ("plain", seen(DAY, TEXT)),
            ("white on black", seen(Light { dark: 200.0, paper: 30.0, ..DAY }, LONG)),
            ("pale and noisy", seen(Light { dark: 140.0, paper: 160.0, noise: 14.0, ..DAY }, TEXT)),
            ("out of focus", seen(Light { blur: 2.2, ..DAY }, LONG)),
            ("bent", seen(Light { bow: 0.07, noise: 40.0, ..DAY }, TEXT)),
        ]);
        pictures
    }

    #[test]
    fn two_threads_find_what_is_found_step_by_step() {
        for (name, picture) in pictures() {
            let gray = Plane::gray(picture.clone());
            let harder = Harder::new(&picture, &gray);
            let one_by_one =
                harder.steps.iter().map(|step| harder.take(*step)).find(|codes| !codes.is_empty());
            std::thread::scope(|scope| {
                scope.spawn(|| harder.work());
                harder.work();
            });
            assert_eq!(harder.into_codes(), one_by_one.unwrap_or_default(), "{name}");
        }
    }

    #[test]
    fn a_stopped_search_begins_nothing_and_a_later_success_does_not_count() {
        let (_, picture) = pictures().pop().unwrap();
        let gray = Plane::gray(picture.clone());
        let harder = Harder::new(&picture, &gray);
        harder.stop();
        harder.work();
        assert_eq!(harder.into_codes(), []);
        let harder = Harder::new(&picture, &gray);
        let code =
            |text: &str| Code { text: text.to_owned(), kind: super::super::Kind::Qr, corners: [[0.0; 2]; 4] };
        harder.found.lock().unwrap().extend([(7, vec![code("later")]), (2, vec![code("first")])]);
        assert_eq!(harder.into_codes(), [code("first")]);
    }

    #[test]
    fn sharpened_is_what_the_library_sharpens() {
        for (name, picture) in pictures() {
            assert!(sharpened(&picture) == imageops::unsharpen(&picture, 2.0, 0), "{name}");
        }
    }
}
