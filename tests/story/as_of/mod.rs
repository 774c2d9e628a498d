//! The ledger as it was known: every page as of every entry of a day, how a time is typed, and errors put right.

mod faces;
mod prefix;
mod typed;
