//! docs/found-a-city.md, followed as it is written on both engines: every command and file of the page is run, with other paths and
//! ports; then what happens to people and keys afterwards.

#![expect(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop where it finds the fault"
)]

#[path = "../support/mod.rs"]
mod support;

mod centre;
mod page;
mod person;
mod station;
mod walk;
