//! Measure words (部, 张, 克, 元 …) and what the ledger counts them in: pieces, milligrams, microlitres, or a currency's
//! smallest unit (ISO 4217).

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Serialize;

use super::currency::{self, Currency};

/// What a quantity is counted in. Always the smallest unit, so that quantities are whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitOfMeasure {
    /// 件: one thing.
    Piece,
    /// 毫克.
    Mg,
    /// 微升.
    Ul,
    /// The smallest unit of a currency (分 of 元; 円 itself).
    Minor,
}

/// How a measure word relates to the ledger's units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Piece,
    /// Pieces, but one of them may hold several things: 对, 套, 箱.
    Bundle,
    /// 批, 堆: says nothing about how many.
    Heap,
    /// One unit is `mg / per` milligrams.
    Mass {
        mg: i128,
        per: i128,
    },
    Volume {
        ul: i128,
        per: i128,
    },
    /// `per` of these make one unit of the currency; no currency means 元 of whichever is named.
    Money {
        currency: Option<Currency>,
        per: i128,
    },
    /// Lengths, areas, ounces, virtual money: understood, but not booked.
    NotKept,
}

impl Measure {
    /// Measures of one kind can be added.
    pub(super) fn same_kind(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    pub(super) fn is_count(self) -> bool {
        matches!(self, Self::Piece | Self::Bundle)
    }
}

const PIECES: &str = "部 台 个 個 张 張 只 隻 条 件 本 把 支 枝 辆 架 幅 副 包 袋 瓶 盒 卷 块 片 枚 颗 粒 根 份 册 页 艘 \
    头 匹 株 棵 盆 罐 桶 板 版 盘 幢 栋 间 处 座 门 挺 发 顶 床 面 口 具 尊 樽 轴 卡 刀 封 听 管 剂 丸 贴 朵 羽 尾 扇 方 滴 \
    段 节 截 筒 杆 杯 碗 锭 坛 壶 缸 篇 首 项 户 所 家 盏 碟 屏 \
    匣 夹 笔 款 票 联 令 梭 架次 枚 \
    pcs pc piece pieces item items ea each unit units no nos bag bags baggie baggies bottle bottles packet packets pkt wrap wraps \
    tablet tablets pill pills capsule capsules sheet sheets roll rolls card cards note notes coin coins round rounds vial vials \
    tube tubes jar jars can cans phone phones pkg pkgs ctn ctns btl btls rds rd blister blisters strip strips stick sticks bar bars \
    copy copies book books volume volumes vehicle vehicles head heads ampoule ampoules knife knives";
const BUNDLES: &str = "对 双 套 组 箱 捆 沓 叠 扎 摞 打 串 筐 篓 车 束 排 提 set sets pair pairs box boxes carton cartons case cases pack packs bundle bundles dozen dozens";
const HEAPS: &str = "批 堆 些 宗 lot lots batch pile";
const NOT_KEPT: &str = "米 m 厘米 cm 毫米 mm 公里 千米 km 尺 寸 丈 平方米 平米 平方 m2 亩 公顷 盎司 oz ounce ounces 磅 lb lbs pound 钱 \
    加仑 gal gallon gallons 安士 司马斤 司马两 usdt btc eth 比特币 以太币 以太坊 泰达币";

const MASSES: &[(&str, i128, i128)] = &[
    ("微克", 1, 1_000),
    ("μg", 1, 1_000),
    ("ug", 1, 1_000),
    ("mcg", 1, 1_000),
    ("毫克", 1, 1),
    ("mg", 1, 1),
    ("克", 1_000, 1),
    ("公克", 1_000, 1),
    ("g", 1_000, 1),
    ("gram", 1_000, 1),
    ("grams", 1_000, 1),
    ("gramme", 1_000, 1),
    ("grammes", 1_000, 1),
    ("gm", 1_000, 1),
    ("gms", 1_000, 1),
    ("milligram", 1, 1),
    ("milligrams", 1, 1),
    ("台两", 37_500, 1),
    ("台斤", 600_000, 1),
    ("kilo", 1_000_000, 1),
    ("kilos", 1_000_000, 1),
    ("kilogram", 1_000_000, 1),
    ("kilograms", 1_000_000, 1),
    ("tonne", 1_000_000_000, 1),
    ("tonnes", 1_000_000_000, 1),
    ("克拉", 200, 1),
    ("ct", 200, 1),
    ("两", 50_000, 1),
    ("市两", 50_000, 1),
    ("公两", 100_000, 1),
    ("斤", 500_000, 1),
    ("市斤", 500_000, 1),
    ("公斤", 1_000_000, 1),
    ("千克", 1_000_000, 1),
    ("kg", 1_000_000, 1),
    ("kgs", 1_000_000, 1),
    ("吨", 1_000_000_000, 1),
    ("公吨", 1_000_000_000, 1),
    ("t", 1_000_000_000, 1),
];

const VOLUMES: &[(&str, i128, i128)] = &[
    ("微升", 1, 1),
    ("μl", 1, 1),
    ("ul", 1, 1),
    ("毫升", 1_000, 1),
    ("ml", 1_000, 1),
    ("cc", 1_000, 1),
    ("立方厘米", 1_000, 1),
    ("升", 1_000_000, 1),
    ("公升", 1_000_000, 1),
    ("litre", 1_000_000, 1),
    ("litres", 1_000_000, 1),
    ("liter", 1_000_000, 1),
    ("liters", 1_000_000, 1),
    ("ltr", 1_000_000, 1),
    ("millilitre", 1_000, 1),
    ("millilitres", 1_000, 1),
    ("milliliter", 1_000, 1),
    ("milliliters", 1_000, 1),
    ("mls", 1_000, 1),
    ("l", 1_000_000, 1),
    ("立方米", 1_000_000_000, 1),
    ("立方", 1_000_000_000, 1),
    ("m3", 1_000_000_000, 1),
];

/// Words for the unit of whichever currency is meant, and how many make one.
const YUANS: &[(&str, i128)] = &[("元", 1), ("元钱", 1), ("圆", 1), ("圓", 1), ("yuan", 1), ("角", 10)];
const SPOKEN_YUANS: &[(&str, i128)] =
    &[("块", 1), ("块钱", 1), ("毛", 10), ("毛钱", 10), ("分", 100), ("分钱", 100)];

/// Takes a measure word off the start of folded text: the measure, the word as written, what follows. Inside money 块, 毛
/// and 分 mean 元, 角 and 分; elsewhere 块 is a piece.
pub(super) fn take(text: &str, money: bool) -> Option<(Measure, &str, &str)> {
    let lower = text.chars().take(12).collect::<String>().to_ascii_lowercase();
    let sized = lower.strip_prefix(['大', '小', '整', '满', '空']);
    let found = longest(&lower, money).map(|(measure, len)| (measure, 0, len)).or_else(|| {
        let (measure, len) = longest(sized?, false).filter(|(it, _)| it.is_count())?;
        Some((measure, '大'.len_utf8(), len))
    });
    let (measure, skip, len) = found?;
    let (word, rest) = text.split_at_checked(skip + len)?;
    Some((measure, word, rest))
}

/// Every measure word by its first character, longest first.
static WORDS: LazyLock<HashMap<char, Vec<(&'static str, Measure)>>> = LazyLock::new(|| {
    let listed = [
        (PIECES, Measure::Piece),
        (BUNDLES, Measure::Bundle),
        (HEAPS, Measure::Heap),
        (NOT_KEPT, Measure::NotKept),
    ];
    let listed = listed
        .into_iter()
        .flat_map(|(words, measure)| words.split_whitespace().map(move |word| (word, measure)));
    let masses = MASSES.iter().map(|(word, mg, per)| (*word, Measure::Mass { mg: *mg, per: *per }));
    let volumes = VOLUMES.iter().map(|(word, ul, per)| (*word, Measure::Volume { ul: *ul, per: *per }));
    let named =
        currency::names().map(|(word, currency)| (word, Measure::Money { currency: Some(currency), per: 1 }));
    by_first_character(listed.chain(masses).chain(volumes).chain(named).chain(YUANS.iter().map(yuan)))
});

