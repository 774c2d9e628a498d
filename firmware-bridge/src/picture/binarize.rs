//! Gray to black and white: what is dark for its surroundings is black.

use super::plane::Plane;

const BLOCK: usize = 8;
/// Blocks with less contrast than this are paper or ink throughout.
const FLAT: i32 = 24;

/// Thresholds from blocks of 8 × 8, each averaged with the 5 × 5 blocks around it: follows shadows and glare.
pub(super) fn by_blocks(gray: &Plane) -> Plane {
    if gray.width < 5 * BLOCK || gray.height < 5 * BLOCK {
        return by_histogram(gray);
    }
    let (columns, rows) = (gray.width.div_ceil(BLOCK), gray.height.div_ceil(BLOCK));
    let points = black_points(gray, columns, rows);
    let point = |x: usize, y: usize| points.get(y * columns + x).copied().unwrap_or(0);
    let mut bytes = vec![0; gray.width * gray.height];
    for (row, band) in bytes.chunks_mut(gray.width * BLOCK).enumerate() {
        let middle_y = row.clamp(2, rows - 3);
        let sums: Vec<i32> =
            (0..columns).map(|x| (middle_y - 2..=middle_y + 2).map(|y| point(x, y)).sum()).collect();
        let thresholds: Vec<u8> = (0..columns)
            .map(|x| x.clamp(2, columns - 3))
            .map(|x| sums.get(x - 2..=x + 2).map_or(0, |five| five.iter().sum::<i32>() / 25) as u8)
            .collect();
        let limits: Vec<u8> = thresholds.iter().flat_map(|&threshold| [threshold; BLOCK]).collect();
        for (line, black) in band.chunks_mut(gray.width).enumerate() {
            for ((black, &value), &limit) in black.iter_mut().zip(gray.row(row * BLOCK + line)).zip(&limits) {
                *black = u8::from(value <= limit);
            }
        }
    }
    Plane::new(gray.width, gray.height, bytes)
}

/// What is known of a column of pixels, or of a block.
#[derive(Clone, Copy)]
struct Block {
    sum: u32,
    count: u32,
    darkest: u8,
    lightest: u8,
}

/// A row of blocks: first down the columns, then across.
fn blocks(gray: &Plane, row: usize) -> Vec<Block> {
    let lines = row * BLOCK..((row + 1) * BLOCK).min(gray.height);
    let height = lines.len() as u32;
    let mut sums = vec![0u16; gray.width];
    let mut darkest = vec![255u8; gray.width];
    let mut lightest = vec![0u8; gray.width];
    for values in lines.map(|y| gray.row(y)) {
        sums.iter_mut().zip(values).for_each(|(sum, &value)| *sum += u16::from(value));
        darkest.iter_mut().zip(values).for_each(|(least, &value)| *least = value.min(*least));
        lightest.iter_mut().zip(values).for_each(|(most, &value)| *most = value.max(*most));
    }
    let columns = sums.chunks(BLOCK).zip(darkest.chunks(BLOCK)).zip(lightest.chunks(BLOCK));
    columns
        .map(|((sums, darkest), lightest)| Block {
            sum: sums.iter().map(|&sum| u32::from(sum)).sum(),
            count: height * sums.len() as u32,
            darkest: darkest.iter().copied().min().unwrap_or(0),
            lightest: lightest.iter().copied().max().unwrap_or(0),
        })
        .collect()
}

fn black_points(gray: &Plane, columns: usize, rows: usize) -> Vec<i32> {
    let mut points: Vec<i32> = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        for (column, block) in blocks(gray, row).into_iter().enumerate() {
            let darkest = i32::from(block.darkest);
            let mut point = (block.sum / block.count.max(1)) as i32;
            if i32::from(block.lightest) - darkest <= FLAT {
                // A flat block is paper unless its neighbours, already judged, say that it is inside ink.
                point = darkest / 2;
                if row > 0 && column > 0 {
                    let before = |back: usize| points.get(points.len() - back).copied().unwrap_or(0);
                    let around = (before(columns) + 2 * before(1) + before(columns + 1)) / 4;
                    if darkest < around {
                        point = around;
                    }
                }
            }
            points.push(point);
        }
    }
    points
}

