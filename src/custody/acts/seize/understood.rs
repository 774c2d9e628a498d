//! How a file was understood, in words: what each column was taken for, where its texts went, and which rows are no things.

use crate::{
    import::{Column, IgnoreReason, IgnoredRow, Role, SeizureList, row_runs},
    language::Language,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a page shows before the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Understood {
    /// The rows that name the columns: `3–4`; empty when the file is cards.
    pub header_rows: String,
    /// The columns, as they stand.
    pub columns: Vec<UnderstoodColumn>,
    /// The other rows that are no things, by reason.
    pub ignored: Vec<IgnoredRows>,
    /// The row that adds up the list.
    pub total_row: Option<u32>,
    /// The first rows of the sheet as they stand; none of cards, whose columns nobody can choose.
    #[serde(default)]
    pub excerpt: Vec<UnderstoodRow>,
}

/// One row of the sheet as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UnderstoodRow {
    pub row: u32,
    pub taken_for: RowUse,
    /// A text for each of the first columns.
    pub cells: Vec<String>,
}

/// What a row of the sheet was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowUse {
    Thing,
    Header,
    Total,
    /// No thing: a title, a blank, a note.
    Other,
}

/// One column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UnderstoodColumn {
    /// As the spreadsheet names it: `D`.
    pub letter: String,
    /// What the header says; empty when it says nothing.
    pub title: String,
    pub taken_for: Use,
    /// What it is read as; nothing when it only goes into the remark.
    #[serde(default)]
    pub role: Option<Role>,
    /// Which of the tables beside each other it belongs to.
    #[serde(default)]
    pub table: u32,
    pub zh: String,
    pub en: String,
}

/// Where the texts of a column went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    Name,
    /// The quantity is read from it.
    Quantity,
    /// The features, the category, or a field of its own.
    Field,
    /// Compared with the case, or only numbers the lines.
    Compared,
    /// Not understood, or a second column of one meaning: kept with the remark, under its title.
    Remark,
}

/// Rows of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IgnoredRows {
    /// `1–2, 7`; at most twenty runs of numbers.
    pub rows: String,
    pub count: usize,
    pub zh: String,
    pub en: String,
}

impl Understood {
    pub(super) fn of(list: &SeizureList) -> Understood {
        let mut ignored: Vec<(IgnoreReason, Vec<u32>)> = Vec::new();
        for IgnoredRow { row, reason } in &list.ignored_rows {
            match ignored.iter_mut().find(|(known, _)| known == reason) {
                Some((_, rows)) => rows.push(*row),
                None => ignored.push((*reason, vec![*row])),
            }
        }
        let is_header = |reason: &IgnoreReason| *reason == IgnoreReason::Header;
        let header = ignored.iter().find(|(reason, _)| is_header(reason));
        Understood {
            header_rows: header.map(|(_, rows)| row_runs(rows)).unwrap_or_default(),
            columns: columns(&list.columns),
            ignored: ignored
                .iter()
                .filter(|(reason, _)| !is_header(reason))
                .map(|(reason, rows)| rows_of(*reason, rows))
                .collect(),
            total_row: list.total_row.as_ref().map(|it| it.row),
            excerpt: excerpt(list),
        }
    }
}

fn excerpt(list: &SeizureList) -> Vec<UnderstoodRow> {
    let of = |row: u32| {
        let ignored = list.ignored_rows.iter().find(|it| it.row == row);
        match ignored.map(|it| it.reason) {
            Some(IgnoreReason::Header) => RowUse::Header,
            _ if list.rows.iter().any(|it| it.row == row) => RowUse::Thing,
            _ if list.total_row.as_ref().is_some_and(|it| it.row == row) => RowUse::Total,
            _ => RowUse::Other,
        }
    };
    let rows = list.excerpt.iter();
    rows.map(|it| UnderstoodRow { row: it.row, taken_for: of(it.row), cells: it.cells.clone() }).collect()
}

fn rows_of(reason: IgnoreReason, rows: &[u32]) -> IgnoredRows {
    let (zh, en) = reason_words(reason);
    IgnoredRows { rows: row_runs(rows), count: rows.len(), zh: zh.to_owned(), en: en.to_owned() }
}

