//! People and what they may do. Every person belongs to one unit of one agency.

use super::AgencyKind;
use crate::id::{AgencyId, PersonId, UnitId};
use serde::Serialize;

pub use crate::ledger::{MACHINE, Role, SYSTEM};

/// 系统: what stands where the actor's name would stand.
pub const SYSTEM_NAME: &str = "系统";
/// 服务器本机: whoever worked at the machine that holds the ledger.
pub const MACHINE_NAME: &str = "服务器本机";

/// Somebody who is logged in or named in an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    pub login: String,
    pub unit: UnitId,
    pub unit_name: String,
    pub agency: AgencyId,
    pub agency_name: String,
    pub agency_kind: AgencyKind,
    pub roles: Vec<Role>,
    pub must_change: bool,
    pub disabled: bool,
}

impl Person {
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Agency and unit, as papers name an office.
    pub fn office(&self) -> String {
        format!("{} {}", self.agency_name, self.unit_name)
    }
}
