//! Where in the picture each module of a code lies.

use super::finder_pattern::Vector;
use super::homography::Homography;
use super::plane::Plane;

/// The centres of a code's modules, and of one row and column more.
pub(super) struct Places {
    pub(super) side: usize,
    points: Vec<Vector>,
}

impl Places {
    pub(super) fn new(map: &Homography, side: usize) -> Places {
        Places::from_fn(side, |x, y| map.map(x, y))
    }

    /// `place` takes grid coordinates: (0.5, 0.5) is the centre of the first module.
    pub(super) fn from_fn(side: usize, place: impl Fn(f64, f64) -> Vector) -> Places {
        let mut points = Vec::with_capacity((side + 1) * (side + 1));
        for y in 0..=side {
            points.extend((0..=side).map(|x| place(x as f64 + 0.5, y as f64 + 0.5)));
        }
        Places { side, points }
    }

    pub(super) fn at(&self, x: usize, y: usize) -> Vector {
        self.points.get(y * (self.side + 1) + x).copied().unwrap_or_default()
    }

    /// The centre of a module, and one module along and one down from there, in pixels.
    pub(super) fn with_steps(&self, x: usize, y: usize) -> (Vector, Vector, Vector) {
        let (centre, right, below) = (self.at(x, y), self.at(x + 1, y), self.at(x, y + 1));
        (centre, (right.0 - centre.0, right.1 - centre.1), (below.0 - centre.0, below.1 - centre.1))
    }

    /// Every place moved by so many modules along and down.
    pub(super) fn shifted(&self, shift: impl Fn(usize, usize) -> Vector) -> Places {
        let mut points = Vec::with_capacity(self.points.len());
        for y in 0..=self.side {
            for x in 0..=self.side {
                let (near_x, near_y) = (x.min(self.side - 1), y.min(self.side - 1));
                let (_, along, down) = self.with_steps(near_x, near_y);
                let (centre, (right, below)) = (self.at(x, y), shift(x, y));
                let (dx, dy) = (right * along.0 + below * down.0, right * along.1 + below * down.1);
                points.push((centre.0 + dx, centre.1 + dy));
            }
        }
        Places { side: self.side, points }
    }

    /// The centre of a module and the points `spread` of a module around it.
    pub(super) fn five(&self, x: usize, y: usize, spread: f32) -> [Vector; 5] {
        let (centre, along, down) = self.with_steps(x, y);
        let (dx, dy) = (along.0 * spread, along.1 * spread);
        let (ex, ey) = (down.0 * spread, down.1 * spread);
        [
            centre,
            (centre.0 - dx, centre.1 - dy),
            (centre.0 + dx, centre.1 + dy),
            (centre.0 - ex, centre.1 - ey),
            (centre.0 + ex, centre.1 + ey),
        ]
    }

    /// Whether every module is in the picture, give or take eight pixels.
    pub(super) fn are_inside(&self, plane: &Plane) -> bool {
        let inside = |at: f32, length: usize| at > -8.0 && at < length as f32 + 8.0;
        let far = self.side.saturating_sub(1);
        let corners = [(0, 0), (far, 0), (0, far), (far, far)];
        corners
            .into_iter()
            .map(|(x, y)| self.at(x, y))
            .all(|(x, y)| inside(x, plane.width) && inside(y, plane.height))
    }

    /// The share of modules that are of one colour throughout, in a mask: high where the grid lies well.
    pub(super) fn uniformity(&self, black: &Plane) -> f32 {
        let step = if self.side > 45 { 2 } else { 1 };
        let (mut whole, mut total) = (0, 0);
        for y in (0..self.side).step_by(step) {
            for x in (y / step % step..self.side).step_by(step) {
                let [first, rest @ ..] = self.five(x, y, 0.32).map(|(x, y)| black.nearest(x, y).unwrap_or(2));
                total += 1;
                whole += usize::from(rest.iter().all(|&value| value == first));
            }
        }
        whole as f32 / total.max(1) as f32
    }
}
