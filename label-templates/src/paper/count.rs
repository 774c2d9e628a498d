//! 盘点表: what the book expected in a zone at one entry number, and what was seen.

use serde::{Deserialize, Serialize};

use super::{Form, Heading};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountPaper {
    #[serde(flatten)]
    pub heading: Heading,
    /// The shelves that were counted.
    pub zone: String,
    /// The expected set is the book as of this entry.
    pub as_of_entry: String,
    pub began_at: String,
    pub ended_at: String,
    /// Who counted; at least two.
    pub counters: Vec<String>,
    /// Who watched.
    pub supervisor: String,
    /// Whoever keeps what is counted.
    pub keeper: String,
    pub lines: Vec<CountLine>,
    pub differences: Vec<CountDifference>,
    /// The result in words and figures, in the order to be shown: (应有, 40 件).
    pub totals: Vec<(String, String)>,
}

impl Form for CountPaper {
    const TEMPLATE: &'static str = "count.typ";

    fn heading(&self) -> &Heading {
        &self.heading
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountLine {
    pub item_number: String,
    pub name: String,
    /// Where the book has it, and where it was seen when that is another place.
    pub slot: String,
    /// What the book has, with its unit; empty for a thing it does not expect here.
    pub expected: String,
    /// What was counted or weighed, with its unit; empty where only a label was seen, or nothing.
    pub seen: String,
    /// 盘盈: more than the book has.
    pub surplus: String,
    /// 盘亏: less than the book has.
    pub shortage: String,
    /// What was done: 仅见标签, 已点数, 已称重, 封签完好; empty where nothing was.
    pub checked: String,
    /// Who saw it; empty where nobody did.
    pub by: String,
    pub outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 实见
    Seen,
    /// 错位: seen, in another place than the book says.
    Misplaced,
    /// 不符: seen in place, with another seal or another quantity.
    Differs,
    /// 封箱内: not opened, its box and seal are intact.
    SeenInSealedBox,
    /// 调用在外
    OnLoan,
    /// 未见
    NotFound,
    /// 账外: there, but not expected.
    Unexpected,
    /// 未盘
    NotLookedFor,
}

/// A disagreement that somebody must settle by a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountDifference {
    pub number: String,
    pub item_number: String,
    pub finding: String,
    pub owner: String,
    pub deadline: String,
}
