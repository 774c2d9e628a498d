//! 随案移送清单 · 换押凭证: one agency hands the responsibility for things over to another; the things stay where they are.

use serde::{Deserialize, Serialize};

use super::{Form, Heading, Signature};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverPaper {
    #[serde(flatten)]
    pub heading: Heading,
    /// 移送清单（待签收） until both have signed, 随案移送清单 · 换押凭证 afterwards.
    pub title: String,
    /// 侦查 → 审查起诉.
    pub stage: String,
    pub case_name: String,
    pub giver: HandoverSide,
    pub receiver: HandoverSide,
    pub lines: Vec<HandoverLine>,
    /// The sum in words: 共 3 项，接收 2 项，拒收 1 项.
    pub total: String,
}

impl Form for HandoverPaper {
    const TEMPLATE: &'static str = "handover.typ";

    fn heading(&self) -> &Heading {
        &self.heading
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverSide {
    pub agency: String,
    pub case_number: String,
    /// `None` until this side has signed; the paper then has a place for ink.
    pub signature: Option<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverLine {
    pub item_number: String,
    pub name: String,
    pub features: String,
    pub quantity: String,
    /// Where it is kept, and stays.
    pub place: String,
    /// 处理建议, which the law asks for on each line.
    pub suggestion: String,
    pub answer: Answer,
}

/// What the receiver said to one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// Not answered yet.
    Pending,
    /// 接收
    Accepted,
    /// 附注接收
    AcceptedWithRemark { remark: String },
    /// 拒收
    Refused { reason: String },
}
