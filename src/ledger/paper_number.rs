//! 文书编号: since edition 3 a paper's number says how many papers of its kind its issuer has made in its year, without gaps, so that
//! a missing paper is noticed. An issuer is the store where the things lie, or the agency where no store is concerned; it is
//! called by the place at which its first paper came.

use super::{Account, Edition, Entry, PaperForm, Register, StockAccount};
use crate::id::{SlotId, StoreId, UnitId};
use std::fmt;

/// Whose series a paper's number is of, as its entry names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// The store of this slot.
    StoreOf(SlotId),
    Store(StoreId),
    /// The agency of this unit.
    AgencyOf(UnitId),
}

impl Issuer {
    /// The store that a count is of, or from which or to which the first thing goes; else the agency of the unit that acts.
    pub fn of(entry: &Entry) -> Issuer {
        if let Register::Count(statement) = entry.draft.body.register() {
            return Issuer::Store(statement.store);
        }
        let slot = entry.postings.iter().find_map(|posting| match posting.account {
            Account::Stock(StockAccount::Slot(slot)) => Some(slot),
            Account::Stock(_) | Account::Duty(_) => None,
        });
        slot.map_or(Issuer::AgencyOf(entry.draft.unit), Issuer::StoreOf)
    }
}

/// `H2-26-000004`: the fourth certificate of the second issuer in 2026. Told from numbers of before, such as `H26-0000053`, by its
/// dashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperNumber {
    pub form: PaperForm,
    /// In the order in which issuers made their first paper, from 1.
    pub issuer: u32,
    /// In two digits.
    pub year: String,
    /// Within kind, issuer and year, from 1.
    pub serial: u32,
}

impl fmt::Display for PaperNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PaperNumber { form, issuer, year, serial } = self;
        write!(f, "{}{issuer}-{year}-{serial:06}", form.letter())
    }
}

/// The number of a paper of before edition 3: its entry's, so that papers which were printed keep it. Nothing for a later one.
pub fn number_by_entry(entry: &Entry, form: PaperForm) -> Option<String> {
    let earlier = entry.edition < Edition::THIRD;
    earlier.then(|| format!("{}{}-{:07}", form.letter(), entry.recorded_at.year2(), entry.seq))
}
