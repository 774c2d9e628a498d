//! Columns that say the same in two ways: net, tare and gross weight, face value times notes and the amount, 大写 and 小写.

use super::quantity_source::QuantitySource;
use crate::import::doubt::{Doubt, DoubtCode};
use crate::import::header::Role;
use crate::import::quantity::{self, QuantityContext, Reading};
use crate::import::text::one_line;

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
            if differs {
                let doubt =
                    Doubt::new(DoubtCode::StatementsDisagree, Some(column.letter.clone()), &cell.text);
                self.row.doubts.push(doubt.against(one_line(&cell.text)));
            }
        }
    }
}
