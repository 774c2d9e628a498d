//! A seizure list to be filled in: an .xlsx with the columns that the importer knows, and one line that shows how.

use crate::language::Language;
use rust_xlsxwriter::{Format, FormatBorder, Workbook, XlsxError};

/// The workbook could not be put together.
#[derive(Debug, thiserror::Error)]
#[error("the workbook could not be written: {0}")]
pub struct NotWritten(#[from] XlsxError);

/// Title, width in characters, and what stands in the line that shows how.
type TemplateColumn = (&'static str, f64, &'static str);

const ZH: &[TemplateColumn] = &[
    ("序号", 8.0, "示例"),
    ("名称", 20.0, "手机"),
    ("数量", 8.0, "1"),
    ("单位", 8.0, "部"),
    ("特征", 28.0, "黑色，屏幕有裂痕"),
    ("品牌", 12.0, "华为"),
    ("型号", 14.0, "Mate 60"),
    ("序列号", 18.0, ""),
    ("IMEI", 18.0, "861234567890121"),
    ("车牌号", 12.0, ""),
    ("车架号", 20.0, ""),
    ("账号", 20.0, ""),
    ("持有人", 12.0, "张某某"),
    ("所有人", 12.0, ""),
    ("扣押地点", 18.0, ""),
    ("类别", 12.0, ""),
    ("备注", 24.0, "开机密码未提供"),
];

const EN: &[TemplateColumn] = &[
    ("No.", 9.0, "example"),
    ("Name", 20.0, "mobile telephone"),
    ("Quantity", 10.0, "1"),
    ("Unit", 8.0, "piece"),
    ("Features", 28.0, "black, screen cracked"),
    ("Brand", 12.0, "Huawei"),
    ("Model", 14.0, "Mate 60"),
    ("Serial number", 18.0, ""),
    ("IMEI", 18.0, "861234567890121"),
    ("Plate", 12.0, ""),
    ("VIN", 20.0, ""),
    ("Account no.", 20.0, ""),
    ("Holder", 14.0, "Zhang"),
    ("Owner", 14.0, ""),
    ("Place", 18.0, ""),
    ("Category", 12.0, ""),
    ("Remark", 24.0, "no PIN given"),
];

/// A list with these things on it, every cell as text, so that no program rounds a long number, in the order of its
/// columns; the empty form when there are none. The line that
/// shows how says so where the line's number stands, and is no thing to whoever reads the list.
pub fn seizure_list(language: Language, things: &[&[&str]]) -> Result<Vec<u8>, NotWritten> {
    let columns = match language {
        Language::Zh => ZH,
        Language::En => EN,
    };
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(language.pick("扣押清单", "Seizure list"))?;
    let title = Format::new().set_bold().set_border(FormatBorder::Thin).set_background_color("E6EDF8");
    let shown = Format::new().set_italic().set_font_color("566272").set_num_format("@");
    let text = Format::new().set_num_format("@");
    for (column, (name, width, example)) in (0_u16..).zip(columns) {
        sheet.set_column_width(column, *width)?;
        sheet.set_column_format(column, &text)?;
        sheet.write_with_format(0, column, *name, &title)?;
        sheet.write_with_format(1, column, *example, &shown)?;
    }
    for (row, cells) in (2_u32..).zip(things) {
        for (column, cell) in (0_u16..).zip(*cells) {
            sheet.write_with_format(row, column, *cell, &text)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(workbook.save_to_buffer()?)
}
