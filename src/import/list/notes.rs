//! Words around a list: signatures and their labels, remarks under it, page numbers, column numbers, examples of how to fill
//! it in.

use std::sync::LazyLock;

use crate::import::row::Line;
use crate::import::sheet::{Cell, Kind};
use crate::import::text::{is_blank_mark, words};

/// Labels of people who sign, alone or at the end of a longer one (扣押物品持有人). No thing has such a name.
static PEOPLE: LazyLock<Vec<&str>> = LazyLock::new(|| {
    words(
        "持有人 所有人 保管人 扣押人 见证人 当事人 嫌疑人 被害人 被处罚人 提交人 民警 警官 侦查员 检察官 法官 办案人 承办人 制表人 制单人 填表人 \
         填写人 审核人 复核人 审批人 经办人 经手人 接收人 移交人 交接人 签收人 领取人 提取人 登记人 负责人 批准人 记录人 清点人 称量人 送检人 采集人 \
         翻译人 收件人 交件人 移送人 交物人 交出人 送交人 接受人 在场人 被搜查人 鉴定人 称重人 拍照人 核对人 库管员 保管员 仓管员 管理员 办案人员 工作人员 保管人员",
    )
});
/// Labels of signatures that are whole words; before a colon also at the end of a longer one.
static SIGNS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    words(
        "人员 制表 制单 审核 复核 审批 经办 签收 签名 签字 签章 捺印 盖章 警号 身份证号 身份证号码 接收单位 移交单位 办案单位 扣押单位 送检单位 \
         单位印章 联系电话 监督电话 办公电话 举报电话 当事人意见 持有人意见 电话号码 手机号码 联系方式 signature signedby witness officer",
    )
});
/// Labels that may also be names of things or of columns.
static OTHERS: LazyLock<Vec<&str>> =
    LazyLock::new(|| words("单位 备注 案由 案号 案件名称 案件编号 文书号 文号 日期 时间 电话 地址"));
const WHOLE: &[&str] = &["注", "附", "附注", "说明", "填表说明"];
static PHRASES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    words(
        "以下空白 以下无正文 此页无正文 (盖章) (公章) (签名) (签字) (签章) (印章) (捺印) 上述物品 上列物品 以上物品 以上财物 以上款物 \
    核对无误 nothingfollows endoflist",
    )
});
const STARTS: &[&str] = &["本清单", "本表一式", "本单一式", "一式", "此单一式", "此表一式"];
const SIGNED: &[&str] = &[
    "seizedby",
    "receivedby",
    "preparedby",
    "checkedby",
    "witnessedby",
    "signedby",
    "handedoverby",
    "recordedby",
    "verifiedby",
    "inspectedby",
    "collectedby",
    "approvedby",
    "issuedby",
    "witnesssignature",
    "officersignature",
    "signatureof",
    "nameofofficer",
    "dateofseizure",
    "datesigned",
];
const EXAMPLES: &[&str] =
    &["示例", "样例", "范例", "举例", "填写示例", "例如", "示范", "example", "sample", "e.g."];

/// The label of a signature, standing alone or before a colon: nothing else counts, so that 注射器：… stays a thing.
pub(super) fn is_signature(text: &str) -> bool {
    let before_colon = label_of(text);
    let label = before_colon.unwrap_or(text).trim_end_matches(['_', '.', '、']);
    let label = label.split('(').next().unwrap_or(label);
    // 承办人签名 is the label of a person, too.
    let person = ["签名", "签字", "签章", "盖章", "捺印"]
        .iter()
        .find_map(|it| label.strip_suffix(it))
        .unwrap_or(label);
    let ends = |words: &[&str]| words.iter().any(|word| label.ends_with(*word));
    let signs = PEOPLE.iter().any(|word| person.ends_with(*word));
    label.chars().count() <= 16
        && (signs || SIGNS.contains(&label) || (before_colon.is_some() && ends(&SIGNS)))
}

