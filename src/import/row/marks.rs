//! Words beside the quantity that make it doubtful: in the title of its column, in the remark, in the name.

use super::quantity_source::QuantitySource;
use crate::import::doubt::DoubtCode;
use crate::import::header::Role;
use crate::import::quantity::{self, Reading, UnitOfMeasure, currency_in};
use crate::import::text::squeeze;

/// A longer remark speaks of more than the quantity.
const REMARK_MOST: usize = 8;

impl QuantitySource<'_, '_> {
    /// Words of doubt and of kind in the title of the column, or alone in the remark: 数量（约）, 备注：毛重.
    pub(super) fn marks_beside(&mut self, role: Role, unit: Option<UnitOfMeasure>) {
        let weighed = matches!(unit, Some(UnitOfMeasure::Mg | UnitOfMeasure::Ul));
        let title = self.line.header.column(role).map(|it| it.header.clone()).unwrap_or_default();
        let remark = self.line.text(Role::Remark);
        // Most titles are one word.
        let says = role != Role::Name && title.contains(['(', '（', '约', '估', '毛', '?', '？']);
        let mut codes = if says { quantity::marks_in(&title) } else { Vec::new() };
        if !remark.is_empty()
            && remark.chars().count() <= REMARK_MOST
            && !remark.contains(|c: char| c.is_ascii_digit())
        {
            codes.extend(quantity::marks_in(remark).into_iter().filter(|it| *it != DoubtCode::Changed));
        }
        let net = self.line.header_says(role, "净");
        if weighed && !net {
            codes.extend(self.says_gross().then_some(DoubtCode::GrossWeight));
        }
        for code in codes.into_iter().filter(|it| weighed || *it != DoubtCode::GrossWeight) {
            self.doubt(code, role, if title.is_empty() { remark } else { &title });
        }
    }

    /// Whether the features or the remark say that a weight includes the packing.
    fn says_gross(&self) -> bool {
        [Role::Features, Role::Remark].into_iter().any(|role| quantity::says_gross(self.line.text(role)))
    }

    /// 外币 | 500元 names no currency; 比特币 | 3个 counts what has no pieces.
    pub(super) fn foreign(&mut self, reading: &Reading, role: Role, text: &str) {
        const FOREIGN: &[&str] = &["外币", "外钞", "外汇", "外国货币", "foreigncurrency", "foreigncash"];
        const VIRTUAL: &[&str] =
            &["usdt", "泰达币", "比特币", "以太", "虚拟币", "虚拟货币", "数字货币", "bitcoin"];
        const HOLDS: &[&str] =
            &["钱包", "矿机", "硬盘", "助记", "私钥", "账户", "账号", "手机", "电脑", "wallet", "卡"];
        let name = squeeze(&self.row.name);
        let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
        match reading.unit {
            Some(UnitOfMeasure::Minor) if says(FOREIGN) => {
                let named = |text: &str| currency_in(&squeeze(text)) != Ok(None);
                let texts = [text, &*self.row.name, self.unit, self.line.text(Role::Currency)];
                if !texts.into_iter().any(named) {
                    self.doubt(DoubtCode::CurrencyUnclear, role, text);
                }
            }
            Some(UnitOfMeasure::Piece) if says(VIRTUAL) && !says(HOLDS) => {
                self.doubt(DoubtCode::UnitNotKept, role, text);
            }
            Some(_) | None => (),
        }
    }
}
