//! Which words and papers are made of which data. Pure: what is printed is rendered elsewhere.

mod copies;
pub mod count;
pub mod disposal;
pub mod handover;
pub mod label;
pub mod list;
pub mod loan;
pub mod loss;
pub mod receipt;
pub mod sentence;
pub mod totals;
mod weighing;

pub use sentence::{place, sentence};
