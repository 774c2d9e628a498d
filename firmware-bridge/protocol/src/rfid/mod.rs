//! RFID: what a reader says (LLRP), and what the number on a tag means (EPC).

pub mod epc;
pub mod llrp;

pub use epc::Epc;
