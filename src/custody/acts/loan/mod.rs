//! 借出与归还: a thing leaves the store for case work and comes back. Four acts of four people: an officer of the unit that
//! answers for it asks, with purpose and time; an approver of the same agency says yes to exactly these things, or no; a
//! custodian hands them to the borrower; a custodian takes them back and writes down in which condition they are. The yes, the
//! check-out and the return are entries (L3 §190).

mod answer;
mod ask;
mod check_out;
mod out;
mod paper;
mod take_back;
mod view;

pub use answer::answer;
pub use ask::{LoanRequest, ask, choices, may_ask};
pub use check_out::check_out;

pub use crate::custody::request::nothing_chosen;
pub use out::{Loan, LoanItem, of_item};
pub(in crate::custody) use out::{fetched_from, loan_item};
pub(in crate::custody) use paper::{named, return_slip, slip, terms};
pub use take_back::{ReturnRequest, ReturnedItem, may_take_back, take_back};
pub use view::{LoanRequestView, LoanStatus, Loans, list, show};
