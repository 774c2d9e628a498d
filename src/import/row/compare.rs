//! Columns that say the same in two ways: net, tare and gross weight, face value times notes and the amount, 大写 and 小写.

use super::Line;
use super::quantity_source::QuantitySource;
use crate::import::doubt::{Doubt, DoubtCode};
use crate::import::header::Role;
use crate::import::quantity::{self, QuantityContext, Reading, UnitOfMeasure, currency_in};
use crate::import::text::one_line;

impl Line<'_> {
    /// Gross, tare and net weight have columns: the weight is what is counted.
    pub(super) fn is_weighed(&self) -> bool {
        self.header.column(Role::Weight).is_some()
            && (self.header.column(Role::GrossWeight).is_some()
                || self.header.column(Role::TareWeight).is_some())
    }

    /// 检材, 送检量: the record of drugs that were weighed.
    pub(super) fn speaks_of_drugs(&self) -> bool {
        const WORDS: &[&str] = &["检材", "毒", "送检", "取样", "检验", "称量"];
        self.header.columns.iter().any(|column| WORDS.iter().any(|word| column.header.contains(word)))
    }
}

impl QuantitySource<'_, '_> {
    /// The weight column: a gross weight alone is in doubt; net, tare and gross beside each other must agree.
    pub(super) fn weighed(&mut self, text: &str, about: QuantityContext<'_>) -> Reading {
        let mut reading = quantity::read(text, about);
        if self.line.header_says(Role::Weight, "毛") || self.line.header_says(Role::Weight, "gross") {
            reading.doubts.push(DoubtCode::GrossWeight);
            reading.doubts.dedup();
            return reading;
        }
        let beside = |role| {
            let text = self.line.text(role);
            let unit =
                if self.line.header_unit(role).is_empty() { about.unit } else { self.line.header_unit(role) };
            (!text.is_empty())
                .then(|| quantity::read(text, QuantityContext { unit, ..about }).quantity)
                .flatten()
        };
        let (gross, tare) = (beside(Role::GrossWeight), beside(Role::TareWeight));
        let wrong = match (reading.quantity, gross, tare) {
            (Some(net), Some(gross), Some(tare)) => net.checked_add(tare) != Some(gross),
            (Some(net), Some(gross), None) => net > gross,
            _ => false,
        };
        if wrong {
            reading.doubts.push(DoubtCode::WeightsDisagree);
        }
        reading
    }

    /// Two columns that state one quantity: 面额 × 数量 and 金额, a weight in the quantity and in its own column.
    pub(super) fn compare(count: &mut Reading, other: &Reading, text: &str) {
        if other.unit == count.unit
            && other.quantity.is_some()
            && count.quantity.is_some()
            && other.quantity != count.quantity
        {
            count.doubts.push(DoubtCode::StatementsDisagree);
            count.against = Some(one_line(text));
        }
    }

    /// A weight in the quantity and one in its own column; a gross weight is only not the smaller one.
    pub(super) fn compare_weights(&self, count: &mut Reading, weighed: &Reading, text: &str) {
        if !self.line.header_says(Role::Weight, "毛") && !self.line.header_says(Role::Weight, "gross") {
            Self::compare(count, weighed, text);
        } else if weighed.unit == count.unit && weighed.quantity < count.quantity {
            count.doubts.push(DoubtCode::WeightsDisagree);
        }
    }

    /// Notes that the features list (百元面额20张) must come to the amount.
    pub(super) fn compare_notes(&mut self) {
        let Some(amount) = self.row.quantity.filter(|_| self.row.unit == Some(UnitOfMeasure::Minor)) else {
            return;
        };
        for role in [Role::Features, Role::Remark] {
            let text = self.line.text(role);
            let currency = self.row.currency.as_deref().and_then(|code| currency_in(code).ok().flatten());
            let Some(notes) = quantity::notes_in(text, currency).filter(|it| *it != amount) else { continue };
            let (whole, rest) = (notes / 100, notes % 100);
            let doubt = Doubt::new(DoubtCode::StatementsDisagree, self.line.letter(role), text);
            self.row.doubts.push(doubt.against(format!("{whole}.{rest:02}")));
        }
    }

    /// A second column of the same meaning (大写 beside 小写) must say the same.
    pub(super) fn compare_repeated(&mut self, role: Role, about: QuantityContext<'_>) {
        let columns = self.line.header.columns.iter().filter(|it| it.role == Some(role) && it.repeated);
        for column in columns {
            let Some(cell) = self.line.cells.iter().find(|cell| cell.column == column.index) else {
                continue;
            };
            let unit = if column.unit.is_empty() { about.unit } else { &column.unit };
            let second = quantity::read(&cell.text, QuantityContext { unit, ..about });
            let differs = second.quantity.is_some()
                && self.row.quantity.is_some()
                && second.quantity != self.row.quantity;
            // 1200 | 壹仟贰佰元整: the words say the unit that the figures leave out.
            let says_unit = !second.doubts.contains(&DoubtCode::UnitMissing);
            if second.quantity.is_some() && !differs && says_unit {
                self.row.doubts.retain(|it| it.code != DoubtCode::UnitMissing);
            }
            if differs {
                let doubt =
                    Doubt::new(DoubtCode::StatementsDisagree, Some(column.letter.clone()), &cell.text);
                self.row.doubts.push(doubt.against(one_line(&cell.text)));
            }
        }
    }
}
