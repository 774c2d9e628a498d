//! Reads the modules of a code at their places in the picture.

use super::finder_pattern::Vector;
use super::places::Places;
use super::plane::{Bits, View};

/// How a module is judged dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sampling {
    /// Three of five points are black in the mask.
    Vote,
    /// Darker than halfway between the darkest and lightest module within five modules.
    Midrange,
    /// Darker than the mean of the modules within six.
    Mean,
}

impl Sampling {
    pub(super) const ALL: [Sampling; 3] = [Sampling::Vote, Sampling::Midrange, Sampling::Mean];
}

/// Larger codes have so many modules that the neighbourhood is judged by its mean.
const MIDRANGE_SIDE_MAX: usize = 65;

/// `None` when the dotted timing lines are not there: then these are not a code's modules.
pub(super) fn sample(view: View<'_>, places: &Places, sampling: Sampling) -> Option<Bits> {
    let side = places.side;
    if sampling == Sampling::Midrange && side > MIDRANGE_SIDE_MAX {
        return None;
    }
    let dark = match sampling {
        Sampling::Vote => {
            let black = |(x, y)| f32::from(view.black.nearest(x, y).unwrap_or(0));
            values(places, 0.15, black).into_iter().map(|share| share > 0.5).collect()
        }
        Sampling::Midrange => below_midrange(&values(places, 0.2, |(x, y)| view.gray.between(x, y)), side),
        Sampling::Mean => below_mean(&values(places, 0.2, |(x, y)| view.gray.between(x, y)), side),
    };
    let bits = Bits::new(side, dark);
    let timing = 8..side - 8;
    let wrong = timing.clone().map(|at| {
        let expected = at % 2 == 0;
        usize::from(bits.at(at, 6) != expected) + usize::from(bits.at(6, at) != expected)
    });
    let total = 2 * timing.len();
    (wrong.sum::<usize>() * 100 <= total * 38).then_some(bits)
}

/// The mean of five points a module, `spread` modules from its centre.
fn values(places: &Places, spread: f32, value: impl Fn(Vector) -> f32) -> Vec<f32> {
    let mut values = Vec::with_capacity(places.side * places.side);
    for y in 0..places.side {
        values.extend(
            (0..places.side).map(|x| places.five(x, y, spread).into_iter().map(&value).sum::<f32>() / 5.0),
        );
    }
    values
}

fn around(at: usize, reach: usize, side: usize) -> std::ops::Range<usize> {
    at.saturating_sub(reach)..(at + reach + 1).min(side)
}

fn below_midrange(values: &[f32], side: usize) -> Vec<bool> {
    // Darkest and lightest first along rows, then along columns of those.
    let extreme = |of: &dyn Fn(usize, usize) -> (f32, f32), along_x: bool| {
        let mut answer = Vec::with_capacity(side * side);
        for y in 0..side {
            for x in 0..side {
                let range = around(if along_x { x } else { y }, 5, side);
                let pairs = range.map(|at| if along_x { of(at, y) } else { of(x, at) });
                answer
                    .push(pairs.fold((f32::MAX, f32::MIN), |(low, high), (a, b)| (low.min(a), high.max(b))));
            }
        }
        answer
    };
    let value = |x: usize, y: usize| {
        let value = values.get(y * side + x).copied().unwrap_or(0.0);
        (value, value)
    };
    let rows = extreme(&value, true);
    let both = extreme(&|x, y| rows.get(y * side + x).copied().unwrap_or((0.0, 0.0)), false);
    values.iter().zip(both).map(|(value, (low, high))| *value < f32::midpoint(low, high)).collect()
}

fn below_mean(values: &[f32], side: usize) -> Vec<bool> {
    let stride = side + 1;
    let mut sums = vec![0f32; stride];
    for row in values.chunks(side) {
        let mut line = 0.0;
        sums.push(0.0);
        for value in row {
            line += value;
            let above = sums.get(sums.len() - stride).copied().unwrap_or(0.0);
            sums.push(above + line);
        }
    }
    let sum = |x: usize, y: usize| sums.get(y * stride + x).copied().unwrap_or(0.0);
    let mut dark = Vec::with_capacity(values.len());
    for y in 0..side {
        for x in 0..side {
            let (rows, columns) = (around(y, 6, side), around(x, 6, side));
            let total = sum(columns.end, rows.end) + sum(columns.start, rows.start)
                - sum(columns.start, rows.end)
                - sum(columns.end, rows.start);
            let count = (rows.len() * columns.len()) as f32;
            dark.push(values.get(y * side + x).is_some_and(|value| value * count < total));
        }
    }
    dark
}
