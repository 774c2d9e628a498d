//! What people do in a real Chromium: the walk of the README, every click on a page, every scan and weight as bytes through the
//! pseudo-terminals of the demo's counters; and every page, looked at with other eyes.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop where it finds the fault"
)]

#[path = "../support/addresses.rs"]
#[expect(unreachable_pub, reason = "the tests of the API use it too")]
mod addresses;

mod away;
mod demo;
mod guide;
mod look;
mod pages;
mod person;
mod walk;

/// One city after the other: the machine has two cores.
static ONE_CITY: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
