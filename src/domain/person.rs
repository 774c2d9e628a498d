//! People and what they may do. Every person belongs to one unit of one agency.

use super::{AgencyKind, words};
use crate::id::{AgencyId, PersonId, UnitId};
use serde::Serialize;
use uuid::Uuid;

words! {
    /// What somebody is there for. An auditor changes nothing; an administrator sees no case.
    Role {
        /// 办案民警: seizes, hands in, offers
        Officer "officer",
        /// 案管 / 书记员: inspects, concludes, offers on
        Clerk "clerk",
        /// 保管员: receives, moves, counts
        Custodian "custodian",
        /// 审批人
        Approver "approver",
        /// 审计
        Auditor "auditor",
        /// 管理员
        Administrator "administrator",
        /// 受托方: the lot's keeper
        Operator "operator",
    }
}

/// The server itself, as the actor of entries that follow from a clock alone (an offer that has expired). It is nobody in
/// the table of persons and cannot log in; pages and papers name it [`SYSTEM_NAME`].
pub const SYSTEM: PersonId = PersonId(Uuid::nil());
/// 系统: what stands where the actor's name would stand.
pub const SYSTEM_NAME: &str = "系统";

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
}
