//! Which row holds the column names, and what each column is. Forms differ from office to office; a column that is not
//! understood is listed as such and never guessed.

use std::collections::BTreeSet;

use serde::Serialize;

use super::quantity::is_unit;
use super::sheet::{Cell, Kind, Sheet};
use super::text::{clip, fold, one_line, squeeze};

/// How far down a header is looked for.
const HEADER_ROWS: usize = 100;
/// A column name is short; longer text is a note.
const LABEL_MOST: usize = 40;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 序号, 编号: the line's number on the paper, or the thing's number when it is no small number.
    LineNumber,
    Name,
    /// 数量, alone or with its unit.
    Quantity,
    Unit,
    /// 重量.
    Weight,
    /// 金额: the quantity of money, the value of anything else.
    Amount,
    Currency,
    /// 面值, 面额.
    FaceValue,
    /// 特征, 颜色, 新旧, 品牌 …
    Features,
    /// 型号, 规格.
    Model,
    /// 序列号, IMEI, 车架号 …
    Serial,
    /// 持有人, 所有人.
    Holder,
    /// 备注.
    Remark,
    /// 估价, 单价.
    Value,
    /// 来源, 扣押地点.
    Source,
    /// 类别.
    Category,
}

/// One column of the header as it was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// As the spreadsheet names it: `D`.
    pub letter: String,
    /// What the header says.
    pub header: String,
    /// What it was taken for; nothing when it was not understood and is not used.
    pub role: Option<Role>,
    #[serde(skip)]
    pub(super) index: u32,
    /// The unit in the header: 克 of 重量（克）.
    #[serde(skip)]
    pub(super) unit: String,
    /// A second column of a role that only one can have.
    #[serde(skip)]
    pub(super) repeated: bool,
}

/// The header: its rows and its columns.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) first_row: u32,
    pub(super) last_row: u32,
    pub(super) columns: Vec<Column>,
}

/// The letters of a column: 0 is A, 26 is AA.
pub(super) fn letters(mut index: u32) -> String {
    let mut letters = Vec::new();
    loop {
        letters.extend(char::from_digit(index % 26 + 10, 36).map(|c| c.to_ascii_uppercase()));
        if index < 26 {
            break;
        }
        index = index / 26 - 1;
    }
    letters.iter().rev().collect()
}

/// Finds the header of a sheet: the first row with a name and a quantity, else the first with a name and something else.
pub(super) fn find(sheet: &Sheet) -> Option<Header> {
    let rows: Vec<(u32, &[Cell])> = sheet.rows().take(HEADER_ROWS).collect();
    let strong = rows.iter().position(|(row, cells)| read(sheet, *row, cells).is_some_and(|it| it.counts()));
    let at = strong.or_else(|| {
        rows.iter().position(|(row, cells)| read(sheet, *row, cells).is_some_and(|it| it.names()))
    })?;
    let (row, cells) = rows.get(at)?;
    let header = read(sheet, *row, cells)?;
    match rows.get(at + 1) {
        Some((next, below)) if *next == row + 1 => {
            Some(with_second_row(sheet, &header, *next, below).unwrap_or(header))
        }
        _ => Some(header),
    }
}

/// Whether a row inside the list is a header again, as on the second page of a printed form.
pub(super) fn repeated(sheet: &Sheet, row: u32, cells: &[Cell]) -> Option<Header> {
    // Rows of things nearly always have a digit somewhere; asking for that first keeps long lists quick.
    let digits = |cell: &Cell| cell.kind != Kind::Text || cell.text.chars().any(|c| c.is_ascii_digit());
    if cells.len() < 3 || cells.iter().any(digits) {
        return None;
    }
    let roles = cells.iter().filter(|cell| role_of(&cell.text).is_some()).count();
    (roles * 2 > cells.len()).then(|| read(sheet, row, cells)).flatten().filter(Header::counts)
}

impl Header {
    /// How many columns are understood.
    pub(super) fn width(&self) -> usize {
        self.columns.iter().filter(|column| column.role.is_some()).count()
    }

    pub(super) fn column(&self, role: Role) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == Some(role) && !column.repeated)
    }

    fn counts(&self) -> bool {
        let quantity =
            [Role::Quantity, Role::Weight, Role::Amount].iter().any(|role| self.column(*role).is_some());
        self.column(Role::Name).is_some_and(|name| quantity || names_and_counts(&name.header))
    }

    fn names(&self) -> bool {
        self.column(Role::Name).is_some() && self.width() > 1
    }
}

