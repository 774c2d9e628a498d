//! Looking: lists, items, cases, stores, the ledger and its proofs, papers, the desk. Nothing here is recorded or kept; what
//! somebody sees follows the one rule of sight.

pub mod approvals;
pub mod as_of;
pub mod balances;
pub mod case_papers;
pub mod cases;
pub mod desk;
pub mod entry_page;
pub mod items;
pub mod ledger;
pub mod nav_counts;
pub mod papers;
pub(in crate::custody) mod part;
pub mod photographs;
pub mod proof;
pub(in crate::custody) mod said;
pub mod standing;
pub mod stores;
pub mod transparency;
