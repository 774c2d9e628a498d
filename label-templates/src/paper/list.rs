//! 扣押财物清单 as it goes with the things to the counter: what is on it, and a code that opens its case there.

use serde::{Deserialize, Serialize};

use super::{Form, Heading};

/// A list that is recorded, or one that waits. The heading's code is drawn behind the address of the counter; its entry number says
/// so where there is none yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPaper {
    #[serde(flatten)]
    pub heading: Heading,
    pub case_number: String,
    pub case_name: String,
    /// The unit that seized.
    pub unit: String,
    /// When, as far as it is known.
    pub seized_at: String,
    pub lines: Vec<ListLine>,
    /// The sums in words: 共 12 行，13 件，7,800.00 元.
    pub total: String,
}

impl Form for ListPaper {
    const TEMPLATE: &'static str = "list.typ";

    fn heading(&self) -> &Heading {
        &self.heading
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListLine {
    /// Empty before the list is recorded.
    pub item_number: String,
    pub name: String,
    pub features: String,
    /// With its unit.
    pub quantity: String,
    /// 持有人.
    pub holder: String,
    pub remark: String,
}