/// Reads one row as column names. A name merged down from the row above counts for this row.
fn read(sheet: &Sheet, row: u32, cells: &[Cell]) -> Option<Header> {
    let mut columns = Vec::new();
    let mut first_row = row;
    let mut indexes: BTreeSet<u32> = cells.iter().map(|cell| cell.column).collect();
    let from_above = |it: &&super::sheet::Merge| {
        it.first_row < row && it.last_row >= row && it.first_column == it.last_column
    };
    indexes.extend(sheet.merges.iter().filter(from_above).map(|it| it.first_column));
    for index in indexes {
        let merged = sheet.merge_at(row, index).filter(|it| it.first_column == it.last_column);
        let top = merged.map_or(row, |it| it.first_row);
        let Some(cell) = sheet.cell(top, index).filter(|cell| cell.kind == Kind::Text) else { continue };
        if cell.text.chars().count() > LABEL_MOST {
            continue;
        }
        first_row = first_row.min(top);
        columns.push(column(index, &cell.text));
    }
    // The row above may hold the form's title in the same merged cell as nothing else: only its own names count.
    settle(&mut columns);
    (columns.iter().filter(|column| column.role.is_some()).count() > 0).then_some(Header {
        first_row,
        last_row: row,
        columns,
    })
}

/// Takes the row below as the second half of the header (数量 above 数目 and 单位), if it has nothing but column names and
/// says nothing in the name's column.
fn with_second_row(sheet: &Sheet, header: &Header, row: u32, cells: &[Cell]) -> Option<Header> {
    let name = header.column(Role::Name)?;
    let is_label = |cell: &Cell| {
        cell.kind == Kind::Text
            && !cell.text.chars().any(|c| c.is_ascii_digit())
            && cell.text.chars().count() <= 12
    };
    let understood = cells.iter().filter(|cell| role_of(&cell.text).is_some()).count();
    let named = cells.iter().any(|cell| cell.column == name.index);
    if named || understood == 0 || understood * 2 < cells.len() || !cells.iter().all(is_label) {
        return None;
    }
    let mut columns = header.columns.clone();
    for cell in cells {
        let group = sheet.merge_at(header.last_row, cell.column).map_or(cell.column, |it| it.first_column);
        let above = header.columns.iter().rev().find(|it| it.index == group || it.index == cell.column);
        let mut own = column(cell.column, &cell.text);
        own.role = own.role.or(above.and_then(|it| it.role));
        if let Some(above) = above.filter(|it| it.header != own.header) {
            own.header = format!("{} {}", above.header, own.header);
        }
        columns.retain(|it| it.index != cell.column);
        columns.push(own);
    }
    columns.sort_by_key(|it| it.index);
    settle(&mut columns);
    Some(Header { columns, last_row: row, ..header.clone() })
}

fn column(index: u32, text: &str) -> Column {
    let (label, unit) = split_unit(text);
    let header = clip(&one_line(text), LABEL_MOST);
    Column { letter: letters(index), header, role: role_of(&label), index, unit, repeated: false }
}

/// 重量（克） → 重量 and 克; a bracket that holds no unit stays out of the way.
fn split_unit(text: &str) -> (String, String) {
    let folded = fold(&one_line(text));
    let Some((label, rest)) = folded.split_once('(') else { return (folded, String::new()) };
    let inside = rest
        .split(')')
        .next()
        .unwrap_or_default()
        .trim()
        .trim_start_matches("单位:")
        .trim_start_matches("单位")
        .trim();
    let scaled = inside.trim_start_matches(['万', '千', '百', '亿']);
    let unit = if is_unit(inside) || (!scaled.is_empty() && is_unit(scaled)) {
        inside.to_owned()
    } else {
        String::new()
    };
    let label = if label.trim().is_empty() { inside } else { label.trim() };
    (label.to_owned(), unit)
}

/// Decides between columns that claim the same role: the best name, the first of the others.
fn settle(columns: &mut [Column]) {
    let best = columns
        .iter()
        .filter(|it| it.role == Some(Role::Name))
        .max_by_key(|it| (name_strength(&it.header), std::cmp::Reverse(it.index)));
    let name = best.map(|it| it.index);
    let mut seen = BTreeSet::new();
    for column in columns {
        match column.role {
            Some(Role::Name) if Some(column.index) != name => {
                column.repeated = name_strength(&column.header) > 1;
                column.role = if column.repeated { Some(Role::Name) } else { Some(Role::Features) };
            }
            Some(Role::Features | Role::Remark | Role::Model) | None => (),
            Some(role) => column.repeated = !seen.insert(role),
        }
    }
}

fn name_strength(header: &str) -> u8 {
    match &*squeeze(header) {
        it if it.contains("名称") || it.contains("品名") || it.contains("name") => 3,
        it if it.contains("物品") || it.contains("财物") || it.contains("物证") || it.contains("item") => {
            2
        }
        _ => 1,
    }
}

/// One column for both, as in 物品名称及数量.
fn names_and_counts(header: &str) -> bool {
    let header = squeeze(header);
    header.contains("名称") && header.contains("数量")
}

