//! 随案移送清单 and 换押凭证: one agency hands the responsibility for things over to another; the things stay where they are.

use serde::{Deserialize, Serialize};

use super::{Form, Heading, Signature};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverPaper {
    #[serde(flatten)]
    pub heading: Heading,
    /// 随案移送清单 of an offer, 换押凭证 of the exchange that answered it.
    pub title: String,
    /// How it stands: 待对方签收，尚未生效.
    pub state: String,
    /// 移送审查起诉.
    pub purpose: String,
    /// 侦查 → 审查起诉.
    pub stage: String,
    pub case_name: String,
    /// 犯罪嫌疑人; empty where the giver said none, as of the letter.
    pub suspect: String,
    /// Number and day of the letter by which the case goes.
    pub letter: String,
    /// The articles that it rests on.
    pub articles: String,
    /// 一式两份：移送机关留存、移送人民检察院.
    pub copies: String,
    pub giver: HandoverSide,
    pub receiver: HandoverSide,
    pub lines: Vec<HandoverLine>,
    /// The sum in words: 共 3 项，接收 2 项，拒收 1 项.
    pub total: String,
    /// What is alike, added up: (电子设备, 2 项：2 部).
    pub sums: Vec<(String, String)>,
    /// When the receiver took over, and from when its own term runs; empty until then.
    pub taken_over: String,
    pub photographs: Vec<PaperPhotograph>,
    /// How many photographs are not in the annex: 另有 12 张…; may be empty.
    pub further_photographs: String,
}

/// A photograph of the annex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperPhotograph {
    pub item_number: String,
    pub name: String,
    /// The name under which its picture comes along; empty where it cannot be shown.
    pub file: String,
    /// How many photographs the item has.
    pub of: String,
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
    /// Of whoever handles the case; may be empty.
    pub telephone: String,
    /// `None` until this side has signed; the paper then has a place for ink.
    pub signature: Option<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverLine {
    pub item_number: String,
    /// The legal paper that it rests on, and its line there.
    pub ground: String,
    pub name: String,
    pub features: String,
    /// 持有人 and 所有人; may be empty.
    pub people: String,
    /// Its estimate with day and source; may be empty.
    pub estimate: String,
    pub quantity: String,
    /// Gross, tare and net, and the scale; empty where nothing was weighed.
    pub weight: String,
    /// Where it is kept, and stays.
    pub place: String,
    /// What goes over instead of the thing: 清单、照片 3 张.
    pub goes: String,
    /// 未入库 or 部分入库, and how much has come; empty when a store has all of it.
    pub not_received: String,
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
