//! Words by which the writer of a list says that the number is not sure, was changed, or is a gross weight, wherever they
//! stand: before the number, behind it, in brackets, in the unit's column.

use std::sync::LazyLock;

use super::{measure, remainder};
use crate::import::doubt::DoubtCode;
use crate::import::text::{fold, words};
use crate::import::traditional::simplify;

static UNCERTAIN: LazyLock<Vec<&str>> = LazyLock::new(|| {
    words(
        "存疑 待核 待查 待定 待确认 待复核 待复查 待清点 待点 未清点 未点清 未点 未核 未称 待称 不确定 不确切 不准确 疑问 \
    目测 暂定 暂计 估计 估算 估数 预估 暂估 大概 可能 为准 粗称 粗略 unsure unverified estimated uncertain",
    )
});
static CHANGED: LazyLock<Vec<&str>> = LazyLock::new(|| {
    words(
        "已发还 已退还 已返还 已归还 已领回 已领取 已移交 已销毁 已变卖 已拍卖 已上缴 已处理 已扣除 已使用 已消耗 剩余 尚余 \
    仅剩 取样 取检 送检 抽样 检材 丢失 遗失 短少 短缺 缺失 不见 未找到 找不到 未见 实为 实有 实收 实扣 实际 应为 误写 returned missing",
    )
});
/// The number itself was rewritten: neither of the two is taken.
static REWRITTEN: LazyLock<Vec<&str>> =
    LazyLock::new(|| words("改为 改成 更正 更改 变更 涂改 划去 划掉 作废"));
/// Alone in brackets or alone behind the number.
static APPROXIMATE: LazyLock<Vec<&str>> = LazyLock::new(|| {
    words("约 大约 大概 约数 约计 左右 上下 估 以上 以下 以内 余 许 不到 approx approx. about")
});
static GROSS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    words(
        "毛重 含包装 连包装 带包装 含袋 带袋 连袋 含皮 连皮 带皮 连瓶 含瓶 未除皮 未去皮 未扣皮 未扣除皮 gross",
    )
});
static MISSING: LazyLock<Vec<&str>> = LazyLock::new(|| words("缺 少 欠"));

fn says(list: &[&str], text: &str) -> bool {
    // Most cells are a number and a unit.
    text.chars().nth(1).is_some()
        && !text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && list.iter().any(|word| text.contains(*word))
}

fn is(list: &[&str], text: &str) -> bool {
    list.contains(&text)
}

/// The text without question marks and tolerances (±0.1), and the doubts they are.
pub(super) fn take_off(text: &str) -> (String, Vec<DoubtCode>) {
    let mut doubts = Vec::new();
    if text.contains(['?', '¿']) {
        doubts.push(DoubtCode::Uncertain);
    }
    let mut plain = text.replace(['?', '¿'], "");
    for sign in ["±", "+/-", "+-"] {
        while let Some(at) = plain.find(sign) {
            let after = plain.get(at + sign.len()..).unwrap_or_default();
            let tolerance =
                after.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' ' | '%'));
            let unit_behind = plain.get(..at).is_some_and(|it| it.ends_with(|c: char| c.is_ascii_digit()));
            let rest = if unit_behind { tolerance } else { remainder::after_unit(tolerance) };
            plain = format!("{}{rest}", plain.get(..at).unwrap_or_default());
            doubts.push(DoubtCode::Approximate);
        }
    }
    (plain, doubts)
}

/// Doubts from the words outside brackets, whatever else they say.
pub(super) fn outside(main: &str) -> Vec<DoubtCode> {
    let mut doubts = Vec::new();
    if says(&UNCERTAIN, main) {
        doubts.push(DoubtCode::Uncertain);
    }
    if says(&CHANGED, main) {
        doubts.push(DoubtCode::Changed);
    }
    doubts
}

/// Whether the number was rewritten in the cell: 2部改为3部.
pub(super) fn rewritten(text: &str) -> bool {
    says(&REWRITTEN, text)
}

