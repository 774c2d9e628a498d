//! Which of a row's columns says how much there is: the quantity, the weight, the amount, or the name itself.

use super::thing::thing;
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
        let beside_quantity = self.unit;
        let about = move |role| {
            let unit = if role == Role::Quantity && !beside_quantity.is_empty() {
                beside_quantity
            } else {
                line.header_unit(role)
            };
            QuantityContext { unit, currency, thing, sized }
        };
        let counted = (!quantity.is_empty()).then(|| self.count(quantity, about(Role::Quantity)));
        let weighed = (!weight.is_empty()).then(|| self.weighed(weight, weight_unit(about(Role::Weight))));
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
                if !line.header_says(Role::Weight, "净") {
                    weighed.doubts.push(DoubtCode::WeightBesideCount);
                }
                self.take(weighed, Role::Weight, weight);
            }
            (Some(mut count), weighed, paid) => {
                if let Some(paid) = paid.as_ref().filter(|_| count.unit == Some(UnitOfMeasure::Minor)) {
                    self.compare(&mut count, paid, amount);
                }
                if let Some(weighed) = weighed.as_ref().filter(|_| count.unit == Some(UnitOfMeasure::Mg)) {
                    self.compare(&mut count, weighed, weight);
                }
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
                self.compare_repeated(Role::Quantity, about(Role::Quantity));
            }
            (None, Some(weighed), _) => self.take(weighed, Role::Weight, weight),
            (None, None, Some(mut paid))
                if thing == ThingKind::Money || line.header.column(Role::Quantity).is_none() =>
            {
                if thing != ThingKind::Money {
                    paid.doubts.push(DoubtCode::AmountOrValue);
                }
                self.take(paid, Role::Amount, amount);
                self.compare_repeated(
                    Role::Amount,
                    QuantityContext { thing: ThingKind::Money, ..about(Role::Amount) },
                );
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

    /// The weight column: a gross weight alone is in doubt; net, tare and gross beside each other must agree.
    fn weighed(&mut self, text: &str, about: QuantityContext<'_>) -> Reading {
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
    fn compare(&self, count: &mut Reading, other: &Reading, text: &str) {
        if other.unit == count.unit
            && other.quantity.is_some()
            && count.quantity.is_some()
            && other.quantity != count.quantity
        {
            count.doubts.push(DoubtCode::StatementsDisagree);
            count.against = Some(one_line(text));
        }
    }

    /// A second column of the same meaning (大写 beside 小写) must say the same.
    fn compare_repeated(&mut self, role: Role, about: QuantityContext<'_>) {
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
                .then(|| currency_in(&squeeze(&self.row.name)).ok().flatten())
                .flatten();
        }
        let named = currency_in(&squeeze(column)).ok().flatten();
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
