//! What is known beside a quantity cell, and what reading it gives.

use super::currency::Currency;
use super::decimal::Decimal;
use super::measure::UnitOfMeasure;
use crate::import::doubt::DoubtCode;

/// What kind of thing is counted; it decides what 张 and 块 mean, and whether a weight outranks a count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::import) enum ThingKind {
    #[default]
    Ordinary,
    Money,
    Drug,
}

/// What is known beside the quantity cell itself.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::import) struct QuantityContext<'a> {
    /// The unit column's text, or the unit in the header: 重量（克）.
    pub(in crate::import) unit: &'a str,
    pub(in crate::import) currency: Option<Currency>,
    pub(in crate::import) thing: ThingKind,
    /// The thing stores data: G and T are sizes, not weights.
    pub(in crate::import) sized: bool,
}

/// What a quantity cell says.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct Reading {
    pub(in crate::import) quantity: Option<i64>,
    pub(in crate::import) unit: Option<UnitOfMeasure>,
    pub(in crate::import) currency: Option<&'static str>,
    pub(in crate::import) counted_as: Option<String>,
    /// The number as typed, before units: what a column's total adds up.
    pub(in crate::import) typed: Option<Decimal>,
    /// The cell says more than the reading keeps.
    pub(in crate::import) says_more: bool,
    pub(in crate::import) doubts: Vec<DoubtCode>,
    /// What the details add up to, or the other statement, when they disagree.
    pub(in crate::import) against: Option<String>,
}

impl Reading {
    /// Nothing that can be booked, and why.
    pub(in crate::import) fn refused(code: DoubtCode) -> Reading {
        Reading { doubts: vec![code], ..Reading::default() }
    }

    /// The same without its quantity, and why.
    pub(super) fn without_quantity(mut self, code: DoubtCode) -> Reading {
        self.doubts.push(code);
        Reading { doubts: self.doubts, against: self.against, says_more: true, ..Reading::default() }
    }
}
