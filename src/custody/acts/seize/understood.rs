//! How a file was understood, in words: what each column was taken for, where its texts went, and which rows are no things.

use crate::import::{Column, IgnoreReason, IgnoredRow, Role, SeizureList, row_runs};
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
}

/// One column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UnderstoodColumn {
    /// As the spreadsheet names it: `D`.
    pub letter: String,
    /// What the header says; empty when it says nothing.
    pub title: String,
    pub taken_for: Use,
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
        }
    }
}

fn rows_of(reason: IgnoreReason, rows: &[u32]) -> IgnoredRows {
    let (zh, en) = reason_words(reason);
    IgnoredRows { rows: row_runs(rows), count: rows.len(), zh: zh.to_owned(), en: en.to_owned() }
}

/// Only the first column of a meaning fills its field, within one table; tables beside each other begin with a number or a
/// name again.
fn columns(columns: &[Column]) -> Vec<UnderstoodColumn> {
    let mut seen = BTreeSet::new();
    let understood = columns.iter().map(|column| {
        let begins = matches!(column.role, Some(Role::LineNumber | Role::Name)) && !column.repeated();
        if begins && column.role.is_some_and(|role| seen.contains(&role)) {
            seen.clear();
        }
        let (taken_for, (zh, en)) = match column.role {
            None => (Use::Remark, ("不认识，写入备注", "not understood; kept with the remark")),
            Some(role) if column.repeated() || !(seen.insert(role) || role == Role::Features) => {
                (Use::Remark, second(role))
            }
            Some(role) => taken_for(role),
        };
        UnderstoodColumn {
            letter: column.letter.clone(),
            title: column.header.clone(),
            taken_for,
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    });
    understood.collect()
}

/// A second column of one meaning.
fn second(role: Role) -> (&'static str, &'static str) {
    if matches!(role, Role::Brand | Role::Model) {
        return ("含义与前一栏相同，写入特征", "same meaning as an earlier column; kept with the features");
    }
    ("含义与前一栏相同，写入备注", "same meaning as an earlier column; kept with the remark")
}

fn taken_for(role: Role) -> (Use, (&'static str, &'static str)) {
    match role {
        Role::LineNumber => (Use::Compared, ("序号", "line number")),
        Role::Name => (Use::Name, ("名称", "name")),
        Role::Quantity => (Use::Quantity, ("数量", "quantity")),
        Role::Unit => (Use::Quantity, ("单位", "unit")),
        Role::Weight => (Use::Quantity, ("重量", "weight")),
        Role::GrossWeight => (Use::Quantity, ("毛重", "gross weight")),
        Role::TareWeight => (Use::Quantity, ("皮重", "tare weight")),
        Role::Amount => (Use::Quantity, ("金额", "amount")),
        Role::Currency => (Use::Quantity, ("币种", "currency")),
        Role::FaceValue => (Use::Quantity, ("面额", "face value")),
        Role::Features => (Use::Field, ("特征", "features")),
        Role::Brand => (Use::Field, ("品牌", "brand")),
        Role::Model => (Use::Field, ("型号", "model")),
        Role::Serial => (Use::Field, ("序列号", "serial number")),
        Role::Imei => (Use::Field, ("IMEI", "IMEI")),
        Role::Plate => (Use::Field, ("车牌号", "plate")),
        Role::Vin => (Use::Field, ("车架号", "VIN")),
        Role::Engine => (Use::Field, ("发动机号", "engine number")),
        Role::Account => (Use::Field, ("账号", "account")),
        Role::Holder => (Use::Field, ("持有人", "holder")),
        Role::Owner => (Use::Field, ("所有人", "owner")),
        Role::Remark => (Use::Field, ("备注", "remark")),
        Role::Value => (Use::Field, ("估价", "estimate")),
        Role::ValueDate => (Use::Field, ("估价日期", "date of the estimate")),
        Role::ValueSource => (Use::Field, ("估价依据", "source of the estimate")),
        Role::Source => (Use::Field, ("来源", "source")),
        Role::Place => (Use::Field, ("扣押地点", "place of seizure")),
        Role::CaseNumber => (Use::Compared, ("案号，与所选案件核对", "case number, compared with the case")),
        Role::CaseName => (Use::Compared, ("案件名称", "name of the case")),
        Role::Paper => (Use::Field, ("法律文书号", "legal paper")),
        Role::PaperLine => (Use::Field, ("文书行号", "line of the legal paper")),
        Role::Category => (Use::Field, ("类别", "category")),
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
