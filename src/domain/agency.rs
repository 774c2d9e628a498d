//! Who takes part: agencies of six kinds and their units.

use crate::{
    id::{AgencyId, UnitId},
    vocabulary::vocabulary,
};
use serde::Serialize;

vocabulary! {
    /// 机关
    AgencyKind "agency" {
        Police "police" "公安" "Police",
        Procuratorate "procuratorate" "检察" "Procuratorate",
        Court "court" "法院" "Court",
        Finance "finance" "财政" "Finance",
        /// 受托方: holds, never decides (L7 §26).
        Operator "operator" "受托方" "Operator",
        /// 监督: sees everything, changes nothing.
        Oversight "oversight" "监督" "Oversight",
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
