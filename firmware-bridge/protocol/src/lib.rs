//! Device protocols: bytes to values and back, and nothing else. No port, no clock, no thread: the station's drivers
//! feed what arrives and write what is returned.
//!
//! Decoders are incremental. "Not enough bytes yet" is an ordinary answer (`None`), and any split of the same bytes
//! gives the same values.

pub mod locker;
pub mod printer;
pub mod rfid;
pub mod scale;
pub mod scanner;
pub mod text;

pub use printer::{Language, encode};
