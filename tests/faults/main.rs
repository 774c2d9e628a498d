//! What goes wrong in a working day, on purpose: everybody at once, the server or its database killed between any two
//! steps, a standby promoted, the disk full, the line cut or silent, the same message twice, noise. Nothing acknowledged is
//! ever lost, doubled or half done.

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
mod cluster;
mod connecting;
mod crowd;
mod full;
mod kill;
mod line;
mod namespace;
mod noise;
mod outage;
mod race;
mod refused;
mod server;
mod station;
mod twice;
mod walk;
