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

/// Black is darker than the mean of the square of `radius` around by more than `percent`.
pub(super) fn by_local_mean(gray: &Plane, radius: usize, percent: u64) -> Plane {
    let sums = Sums::new(gray);
    let mut bytes = Vec::with_capacity(gray.width * gray.height);
    for y in 0..gray.height {
        let (top, bottom) = (y.saturating_sub(radius), (y + radius + 1).min(gray.height));
        bytes.extend(gray.row(y).iter().enumerate().map(|(x, &value)| {
            let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(gray.width));
            let count = ((right - left) * (bottom - top)) as u64;
            let sum = sums.of(left, top, right, bottom);
            u8::from(u64::from(value) * count * 100 < sum * (100 - percent))
        }));
    }
    Plane::new(gray.width, gray.height, bytes)
}

/// Sums over rectangles in four look-ups. They go around at 2^32, and their differences come out right all the same: no
/// rectangle that is asked for is so large.
struct Sums {
    stride: usize,
    sums: Vec<u32>,
}

impl Sums {
    fn new(gray: &Plane) -> Sums {
        let stride = gray.width + 1;
        let mut sums = vec![0; stride];
        for y in 0..gray.height {
            let mut line = 0u32;
            sums.push(0);
            for &value in gray.row(y) {
                line += u32::from(value);
                let above: u32 = sums.get(sums.len() - stride).copied().unwrap_or(0);
                sums.push(above.wrapping_add(line));
            }
        }
        Sums { stride, sums }
    }

    fn of(&self, left: usize, top: usize, right: usize, bottom: usize) -> u64 {
        let at = |x: usize, y: usize| self.sums.get(y * self.stride + x).copied().unwrap_or(0);
        let (with, without) =
            (at(right, bottom).wrapping_add(at(left, top)), at(right, top).wrapping_add(at(left, bottom)));
        u64::from(with.wrapping_sub(without))
    }
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
