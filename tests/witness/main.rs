//! The witness as agencies run it: the real program beside a real server, killed at any moment, lied to, cut off; and the
//! centre, which learns what each witness has signed and what it would not.

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

#[expect(dead_code, reason = "the restarts are for other tests")]
#[path = "../faults/server.rs"]
mod server;

mod centre;
mod golden;
mod history;
mod hostile;
mod kill;
mod town;
