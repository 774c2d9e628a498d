//! Three finder patterns that might be one code's: are their rings where the three together would turn them, and how
//! large is a module at each of them?

use super::finder::Finder;
use super::plane::View;

pub(super) type Vector = (f32, f32);

/// A finder pattern and one module along and one down as they are there, in pixels: near finder patterns are larger
/// than far ones.
#[derive(Clone, Copy)]
pub(super) struct FinderPattern {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) along: Vector,
    pub(super) down: Vector,
}

/// Corner, right and below.
pub(super) type FinderPatterns = [FinderPattern; 3];

/// Of the 49 modules of a finder pattern this many must be right; with fewer than the second number it is no finder pattern.
const RIGHT: usize = 37;
const RIGHT_HARDLY: usize = 28;

/// The three with their modules; `None` when their rings are not there.
pub(super) fn fitted(view: View<'_>, [a, b, c]: [Finder; 3]) -> Option<FinderPatterns> {
    let unit = |(x, y): Vector| (x / x.hypot(y), y / x.hypot(y));
    let (along, down) = (unit((b.x - a.x, b.y - a.y)), unit((c.x - a.x, c.y - a.y)));
    // Finder patterns are measured along the picture's rows and columns: of a turned code that is longer than its own
    // module.
    let lean = along.0.abs().max(along.1.abs());
    let fit = |pattern: &Finder| {
        let scaled = |(x, y): Vector, by: f32| (x * by, y * by);
        let module = pattern.module * lean;
        let straight = FinderPattern {
            x: pattern.x,
            y: pattern.y,
            along: scaled(along, module),
            down: scaled(down, module),
        };
        let right = straight.modules_right(view);
        if right >= RIGHT {
            return Some(straight);
        }
        if right < RIGHT_HARDLY {
            return None;
        }
        // Seen from the side a finder pattern is shorter one way than the other.
        let (wide, high) = (width(view, pattern, along)?, width(view, pattern, down)?);
        let slanted =
            FinderPattern { along: scaled(along, wide / 7.0), down: scaled(down, high / 7.0), ..straight };
        (slanted.modules_right(view) >= RIGHT).then_some(slanted)
    };
    Some([fit(&a)?, fit(&b)?, fit(&c)?])
}

impl FinderPattern {
    /// A place counted in modules from the centre.
    pub(super) fn place(&self, right: f32, below: f32) -> Vector {
        (
            self.x + right * self.along.0 + below * self.down.0,
            self.y + right * self.along.1 + below * self.down.1,
        )
    }

    fn modules_right(&self, view: View<'_>) -> usize {
        let modules = (-3i8..=3).flat_map(|dy| (-3i8..=3).map(move |dx| (dx, dy)));
        modules
            .filter(|(dx, dy)| {
                let (x, y) = self.place(f32::from(*dx), f32::from(*dy));
                view.black.nearest(x, y) == Some(u8::from(dx.abs().max(dy.abs()) != 2))
            })
            .count()
    }
}

/// From outer edge to outer edge through the centre.
fn width(view: View<'_>, pattern: &Finder, (dx, dy): Vector) -> Option<f32> {
    Some(outer_edge(view, pattern, dx, dy)? + outer_edge(view, pattern, -dx, -dy)?)
}

/// The distance from the centre to where the outer ring ends. (`dx`, `dy`) is one pixel long.
pub(super) fn outer_edge(view: View<'_>, pattern: &Finder, dx: f32, dy: f32) -> Option<f32> {
    let (mut colour, mut changes, mut distance) = (1, 0, 0.0);
    while distance < pattern.module * 8.0 {
        let value = view.black.nearest(pattern.x + dx * distance, pattern.y + dy * distance).unwrap_or(0);
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
