//! Which words and papers are made of which data. Pure: what is printed is rendered elsewhere.

pub mod handover;
pub mod sentence;

pub use sentence::{place, sentence};
