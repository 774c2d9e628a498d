//! What is in doubt about a list or one of its rows, as a page shows it, and how it was laid to rest.

use crate::import::{Doubt, DoubtCode, StatedFact};
use serde::{Deserialize, Serialize};

/// The code of the doubt about a thing that is recorded already.
const IDENTIFIER_RECORDED: &str = "identifier_recorded";
/// The codes of doubts about what was typed at the confirmation.
const ANOTHER_PAPER: &str = "another_paper_stated";
const ANOTHER_DATE: &str = "another_date_stated";

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DraftDoubt {
    pub code: String,
    pub column: Option<String>,
    /// What the cell says.
    pub text: String,
    pub zh: String,
    pub en: String,
    pub answer: Option<DoubtAnswer>,
}

/// How a doubt was laid to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DoubtAnswer {
    /// Looked at; it is right as it stands.
    Accepted,
    /// What it was about was changed.
    Amended,
}

impl DraftDoubt {
    pub(super) fn of(doubt: &Doubt) -> DraftDoubt {
        DraftDoubt {
            code: doubt.code.word().to_owned(),
            column: doubt.column.clone(),
            text: doubt.text.clone(),
            zh: doubt.sentence_zh(),
            en: doubt.sentence_en(),
            answer: None,
        }
    }

    /// The very same file is in the ledger already.
    pub(super) fn recorded_before(seq: i64) -> DraftDoubt {
        DraftDoubt {
            zh: format!("同一个文件已登记过（第 {seq} 号分录），请核对是否重复。"),
            en: format!("The very same file is already recorded (entry {seq}); check for a double entry."),
            ..DraftDoubt::called("recorded_before")
        }
    }

    /// A thing with this identifier is in the ledger; its number is told to whoever may see it.
    pub(super) fn identified(identifier: &str, number: Option<&str>) -> DraftDoubt {
        let (zh, en) = match number {
            Some(number) => (format!("（{number}）"), format!(" ({number})")),
            None => ("（不在您可查看的范围内）".to_owned(), " (not among what you may see)".to_owned()),
        };
        DraftDoubt {
            text: identifier.to_owned(),
            zh: format!("账上已有同一识别号的财物{zh}，请核对是否写错或重复登记。"),
            en: format!(
                "A thing with the same identifier is recorded already{en}; check for a slip or a double entry."
            ),
            ..DraftDoubt::called(IDENTIFIER_RECORDED)
        }
    }

    /// An entry of the case says the same lines.
    pub(super) fn same_lines(seq: i64) -> DraftDoubt {
        DraftDoubt {
            zh: format!("本案第 {seq} 号分录的清单逐行相同，请核对是不是同一份清单。"),
            en: format!(
                "Entry {seq} of this case has the very same lines; check whether it is the same list."
            ),
            ..DraftDoubt::called("same_lines_recorded")
        }
    }

    /// The list names another case than the one it is imported into.
    pub(super) fn another_case(stated: &StatedFact, case: &str) -> DraftDoubt {
        let StatedFact { row, text } = stated;
        DraftDoubt {
            zh: format!("清单第 {row} 行写的案号是“{text}”，要导入的案件是“{case}”，请核对是否选错案件。"),
            en: format!(
                "Row {row} of the list names the case “{text}”, and it is imported into “{case}”; check whether this is the right case."
            ),
            ..DraftDoubt::called("another_case_stated")
        }
    }

    /// The number that was typed is none of those on the list.
    pub(super) fn another_paper(stated: &str, typed: &str) -> DraftDoubt {
        DraftDoubt {
            zh: format!("清单上写的文号是“{stated}”，填写的是“{typed}”，请核对。"),
            en: format!("The list says its number is “{stated}”, and “{typed}” was typed; check it."),
            ..DraftDoubt::called(ANOTHER_PAPER)
        }
    }

    /// The day that was typed is more than a day from each of those on the list.
    pub(super) fn another_date(stated: &str, typed: &str) -> DraftDoubt {
        DraftDoubt {
            zh: format!("清单上写的日期是 {stated}，填写的扣押时间是 {typed}，相差超过一天，请核对。"),
            en: format!(
                "The list says {stated}, and the seizure was typed as {typed}: more than a day apart; check it."
            ),
            ..DraftDoubt::called(ANOTHER_DATE)
        }
    }

    /// One without words yet, about no column.
    fn called(code: &str) -> DraftDoubt {
        DraftDoubt {
            code: code.to_owned(),
            column: None,
            text: String::new(),
            zh: String::new(),
            en: String::new(),
            answer: None,
        }
    }

    /// Whether it compares what was typed at the confirmation.
    pub(super) fn is_about_typed(&self) -> bool {
        [ANOTHER_PAPER, ANOTHER_DATE].contains(&self.code.as_str())
    }

    /// Whether it is about something on the sheet that was not read as part of the list.
    pub fn is_beside_list(&self) -> bool {
        const CODES: [DoubtCode; 8] = [
            DoubtCode::HiddenRows,
            DoubtCode::HiddenColumn,
            DoubtCode::HiddenSheet,
            DoubtCode::OtherSheet,
            DoubtCode::CellComment,
            DoubtCode::StruckThrough,
            DoubtCode::TextInShape,
            DoubtCode::TextWithoutThing,
        ];
        CODES.iter().any(|code| code.word() == self.code)
    }

    pub(super) fn is_about_quantity(&self) -> bool {
        const OTHERS: [DoubtCode; 11] = [
            DoubtCode::NameMissing,
            DoubtCode::SameSerial,
            DoubtCode::SameRow,
            DoubtCode::DigitsLost,
            DoubtCode::CellCut,
            DoubtCode::BadCharacters,
            DoubtCode::MoreCells,
            DoubtCode::DescriptionCut,
            DoubtCode::AfterEnd,
            DoubtCode::CellComment,
            DoubtCode::StruckThrough,
        ];
        self.code != IDENTIFIER_RECORDED && !OTHERS.iter().any(|code| code.word() == self.code)
    }
}
