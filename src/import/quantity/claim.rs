//! Quantities that the texts beside the quantity state again: 净重18克 in the features, 手机3部 as a name. They are compared
//! with the quantity; a text that only describes (量程500克, 25kg装) states none.

use super::amount;
use super::currency::Currency;
use super::measure::{Measure, UnitOfMeasure};
use super::remainder::{self, Found};
use super::size::stores_data;
use super::term::Manner;
use crate::import::text::{fold, one_line};
use crate::import::traditional::simplify;

/// What a claim is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Share {
    Whole,
    /// One of several packets: 每包2克.
    Each,
    /// With the packing: not less than the net weight.
    Gross,
    /// A number of packets, without a word that it is all: 分装5包.
    Packets,
}

/// One quantity that a text states, in the ledger's smallest unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) struct Claim {
    pub(in crate::import) share: Share,
    pub(in crate::import) unit: UnitOfMeasure,
    pub(in crate::import) smallest: i128,
    /// The measure word as it is written.
    pub(in crate::import) word: String,
}

/// How a text states quantities.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::import) struct Stating {
    /// A quantity without a label counts when it ends the text, as in a name: 手机3部.
    pub(in crate::import) at_the_end: bool,
    /// A quantity without a label counts when it is all that the text says.
    pub(in crate::import) alone: bool,
    pub(in crate::import) money: Option<Currency>,
}

/// Before a number that is the thing's weight, amount or count.
const LABELS: &[&str] = &[
    "净重",
    "净重量",
    "净含量",
    "净量",
    "重量",
    "总重",
    "总重量",
    "总量",
    "共重",
    "实重",
    "称重",
    "重",
    "实装",
    "共",
    "共计",
    "合计",
    "总计",
    "计",
    "weight",
    "weighing",
    "weighs",
    "total",
];
/// Before a number that describes, or speaks of another quantity.
const OTHERS: &[&str] = &[
    "皮重", "包装", "取样", "取检", "送检", "检材", "抽样", "剩余", "尚余", "扣除", "其中", "量程", "容量",
    "规格", "载重", "承重", "最大", "额定", "配重", "自重", "价值", "估价", "单价", "售价", "面额", "面值",
    "票面", "折合", "折算", "限重", "起重", "举重", "分度", "精度", "感量", "capacity", "max", "value",
    "worth",
];
const GROSS: &[&str] =
    &["毛重", "连皮", "含皮", "带皮", "连袋", "含袋", "连包装", "含包装", "带包装", "gross"];
const EACH: &[&str] = &["每", "各", "均", "each"];
const ABOUT: &[&str] = &["约", "近", "不足", "超过", "左右", "上下", "余", "多", "approx", "about"];

/// Every quantity that a text states.
pub(in crate::import) fn claims_in(text: &str, stating: Stating) -> Vec<Claim> {
    // Most descriptions state nothing; looking at their characters keeps long lists quick.
    let number = |c: char| c.is_numeric() || super::begins_numeral(c);
    let hinted = stating.at_the_end
        || (stating.alone && text.starts_with(|c: char| number(c) || "¥￥$人美港".contains(c)))
        || text.contains(|c: char| "重共合總总计計量装裝毛每各均".contains(c) || c.is_ascii_alphabetic());
    if !hinted || !text.contains(number) {
        return Vec::new();
    }
    let folded = simplify(&fold(&one_line(text))).to_lowercase();
    let manner = Manner { money: stating.money.is_some(), sized: stores_data(&folded) };
    let clauses: Vec<&str> =
        folded.split([',', ';', '。', '、', '(', ')']).map(str::trim).filter(|it| !it.is_empty()).collect();
    let mut claims = Vec::new();
    for (at, clause) in clauses.iter().enumerate() {
        let last = at + 1 == clauses.len();
        let found = remainder::numbers(clause, manner).quantities;
        let only = found.len() == 1;
        for (place, it) in found.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|it| found.get(it));
            if let Some(more) = before.and_then(|before| joined(before, it, claims.last(), stating)) {
                claims.pop();
                claims.push(more);
                continue;
            }
            let ends = it.after.trim_matches(['.', ' ', '整', '正']).is_empty();
            let begins = without_currency(it.before.trim()).is_empty();
            // A model ends in a number, too (黑莓9部); a name is more than its quantity.
            let bare = ends && last && only && (stating.at_the_end || stating.alone && clauses.len() == 1);
            let bare = bare && (!stating.alone || begins);
            // 净重分别为4克、4.1克: the label holds for the whole row of numbers.
            let series = ends && only && it.before.trim().is_empty() && in_series(claims.last(), it);
            claims.extend(claim(it, bare || series, stating));
        }
    }
    claims
}

