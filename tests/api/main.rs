//! The API as other programs meet it: what its document promises, how it refuses, and the whole way over HTTP.

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

mod bounds;
mod caller;
mod document;
mod doors;
mod errors;
mod live;
mod moves;
mod refusals;
mod sight;
mod story;
mod tiles;