/// Black is darker than the mean of the square of `radius` (at most 200) around by more than `percent`.
pub(super) fn by_local_mean(gray: &Plane, radius: usize, percent: u32) -> Plane {
    let mut bytes = vec![0; gray.width * gray.height];
    let span = |at: usize, length: usize| (at + radius + 1).min(length) - at.saturating_sub(radius);
    // A window of lines goes down the picture: sums of its columns, and of all columns up to each.
    let mut columns = vec![0u32; gray.width];
    let mut sums = vec![0u32; gray.width + 2 * radius + 1];
    let mut counts: Vec<u32> = Vec::new();
    let mut lines_before = 0;
    for y in 0..radius.min(gray.height) {
        columns.iter_mut().zip(gray.row(y)).for_each(|(sum, &value)| *sum += u32::from(value));
    }
    for (y, line) in bytes.chunks_mut(gray.width.max(1)).enumerate() {
        columns.iter_mut().zip(gray.row(y + radius)).for_each(|(sum, &value)| *sum += u32::from(value));
        if let Some(above) = y.checked_sub(radius + 1) {
            columns.iter_mut().zip(gray.row(above)).for_each(|(sum, &value)| *sum -= u32::from(value));
        }
        let mut total = 0;
        // Nothing is left of the picture, and nothing is added right of it.
        let rest = columns.iter().copied().chain(std::iter::repeat(0));
        for (sum, column) in sums.iter_mut().skip(radius + 1).zip(rest) {
            total += column;
            *sum = total;
        }
        let lines = span(y, gray.height);
        if lines != lines_before {
            counts = (0..gray.width).map(|x| (span(x, gray.width) * lines) as u32 * 100).collect();
            lines_before = lines;
        }
        let ends = sums.get(2 * radius + 1..).unwrap_or(&[]);
        let windows = ends.iter().zip(&sums);
        for (((black, &value), count), (end, start)) in
            line.iter_mut().zip(gray.row(y)).zip(&counts).zip(windows)
        {
            *black = u8::from(u32::from(value) * count < (end - start) * (100 - percent));
        }
    }
    Plane::new(gray.width, gray.height, bytes)
}

/// One threshold for the whole picture, where the two sides differ most (Otsu).
pub(super) fn by_histogram(gray: &Plane) -> Plane {
    let mut counts = [0u32; 256];
    for &value in gray.bytes() {
        if let Some(count) = counts.get_mut(usize::from(value)) {
            *count += 1;
        }
    }
    let total = gray.bytes().len() as f64;
    let sum: f64 = counts.iter().enumerate().map(|(value, &count)| value as f64 * f64::from(count)).sum();
    let (mut dark_sum, mut dark, mut best, mut threshold) = (0.0, 0.0, -1.0, 127);
    for (value, &count) in counts.iter().enumerate() {
        dark += f64::from(count);
        dark_sum += value as f64 * f64::from(count);
        let light = total - dark;
        if dark > 0.0 && light > 0.0 {
            let apart = dark_sum / dark - (sum - dark_sum) / light;
            if dark * light * apart * apart > best {
                best = dark * light * apart * apart;
                threshold = value;
            }
        }
    }
    gray.map(|value| u8::from(usize::from(value) <= threshold))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_mean_is_that_of_the_square_at_the_borders_too() {
        let mut state = 7u32;
        for (width, height, radius) in [(40, 30, 6), (9, 50, 6), (50, 9, 12), (1, 1, 6)] {
            let mut chance = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            };
            let gray = Plane::new(width, height, (0..width * height).map(|_| chance()).collect());
            let black = by_local_mean(&gray, radius, 8);
            for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
                let around =
                    |at: usize, length: usize| at.saturating_sub(radius)..(at + radius + 1).min(length);
                let square: Vec<u32> = around(y, height)
                    .flat_map(|y| around(x, width).map(move |x| (x, y)))
                    .map(|(x, y)| u32::from(gray.at(x, y)))
                    .collect();
                let mean = square.iter().sum::<u32>() * 92;
                let expected = u32::from(gray.at(x, y)) * square.len() as u32 * 100 < mean;
                assert_eq!(black.at(x, y) == 1, expected, "{width} × {height} at {x}, {y}");
            }
        }
    }
}