/// The words that mean money only where money is spoken of.
static SPOKEN: LazyLock<HashMap<char, Vec<(&'static str, Measure)>>> =
    LazyLock::new(|| by_first_character(YUANS.iter().chain(SPOKEN_YUANS).map(yuan)));

fn yuan((word, per): &(&'static str, i128)) -> (&'static str, Measure) {
    (*word, Measure::Money { currency: None, per: *per })
}

fn by_first_character(
    words: impl Iterator<Item = (&'static str, Measure)>,
) -> HashMap<char, Vec<(&'static str, Measure)>> {
    let mut table: HashMap<char, Vec<(&'static str, Measure)>> = HashMap::new();
    for (word, measure) in words {
        table.entry(word.chars().next().unwrap_or(' ')).or_default().push((word, measure));
    }
    for words in table.values_mut() {
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    }
    table
}

fn longest(lower: &str, money: bool) -> Option<(Measure, usize)> {
    let first = lower.chars().next()?;
    let find = |table: &HashMap<char, Vec<(&str, Measure)>>| {
        let (word, measure) = table.get(&first)?.iter().find(|(word, _)| starts_with_word(lower, word))?;
        Some((*measure, word.len()))
    };
    money.then(|| find(&SPOKEN)).flatten().or_else(|| find(&WORDS))
}

/// A Latin unit ends where its letters end: `g` is not the beginning of `GB`.
fn starts_with_word(lower: &str, word: &str) -> bool {
    lower.strip_prefix(word).is_some_and(|rest| {
        let letters = word.ends_with(|c: char| c.is_ascii_alphanumeric());
        !(letters && rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    })
}

/// Whether a text is a measure word or a currency and nothing else.
pub(in crate::import) fn is_unit(text: &str) -> bool {
    let whole = |rest: &str| rest.is_empty();
    take(text, false).is_some_and(|(_, _, rest)| whole(rest))
        || currency::take(text).is_some_and(|(_, rest)| whole(rest))
}

/// Whether a text begins with a measure word in Chinese, or is one: 克（毛重）.
pub(in crate::import) fn begins_with_unit(text: &str) -> bool {
    take(text, false).is_some_and(|(_, word, rest)| {
        rest.is_empty() || !word.is_ascii() && rest.starts_with(['(', ' ', '左', '上', '余', '以'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_wins() {
        for (text, word, rest) in [
            ("克拉钻戒", "克拉", "钻戒"),
            ("美元", "美元", ""),
            ("千克", "千克", ""),
            ("kg。", "kg", "。"),
            ("小包", "小包", ""),
            ("个U盘", "个", "U盘"),
            ("PCS", "PCS", ""),
        ] {
            let (_, taken, after) = take(text, false).unwrap();
            assert_eq!((taken, after), (word, rest), "{text}");
        }
        assert_eq!(take("GBps", false), None);
        assert_eq!(take("坨", false), None);
    }

    #[test]
    fn a_lump_is_a_piece_unless_money_is_spoken_of() {
        assert_eq!(take("块", false).unwrap().0, Measure::Piece);
        assert_eq!(take("块", true).unwrap().0, Measure::Money { currency: None, per: 1 });
    }
}
