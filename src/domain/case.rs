//! One case as one agency numbers it. Cases of several agencies about the same facts form a matter (关联案件).

use super::words;
use crate::{
    clock::Moment,
    id::{CaseId, MatterId, PersonId, UnitId},
};
use serde::Serialize;

words! {
    /// 诉讼阶段
    Stage {
        /// 侦查
        Investigation "investigation",
        /// 审查起诉
        Prosecution "prosecution",
        /// 审判
        Trial "trial",
        /// 执行
        Execution "execution",
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
