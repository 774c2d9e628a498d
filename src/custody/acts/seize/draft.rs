//! A list between upload and confirmation: each row as it is understood now, and what is still in doubt about it.

use super::{DraftDoubt, DraftRow, Understood, damaged};
use crate::{
    clock::Moment,
    custody::{Conflict, Error},
    id::CaseId,
    import::{ChosenColumns, SeizureList, Stated},
};
use serde::{Deserialize, Serialize};

/// A whole list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ListDraft {
    pub case: CaseId,
    /// The sheet that was read; empty for a text file.
    pub sheet: String,
    pub rows: Vec<DraftRow>,
    /// How many rows of the file are no things: titles, blanks, notes, signatures.
    pub ignored: usize,
    /// What the total row says.
    pub total: Option<String>,
    /// How the file was understood.
    #[serde(default)]
    pub understood: Understood,
    /// What somebody said of its columns, when they are not as the program reads them.
    #[serde(default)]
    pub columns: Option<SaidColumns>,
    /// What the file says of its case and its paper.
    #[serde(default)]
    pub stated: Stated,
    /// Doubts about the list as a whole.
    pub doubts: Vec<DraftDoubt>,
}

/// What the columns are by somebody's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SaidColumns {
    pub columns: ChosenColumns,
    /// Whoever said so, by name.
    pub by: String,
    pub at: Moment,
    /// It was said of an earlier file of this shape.
    pub remembered: bool,
}

impl ListDraft {
    /// A list without a file.
    pub(super) fn empty(case: CaseId) -> ListDraft {
        ListDraft {
            case,
            sheet: String::new(),
            rows: Vec::new(),
            ignored: 0,
            total: None,
            understood: Understood::default(),
            columns: None,
            stated: Stated::default(),
            doubts: Vec::new(),
        }
    }

    pub(super) fn of(case: CaseId, list: &SeizureList, rows: Vec<DraftRow>) -> ListDraft {
        let total_doubts = list.total_row.iter().flat_map(|it| &it.doubts);
        ListDraft {
            case,
            sheet: list.sheet.clone(),
            rows,
            ignored: list.ignored_rows.len(),
            total: list.total_row.as_ref().map(|it| it.text.clone()),
            understood: Understood::of(list),
            columns: None,
            stated: list.stated.clone(),
            doubts: list.doubts.iter().chain(total_doubts).map(DraftDoubt::of).collect(),
        }
    }

    pub(super) fn to_text(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|error| damaged(&error))
    }

    /// As it is kept: its text, and how many rows it has.
    pub(super) fn kept_as(&self) -> Result<(String, i64), Error> {
        Ok((self.to_text()?, self.rows.len().try_into().unwrap_or(i64::MAX)))
    }

    pub(super) fn from_text(text: &str) -> Result<ListDraft, Error> {
        serde_json::from_str(text).map_err(|error| damaged(&error))
    }

    /// The rows that will be recorded.
    pub fn kept(&self) -> impl Iterator<Item = &DraftRow> {
        self.rows.iter().filter(|row| row.dropped.is_none())
    }

    /// How many kept rows still need a look.
    pub fn unsettled(&self) -> usize {
        self.kept().filter(|row| !row.is_settled()).count()
    }

    /// Refuses to go on while something is in doubt, incomplete, or nothing is left.
    pub(super) fn ready(&self, accept_list: bool) -> Result<(), Error> {
        let rows: Vec<String> = self.kept().filter(|row| !row.is_settled()).map(DraftRow::label).collect();
        if !rows.is_empty() {
            let shown = rows.iter().take(10).cloned().collect::<Vec<_>>();
            let more = if rows.len() > shown.len() { " …" } else { "" };
            let (zh, en) = (shown.join("、"), shown.join(", "));
            return Err(Conflict::new(
                "doubts_open",
                (
                    &format!("第 {zh}{more} 行还有疑点没有处理，未登记任何财物。"),
                    &format!("Rows {en}{more} still have open doubts; nothing was recorded."),
                ),
                (
                    "请改正这些行，或核对后勾选“已核对”，或写明原因不登记。",
                    "Correct these rows, or tick “checked” after looking, or leave them out with a reason.",
                ),
            ));
        }
        if self.kept().next().is_none() {
            return Err(Conflict::new(
                "no_row_left",
                ("清单里没有要登记的财物。", "No row of the list is left to be recorded."),
                ("请保留至少一行，或作废这份清单。", "Keep at least one row, or throw the list away."),
            ));
        }
        match self.doubts.is_empty() || accept_list {
            true => Ok(()),
            false => Err(Conflict::new(
                "list_doubts_open",
                (
                    "整份清单还有疑点没有核对，未登记任何财物。",
                    "There are open doubts about the list as a whole; nothing was recorded.",
                ),
                (
                    "请逐条核对，再勾选“整份清单已核对”。",
                    "Look at each, then tick that the list was checked.",
                ),
            )),
        }
    }
}
