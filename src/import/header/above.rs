//! What stands above a table and holds for the whole of it: 单位：万元, 计量单位：克.

use super::{Header, Role};
use crate::import::quantity::is_unit;
use crate::import::sheet::Sheet;
use crate::import::text::squeeze;

/// Rows above the column names that may say the unit.
const ROWS_ABOVE: u32 = 4;

/// Gives the columns that say no unit the one above the table: money to amounts, weights to weights and quantities. A column of
/// units in the table says it better.
pub(super) fn give_unit(sheet: &Sheet, mut header: Header) -> Header {
    let Some(unit) = unit_above(sheet, header.first_row) else { return header };
    let money = unit.ends_with(['元', '圆']);
    let units = header.column(Role::Unit).is_some();
    for column in header.columns.iter_mut().filter(|it| it.unit.is_empty()) {
        let takes = match column.role {
            Some(Role::Amount | Role::Value) => money,
            Some(Role::Weight | Role::GrossWeight | Role::TareWeight) => !money,
            Some(Role::Quantity) => !money && !units,
            _ => false,
        };
        if takes {
            column.unit.clone_from(&unit);
        }
    }
    header
}

fn unit_above(sheet: &Sheet, first_row: u32) -> Option<String> {
    let above = sheet.rows().filter(|(row, _)| *row < first_row && *row + ROWS_ABOVE >= first_row);
    let texts = above.flat_map(|(_, cells)| cells.iter().map(|cell| squeeze(&cell.text)));
    texts.filter_map(|text| unit_in(&text)).last()
}

/// The unit that a squeezed text says at its end: 单位:万元, （金额单位:元）.
fn unit_in(text: &str) -> Option<String> {
    let (before, unit) = text.rsplit_once("单位:")?;
    let unit = unit.trim_end_matches([')', '。']);
    let words = ["计量", "金额", "重量", "货币", "数量", "("];
    let label = before.is_empty() || words.iter().any(|it| before.ends_with(it));
    let scaled = unit.trim_start_matches(['万', '千', '百', '亿']);
    let known = is_unit(unit) || (!scaled.is_empty() && is_unit(scaled));
    (label && known).then(|| unit.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_told_from_an_office() {
        for (text, unit) in [
            ("单位:万元", Some("万元")),
            ("计量单位:克", Some("克")),
            ("(金额单位:元)", Some("元")),
            ("单位:某某分局", None),
            ("办案单位:", None),
        ] {
            assert_eq!(unit_in(text).as_deref(), unit, "{text}");
        }
    }
}
