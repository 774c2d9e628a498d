//! People and what they may do. Every person belongs to one unit of one agency.

use super::AgencyKind;
use crate::{
    id::{AgencyId, PersonId, UnitId},
    vocabulary::vocabulary,
};
use serde::Serialize;
use uuid::Uuid;

vocabulary! {
    /// What somebody is there for. An auditor changes nothing; an administrator sees no case.
    Role "role" {
        /// 办案民警: seizes, hands in, offers
        Officer "officer" "办案民警" "Officer",
        /// 案管 / 书记员: inspects, concludes, offers on
        Clerk "clerk" "案管 / 书记员" "Clerk",
        /// 保管员: receives, moves, counts
        Custodian "custodian" "保管员" "Custodian",
        /// 审批人
        Approver "approver" "审批人" "Approver",
        /// 审计
        Auditor "auditor" "审计" "Auditor",
        /// 管理员
        Administrator "administrator" "管理员" "Administrator",
        /// 受托方: the lot's keeper
        Operator "operator" "受托方" "Operator",
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
