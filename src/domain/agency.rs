//! Who takes part: agencies of six kinds and their units.

use crate::{
    id::{AgencyId, UnitId},
    ledger::roster::full_name,
};
use serde::Serialize;

pub use crate::ledger::AgencyKind;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Agency {
    pub id: AgencyId,
    pub kind: AgencyKind,
    pub name: String,
}

/// A part of an agency; people belong to one, duty rests on one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Unit {
    pub id: UnitId,
    pub agency: AgencyId,
    pub agency_kind: AgencyKind,
    pub agency_name: String,
    pub name: String,
}

impl Unit {
    /// As papers name it: agency and unit.
    pub fn full_name(&self) -> String {
        full_name(&self.agency_name, &self.name)
    }
}
