//! The disk's own word: how long it takes to make a small write last. Nothing durable is faster, so every figure of
//! appends is read beside it.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    time::{Duration, Instant},
};

/// Writes of one page each, in the folder where the ledgers lie, each flushed by `fdatasync`.
pub fn flushes(number: usize) -> Vec<Duration> {
    let file: File = tempfile::tempfile().unwrap();
    let page = [7; 4_096];
    file.write_all_at(&page, 0).unwrap();
    file.sync_all().unwrap();
    let flush = |_| {
        let start = Instant::now();
        file.write_all_at(&page, 0).unwrap();
        file.sync_data().unwrap();
        start.elapsed()
    };
    (0..number).map(flush).collect()
}
