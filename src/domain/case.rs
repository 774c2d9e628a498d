//! One case as one agency numbers it. Cases of several agencies about the same facts form a matter (关联案件).

use crate::{
    clock::Moment,
    id::{CaseId, MatterId, PersonId, UnitId},
    vocabulary::vocabulary,
};
use serde::Serialize;

vocabulary! {
    /// 诉讼阶段
    Stage "stage" {
        /// 侦查
        Investigation "investigation" "侦查" "Investigation",
        /// 审查起诉
        Prosecution "prosecution" "审查起诉" "Prosecution",
        /// 审判
        Trial "trial" "审判" "Trial",
        /// 执行
        Execution "execution" "执行" "Execution",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    pub id: CaseId,
    pub matter: MatterId,
    pub unit: UnitId,
    pub number: String,
    pub name: String,
    pub stage: Stage,
    pub officer: Option<PersonId>,
    pub opened_at: Moment,
}
