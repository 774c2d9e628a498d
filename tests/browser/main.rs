//! The walk of the README in a real Chromium: six steps, every click on a page, every scan and weight as bytes through the
//! pseudo-terminals of the demo's counters.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop where it finds the fault"
)]

mod demo;
mod person;
mod walk;