/// Signatures (`持有人：`), remarks under the list, page numbers, 以下空白.
pub(super) fn is_note(text: &str) -> bool {
    let label = label_of(text).map(|label| label.split('(').next().unwrap_or(label));
    label.is_some_and(|label| {
        WHOLE.contains(&label) || is_signature(label) || OTHERS.iter().any(|word| label.ends_with(*word))
    }) || PHRASES.iter().any(|phrase| text.contains(*phrase))
        || STARTS.iter().any(|start| text.starts_with(start))
        || SIGNED.iter().any(|start| text.starts_with(start))
        || is_page(text)
        || is_date(text)
}

/// 以下空白: the list ends here.
pub(super) fn ends_list(text: &str) -> bool {
    text.contains("以下空白") || text.contains("以下无正文") || text.contains("nothingfollows")
}

fn label_of(text: &str) -> Option<&str> {
    text.split(':').next().filter(|label| label.len() < text.len() && label.chars().count() <= 16)
}

/// 第1页, 共2页, page 1 of 2.
pub(super) fn is_page(text: &str) -> bool {
    const WORDS: &str = "第共页张总计-/,、.;() 一二三四五六七八九十";
    let chinese = text.contains('页') && text.starts_with(['第', '共', '-']);
    (chinese && text.chars().all(|c| c.is_ascii_digit() || WORDS.contains(c)))
        || text.strip_prefix("page").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// 2024年5月1日, or the empty form of it: 年 月 日.
fn is_date(text: &str) -> bool {
    let rest: String =
        text.chars().filter(|c| !(c.is_ascii_digit() || "零〇一二三四五六七八九十".contains(*c))).collect();
    matches!(rest.trim_matches('_'), "年月日" | "年月" | "日期:年月日")
}

/// A row that shows how to fill in the form: 例, 示例2 where the line's number stands, or before the name.
pub(super) fn is_example(number: Option<&str>, name: &str) -> bool {
    let says = |text: &str| {
        let text = text.trim_start_matches(['(', '*']);
        let rest = EXAMPLES
            .iter()
            .find_map(|word| text.strip_prefix(word))
            .or_else(|| text.strip_prefix(['例', '如']));
        rest.is_some_and(|rest| {
            rest.trim_matches([')', ':', '.', '一', '二', '三', '号', '行'])
                .bytes()
                .all(|b| b.is_ascii_digit())
        })
    };
    let before_name = || {
        let text = name.trim_start_matches('(');
        ["示例:", "示例)", "例:", "例)", "样例:", "样例)", "范例:", "example:"]
            .iter()
            .any(|it| text.starts_with(it))
    };
    number.is_some_and(says) || says(name) || before_name()
}

/// 示例 alone in any cell, such as the remark.
pub(super) fn names_example(text: &str) -> bool {
    matches!(
        text.trim_matches(['(', ')', '*', ':']),
        "示例" | "样例" | "范例" | "填写示例" | "示例行" | "举例" | "example"
    )
}

/// The row of column numbers under the header of official forms: 甲 乙 1 2 3, (1) (2) (3), A B C.
pub(super) fn numbers_columns(line: &Line<'_>) -> bool {
    const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";
    let filled: Vec<&Cell> = line.cells.iter().filter(|cell| !is_blank_mark(&cell.text)).collect();
    if filled.len() < 3 || filled.iter().any(|cell| matches!(cell.kind, Kind::Date | Kind::Error)) {
        return false;
    }
    let mut order = Vec::new();
    for cell in filled {
        let text = line.squeezed(cell);
        let text = text.trim_matches(['(', ')', '.', '栏', '第', '列']);
        let mut chars = text.chars();
        let place = match (chars.next(), chars.next()) {
            (Some(c), None) if STEMS.contains(c) => STEMS.chars().position(|it| it == c).map(|at| (0, at)),
            (Some(c), None) if c.is_ascii_lowercase() => Some((1, c as usize)),
            (Some('①'..='⑳'), None) => text.chars().next().map(|c| (2, c as usize)),
            _ => text.parse::<usize>().ok().filter(|it| *it <= 60).map(|it| (3, it)),
        };
        let Some(place) = place else { return false };
        order.push(place);
    }
    // Each kind counts up by one.
    order.windows(2).all(|pair| match pair {
        [(one, a), (other, b)] => one != other || *b == a + 1,
        _ => true,
    })
}
