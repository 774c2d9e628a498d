//! Telling things from notes, headings, totals and blank lines of the form.

use super::IgnoreReason;
use crate::import::header::Role;
use crate::import::row::{Line, is_small_number};
use crate::import::sheet::Cell;
use crate::import::text::{is_blank_mark, squeeze};

/// What a row under the header is.
pub(super) enum Sort {
    Thing,
    Continuation,
    Ignored(IgnoreReason),
}

/// Decides what a row under the header is.
pub(super) fn sort(line: &Line<'_>) -> Sort {
    let texts: Vec<String> =
        line.cells.iter().filter(|cell| !is_blank_mark(&cell.text)).map(|cell| squeeze(&cell.text)).collect();
    let first = texts.first().map_or("", |text| text);
    if !line.counts_clearly() {
        if texts.iter().all(|text| is_note(text)) || is_note(first) {
            return Sort::Ignored(IgnoreReason::Note);
        }
        if texts.len() == 1 && is_title(first) && !line.says_quantity() {
            return Sort::Ignored(IgnoreReason::Title);
        }
    }
    let numbered = |cell: &Cell| line.own(Role::LineNumber) == Some(cell) && is_small_number(&cell.text);
    let number_only = line.cells.iter().all(numbered);
    if number_only {
        return Sort::Ignored(IgnoreReason::Blank);
    }
    let named = line.own(Role::Name);
    if named.is_none() && line.merged_above(Role::Name).is_some() && !line.says_quantity() {
        return Sort::Continuation;
    }
    let alone = line.cells.len() == 1;
    let wide = line.cells.first().is_some_and(|cell| {
        line.sheet
            .merge_at(line.row, cell.column)
            .is_some_and(|it| it.last_column.saturating_sub(it.first_column) >= 2)
    });
    match named {
        _ if alone && is_heading(first) => Sort::Ignored(IgnoreReason::Heading),
        _ if alone && wide => Sort::Ignored(IgnoreReason::NotUnderstood),
        Some(_) => Sort::Thing,
        None if line.says_quantity() || line.merged_above(Role::Name).is_some() => Sort::Thing,
        None => Sort::Ignored(IgnoreReason::NotUnderstood),
    }
}

/// Whether the row is a total, and whether of a part only.
pub(super) fn total(line: &Line<'_>) -> Option<bool> {
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

/// Signatures (`持有人：`), remarks under the list, page numbers, 以下空白. A label counts only as a whole or as the end of a
/// longer one (办案民警), so that 注射器：… stays a thing.
fn is_note(text: &str) -> bool {
    const WHOLE: [&str; 5] = ["注", "附", "附注", "说明", "填表说明"];
    const ENDS: &str = "持有人 所有人 保管人 扣押人 见证人 当事人 嫌疑人 被害人 民警 警官 侦查员 人员 办案人 制表 制表人 制单 填表人 \
        填写人 审核 审核人 复核 复核人 审批 审批人 经办 经办人 经手人 接收人 移交人 交接人 签收 签收人 领取人 提取人 登记人 负责人 \
        签名 签字 签章 捺印 盖章 日期 时间 电话 联系方式 单位 备注 案由 案号 案件名称 案件编号";
    const PHRASES: &str = "以下空白 以下无正文 此页无正文 (盖章) (公章) (签名) (签字) (签章) (印章) (捺印) 上述物品 上列物品 以上物品 以上财物 核对无误";
    const STARTS: [&str; 4] = ["本清单", "本表一式", "本单一式", "一式"];
    let label =
        text.split(':').next().filter(|label| label.len() < text.len() && label.chars().count() <= 16);
    let label = label.map(|label| label.split('(').next().unwrap_or(label));
    let page = text.contains('页') && ["第", "共", "page"].iter().any(|it| text.starts_with(it));
    label.is_some_and(|label| {
        WHOLE.contains(&label) || ENDS.split_whitespace().any(|word| label.ends_with(word))
    }) || PHRASES.split_whitespace().any(|phrase| text.contains(phrase))
        || STARTS.iter().any(|start| text.starts_with(start))
        || page
        || is_date(text)
}

/// 2024年5月1日, or the empty form of it: 年 月 日.
fn is_date(text: &str) -> bool {
    let rest: String =
        text.chars().filter(|c| !(c.is_ascii_digit() || "零〇一二三四五六七八九十".contains(*c))).collect();
    matches!(rest.trim_matches('_'), "年月日" | "年月" | "日期:年月日")
}

/// The title of a form, or the office that issued it.
fn is_title(text: &str) -> bool {
    ["清单", "登记表", "明细表", "台账", "决定书"].iter().any(|it| text.ends_with(it))
        || ["公安局", "分局", "检察院", "法院", "派出所"].iter().any(|it| text.ends_with(it))
}

/// 一、 （二） 3. in front of a text without a quantity.
fn is_heading(text: &str) -> bool {
    let text = text.strip_prefix('(').unwrap_or(text);
    let rest = text.trim_start_matches(|c: char| "一二三四五六七八九十".contains(c));
    rest.len() < text.len() && rest.starts_with(['、', ')', '.']) || text.ends_with(':')
}
