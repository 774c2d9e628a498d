//! Which of a row's columns says how much there is: the quantity, the weight, the amount, or the name itself.

use super::thing::thing;
use super::{Line, ListRow, TotalCell, TypedColumns, filled};
use crate::import::doubt::{Doubt, DoubtCode};
use crate::import::header::Role;
use crate::import::quantity::{
    self, Currency, QuantityContext, Reading, ThingKind, UnitOfMeasure, currency_in, stores_data,
};
use crate::import::sheet::Kind;
use crate::import::text::{one_line, squeeze};

/// Decides which of the columns says how much there is, and writes the quantity into the row.
pub(super) struct QuantitySource<'a, 'b> {
    pub(super) line: &'b Line<'a>,
    pub(super) row: &'b mut ListRow,
    pub(super) features: &'b mut Vec<String>,
    pub(super) unit: &'b str,
    /// The column that was read as the quantity.
    pub(super) taken: Option<Role>,
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
        let counted_in = if self.unit.is_empty() { line.header_unit(Role::Quantity) } else { self.unit };
        let in_weights = weighed.clone();
        match (counted, weighed, paid) {
            (Some(count), _, Some(paid))
                if thing == ThingKind::Money && count.unit == Some(UnitOfMeasure::Piece) =>
            {
                self.keep("数量", &beside(quantity, counted_in));
                self.take(paid, Role::Amount, amount);
            }
            (Some(count), Some(mut weighed), _)
                if count.unit == Some(UnitOfMeasure::Piece)
                    && (thing == ThingKind::Drug || line.is_weighed()) =>
            {
                self.keep("数量", &beside(quantity, counted_in));
                let drugs = thing == ThingKind::Drug || line.speaks_of_drugs();
                if !drugs || !line.header_says(Role::Weight, "净") {
                    weighed.doubts.push(DoubtCode::WeightBesideCount);
                }
                self.take(weighed, Role::Weight, weight);
            }
            (Some(mut count), weighed, paid) => {
                if let Some(paid) = paid.as_ref().filter(|_| count.unit == Some(UnitOfMeasure::Minor)) {
                    Self::compare(&mut count, paid, amount);
                }
                if let Some(weighed) = weighed.as_ref().filter(|_| count.unit == Some(UnitOfMeasure::Mg)) {
                    self.compare_weights(&mut count, weighed, weight);
                }
                if let Some(weighed) = &weighed {
                    let wrong = |it: &&DoubtCode| **it == DoubtCode::WeightsDisagree;
                    count.doubts.extend(weighed.doubts.iter().filter(wrong));
                    let label = line.label(Role::Weight, "重量");
                    self.keep(label, &beside(weight, line.header_unit(Role::Weight)));
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
        match self.taken {
            Some(Role::Amount) => {
                let about = QuantityContext { thing: ThingKind::Money, ..about(Role::Amount) };
                self.compare_repeated(Role::Amount, about);
            }
            Some(role) => self.compare_repeated(role, about(role)),
            None => (),
        }
        self.compare_claims(in_weights.as_ref());
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

    pub(super) fn take(&mut self, reading: Reading, role: Role, text: &str) {
        self.taken = Some(role);
        self.foreign(&reading, role, text);
        for code in reading.doubts {
            self.doubt(code, role, text);
        }
        self.marks_beside(role, reading.unit);
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
        self.compare_notes();
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

    pub(super) fn doubt(&mut self, code: DoubtCode, role: Role, text: &str) {
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
