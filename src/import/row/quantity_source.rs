//! Which of a row's columns says how much there is: the quantity, the weight, the amount, or the name itself.

use super::{Line, ListRow, TotalCell, TypedColumns, filled};
use crate::import::doubt::{Doubt, DoubtCode};
use crate::import::header::Role;
use crate::import::quantity::{
    self, Currency, QuantityContext, Reading, ThingKind, UnitOfMeasure, currency_in, stores_data,
};
use crate::import::sheet::Kind;
use crate::import::text::{fold, one_line, squeeze};

/// Decides which of the columns says how much there is, and writes the quantity into the row.
pub(super) struct QuantitySource<'a, 'b> {
    pub(super) line: &'b Line<'a>,
    pub(super) row: &'b mut ListRow,
    pub(super) features: &'b mut Vec<String>,
    pub(super) unit: &'b str,
}

impl QuantitySource<'_, '_> {
    pub(super) fn read(mut self) -> TypedColumns {
        let line = *self.line;
        let (quantity, weight, amount) =
            (line.text(Role::Quantity), line.text(Role::Weight), line.text(Role::Amount));
        let thing = thing(&self.row.name, self.row.category.as_deref().unwrap_or_default());
        let currency = self.currency(thing);
        let sized = stores_data(&self.row.name);
        let about = |role| {
            let unit = if role == Role::Quantity && !self.unit.is_empty() {
                self.unit
            } else {
                line.header_unit(role)
            };
            QuantityContext { unit, currency, thing, sized }
        };
        let counted = (!quantity.is_empty()).then(|| self.count(quantity, about(Role::Quantity)));
        let weighed = (!weight.is_empty()).then(|| quantity::read(weight, weight_unit(about(Role::Weight))));
        let paid = (!amount.is_empty()).then(|| {
            quantity::read(amount, QuantityContext { thing: ThingKind::Money, ..about(Role::Amount) })
        });
        let typed = TypedColumns {
            quantity: typed(counted.as_ref()),
            weight: typed(weighed.as_ref()),
            amount: typed(paid.as_ref()),
        };
        if line.is_error(Role::Quantity) {
            return typed;
        }
        if line.shared_between_things(Role::Quantity) {
            let text = line
                .own(Role::Quantity)
                .or_else(|| line.merged_above(Role::Quantity))
                .map_or("", |cell| &*cell.text);
            self.doubt(DoubtCode::QuantityMerged, Role::Quantity, text);
            return typed;
        }
        match (counted, weighed, paid) {
            (Some(count), _, Some(paid))
                if thing == ThingKind::Money && count.unit == Some(UnitOfMeasure::Piece) =>
            {
                self.keep("数量", &beside(quantity, self.unit));
                self.take(paid, Role::Amount, amount);
            }
            (Some(count), Some(mut weighed), _)
                if count.unit == Some(UnitOfMeasure::Piece) && thing == ThingKind::Drug =>
            {
                self.keep("数量", &beside(quantity, self.unit));
                weighed.doubts.push(DoubtCode::WeightBesideCount);
                self.take(weighed, Role::Weight, weight);
            }
            (Some(mut count), weighed, paid) => {
                if weighed.is_some() {
                    self.keep("重量", &beside(weight, line.header_unit(Role::Weight)));
                }
                if paid.is_some() && self.row.value.is_none() {
                    self.row.value = filled(&beside(amount, line.header_unit(Role::Amount)));
                }
                if thing == ThingKind::Money && count.unit == Some(UnitOfMeasure::Piece) {
                    count.doubts.push(DoubtCode::BanknotesOrAmount);
                }
                self.take(count, Role::Quantity, quantity);
            }
            (None, Some(weighed), _) => self.take(weighed, Role::Weight, weight),
            (None, None, Some(mut paid))
                if thing == ThingKind::Money || line.header.column(Role::Quantity).is_none() =>
            {
                if thing != ThingKind::Money {
                    paid.doubts.push(DoubtCode::AmountOrValue);
                }
                self.take(paid, Role::Amount, amount);
            }
            (None, None, paid) => {
                if paid.is_some() && self.row.value.is_none() {
                    self.row.value = filled(&beside(amount, line.header_unit(Role::Amount)));
                }
                self.count_in_name(thing, currency);
            }
        }
        typed
    }

    /// The quantity column; with a face value beside it, notes become an amount.
    fn count(&self, text: &str, about: QuantityContext<'_>) -> Reading {
        let face = self.line.text(Role::FaceValue);
        let date = self.line.own(Role::Quantity).is_some_and(|cell| cell.kind == Kind::Date);
        if date {
            return Reading {
                doubts: vec![DoubtCode::DateInQuantity],
                says_more: true,
                ..Reading::default()
            };
        }
        if about.thing == ThingKind::Money && !face.is_empty() {
            let unit = if face.chars().all(|c| c.is_ascii_digit()) { "元" } else { "" };
            return quantity::read(&format!("{face}{unit}×{text}"), QuantityContext { unit: "", ..about });
        }
        quantity::read(text, about)
    }

    /// No quantity anywhere: the name may hold one (手机2部).
    fn count_in_name(&mut self, thing: ThingKind, currency: Option<Currency>) {
        let folded = fold(&self.row.name);
        let about = QuantityContext { unit: "", currency, thing, sized: stores_data(&folded) };
        match quantity::trailing(&folded, thing == ThingKind::Money) {
            Some((name, tail)) if !name.is_empty() => {
                let mut reading = quantity::read(tail, about);
                reading.doubts.push(DoubtCode::QuantityFromName);
                let (name, whole) = (name.to_owned(), self.row.name.clone());
                self.row.name = name;
                self.take(reading, Role::Name, &whole);
            }
            _ => self.doubt(DoubtCode::QuantityMissing, Role::Quantity, ""),
        }
    }

