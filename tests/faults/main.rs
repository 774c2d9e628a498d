//! What goes wrong in a working day, on purpose: everybody at once, the server killed between any two steps, the disk
//! full, the same message twice, noise on the line. Nothing acknowledged is ever lost, doubled or half done.

#![expect(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may stop where it finds the fault, and says how much it has tried"
)]

#[path = "../support/mod.rs"]
mod support;

mod backup;
mod burst;
mod client;
mod full;
mod kill;
mod noise;
mod race;
mod refused;
mod server;
mod station;
mod twice;
mod walk;
