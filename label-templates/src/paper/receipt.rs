//! 入库单 and 入库凭条: what came in, line by line, what is missing, and who gave and took it.

use serde::{Deserialize, Serialize};

use super::{Form, Heading};

/// The paper of one delivery, or the slip of one receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptPaper {
    #[serde(flatten)]
    pub heading: Heading,
    pub title: String,
    pub case_number: String,
    pub case_name: String,
    /// The deciding paper: 扣押决定书 with its number.
    pub ground: String,
    pub delivered_by_unit: String,
    pub delivered_by: String,
    pub received_by: String,
    pub received_at: String,
    pub store: String,
    pub lines: Vec<ReceiptLine>,
    /// What the lists of the case say and has not come.
    pub missing: Vec<MissingThing>,
    /// The sums in words: 共 12 行，13 件，7,800.00 元.
    pub total: String,
    /// 一式三份：…; empty on a slip.
    pub copies: String,
    pub remark: String,
}

impl Form for ReceiptPaper {
    const TEMPLATE: &'static str = "receipt.typ";

    fn heading(&self) -> &Heading {
        &self.heading
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptLine {
    pub item_number: String,
    pub label_code: String,
    pub name: String,
    pub features: String,
    /// 持有人, as the list says.
    pub holder: String,
    /// What the list says, with its unit.
    pub listed: String,
    /// What came, with its unit.
    pub quantity: String,
    /// With its unit; empty where nothing was weighed.
    pub weight: String,
    pub seal: String,
    pub slot: String,
    pub remark: String,
}

/// A thing that has not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingThing {
    pub item_number: String,
    pub name: String,
    /// With its unit.
    pub quantity: String,
}
