//! Rows that add up other rows: 合计, 本页小计, 总金额, 物品总数, 以上合计, 承前页.

/// What a row adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sum {
    /// The whole list.
    Whole,
    /// A page or a part.
    Part,
    /// Taken over from the page before or over to the next one.
    Carried,
}

/// Words that say what is added up, and nothing about a thing.
const OF_WHAT: &[&str] = &[
    "以上",
    "上述",
    "上列",
    "本页",
    "本表",
    "本单",
    "本清单",
    "清单",
    "本案",
    "全案",
    "全部",
    "所有",
    "各项",
    "各类",
    "涉案",
    "扣押",
    "查获",
    "收缴",
    "财物",
    "物品",
    "款物",
    "物证",
    "文件",
    "现金",
    "人民币",
    "毒品",
    "车辆",
    "该页",
    "此页",
    "当页",
    "本次",
    "累计",
    "数字",
];
/// What is added up, behind 总 or before 合计.
const MEASURED: &[&str] = &[
    "金额", "重量", "净重", "毛重", "件数", "数量", "个数", "张数", "价值", "估价", "价款", "钱款", "价",
    "额", "值", "重", "数", "量",
];
const SUMS: &[&str] =
    &["总合计", "总共计", "合计", "总计", "共计", "总共", "累计", "合共", "统计", "共有", "总"];
const PARTS: &[&str] = &["小计", "分计", "分类合计"];
const ENGLISH: &[&str] = &[
    "grandtotal",
    "total",
    "totals",
    "sum",
    "totalamount",
    "totalquantity",
    "totalqty",
    "totalweight",
    "totalitems",
];
const ENGLISH_PARTS: &[&str] = &["subtotal", "sub-total", "pagetotal"];
/// The sum in words, on a line of its own.
const IN_WORDS: &[&str] = &[
    "大写",
    "人民币大写",
    "人民币(大写",
    "大写金额",
    "金额大写",
    "金额(大写",
    "合计大写",
    "合计(大写",
    "总计(大写",
];
const CARRIED: &[&str] = &[
    "承前页",
    "承上页",
    "接上页",
    "接前页",
    "上页结转",
    "前页结转",
    "过次页",
    "转次页",
    "转下页",
    "接下页",
    "接次页",
    "续下页",
    "续前页",
    "续上页",
    "结转下页",
    "结转次页",
    "carriedforward",
    "broughtforward",
    "c/f",
    "b/f",
];

/// What a squeezed label adds up, when it does. A name that merely ends so (手机小计) is one, too.
pub(super) fn of_label(label: &str) -> Option<Sum> {
    let label = label.trim_matches([':', '(', ')', '-', '.', '、', '*']);
    if CARRIED.iter().any(|word| label.starts_with(word)) {
        return Some(Sum::Carried);
    }
    if ENGLISH_PARTS.contains(&label) {
        return Some(Sum::Part);
    }
    if ENGLISH.contains(&label) {
        return Some(Sum::Whole);
    }
    if IN_WORDS.contains(&label) {
        return Some(Sum::Whole);
    }
    let page = ["本页", "该页", "此页", "当页"].iter().any(|word| label.starts_with(word));
    if PARTS.iter().any(|word| label.ends_with(word)) || (page && all_of(label)) {
        return Some(Sum::Part);
    }
    let ends = ["合计", "总计", "共计"].iter().any(|word| label.ends_with(word));
    (ends || all_of(label)).then_some(Sum::Whole)
}

/// Whether the label is put together from words of sums alone, with one that sums.
pub(super) fn all_of(label: &str) -> bool {
    let (mut rest, mut sums) = (label, false);
    while !rest.is_empty() {
        let strip = |words: &[&str]| words.iter().find_map(|word| rest.strip_prefix(word));
        if let Some(after) = strip(SUMS) {
            (rest, sums) = (after, true);
        } else if let Some(after) = strip(OF_WHAT).or_else(|| strip(MEASURED)) {
            rest = after;
        } else {
            return false;
        }
    }
    sums
}

/// A label with what it adds up behind it in the same cell: 合计：手机2部, 合计12件, 总金额3000元. `prose`: the row has no
/// quantity of its own.
pub(super) fn with_amount(text: &str, prose: impl FnOnce() -> bool) -> Option<Sum> {
    let end =
        text.char_indices().find(|(_, c)| c.is_ascii_digit() || ":(¥$壹贰叁肆伍陆柒捌玖".contains(*c))?.0;
    let (label, rest) = text.split_at_checked(end)?;
    let label = label.trim_end_matches(['人', '民', '币', '为', '是', '共']);
    let known = (!label.is_empty()).then(|| of_label(label)).flatten();
    // 合计手机2部: words between.
    let words = ["合计", "总计", "共计", "小计", "总数"].iter().find(|word| text.starts_with(**word));
    known.filter(|_| !rest.is_empty()).or_else(|| words.filter(|_| prose()).and_then(|word| of_label(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_go_under_many_words() {
        for label in [
            "合计",
            "总计",
            "总金额",
            "总重量",
            "总件数",
            "物品总数",
            "以上合计",
            "人民币合计",
            "现金合计",
            "金额合计",
            "合计金额",
            "累计",
            "total",
        ] {
            assert_eq!(of_label(label), Some(Sum::Whole), "{label}");
        }
        for label in ["小计", "本页小计", "本页共计", "本页合计", "手机小计", "subtotal"] {
            assert_eq!(of_label(label), Some(Sum::Part), "{label}");
        }
        for label in ["承前页", "过次页", "转下页", "接上页"] {
            assert_eq!(of_label(label), Some(Sum::Carried), "{label}");
        }
        for label in ["手机", "总机", "总账本", "数据线", "计算器", "现金", "人民币", "统计报表", "重物", ""]
        {
            assert_eq!(of_label(label), None, "{label}");
        }
        assert_eq!(with_amount("合计:手机2部", || true), Some(Sum::Whole));
        assert_eq!(with_amount("合计12件", || false), Some(Sum::Whole));
        assert_eq!(with_amount("合计手机2部", || true), Some(Sum::Whole));
        assert_eq!(with_amount("手机2部", || true), None);
    }
}
