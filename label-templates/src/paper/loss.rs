//! 灭失登记表: things that are declared lost, with the cause and whoever is liable.

use serde::{Deserialize, Serialize};

use super::{Form, Heading};
use crate::sample::words;

/// One approval, one cause, one report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossPaper {
    #[serde(flatten)]
    pub heading: Heading,
    /// Number and name of every case that the lines belong to; at least one.
    pub cases: Vec<String>,
    /// 遗失, 被盗 …
    pub cause: String,
    /// 责任人 with office; empty where it is nobody's fault.
    pub liable: String,
    /// 情况说明: its number.
    pub report: String,
    /// What happened, as it was approved.
    pub purpose: String,
    pub requester: String,
    pub requester_unit: String,
    pub approver: String,
    pub approved_on: String,
    /// The entry of the approval.
    pub approval_entry: String,
    pub custodian: String,
    pub declared_at: String,
    pub lines: Vec<LossLine>,
    /// The sum in words: 共 3 项.
    pub total: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossLine {
    pub item_number: String,
    pub label_code: String,
    pub name: String,
    pub features: String,
    /// How much is lost, with its unit.
    pub quantity: String,
    /// Where it was by the books.
    pub place: String,
}

impl Form for LossPaper {
    const TEMPLATE: &'static str = "loss.typ";

    fn heading(&self) -> &Heading {
        &self.heading
    }
}

impl LossPaper {
    pub fn sample() -> LossPaper {
        let [number, name, features, quantity, place] = words([
            "HF-2026-000123",
            "黑色智能手机",
            "华为 P40，屏幕右上角破损，IMEI 860123045678901",
            "1 部",
            "借给周立明",
        ]);
        let label_code = format!("{number}-7K");
        let [cause, liable, report, purpose] = words([
            "遗失",
            "周立明（021873） 江州市公安局临江分局刑侦大队",
            "情况说明〔2026〕9号",
            "外出辨认途中遗失，已沿途查找并调取监控，未找到",
        ]);
        let [requester, requester_unit, approver, approved_on, approval_entry] =
            words(["陈守仁（020877）", "江州市涉案财物管理中心", "高建国（020015）", "2026-11-21", "10455"]);
        let [custodian, declared_at] = words(["林小燕（020912）", "2026-11-22 10:30"]);
        LossPaper {
            heading: Heading::sample("失〔2026〕000002", "10511"),
            cases: vec!["江公（刑）立字〔2026〕1187号　“11·19”系列盗窃案".to_owned()],
            cause,
            liable,
            report,
            purpose,
            requester,
            requester_unit,
            approver,
            approved_on,
            approval_entry,
            custodian,
            declared_at,
            lines: vec![LossLine { item_number: number, label_code, name, features, quantity, place }],
            total: "共 1 项".to_owned(),
        }
    }
}
