//! The counter, on both engines: receiving by scanner, scale and printer; what is refused; what becomes a difference;
//! and the line to the stations.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it finds the fault")]

#[path = "../support/mod.rs"]
mod support;

mod differences;
mod labels;
mod pages;
mod scans;
mod scene;
mod socket;
