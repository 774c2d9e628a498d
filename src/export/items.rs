//! A list of items as a workbook: what stands on the page, row by row, with figures as figures.

use super::seizure_list::NotWritten;
use crate::language::Language;
use rust_xlsxwriter::{Format, FormatBorder, Workbook};

/// One item as the sheet has it, in the reader's language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetItem {
    pub number: String,
    pub name: String,
    pub features: String,
    pub category: String,
    /// The figure as people write it, with its thousands, and the unit after it.
    pub figure: String,
    pub unit: String,
    pub place: String,
    pub holder: String,
    pub responsible: String,
    pub case_number: String,
    pub paper: String,
    pub seal: String,
    pub seized_at: String,
    pub state: String,
}

type Head = (&'static str, &'static str, f64);

/// Both languages, and the width in characters.
const HEADS: [Head; 14] = [
    ("编号", "Number", 14.0),
    ("名称", "Name", 24.0),
    ("特征", "Features", 36.0),
    ("类别", "Category", 12.0),
    ("数量", "Quantity", 12.0),
    ("单位", "Unit", 8.0),
    ("位置", "Place", 22.0),
    ("保管", "Held by", 20.0),
    ("责任单位", "Responsible", 24.0),
    ("案号", "Case", 24.0),
    ("扣押清单", "Seizure list", 20.0),
    ("封签", "Seal", 12.0),
    ("扣押时间", "Seized", 16.0),
    ("状态", "State", 12.0),
];

/// The column of the figures.
const FIGURE: usize = 4;

/// The workbook. `title` says what the list was narrowed to, in one line above the heads.
pub fn items_sheet(language: Language, title: &str, items: &[SheetItem]) -> Result<Vec<u8>, NotWritten> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(language.pick("财物", "Items"))?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(1, 1)?;
    let head = Format::new().set_bold().set_border(FormatBorder::Thin).set_background_color("E6EDF8");
    let text = Format::new().set_num_format("@");
    let figure = Format::new().set_num_format("#,##0.######");
    sheet.write(0, 0, title)?;
    for (column, (zh, en, width)) in (0_u16..).zip(HEADS) {
        sheet.set_column_width(column, width)?;
        sheet.write_with_format(1, column, language.pick(zh, en), &head)?;
    }
    for (row, it) in (2_u32..).zip(items) {
        for (column, cell) in (0_u16..).zip(it.cells()) {
            let number = (usize::from(column) == FIGURE).then(|| cell.replace(',', "").parse::<f64>().ok());
            match number.flatten() {
                Some(number) => sheet.write_with_format(row, column, number, &figure)?,
                None => sheet.write_with_format(row, column, cell, &text)?,
            };
        }
    }
    sheet.set_freeze_panes(2, 1)?;
    Ok(workbook.save_to_buffer()?)
}

impl SheetItem {
    /// In the order of the heads.
    fn cells(&self) -> [&str; 14] {
        [
            &self.number,
            &self.name,
            &self.features,
            &self.category,
            &self.figure,
            &self.unit,
            &self.place,
            &self.holder,
            &self.responsible,
            &self.case_number,
            &self.paper,
            &self.seal,
            &self.seized_at,
            &self.state,
        ]
    }
}