/// Doubts from what stands behind the quantity: 12克毛重, 2部大概.
pub(super) fn behind(whole: &str) -> Vec<DoubtCode> {
    let rest = whole.trim_matches([' ', ',', ';', '。', '.', ':', '、']);
    let mut doubts = Vec::new();
    // ↑, ★, !: a mark that somebody made; a tick says that it is right.
    if !rest.is_empty() && !rest.chars().any(|c| c.is_alphanumeric() || matches!(c, '√' | '✓' | '✔')) {
        doubts.push(DoubtCode::Uncertain);
    }
    // 2部及充电器: a further thing, without a number of its own.
    let further = ["及", "和", "与", "+", "另", "外加"].iter().find_map(|it| rest.strip_prefix(it));
    let listed = whole.trim_start().starts_with('、').then_some(rest);
    let named = |it: &str| it.chars().next().is_some_and(char::is_alphabetic);
    if further.or(listed).is_some_and(named) && !rest.contains(|c: char| c.is_ascii_digit()) {
        doubts.push(DoubtCode::MoreInCell);
    }
    if is(&APPROXIMATE, rest) {
        doubts.push(DoubtCode::Approximate);
    }
    if says(&GROSS, rest) && !rest.contains(|c: char| c.is_ascii_digit()) {
        doubts.push(DoubtCode::GrossWeight);
    }
    doubts
}

/// Doubts from one pair of brackets. Words beside a number of their own speak of that number.
pub(super) fn inside(inner: &str) -> Vec<DoubtCode> {
    let inner = inner.trim();
    let mut doubts = outside(inner);
    if inner == "疑似" {
        doubts.push(DoubtCode::Uncertain);
    }
    if is(&MISSING, inner) {
        doubts.push(DoubtCode::Changed);
    }
    let own_number = inner.contains(|c: char| c.is_ascii_digit());
    if !own_number && is(&APPROXIMATE, inner.trim_end_matches(['计', '数'])) {
        doubts.push(DoubtCode::Approximate);
    }
    if !own_number && (says(&GROSS, inner) || inner == "毛") {
        doubts.push(DoubtCode::GrossWeight);
    }
    doubts
}

/// Whether a description says of a weight that it includes the packing (毛重, 含包装), with no number beside it and no other
/// weight.
pub(in crate::import) fn says_gross(text: &str) -> bool {
    const NET: &[&str] = &["净", "去皮", "除皮", "扣除", "net"];
    const WORDS: &[&str] = &["毛重", "含包装", "连包装", "带包装", "未除皮", "未去皮", "未扣皮", "gross"];
    // Most descriptions say nothing of the kind; one look keeps long lists quick.
    if !text.contains(['毛', '包', '皮', 'g', 'G', 'ｇ']) {
        return false;
    }
    let text = simplify(&fold(text)).to_lowercase();
    let says = |words: &[&str], text: &str| words.iter().any(|word| text.contains(word));
    let number = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let plain = text.replace("未除皮", "").replace("未去皮", "");
    !says(NET, &plain)
        && text.split([',', ';', '。', '、', '(', ')']).any(|it| says(WORDS, it) && !number(it))
}

/// Doubts from the unit's column: 千克（毛重）, 部（约）, 克？.
pub(super) fn in_unit(unit: &str) -> Vec<DoubtCode> {
    let mut doubts = outside(unit);
    let pieces = unit.split(['(', ')', '/', ' ', ',']).map(str::trim);
    for piece in pieces {
        let around = piece.strip_prefix('约').or_else(|| piece.strip_suffix('约'));
        if is(&APPROXIMATE, piece) || around.is_some_and(measure::is_unit) {
            doubts.push(DoubtCode::Approximate);
        }
        if says(&GROSS, piece) || piece == "毛" {
            doubts.push(DoubtCode::GrossWeight);
        }
        if piece.contains('?') {
            doubts.push(DoubtCode::Uncertain);
        }
    }
    doubts
}
