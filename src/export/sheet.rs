//! A list as a workbook: a line that says what it is, heads, and rows with figures as figures.

use super::seizure_list::NotWritten;
use rust_xlsxwriter::{ExcelDateTime, Format, FormatBorder, Workbook};

/// A workbook of one sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    /// What the list was narrowed to, and when.
    pub title: String,
    pub heads: Vec<String>,
    pub rows: Vec<Vec<SheetCell>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetCell {
    Text(String),
    /// As people write it, with its thousands.
    Figure(String),
    /// `2026-11-22 18:30`, written as a date.
    Moment(String),
}

/// Columns are as wide as what stands in them, between these (in characters).
const WIDTHS: (usize, usize) = (8, 40);

impl Sheet {
    /// The bytes of the file.
    pub fn write(&self) -> Result<Vec<u8>, NotWritten> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.set_name(&self.name)?;
        sheet.set_landscape();
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(1, 1)?;
        let head = Format::new().set_bold().set_border(FormatBorder::Thin).set_background_color("E6EDF8");
        let text = Format::new().set_num_format("@");
        let figure = Format::new().set_num_format("#,##0.######");
        let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm");
        sheet.write(0, 0, &self.title)?;
        for (column, name) in (0_u16..).zip(&self.heads) {
            sheet.set_column_width(column, self.column_width(column))?;
            sheet.write_with_format(1, column, name, &head)?;
        }
        for (row, cells) in (2_u32..).zip(&self.rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                match cell {
                    SheetCell::Figure(number) => match number.replace(',', "").parse::<f64>() {
                        Ok(number) => sheet.write_with_format(row, column, number, &figure)?,
                        Err(_) => sheet.write_with_format(row, column, number, &text)?,
                    },
                    SheetCell::Moment(at) => match ExcelDateTime::parse_from_str(at) {
                        Ok(at) => sheet.write_with_format(row, column, &at, &moment)?,
                        Err(_) => sheet.write_with_format(row, column, at, &text)?,
                    },
                    SheetCell::Text(words) => sheet.write_with_format(row, column, words, &text)?,
                };
            }
        }
        sheet.set_freeze_panes(2, 1)?;
        Ok(workbook.save_to_buffer()?)
    }

    fn column_width(&self, column: u16) -> f64 {
        let column = usize::from(column);
        let heads = self.heads.get(column).map(String::as_str);
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| match cell {
            SheetCell::Text(text) | SheetCell::Figure(text) | SheetCell::Moment(text) => text.as_str(),
        });
        let widest = heads.into_iter().chain(cells).map(columns).max().unwrap_or(0);
        let wide = widest.saturating_add(2).clamp(WIDTHS.0, WIDTHS.1);
        f64::from(u32::try_from(wide).unwrap_or(0))
    }
}

/// How wide a text is: Chinese takes two places.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}
