//! The rules as tables: each row is one entry, its last column the answer.
//!
//! [`row`] reads a row, [`draft`] and [`handover`] make the entry it speaks of, [`day`] is the ledger the rows are put to.

mod attacks;
mod day;
mod departures;
mod disposals;
mod draft;
mod editions;
mod golden;
mod handover;
mod keys;
mod losses;
mod parts;
mod places;
mod precedence;
mod refusals;
mod roster;
mod row;
mod stated;
mod statements;
mod words;
