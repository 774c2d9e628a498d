//! The table, and how many measurements become one line of it.

use std::{fmt, time::Duration};

/// Rows as they will be printed.
#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 5]>,
}

impl Table {
    /// A figure that is one number.
    pub fn one(&mut self, what: &str, figure: String, how: &str) {
        self.row([what, &figure, "", "", how]);
    }

    /// Times of the same thing done again and again.
    pub fn times(&mut self, what: &str, times: &mut [Duration], how: &str) {
        let (p50, p99) = (percentile(times, 50), percentile(times, 99));
        self.row([what, "", &shown(p50), &shown(p99), how]);
    }

    /// A rate, with the time that each one took.
    pub fn rate(&mut self, what: &str, figure: String, times: &mut [Duration], how: &str) {
        let (p50, p99) = (percentile(times, 50), percentile(times, 99));
        self.row([what, &figure, &shown(p50), &shown(p99), how]);
    }

    fn row(&mut self, cells: [&str; 5]) {
        // Whoever waits sees how far it is.
        eprintln!("{}", cells.join(" · "));
        self.rows.push(cells.map(str::to_owned));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| What | Figure | p50 | p99 | How |")?;
        writeln!(f, "|---|---:|---:|---:|---|")?;
        self.rows.iter().try_for_each(|row| writeln!(f, "| {} |", row.join(" | ")))
    }
}

/// The time that so many of a hundred stayed under. Sorts them.
pub fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let last = times.len().checked_sub(1).expect("something was measured");
    times[(last * percent).div_ceil(100)]
}

/// Three digits, in the unit that fits.
pub fn shown(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        10.0.. => format!("{seconds:.0} s"),
        1.0.. => format!("{seconds:.2} s"),
        0.001.. => format!("{:.2} ms", seconds * 1e3),
        _ => format!("{:.0} µs", seconds * 1e6),
    }
}
