//! Seizure lists (扣押物品清单) as offices really keep them → rows that are understood, each with what is in doubt about it.
//!
//! Pure: bytes in, values out; no file is opened, nothing is stored. One pass over the file reports every doubt at once,
//! with row, column and reason. A quantity is exact or absent: nothing is rounded, and a text that does not say one
//! quantity gives none.
//!
//! ```text
//! sheet     bytes → cells (.xlsx .xls .et .ods .csv .docx …), bounded, and what stands beside them: hidden rows, comments
//! header    which row names the columns, and what each is; cards; tables side by side
//! choose    which sheet is the list
//! list      which rows are things; row: one of them; quantity: its text → a whole number and a unit
//! doubt     what to look at; error: why a file was refused; json: the same for programs
//! ```

mod choose;
mod doubt;
mod error;
mod header;
mod json;
mod list;
mod quantity;
mod row;
mod sheet;
#[cfg(test)]
mod tests;
mod text;
mod traditional;

pub use doubt::{Doubt, DoubtCode};
pub use error::{ImportError, Refusal};
pub use header::{ChosenColumns, Column, Role};
pub use json::to_json_lines;
pub use list::{
    ExcerptRow, IgnoreReason, IgnoredRow, SeizureList, Stated, StatedFact, TotalRow, same_number,
};
pub use quantity::UnitOfMeasure;
pub use row::ListRow;
pub use text::row_runs;

/// Reads a seizure list. The kind of file is told by its content; the name only appears in the error.
///
/// The first visible sheet on which things with quantities stand is read; another one that looks like a list, and one that is
/// hidden, is reported as a doubt.
pub fn read_seizure_list(file_name: &str, bytes: &[u8]) -> Result<SeizureList, ImportError> {
    read_with_columns(file_name, bytes, &ChosenColumns::default())
}

/// The same, with the columns as somebody says that they are.
pub fn read_with_columns(
    file_name: &str,
    bytes: &[u8],
    columns: &ChosenColumns,
) -> Result<SeizureList, ImportError> {
    let file = || text::clip(&text::one_line(file_name), 200);
    read(bytes, columns).map_err(|reason| ImportError { file: file(), reason })
}

/// One row as a list under these column names would hold it, (name, cell): what somebody types is understood as a file is.
/// Nothing when it is no thing.
pub fn read_row(cells: &[(&str, &str)]) -> Option<ListRow> {
    let sheet = sheet::of_row(cells).ok()?;
    choose::of_sheet(&sheet, &ChosenColumns::default())?.rows.pop()
}

fn read(bytes: &[u8], columns: &ChosenColumns) -> Result<SeizureList, Refusal> {
    let sheets = sheet::read(bytes)?;
    choose::list(&sheets, columns).ok_or(Refusal::NoHeader)
}

/// A list of twelve things as an office would send it, for demonstrations and tests.
pub fn sample_csv() -> &'static str {
    "\
××市公安局××分局扣押物品清单,,,,,
案件编号：,,,,案件名称：张某某贩卖毒品案,
编号,物品名称,数量,特征,持有人,备注
1,华为手机,1部,\"黑色，型号Mate 60，IMEI：861234567890121\",张某某,开机密码未提供
2,苹果手机,1部,\"白色，屏幕有裂痕，IMEI：352099001761481\",张某某,
3,疑似甲基苯丙胺（白色晶体）,12.35克,透明自封袋装，净重,张某某,
4,疑似海洛因（灰白色粉末）,3包（净重5.2克）,锡纸包裹,张某某,
5,电子秤,1台,黑色，量程500克,张某某,
6,自封袋,1捆,透明，未使用,张某某,
7,现金人民币,\"12,000元\",百元面额120张,张某某,
8,现金人民币,50元×6张,五十元面额,李某某,
9,港币,5百元,纸币,李某某,
10,黄金项链,1条,黄色，重18.6克，刻有“福”字,李某某,估价未定
11,小型轿车,1辆,白色大众，车牌浙A·12345，钥匙1把,李某某,存放停车场
12,银行卡,约5张,不同银行,李某某,
,以下空白,,,,
持有人：　　　　　　　见证人：,,,办案民警：　　　　　　　,,保管人：
,,,,　　年　　月　　日,
"
}
