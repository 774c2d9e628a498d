//! 发还清单, 没收清单, 销毁清单 …: things that leave for good, by a decision and an approval.

use serde::{Deserialize, Serialize};

use super::{Form, Heading};
use crate::sample::words;

/// One approval, one decision, one way out (L3 §193–196).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisposalPaper {
    #[serde(flatten)]
    pub heading: Heading,
    /// 发还清单, 销毁清单 …
    pub title: String,
    /// 发还, 销毁 …
    pub outcome: String,
    /// Number and name of every case that the lines belong to; at least one.
    pub cases: Vec<String>,
    /// 处理文书: by which the things go.
    pub decision: String,
    /// Empty where nobody gets them.
    pub recipient: String,
    /// Who took them away; empty where nobody did.
    pub collector: String,
    /// The identity document that was seen.
    pub document: String,
    /// Empty where the recipient came.
    pub authority: String,
    /// Who stood by when they were destroyed.
    pub witnesses: Vec<String>,
    pub requester: String,
    pub requester_unit: String,
    pub approver: String,
    pub approved_on: String,
    /// The entry of the approval.
    pub approval_entry: String,
    pub custodian: String,
    pub gone_at: String,
    pub lines: Vec<DisposalLine>,
    /// The sum in words: 共 3 项.
    pub total: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisposalLine {
    pub item_number: String,
    pub label_code: String,
    pub name: String,
    pub features: String,
    /// With its unit.
    pub quantity: String,
    /// Empty where nothing is sealed.
    pub seal: String,
    /// The slot that it leaves.
    pub slot: String,
}

impl Form for DisposalPaper {
    const TEMPLATE: &'static str = "disposal.typ";

    fn heading(&self) -> &Heading {
        &self.heading
    }
}

impl DisposalPaper {
    pub fn sample() -> DisposalPaper {
        let lines = [
            [
                "黑色智能手机",
                "华为 P40，屏幕右上角破损，IMEI 860123045678901",
                "1 部",
                "F2026-00881",
                "A-03-2",
            ],
            ["黄色金属项链", "链长约 45 cm，吊坠刻“福”字", "1 条", "F2026-00883", "保险柜 2-3"],
        ];
        let lines = (123..).zip(lines).map(|(at, line)| {
            let [name, features, quantity, seal, slot] = words(line);
            let item_number = format!("HF-2026-{at:06}");
            let label_code = format!("{item_number}-7K");
            DisposalLine { item_number, label_code, name, features, quantity, seal, slot }
        });
        let [title, outcome, decision, recipient, collector, document, authority] = words([
            "发还清单",
            "发还",
            "江公（刑）返字〔2026〕12号",
            "吴秀兰",
            "吴小军",
            "居民身份证 330102199001011234",
            "委托书（吴秀兰，2026-11-20）",
        ]);
        let [requester, requester_unit, approver, approved_on, approval_entry] = words([
            "周立明（021873）",
            "江州市公安局临江分局刑侦大队",
            "高建国（020015）",
            "2026-11-21",
            "10455",
        ]);
        let [custodian, gone_at] = words(["陈守仁（020877）", "2026-11-22 10:30"]);
        DisposalPaper {
            heading: Heading::sample("处〔2026〕000012", "10510"),
            title,
            outcome,
            cases: vec!["江公（刑）立字〔2026〕1187号　“11·19”系列盗窃案".to_owned()],
            decision,
            recipient,
            collector,
            document,
            authority,
            witnesses: Vec::new(),
            requester,
            requester_unit,
            approver,
            approved_on,
            approval_entry,
            custodian,
            gone_at,
            lines: lines.collect(),
            total: "共 2 项".to_owned(),
        }
    }
}
