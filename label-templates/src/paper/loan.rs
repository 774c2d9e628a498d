//! 借出单 and 归还单: things that leave the store for case work by an approval, and come back to it.

use serde::{Deserialize, Serialize};

use super::{Form, Heading};
use crate::sample::words;

/// 借出单: one approval, one batch, one purpose, one due time (L3 §190).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanPaper {
    #[serde(flatten)]
    pub heading: Heading,
    /// Number and name of every case that the lines belong to; at least one.
    pub cases: Vec<String>,
    /// Who asked for it, and for which unit.
    pub requester: String,
    pub requester_unit: String,
    pub approver: String,
    pub approved_on: String,
    /// The entry of the approval.
    pub approval_entry: String,
    pub purpose: String,
    pub borrower: String,
    pub borrower_unit: String,
    pub custodian: String,
    pub lent_at: String,
    pub due_at: String,
    pub lines: Vec<LoanLine>,
    /// The sum in words: 共 3 项.
    pub total: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanLine {
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
    /// The condition in which it leaves; may be empty.
    pub remark: String,
}

impl Form for LoanPaper {
    const TEMPLATE: &'static str = "loan.typ";

    fn heading(&self) -> &Heading {
        &self.heading
    }
}

/// 归还单: what was out is in a slot again, in the condition that is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnPaper {
    #[serde(flatten)]
    pub heading: Heading,
    /// Number and name of every case that the lines belong to; at least one.
    pub cases: Vec<String>,
    pub borrower: String,
    pub borrower_unit: String,
    pub custodian: String,
    pub lent_at: String,
    /// The entry by which it went out; several are joined (10482、10490).
    pub loan_entry: String,
    pub due_at: String,
    pub returned_at: String,
    /// 按期归还, or 逾期 2 天.
    pub punctuality: String,
    /// The condition in words.
    pub condition: String,
    pub lines: Vec<ReturnLine>,
    /// The sum in words: 共 3 项.
    pub total: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnLine {
    pub item_number: String,
    pub name: String,
    pub features: String,
    /// With its unit.
    pub quantity: String,
    /// The slot where it lies now.
    pub slot: String,
}

impl Form for ReturnPaper {
    const TEMPLATE: &'static str = "return.typ";

    fn heading(&self) -> &Heading {
        &self.heading
    }
}

const CASE: &str = "江公（刑）立字〔2026〕1187号　“11·19”系列盗窃案";

impl LoanPaper {
    pub fn sample() -> LoanPaper {
        let lines = [
            [
                "黑色智能手机",
                "华为 P40，屏幕右上角破损，IMEI 860123045678901",
                "1 部",
                "F2026-00881",
                "A-03-2",
                "已关机，封签完好",
            ],
            ["黄色金属项链", "链长约 45 cm，吊坠刻“福”字", "1 条", "F2026-00883", "保险柜 2-3", ""],
            [
                "红色两轮摩托车",
                "车架号 LBBPEJ1A0JB123456，无号牌",
                "1 辆",
                "",
                "停车场 B-17",
                "钥匙 1 把随车",
            ],
        ];
        let lines = (123..).zip(lines).map(|(at, line)| {
            let [name, features, quantity, seal, slot, remark] = words(line);
            let item_number = format!("HF-2026-{at:06}");
            let label_code = format!("{item_number}-7K");
            LoanLine { item_number, label_code, name, features, quantity, seal, slot, remark }
        });
        let [requester, requester_unit, approver, approved_on, approval_entry, purpose] = words([
            "周立明（021873）",
            "江州市公安局临江分局刑侦大队",
            "高建国（020015）",
            "2026-11-21",
            "10455",
            "送江州市公安局物证鉴定所作电子数据提取、贵金属成色鉴定，并供被害人辨认车辆。",
        ]);
        let [borrower, borrower_unit, custodian, lent_at, due_at] = words([
            "何静（021904）",
            "江州市公安局临江分局刑侦大队",
            "陈守仁（020877）",
            "2026-11-22 10:30",
            "2026-11-29 18:00",
        ]);
        LoanPaper {
            heading: Heading::sample("借〔2026〕000031", "10482"),
            cases: vec![CASE.to_owned()],
            requester,
            requester_unit,
            approver,
            approved_on,
            approval_entry,
            purpose,
            borrower,
            borrower_unit,
            custodian,
            lent_at,
            due_at,
            lines: lines.collect(),
            total: "共 3 项".to_owned(),
        }
    }
}

impl ReturnPaper {
    pub fn sample() -> ReturnPaper {
        let lines = [
            ["黑色智能手机", "华为 P40，屏幕右上角破损，IMEI 860123045678901", "1 部", "A-03-2"],
            ["黄色金属项链", "链长约 45 cm，吊坠刻“福”字", "1 条", "保险柜 2-4"],
        ];
        let lines = (123..).zip(lines).map(|(at, line)| {
            let [name, features, quantity, slot] = words(line);
            ReturnLine { item_number: format!("HF-2026-{at:06}"), name, features, quantity, slot }
        });
        let [borrower, borrower_unit, custodian, lent_at, loan_entry] = words([
            "何静（021904）",
            "江州市公安局临江分局刑侦大队",
            "陈守仁（020877）",
            "2026-11-13 10:30",
            "9871",
        ]);
        let [due_at, returned_at, punctuality, condition] = words([
            "2026-11-20 18:00",
            "2026-11-22 15:40",
            "逾期 2 天",
            "外观与借出时一致；手机因提取数据启封，已由鉴定所重新封装，新封签 F2026-01190。",
        ]);
        ReturnPaper {
            heading: Heading::sample("还〔2026〕000028", "10991"),
            cases: vec![CASE.to_owned()],
            borrower,
            borrower_unit,
            custodian,
            lent_at,
            loan_entry,
            due_at,
            returned_at,
            punctuality,
            condition,
            lines: lines.collect(),
            total: "共 2 项".to_owned(),
        }
    }
}