/// 3根×10克 comes to 30; 1斤2两 goes on with what it began.
fn joined(before: &Found<'_>, it: &Found<'_>, claimed: Option<&Claim>, stating: Stating) -> Option<Claim> {
    let between = it.before.trim();
    let this = claim(it, true, stating)?;
    if matches!(between, "×" | "*" | "x") {
        let first = claim(before, true, stating)?;
        let (one, count) = if first.unit == UnitOfMeasure::Piece { (this, first) } else { (first, this) };
        let counts = count.unit == UnitOfMeasure::Piece && one.unit != UnitOfMeasure::Piece;
        let smallest = one.smallest.checked_mul(count.smallest).filter(|_| counts)?;
        return Some(Claim { share: Share::Whole, smallest, ..one });
    }
    let same = |it: &&Claim| it.unit == this.unit && this.unit != UnitOfMeasure::Piece && between.is_empty();
    let begun = claimed.filter(same)?.clone();
    Some(Claim { smallest: begun.smallest.checked_add(this.smallest)?, ..begun })
}

/// The text without the names of currencies at its end.
fn without_currency(text: &str) -> &str {
    let mut text = text;
    for word in ["分别", "人民币", "rmb", "¥", "美元", "港币"] {
        text = text.strip_suffix(word).unwrap_or(text).trim_end();
    }
    text
}

fn in_series(before: Option<&Claim>, found: &Found<'_>) -> bool {
    let weighed = |it: &Claim| matches!(it.unit, UnitOfMeasure::Mg | UnitOfMeasure::Ul);
    let weighs = matches!(found.term.measure, Some(Measure::Mass { .. } | Measure::Volume { .. }));
    weighs && before.is_some_and(|it| it.share == Share::Whole && weighed(it))
}

fn claim(found: &Found<'_>, bare: bool, stating: Stating) -> Option<Claim> {
    let before = found.before.trim();
    let says = |list: &[&str]| list.iter().any(|word| before.contains(word));
    let behind = found.after.trim_start();
    if says(OTHERS) || says(ABOUT) || ABOUT.iter().any(|it| behind.starts_with(it)) {
        return None;
    }
    let label = without_currency(before.trim_end_matches([' ', ':', '为', '是', '有']));
    let share = match () {
        () if says(GROSS) => Share::Gross,
        () if says(EACH) => Share::Each,
        () if bare || LABELS.iter().any(|it| label.ends_with(it)) => Share::Whole,
        () if found.term.measure.is_some_and(Measure::is_count) => Share::Packets,
        () => return None,
    };
    let (unit, smallest) = match found.term.measure? {
        Measure::Mass { .. } => (UnitOfMeasure::Mg, amount::smallest(&found.term)?),
        Measure::Volume { .. } => (UnitOfMeasure::Ul, amount::smallest(&found.term)?),
        Measure::Piece | Measure::Bundle => (UnitOfMeasure::Piece, found.term.value.whole(1, 1)?),
        Measure::Money { currency, per } => {
            let of = stating.money.filter(|it| currency.is_none_or(|named| named == *it))?;
            (UnitOfMeasure::Minor, found.term.value.whole(10_i128.checked_pow(of.digits)?, per)?)
        }
        Measure::Heap | Measure::NotKept => return None,
    };
    Some(Claim { share, unit, smallest, word: found.term.word.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, stating: Stating) -> Vec<String> {
        let claims = claims_in(text, stating);
        claims.iter().map(|it| format!("{:?} {} {:?}", it.share, it.smallest, it.unit)).collect()
    }

    #[test]
    fn statements_are_told_from_descriptions() {
        let remark = Stating { alone: true, ..Stating::default() };
        for (text, expected) in [
            ("净重18克", &["Whole 18000 Mg"][..]),
            ("白色晶体，重 18.6g，袋装", &["Whole 18600 Mg"]),
            ("分装5包，每包2克", &["Packets 5 Piece", "Each 2000 Mg"]),
            ("毛重2.1千克，净重2千克", &["Gross 2100000 Mg", "Whole 2000000 Mg"]),
            ("蓝色桶装，实装18升", &["Whole 18000000 Ul"]),
            ("18克", &["Whole 18000 Mg"]),
            ("3根×12克", &["Whole 36000 Mg"]),
            ("重一斤二两", &["Whole 600000 Mg"]),
            ("净重分别为4克、4.1克", &["Whole 4000 Mg", "Whole 4100 Mg"]),
            ("net weight 99.5 g", &["Whole 99500 Mg"]),
            ("量程500克", &[]),
            ("重约2公斤", &[]),
            ("皮重0.2克", &[]),
            ("25kg装", &[]),
            ("8GB+256GB，6.1英寸", &[]),
            ("载重5吨", &[]),
            ("黑色", &[]),
        ] {
            assert_eq!(shown(text, remark), expected, "{text}");
        }
    }

    #[test]
    fn a_name_may_end_in_a_quantity() {
        let name = Stating { at_the_end: true, ..Stating::default() };
        for (text, expected) in [
            ("手机3部", &["Whole 3 Piece"][..]),
            ("冰毒（净重3.2克）", &["Whole 3200 Mg"]),
            ("冰毒0.5公斤", &["Whole 500000 Mg"]),
            ("100克金条", &[]),
            ("500g砝码", &[]),
            ("20公斤装大米", &[]),
            ("华为P40手机", &[]),
        ] {
            assert_eq!(shown(text, name), expected, "{text}");
        }
        let money = Stating { money: Some(super::super::currency::YUAN), ..name };
        assert_eq!(shown("现金1200元", money), ["Whole 120000 Minor"]);
    }
}
