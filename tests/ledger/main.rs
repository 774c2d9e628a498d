//! The ledger through its public face: whatever is put to it in whatever order, its promises hold (design: always true).
//!
//! [`dice`] makes [`commands`] and [`handovers`], most of them proper, some not; [`journal`] puts them to the ledger and
//! asks what must be true after each; [`promises`] lives many days; [`canonical`] compares the bytes with what another
//! language writes.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it finds the fault")]

mod canonical;
mod commands;
mod dice;
mod disposals;
mod handovers;
mod journal;
mod keys;
mod losses;
mod merkle;
mod parsers;
mod parts;
mod places;
mod prey;
mod promises;
mod roster;
mod rules;
