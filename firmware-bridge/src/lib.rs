//! The station: the program on the PC at a counter. It drives scanners, label printers and scales, keeps what they see
//! until the server has it, and signs with its agency's key what a person confirms on the station's own page.
//!
//! Rooms; arrows point down:
//! `setup · simulate ► page ► station ► sync · signer ► config ► device ► state ► identity · recent · stream ► wire · protocol`,
//! and beside them `picture`, which reads codes in photographs. `tests/tidy.rs` of the server holds them there.

pub mod clock;
pub mod config;
pub mod device;
pub mod identity;
pub mod page;
pub mod picture;
pub mod recent;
pub mod setup;
pub mod signer;
pub mod simulate;
pub mod state;
pub mod station;
pub mod stream;
pub mod sync;