/// The words of each role, tried from the top: the first row with a match decides. `=` asks for the whole label.
const WORDS: &[(Option<Role>, &str)] = &[
    // Names of the case, the paper and the place of keeping are not names of things.
    (
        None,
        "案件 案由 案号 案别 案情 嫌疑 当事人 文书 单位名称 部门 办案 承办 存放 保管 库位 库房 货架 日期 时间 签名 签字 照片 图片 联系 电话 身份证 经办 处理 处置 去向 是否",
    ),
    (
        Some(Role::LineNumber),
        "=序号 =序 =编号 =号 =no =no. =# =行号 =项次 =序列 物品编号 财物编号 清单编号 物证编号 涉案财物编号 =itemno =itemno. =id",
    ),
    (
        Some(Role::Serial),
        "序列号 串号 imei =sn s/n 机身号 出厂编号 识别码 识别号 车架号 vin 发动机号 车牌 号牌 枪号 证件号 卡号 账号 帐号 冠字号 号码 serial",
    ),
    (
        Some(Role::Name),
        "名称 品名 物品名 =名 =物品 =财物 =涉案物品 =涉案财物 =扣押物品 =扣押财物 =扣押物 =物证 =证据 =物品及文件 =item =items =name itemname articlename",
    ),
    (Some(Role::Currency), "币种 币别 货币 currency"),
    (Some(Role::FaceValue), "面值 面额 票面 券别 denomination"),
    (Some(Role::Value), "价值 估价 估值 单价 总价 价格 评估价 鉴定价 市价 原价 value price"),
    (Some(Role::Amount), "金额 款额 钱数 数额 amount"),
    (Some(Role::Weight), "重量 净重 毛重 总重 克重 称重 =重 weight"),
    (Some(Role::Quantity), "数量 数目 件数 个数 =数 数值 数额 张数 台数 qty quantity count"),
    (Some(Role::Unit), "=单位 计量单位 =量词 =计量 =unit =units uom"),
    (Some(Role::Model), "型号 规格 model spec"),
    (
        Some(Role::Features),
        "特征 特点 描述 颜色 新旧 品牌 成色 外观 材质 质地 尺寸 状况 性状 成分 纯度 产地 款式 feature description colour color brand condition",
    ),
    (Some(Role::Holder), "持有人 所有人 物主 被扣押人 持有者 权利人 失主 被害人 holder owner"),
    (Some(Role::Remark), "备注 说明 备考 附注 =注 remark note comment"),
    (
        Some(Role::Source),
        "来源 扣押地点 查获地点 提取地点 发现地点 查获位置 提取位置 =地点 =位置 =place source",
    ),
    (Some(Role::Category), "类别 种类 类型 分类 =类 category =type"),
];

/// What a label means. The label may still carry its unit in brackets.
fn role_of(text: &str) -> Option<Role> {
    let label = squeeze(&split_unit(text).0);
    let label = label.trim_matches(|c: char| matches!(c, '*' | ':' | '.' | '、' | '_' | '-'));
    if label.is_empty() || label.chars().count() > LABEL_MOST {
        return None;
    }
    let says = |word: &str| match word.strip_prefix('=') {
        Some(whole) => label == whole.trim_end_matches('.'),
        None => label.contains(word),
    };
    let (role, _) = WORDS.iter().find(|(_, words)| words.split_whitespace().any(says))?;
    *role
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_many_forms_are_understood() {
        for (label, role) in [
            ("名称", Role::Name),
            ("名 称", Role::Name),
            ("物品名称", Role::Name),
            ("财物名称", Role::Name),
            ("涉案财物名称", Role::Name),
            ("品名", Role::Name),
            ("物品", Role::Name),
            ("涉案财物", Role::Name),
            ("Name", Role::Name),
            ("Item", Role::Name),
            ("数\u{3000}量", Role::Quantity),
            ("数目", Role::Quantity),
            ("件数", Role::Quantity),
            ("Qty", Role::Quantity),
            ("数量及单位", Role::Quantity),
            ("数量（单位）", Role::Quantity),
            ("数量*", Role::Quantity),
            ("单位", Role::Unit),
            ("计量单位", Role::Unit),
            ("特征描述", Role::Features),
            ("规格型号", Role::Model),
            ("型号规格", Role::Model),
            ("颜色", Role::Features),
            ("新旧程度", Role::Features),
            ("备注", Role::Remark),
            ("编号", Role::LineNumber),
            ("序号", Role::LineNumber),
            ("No.", Role::LineNumber),
            ("金额（元）", Role::Amount),
            ("价值", Role::Value),
            ("单价(元)", Role::Value),
            ("币种", Role::Currency),
            ("重量(g)", Role::Weight),
            ("持有人", Role::Holder),
            ("所有人", Role::Holder),
            ("IMEI", Role::Serial),
            ("扣押地点", Role::Source),
            ("类别", Role::Category),
        ] {
            assert_eq!(role_of(label), Some(role), "{label}");
        }
        for label in ["案件名称", "办案单位", "存放位置", "入库日期", "", "某某市公安局"]
        {
            assert_eq!(role_of(label), None, "{label}");
        }
    }

    #[test]
    fn the_unit_in_a_header_is_kept() {
        assert_eq!(split_unit("重量（克）").1, "克");
        assert_eq!(split_unit("金额(万元)").1, "万元");
        assert_eq!(split_unit("金额（单位：元）").1, "元");
        assert_eq!(split_unit("特征（颜色、新旧）").1, "");
    }

    #[test]
    fn columns_have_letters() {
        for (index, text) in
            [(0, "A"), (3, "D"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")]
        {
            assert_eq!(letters(index), text);
        }
    }
}
