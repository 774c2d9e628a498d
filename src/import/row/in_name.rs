//! A row without a quantity in any column: the name may hold one (手机2部), or the thing has a number of its own.

use super::quantity_source::QuantitySource;
use crate::import::doubt::DoubtCode;
use crate::import::header::Role;
use crate::import::quantity::{self, Currency, QuantityContext, ThingKind, UnitOfMeasure, stores_data};
use crate::import::text::fold;

impl QuantitySource<'_, '_> {
    /// A list that has no column for quantities at all and names each thing by a number of its own: one each, in doubt.
    fn one_by_its_number(&mut self) -> bool {
        let counted = [Role::Quantity, Role::Weight, Role::Amount];
        let row = &self.row;
        let number = row.particulars.identifiers().into_iter().next().map(|(_, number)| number);
        let Some(number) =
            number.filter(|_| counted.iter().all(|role| self.line.header.column(*role).is_none()))
        else {
            return false;
        };
        (self.row.quantity, self.row.unit) = (Some(1), Some(UnitOfMeasure::Piece));
        self.doubt(DoubtCode::OneByNumber, Role::Name, &number);
        true
    }

    /// No quantity anywhere: the name may hold one (手机2部).
    pub(super) fn count_in_name(&mut self, thing: ThingKind, currency: Option<Currency>) {
        let whole = self.row.name.clone();
        let folded = fold(&whole);
        let about = QuantityContext { unit: "", currency, thing, sized: stores_data(&folded) };
        match parts(&folded, thing == ThingKind::Money) {
            Some((name, quantity)) if !name.is_empty() => {
                let mut reading = quantity::read(quantity, about);
                reading.doubts.push(DoubtCode::QuantityFromName);
                if quantity::says_gross(name) {
                    reading.doubts.push(DoubtCode::GrossWeight);
                }
                self.row.name = as_written(&whole, &folded, name);
                self.take(reading, Role::Name, &whole);
            }
            _ if self.one_by_its_number() => (),
            _ => self.doubt(DoubtCode::QuantityMissing, Role::Quantity, ""),
        }
    }
}

/// The name and the quantity behind it: 手机 | 2部, 项链 | 1条(重15克), 冰毒 | 净重5克 of 冰毒(净重5克).
fn parts(folded: &str, money: bool) -> Option<(&str, &str)> {
    if let Some(found) = quantity::trailing(folded, money) {
        return Some(found);
    }
    let at = folded.strip_suffix(')')?.rfind('(')?;
    let (before, bracket) = folded.split_at_checked(at)?;
    if let Some((name, _)) = quantity::trailing(before.trim_end(), money) {
        let behind = folded.get(name.len()..)?;
        return Some((name, behind.trim_start_matches([' ', ',', ':', '共', '计', '×', '*'])));
    }
    let inside = bracket.trim_matches(['(', ')']);
    let (label, _) = quantity::trailing(inside, money)?;
    let labelled = ["", "净重", "重", "共", "共计", "总重", "重量", "数量"].contains(&label.trim());
    labelled.then_some((before.trim_end(), inside))
}

/// The name as it stands in the cell; where folding changed its length, as it was folded.
fn as_written(whole: &str, folded: &str, name: &str) -> String {
    if whole.chars().count() == folded.chars().count() && folded.starts_with(name) {
        whole.chars().take(name.chars().count()).collect()
    } else {
        name.to_owned()
    }
}
