//! The map of hufu (虎符). Read downwards: each room may use the rooms before it, never those after it
//! (`tests/tidy.rs`).

pub mod clock;
pub mod id;
pub mod language;

pub mod ledger;
pub mod domain;
