//! Who takes part: agencies of six kinds and their units.

use super::words;
use crate::id::{AgencyId, UnitId};
use serde::Serialize;

words! {
    /// 机关
    AgencyKind {
        Police "police",
        Procuratorate "procuratorate",
        Court "court",
        Finance "finance",
        /// 受托方: holds, never decides (L7 §26).
        Operator "operator",
        /// 监督: sees everything, changes nothing.
        Oversight "oversight",
    }
}

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
        match self.agency_name == self.name {
            true => self.name.clone(),
            false => format!("{} {}", self.agency_name, self.name),
        }
    }
}
