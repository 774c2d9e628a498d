//! The acts: whatever becomes an entry, or is kept on the way to one. Each asks whether the person may and what the ledger cannot
//! know, and records by [`recording`]; what must be signed first is asked for by [`signing`] and recorded by [`signed`].
//!
//! A folder is one piece of work at a desk: [`seize`], [`counter`], [`delivery`], [`handover`], [`loan`], [`disposal`], [`loss`], [`count`], [`correction`], [`off_line`],
//! [`witness`]. What stations observe comes in by [`observe`].

pub mod blank;
pub mod correction;
pub mod count;
pub mod counter;
pub mod delivery;
pub mod difference;
pub mod disposal;
pub(in crate::custody) mod event;
pub mod handover;
pub mod loan;
pub mod loss;
pub mod moves;
pub(in crate::custody) mod numbers;
pub mod observe;
pub mod off_line;
pub mod opening;
pub(in crate::custody) mod recording;
pub mod reprint;
pub mod request;
pub mod seize;
pub mod signed;
pub mod signing;
pub mod witness;
