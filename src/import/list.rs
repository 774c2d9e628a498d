//! A sheet → the list: which rows are things, which one is the total, and why the others are neither. Every row from the
//! first to the last lands in exactly one of the three.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::doubt::{Doubt, DoubtCode};
use super::header::{self, Column, Header, Role};
use super::quantity::{self, About, Decimal};
use super::row::{Carry, Line, ListRow, Typed, is_small_number};
use super::sheet::{Cell, Sheet};
use super::text::{one_line, squeeze};

/// A list of seized property as a file gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeizureList {
    /// The sheet that was read; empty for a text file.
    pub sheet: String,
    /// What each column of the header was taken for.
    pub columns: Vec<Column>,
    /// The things, in order.
    pub rows: Vec<ListRow>,
    /// Every other row: title, header, blank lines, notes, signatures. Together with `rows` and `total_row` this is every
    /// row of the sheet up to its last one with content.
    pub ignored_rows: Vec<IgnoredRow>,
    pub total_row: Option<TotalRow>,
    /// Doubts about the list as a whole.
    pub doubts: Vec<Doubt>,
}

/// A row that names no thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct IgnoredRow {
    pub row: u32,
    pub reason: Ignored,
}

/// Why a row is no thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ignored {
    /// Above the header, or the title of a further page.
    Title,
    /// Column names, also when repeated on a further page.
    Header,
    /// Nothing, or nothing but a printed line number.
    Blank,
    /// A heading inside the list: 一、电子产品.
    Heading,
    /// Signatures, dates, remarks, page numbers, 以下空白.
    Note,
    /// 小计: the total of a part.
    Subtotal,
    /// Further features of the thing above, under the same merged name.
    Continuation,
    /// Text that is neither; the list carries a doubt about it.
    NotUnderstood,
}

/// The row that adds up the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotalRow {
    pub row: u32,
    /// What the row says, cell by cell.
    pub text: String,
    pub doubts: Vec<Doubt>,
}

/// Reads a sheet whose header is known.
pub(super) fn understand(sheet: &Sheet, header: Header) -> SeizureList {
    let mut reader = ListReader {
        sheet,
        list: SeizureList {
            sheet: sheet.name.clone(),
            columns: header.columns.clone(),
            ..SeizureList::default()
        },
        header,
        carry: Carry::default(),
        typed: Vec::new(),
        totals: Vec::new(),
    };
    let mut next = 1;
    for (row, cells) in sheet.rows() {
        for blank in next..row {
            let reason = if reader.heads(blank) { Ignored::Header } else { Ignored::Blank };
            reader.ignore(blank, reason);
        }
        reader.row(row, cells);
        next = row + 1;
    }
    reader.finish()
}

struct ListReader<'a> {
    sheet: &'a Sheet,
    header: Header,
    list: SeizureList,
    carry: Carry,
    /// The typed numbers of each thing.
    typed: Vec<Typed>,
    totals: Vec<(u32, &'a [Cell], bool)>,
}

impl<'a> ListReader<'a> {
    fn row(&mut self, row: u32, cells: &'a [Cell]) {
        if self.heads(row) {
            return self.ignore(row, Ignored::Header);
        }
        if row < self.header.first_row {
            return self.ignore(row, Ignored::Title);
        }
        if let Some(header) = header::repeated(self.sheet, row, cells) {
            self.header = header;
            return self.ignore(row, Ignored::Header);
        }
        let header = self.header.clone();
        let line = Line { sheet: self.sheet, header: &header, row, cells };
        if let Some(partial) = total(&line) {
            return self.totals.push((row, cells, partial));
        }
        match sort(&line) {
            Sort::Thing => {
                let (thing, typed) = line.read(&mut self.carry);
                self.list.rows.push(thing);
                self.typed.push(typed);
            }
            Sort::Continuation => {
                self.ignore(row, Ignored::Continuation);
                if let Some(above) = self.list.rows.last_mut() {
                    let further = line.further_features();
                    let parts = std::iter::once(std::mem::take(&mut above.features))
                        .filter(|it| !it.is_empty())
                        .chain(further);
                    above.features = parts.collect::<Vec<_>>().join("；");
                }
            }
            Sort::Ignored(reason) => {
                self.ignore(row, reason);
                if reason == Ignored::NotUnderstood {
                    let text = row_text(cells);
                    self.list
                        .doubts
                        .push(Doubt::new(DoubtCode::TextWithoutThing, None, &text).against(row.to_string()));
                }
            }
        }
    }

    fn heads(&self, row: u32) -> bool {
        (self.header.first_row..=self.header.last_row).contains(&row)
    }

    fn ignore(&mut self, row: u32, reason: Ignored) {
        self.list.ignored_rows.push(IgnoredRow { row, reason });
    }

    fn finish(mut self) -> SeizureList {
        for column in self.list.columns.iter().filter(|column| column.repeated) {
            self.list.doubts.push(Doubt::new(
                DoubtCode::ColumnRepeated,
                Some(column.letter.clone()),
                &column.header,
            ));
        }
        self.settle_totals();
        find_doubles(&mut self.list.rows);
        self.list.ignored_rows.sort_by_key(|it| it.row);
        self.list
    }

