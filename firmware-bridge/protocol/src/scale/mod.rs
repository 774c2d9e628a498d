//! Scales: a line becomes a [`hufu_wire::message::Reading`]. A scale in motion, overloaded or silent is never a zero.

mod decimal;
pub mod sics;

pub use decimal::milligrams;