    fn take(&mut self, reading: Reading, role: Role, text: &str) {
        for code in reading.doubts {
            self.doubt(code, role, text);
        }
        let compared = |it: &&mut Doubt| {
            matches!(it.code, DoubtCode::DetailDisagrees | DoubtCode::StatementsDisagree)
                && it.against.is_none()
        };
        if let (Some(other), Some(doubt)) = (reading.against, self.row.doubts.iter_mut().find(compared)) {
            doubt.against = Some(other);
        }
        if reading.says_more {
            self.keep("数量原文", &beside(text, if role == Role::Quantity { self.unit } else { "" }));
        }
        self.row.quantity = reading.quantity;
        self.row.unit = reading.unit;
        self.row.currency = reading.currency.map(str::to_owned);
        self.row.counted_as = reading.counted_as;
    }

    fn currency(&mut self, thing: ThingKind) -> Option<Currency> {
        let column = self.line.text(Role::Currency);
        if column.is_empty() {
            return (thing == ThingKind::Money)
                .then(|| currency_in(&fold(&self.row.name)).ok().flatten())
                .flatten();
        }
        let named = currency_in(&fold(column)).ok().flatten();
        if named.is_none() && thing == ThingKind::Money {
            self.doubt(DoubtCode::CurrencyUnclear, Role::Currency, column);
        }
        named.filter(|_| thing == ThingKind::Money)
    }

    fn doubt(&mut self, code: DoubtCode, role: Role, text: &str) {
        let seen = self.row.doubts.iter().any(|it| it.code == code);
        if !seen {
            self.row.doubts.push(Doubt::new(code, self.line.letter(role), text));
        }
    }

    fn keep(&mut self, label: &str, text: &str) {
        self.features.push(format!("{label}：{}", one_line(text)));
    }
}

fn typed(reading: Option<&Reading>) -> TotalCell {
    match reading {
        None => TotalCell::Blank,
        Some(reading) => reading.typed.map_or(TotalCell::Other, TotalCell::Number),
    }
}

/// 重量 without a unit is in doubt, never a number of pieces.
fn weight_unit(about: QuantityContext<'_>) -> QuantityContext<'_> {
    QuantityContext { thing: ThingKind::Drug, ..about }
}

/// A number and the unit beside it, as one text.
fn beside(text: &str, unit: &str) -> String {
    let text = one_line(text);
    if text.ends_with(|c: char| c.is_ascii_digit()) { format!("{text}{}", one_line(unit)) } else { text }
}

/// What kind of thing a name names: money, drugs, or neither.
fn thing(name: &str, category: &str) -> ThingKind {
    const MONEY: &str =
        "现金 现钞 钱款 赃款 涉案款 违法所得款 货款 毒资 赌资 款项 纸币 硬币 外币 钞票 货币 备用金 零钱";
    const NOT_MONEY: &str = "点钞 验钞 假 伪 疑似 纪念 古 游戏 比特 虚拟 数字 钱包 钱币 存单 存折 支票 汇票 现金箱 现金盒 现金柜 现金卡 收银 币册";
    const DRUGS: &str = "毒品 海洛因 冰毒 甲基苯丙胺 苯丙胺 氯胺酮 k粉 麻古 麻果 摇头丸 可卡因 鸦片 吗啡 大麻 罂粟 杜冷丁 美沙酮 芬太尼 依托咪酯 合成大麻素 γ-羟丁酸 恰特草 曲马多 咖啡因";
    let has = |words: &str, text: &str| words.split(' ').any(|word| text.contains(word));
    let name = squeeze(name);
    if has(DRUGS, &name) || squeeze(category).contains("毒品") {
        return ThingKind::Drug;
    }
    if has(NOT_MONEY, &name) {
        return ThingKind::Ordinary;
    }
    // A currency named in Chinese; Latin letters (CAD) may be anything unless they stand alone.
    let spelled = ["币", "元", "圆", "金", "镑", "铢", "卢布", "盾", "郎"].iter().any(|it| name.contains(it))
        || name.len() == 3;
    let currency = spelled && currency_in(&name).is_ok_and(|it| it.is_some());
    if currency || has(MONEY, &name) { ThingKind::Money } else { ThingKind::Ordinary }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_drugs_are_known_by_name() {
        for (name, expected) in [
            ("现金人民币", ThingKind::Money),
            ("人民币", ThingKind::Money),
            ("美元", ThingKind::Money),
            ("现 金", ThingKind::Money),
            ("USD", ThingKind::Money),
            ("赌资", ThingKind::Money),
            ("点钞机", ThingKind::Ordinary),
            ("假人民币", ThingKind::Ordinary),
            ("疑似假币", ThingKind::Ordinary),
            ("CAD光盘", ThingKind::Ordinary),
            ("手机", ThingKind::Ordinary),
            ("白色晶体（疑似冰毒）", ThingKind::Drug),
            ("甲基苯丙胺片剂", ThingKind::Drug),
        ] {
            assert_eq!(thing(name, ""), expected, "{name}");
        }
        assert_eq!(thing("白色粉末", "毒品"), ThingKind::Drug);
    }
}
