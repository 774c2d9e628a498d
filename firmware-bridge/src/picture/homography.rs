//! The perspective that takes four points of a code's own grid to four points of the picture.

#[derive(Clone, Copy, Debug)]
pub(super) struct Homography([f64; 8]);

pub(super) type Point = (f64, f64);

impl Homography {
    /// `None` when the points lie on a line.
    pub(super) fn new(from: [Point; 4], to: [Point; 4]) -> Option<Homography> {
        let mut rows = [[0f64; 9]; 8];
        for (pair, ((x, y), (u, v))) in rows.as_chunks_mut::<2>().0.iter_mut().zip(from.into_iter().zip(to)) {
            *pair = [
                [x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u],
                [0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v],
            ];
        }
        eliminate(&mut rows)?;
        Some(Homography(rows.map(|[.., answer]| answer)))
    }

    #[expect(clippy::many_single_char_names, reason = "the letters of the textbook")]
    pub(super) fn map(&self, x: f64, y: f64) -> (f32, f32) {
        let [a, b, c, d, e, f, g, h] = self.0;
        let depth = g * x + h * y + 1.0;
        let (u, v) = ((a * x + b * y + c) / depth, (d * x + e * y + f) / depth);
        (u as f32, v as f32)
    }
}

/// Gauss–Jordan with the largest pivot; the last column holds the answer.
fn eliminate(rows: &mut [[f64; 9]; 8]) -> Option<()> {
    for column in 0..8 {
        let size = |row: &[f64; 9]| row.get(column).copied().unwrap_or(0.0).abs();
        let (pivot, _) = rows
            .iter()
            .enumerate()
            .skip(column)
            .max_by(|(_, one), (_, other)| size(one).total_cmp(&size(other)))?;
        rows.swap(column, pivot);
        let mut base = *rows.get(column)?;
        let lead = *base.get(column)?;
        if lead.abs() < 1e-9 {
            return None;
        }
        for value in &mut base {
            *value /= lead;
        }
        for (at, row) in rows.iter_mut().enumerate() {
            if at == column {
                *row = base;
                continue;
            }
            let factor = *row.get(column)?;
            for (value, from) in row.iter_mut().zip(base) {
                *value -= factor * from;
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_points_go_where_they_should_and_a_line_is_refused() {
        let from = [(3.5, 3.5), (17.5, 3.5), (3.5, 17.5), (17.5, 17.5)];
        let to = [(100.0, 80.0), (210.0, 95.0), (90.0, 200.0), (190.0, 180.0)];
        let view = Homography::new(from, to).unwrap();
        for ((x, y), (u, v)) in from.into_iter().zip(to) {
            let (mapped_u, mapped_v) = view.map(x, y);
            assert!((f64::from(mapped_u) - u).abs() < 1e-3 && (f64::from(mapped_v) - v).abs() < 1e-3);
        }
        assert!(Homography::new(from, [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]).is_none());
    }
}