    /// The last grand total is the total row; subtotals and earlier ones are not.
    fn settle_totals(&mut self) {
        let last =
            self.totals.iter().rposition(|(_, _, partial)| !partial).or(self.totals.len().checked_sub(1));
        for (at, (row, cells, _)) in std::mem::take(&mut self.totals).into_iter().enumerate() {
            if Some(at) != last {
                self.ignore(row, Ignored::Subtotal);
                continue;
            }
            let line = Line { sheet: self.sheet, header: &self.header, row, cells };
            let doubts = [Role::Quantity, Role::Weight, Role::Amount]
                .into_iter()
                .filter_map(|role| self.check_total(&line, role));
            let doubts = doubts.collect();
            self.list.total_row = Some(TotalRow { row, text: row_text(cells), doubts });
        }
    }

    /// Compares a total with the rows. It may add up the numbers as typed, or only those in its own unit.
    fn check_total(&self, line: &Line<'_>, role: Role) -> Option<Doubt> {
        let cell = line.own(role)?;
        let unit = line.own(Role::Unit).filter(|_| role == Role::Quantity).map_or("", |cell| &*cell.text);
        let stated = quantity::read(&cell.text, About { unit, ..About::default() });
        let typed_of = |it: &Typed| match role {
            Role::Quantity => it.quantity,
            Role::Weight => it.weight,
            _ => it.amount,
        };
        let stated_typed = stated.typed?;
        // With a quantity still in doubt the sum is not known.
        if self.list.rows.iter().any(|row| row.quantity.is_none()) {
            return None;
        }
        let typed =
            self.typed.iter().filter_map(typed_of).try_fold(Decimal::whole_number(0), Decimal::plus)?;
        if typed == stated_typed {
            return None;
        }
        let in_unit = |row: &&ListRow| row.unit == stated.unit && row.currency.as_deref() == stated.currency;
        let in_word = |row: &&ListRow| in_unit(row) && row.counted_as == stated.counted_as;
        let sum =
            |rows: Vec<&ListRow>| rows.iter().filter_map(|row| row.quantity).map(i128::from).sum::<i128>();
        let stated_sum = stated.quantity.map(i128::from);
        let agrees = role == Role::Quantity
            && [
                sum(self.list.rows.iter().filter(in_unit).collect()),
                sum(self.list.rows.iter().filter(in_word).collect()),
            ]
            .into_iter()
            .any(|it| stated_sum == Some(it));
        (!agrees).then(|| {
            let letter = self.header.column(role).map(|column| column.letter.clone());
            Doubt::new(DoubtCode::TotalDisagrees, letter, &cell.text).against(typed.to_string())
        })
    }
}

enum Sort {
    Thing,
    Continuation,
    Ignored(Ignored),
}

/// Decides what a row under the header is.
fn sort(line: &Line<'_>) -> Sort {
    let first = line.cells.first().map(|cell| squeeze(&cell.text)).unwrap_or_default();
    if !line.counts_clearly() {
        if line.cells.iter().all(|cell| is_note(&squeeze(&cell.text)) || is_date(&squeeze(&cell.text)))
            || is_note(&first)
        {
            return Sort::Ignored(Ignored::Note);
        }
        if is_title(&first) && line.cells.len() <= 2 {
            return Sort::Ignored(Ignored::Title);
        }
    }
    let numbered = |cell: &Cell| line.own(Role::LineNumber) == Some(cell) && is_small_number(&cell.text);
    let number_only = line.cells.iter().all(numbered);
    if number_only {
        return Sort::Ignored(Ignored::Blank);
    }
    let named = line.own(Role::Name);
    if named.is_none() && line.from_above(Role::Name).is_some() && !line.says_quantity() {
        return Sort::Continuation;
    }
    let alone = line.cells.len() == 1;
    let wide = line.cells.first().is_some_and(|cell| {
        line.sheet
            .merge_at(line.row, cell.column)
            .is_some_and(|it| it.last_column.saturating_sub(it.first_column) >= 2)
    });
    match named {
        _ if alone && is_heading(&first) => Sort::Ignored(Ignored::Heading),
        _ if alone && wide => Sort::Ignored(Ignored::NotUnderstood),
        Some(_) => Sort::Thing,
        None if line.says_quantity() || line.from_above(Role::Name).is_some() => Sort::Thing,
        None => Sort::Ignored(Ignored::NotUnderstood),
    }
}

