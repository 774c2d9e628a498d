//! Whose an account is. Entries name slots, stores, people and units; which unit keeps a slot, whom a borrower works for and to
//! which agency a unit belongs is said elsewhere, so whoever asks the rules brings it along.

use super::StockAccount;
use crate::id::{AgencyId, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// The units that hold accounts, and their agencies, as far as they are known here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holders {
    /// Who keeps a slot, or the store of an account in transit or in the bank; the unit of a borrower.
    pub units: BTreeMap<StockAccount, UnitId>,
    pub agencies: BTreeMap<UnitId, AgencyId>,
    /// Slots, and accounts of stores, that are closed: nothing is laid there any more.
    pub closed: BTreeSet<StockAccount>,
}

impl Holders {
    /// The unit that holds what lies in the account. Nothing for accounts that are no unit's, and for those not known here.
    pub fn of(&self, account: StockAccount) -> Option<UnitId> {
        match account {
            StockAccount::Owed(unit) => Some(unit),
            StockAccount::Slot(_)
            | StockAccount::InTransit(_)
            | StockAccount::Bank(_)
            | StockAccount::OnLoan(_) => self.units.get(&account).copied(),
            StockAccount::Origin
            | StockAccount::ThirdParty(_)
            | StockAccount::NotHeld
            | StockAccount::Converted
            | StockAccount::Disposed(_)
            | StockAccount::Consumed
            | StockAccount::DeclaredLoss
            | StockAccount::Disputed => None,
        }
    }

    /// Whether both are units of one agency. A unit is always of its own.
    pub fn same_agency(&self, one: UnitId, other: UnitId) -> bool {
        one == other
            || self.agencies.get(&one).is_some_and(|agency| self.agencies.get(&other) == Some(agency))
    }
}
