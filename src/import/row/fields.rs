//! Columns that are fields of their own: the IMEI, the holder, the estimate.

use super::{Carry, Line, filled};
use crate::import::header::{Column, Role};
use crate::import::text::fold;
use crate::ledger::{Particular, Particulars};

/// The field a column fills, when it fills one.
pub(super) fn field_of(role: Role) -> Option<Particular> {
    Some(match role {
        Role::Brand => Particular::Brand,
        Role::Model => Particular::Model,
        Role::Serial => Particular::Serial,
        Role::Imei => Particular::Imei,
        Role::Plate => Particular::Plate,
        Role::Vin => Particular::Vin,
        Role::Engine => Particular::Engine,
        Role::Account => Particular::Account,
        Role::Holder => Particular::Holder,
        Role::Owner => Particular::Owner,
        Role::Place => Particular::Place,
        Role::Source => Particular::Source,
        Role::Value => Particular::Estimate,
        Role::ValueDate => Particular::EstimateDate,
        Role::ValueSource => Particular::EstimateSource,
        Role::Paper => Particular::LegalPaper,
        Role::PaperLine => Particular::LegalPaperLine,
        Role::Remark => Particular::Remark,
        Role::LineNumber
        | Role::Name
        | Role::Quantity
        | Role::Unit
        | Role::Weight
        | Role::GrossWeight
        | Role::TareWeight
        | Role::Amount
        | Role::Currency
        | Role::FaceValue
        | Role::Features
        | Role::Category
        | Role::CaseNumber
        | Role::CaseName => return None,
    })
}

impl Line<'_> {
    /// Whether a column's text stands in a field of its own; only the first column of a kind does.
    pub(super) fn is_field(&self, column: &Column) -> bool {
        let role = column.role.filter(|role| field_of(*role).is_some());
        role.is_some_and(|role| self.header.column(role).is_some_and(|first| first.index == column.index))
    }

    /// Fills the fields from their columns; 同上 is what the row above says.
    pub(super) fn fill(&self, particulars: &mut Particulars, carry: &mut Carry) {
        for column in &self.header.columns {
            let Some((role, field)) = column.role.and_then(|role| Some((role, field_of(role)?))) else {
                continue;
            };
            if !self.is_field(column) {
                continue;
            }
            let text = filled(&self.text_carried(role, carry)).unwrap_or_default();
            let text = if field.identifies() { fold(&text) } else { text };
            let unit = if text.ends_with(|c: char| c.is_ascii_digit()) && role == Role::Value {
                &*column.unit
            } else {
                ""
            };
            particulars.set(field, &format!("{text}{unit}"));
        }
    }
}
