//! Days of work, on both engines: a list is entered, things are received, handed over, counted and audited; who may do
//! what, what is refused, and what must still be true in the evening.

#![expect(
    unreachable_pub,
    clippy::pedantic,
    clippy::cloned_ref_to_slice_refs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may stop where it finds the fault"
)]

#[path = "../support/mod.rs"]
mod support;

mod approvals;
mod as_of;
mod audit;
mod cases;
mod clock;
mod commands;
mod consent;
mod count;
mod counter;
mod damage;
mod disposals;
mod edition;
mod faces;
mod handover;
mod item_list;
mod keys;
mod list_at_the_scene;
mod list_columns;
mod list_kit;
mod list_page;
mod list_typed;
mod lists;
mod loans;
mod losses;
mod off_line;
mod parts;
mod photographs;
mod roster;
mod roster_pages;
mod rules;
mod settlements;
mod sight;
mod stores;
mod transfer;
mod units;
mod words;
