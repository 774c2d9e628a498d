//! Handovers from the first draft to the voucher, on both engines: who may do what, what a signature must be, what changes
//! and what must not. The stations are stand-ins that hold real SM2 keys.

mod check;
mod loan;
mod no;
mod numbers;
mod papers;
mod proof;
mod returns;
pub(crate) mod scene;
mod signature;
mod told;
mod way;
