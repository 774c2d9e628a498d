//! Handovers from the first draft to the voucher, on both engines: who may do what, what a signature must be, what changes
//! and what must not. The stations are stand-ins that hold real SM2 keys.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop where it finds the fault"
)]

#[path = "../support/mod.rs"]
mod support;

mod no;
mod papers;
mod scene;
mod signature;
mod way;