/// Whether the row is a total, and whether of a part only.
fn total(line: &Line<'_>) -> Option<bool> {
    const TOTALS: [&str; 9] =
        ["合计", "总计", "共计", "总数", "累计", "总合计", "grandtotal", "total", "sum"];
    const PARTS: [&str; 5] = ["本页小计", "本页合计", "小计", "subtotal", "分计"];
    let candidates = [line.cells.first(), line.own(Role::Name)];
    candidates.into_iter().flatten().find_map(|cell| {
        let text = squeeze(&cell.text);
        let ends = |word: &str| {
            let rest = text.strip_prefix(word)?;
            let amount = rest
                .starts_with(|c: char| c.is_ascii_digit() || "：:(（¥￥$人壹贰叁肆伍陆柒捌玖".contains(c));
            let prose = rest.chars().any(|c| c.is_ascii_digit()) && !line.counts_clearly();
            let named = matches!(rest, "数" | "数量" | "金额" | "件数" | "重量");
            (rest.is_empty() || amount || prose || named).then_some(())
        };
        if PARTS.iter().any(|word| ends(word).is_some()) {
            return Some(true);
        }
        TOTALS.iter().any(|word| ends(word).is_some()).then_some(false)
    })
}

/// Signatures (`持有人：`), remarks under the list, page numbers, 以下空白.
fn is_note(text: &str) -> bool {
    const SIGNERS: &str = "持有人 所有人 保管人 民警 侦查 办案 见证人 扣押人 当事人 制表 制单 填表 填写 审核 复核 审批 经办 经手 接收 移交 交接 签收 签名 签字 \
        日期 时间 备注 注 说明 附 附注 联系 电话 单位 负责人 领取 提取人 登记人 捺印 盖章 案件 案由 案号 嫌疑人";
    const PHRASES: &str = "以下空白 以下无正文 此页无正文 本清单 本表 一式 (盖章) (公章) (签名) (签章) (印章) (捺印) 上述物品 上列物品 以上物品 以上财物 经核对 核对无误";
    let label =
        text.split(':').next().filter(|label| label.len() < text.len() && label.chars().count() <= 16);
    let page =
        text.contains('页') && (text.starts_with('第') || text.starts_with('共') || text.starts_with("page"));
    label.is_some_and(|label| SIGNERS.split_whitespace().any(|word| label.contains(word)))
        || PHRASES.split_whitespace().any(|phrase| text.contains(phrase))
        || page
        || is_date(text)
}

/// 2024年5月1日, or the empty form of it: 年 月 日.
fn is_date(text: &str) -> bool {
    let rest: String =
        text.chars().filter(|c| !(c.is_ascii_digit() || "零〇一二三四五六七八九十".contains(*c))).collect();
    matches!(rest.trim_matches('_'), "年月日" | "年月" | "日期:年月日")
}

fn is_title(text: &str) -> bool {
    ["清单", "登记表", "明细表", "台账", "决定书", "公安局", "检察院", "法院", "派出所"]
        .iter()
        .any(|it| text.contains(it))
}

/// 一、 （二） 3. in front of a text without a quantity.
fn is_heading(text: &str) -> bool {
    let text = text.strip_prefix('(').unwrap_or(text);
    let rest = text.trim_start_matches(|c: char| "一二三四五六七八九十".contains(c));
    rest.len() < text.len() && rest.starts_with(['、', ')', '.']) || text.ends_with(':')
}

fn row_text(cells: &[Cell]) -> String {
    cells.iter().map(|cell| one_line(&cell.text)).collect::<Vec<_>>().join(" ")
}

/// The same serial number twice, or the same row twice.
fn find_doubles(rows: &mut [ListRow]) {
    let mut serials: HashMap<String, u32> = HashMap::new();
    let mut whole: HashMap<String, u32> = HashMap::new();
    for row in rows {
        let mut found = BTreeMap::new();
        for serial in identities(row) {
            match serials.get(&serial) {
                Some(other) => _ = found.insert(*other, serial),
                None => _ = serials.insert(serial, row.row),
            }
        }
        for (other, serial) in found {
            row.doubts.push(Doubt::new(DoubtCode::SameSerial, None, &serial).against(other.to_string()));
        }
        let key = squeeze(&format!(
            "{}|{:?}|{:?}|{:?}|{}|{:?}|{:?}|{:?}",
            row.name, row.quantity, row.unit, row.currency, row.features, row.serial, row.holder, row.remark
        ));
        match whole.get(&key) {
            Some(other) => {
                row.doubts.push(Doubt::new(DoubtCode::SameRow, None, &row.name).against(other.to_string()))
            }
            None => _ = whole.insert(key, row.row),
        }
    }
}

/// What identifies a thing: its serial number, and every run of 15 digits (IMEI) in its description.
fn identities(row: &ListRow) -> Vec<String> {
    let mut found: Vec<String> =
        row.serial.iter().map(|it| squeeze(it)).filter(|it| it.chars().count() >= 4).collect();
    for text in [&row.features, &row.name] {
        let folded = squeeze(text);
        let runs = folded
            .split(|c: char| !c.is_ascii_alphanumeric())
            .map(|run| run.trim_start_matches(|c: char| c.is_ascii_alphabetic()));
        found.extend(
            runs.filter(|run| run.len() == 15 && run.bytes().all(|b| b.is_ascii_digit())).map(str::to_owned),
        );
    }
    found.sort_unstable();
    found.dedup();
    found
}