/// Only the first column of a meaning fills its field, within one table.
fn columns(columns: &[Column]) -> Vec<UnderstoodColumn> {
    let mut seen = BTreeSet::new();
    let understood = columns.iter().map(|column| {
        let mut second =
            |role| column.repeated() || !(seen.insert((column.table(), role)) || role == Role::Features);
        let (taken_for, role, (zh, en)) = match column.role {
            None if column.chosen() => {
                (Use::Remark, None, ("不使用，写入备注", "not used; kept with the remark"))
            }
            None => (Use::Remark, None, ("不认识，写入备注", "not understood; kept with the remark")),
            Some(role) if second(role) => again(role),
            Some(role) => (taken_for(role), Some(role), (role.text(Language::Zh), role.text(Language::En))),
        };
        UnderstoodColumn {
            letter: column.letter.clone(),
            title: column.header.clone(),
            taken_for,
            role,
            table: column.table(),
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    });
    understood.collect()
}

/// A second column of one meaning.
fn again(role: Role) -> (Use, Option<Role>, (&'static str, &'static str)) {
    if matches!(role, Role::Brand | Role::Model) {
        let words =
            ("含义与前一栏相同，写入特征", "same meaning as an earlier column; kept with the features");
        return (Use::Remark, Some(Role::Features), words);
    }
    (
        Use::Remark,
        None,
        ("含义与前一栏相同，写入备注", "same meaning as an earlier column; kept with the remark"),
    )
}

fn taken_for(role: Role) -> Use {
    match role {
        Role::Name => Use::Name,
        Role::Quantity
        | Role::Unit
        | Role::Weight
        | Role::GrossWeight
        | Role::TareWeight
        | Role::Amount
        | Role::Currency
        | Role::FaceValue => Use::Quantity,
        Role::LineNumber | Role::CaseNumber | Role::CaseName => Use::Compared,
        Role::Features
        | Role::Brand
        | Role::Model
        | Role::Serial
        | Role::Imei
        | Role::Plate
        | Role::Vin
        | Role::Engine
        | Role::Account
        | Role::Holder
        | Role::Owner
        | Role::Remark
        | Role::Value
        | Role::ValueDate
        | Role::ValueSource
        | Role::Source
        | Role::Place
        | Role::Paper
        | Role::PaperLine
        | Role::Category => Use::Field,
    }
}

fn reason_words(reason: IgnoreReason) -> (&'static str, &'static str) {
    match reason {
        IgnoreReason::Title => ("标题", "title"),
        IgnoreReason::Header => ("表头", "column names"),
        IgnoreReason::Blank => ("空行", "blank"),
        IgnoreReason::Heading => ("小标题", "heading"),
        IgnoreReason::Note => ("签名、日期、说明等", "signatures, dates, notes"),
        IgnoreReason::Subtotal => ("小计", "subtotal"),
        IgnoreReason::Example => ("填写示例", "example"),
        IgnoreReason::Hidden => ("隐藏或筛选掉的行", "hidden or filtered away"),
        IgnoreReason::Card => ("卡片的其他行", "further line of a card"),
        IgnoreReason::Continuation => ("并入上一行的特征", "joined to the row above"),
        IgnoreReason::NotUnderstood => ("有文字但不像财物", "text that names no thing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import;

    fn understood(list: &str) -> Understood {
        Understood::of(&import::read_seizure_list("a.csv", list.as_bytes()).unwrap())
    }

    #[test]
    fn each_column_and_each_row_is_told() {
        let it = understood(
            "清单,,,,,\n序号,名称,数量,持有人,办案单位,持有人\n1,手机,1部,张某,一队,李某\n,,,,,\n,合计,1部,,,\n经办人：王某,,,,,\n",
        );
        let of = |letter: &str| it.columns.iter().find(|it| it.letter == letter).unwrap();
        assert_eq!(it.header_rows, "2");
        assert_eq!((of("B").taken_for, of("B").zh.as_str()), (Use::Name, "名称"));
        assert_eq!(of("C").taken_for, Use::Quantity);
        assert_eq!((of("D").taken_for, of("D").zh.as_str()), (Use::Field, "持有人"));
        assert_eq!((of("E").taken_for, of("E").title.as_str()), (Use::Remark, "办案单位"));
        assert_eq!(of("F").taken_for, Use::Remark, "a second holder");
        assert_eq!(it.total_row, Some(5));
        let ignored: Vec<(&str, &str)> =
            it.ignored.iter().map(|it| (it.rows.as_str(), it.zh.as_str())).collect();
        assert_eq!(ignored, [("1", "标题"), ("4", "空行"), ("6", "签名、日期、说明等")]);
    }

    #[test]
    fn tables_beside_each_other_each_have_their_columns() {
        let it = understood("序号,名称,数量,序号,名称,数量\n1,手机,1部,2,电脑,1台\n3,外套,1件,4,钥匙,1把\n");
        let uses: Vec<Use> = it.columns.iter().map(|it| it.taken_for).collect();
        let table = [Use::Compared, Use::Name, Use::Quantity];
        assert_eq!(uses, [table, table].concat());
    }
}
