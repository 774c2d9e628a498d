//! Everything a row says beside name and quantity: nothing a list says is lost.

use std::collections::HashSet;

use super::{Carry, Line, ditto, filled, is_small_number};
use crate::import::header::{Column, Role, letters};
use crate::import::sheet::{Cell, Kind};
use crate::import::text::{is_blank_mark, one_line, squeeze};

/// The describing columns and the other ones.
pub(super) struct Described {
    pub(super) features: Vec<String>,
    pub(super) others: Vec<String>,
    /// Those of both that stand in a field of their own.
    placed: HashSet<String>,
}

impl Described {
    /// Of these texts those that have no field of their own.
    pub(super) fn unplaced(&self, texts: &[String]) -> Vec<String> {
        texts.iter().filter(|it| !self.placed.contains(*it)).cloned().collect()
    }
}

impl Line<'_> {
    /// Everything the row says in columns that are neither name nor quantity.
    pub(super) fn described(&self, carry: &mut Carry) -> Described {
        let (features, others) = (self.features(carry), self.others(carry));
        let placed =
            features.iter().chain(&others).filter(|(_, placed)| *placed).map(|(text, _)| text.clone());
        Described {
            placed: placed.collect(),
            features: features.into_iter().map(|(text, _)| text).collect(),
            others: others.into_iter().map(|(text, _)| text).collect(),
        }
    }

    /// Every describing column: the features column as it is, the others under their names.
    fn features(&self, carry: &mut Carry) -> Vec<(String, bool)> {
        let describes = |column: &&Column| {
            matches!(column.role, Some(Role::Features | Role::Model | Role::Brand)) && !column.repeated
        };
        let texts = self.header.columns.iter().filter(describes).filter_map(|column| {
            let text = self.described_in(column, carry)?;
            let plain = ["特征", "描述", "特点", "feature", "description"]
                .iter()
                .any(|it| squeeze(&column.header).contains(it));
            let text =
                if plain || column.header.is_empty() { text } else { format!("{}：{text}", column.header) };
            Some((text, self.is_field(column)))
        });
        texts.collect()
    }

    /// The text of a describing column; 同上 is what the row above says.
    fn described_in(&self, column: &Column, carry: &mut Carry) -> Option<String> {
        let cell = self.cells.iter().find(|cell| cell.column == column.index && cell.kind != Kind::Error);
        let merged = || {
            let merge = self.sheet.merge_at(self.row, column.index).filter(|it| it.first_row < self.row)?;
            let above = self.sheet.cell(merge.first_row, merge.first_column);
            above.filter(|_| merge.first_row > self.header.last_row && column.role != Some(Role::Features))
        };
        let text = cell.or_else(merged).map(|cell| one_line(&cell.text)).unwrap_or_default();
        let carried = carry.others.entry(column.index).or_default();
        let text = ditto(&text, carried);
        (!text.is_empty() && !is_blank_mark(&text)).then_some(text)
    }

    /// Every column that is neither name, quantity nor feature, under its title: nothing a list says is lost.
    fn others(&self, carry: &mut Carry) -> Vec<(String, bool)> {
        let elsewhere = |column: &Column| {
            let read = matches!(
                column.role,
                Some(
                    Role::Name
                        | Role::Quantity
                        | Role::Unit
                        | Role::Weight
                        | Role::Amount
                        | Role::Currency
                        | Role::FaceValue
                        | Role::Features
                        | Role::Model
                        | Role::Brand
                        | Role::CaseNumber
                        | Role::CaseName
                )
            );
            read && !column.repeated
        };
        let columns = self.header.columns.iter().filter(|it| !elsewhere(it));
        let texts = columns.filter_map(|column| {
            let text = self.described_in(column, carry)?;
            if column.role == Some(Role::LineNumber) && is_small_number(&text) {
                return None;
            }
            let unit = if text.ends_with(|c: char| c.is_ascii_digit()) { &*column.unit } else { "" };
            let title = Some(&*column.header).filter(|it| !it.is_empty());
            let title = title.map_or_else(|| format!("{}列", column.letter), |it| label_of(it).to_owned());
            // A number that is no line number is the thing's own.
            let own_number =
                column.role == Some(Role::LineNumber) && self.header.column(Role::Serial).is_none();
            Some((format!("{title}：{text}{unit}"), self.is_field(column) || own_number))
        });
        let beyond = self.cells.iter().filter(|cell| {
            !self.header.columns.iter().any(|it| it.index == cell.column) && !is_blank_mark(&cell.text)
        });
        let beyond =
            beyond.map(|cell| (format!("{}列：{}", letters(cell.column), one_line(&cell.text)), false));
        texts.collect::<Vec<_>>().into_iter().chain(beyond).collect()
    }

    /// The row's own text without its line number, to be compared with other rows.
    pub(super) fn as_written(&self) -> String {
        let number = self.header.column(Role::LineNumber).map(|it| it.index);
        let cells = self.cells.iter().filter(|cell| Some(cell.column) != number);
        let texts = cells.map(|cell| format!("{}:{}", cell.column, self.squeezed(cell)));
        texts.collect::<Vec<_>>().join("|")
    }

    /// Whether the row holds descriptions and nothing else.
    pub(in crate::import) fn only_describes(&self) -> bool {
        let describes = |role| {
            matches!(
                role,
                Some(Role::Features | Role::Model | Role::Brand | Role::Serial | Role::Imei | Role::Remark)
            )
        };
        let role =
            |cell: &Cell| self.header.columns.iter().find(|it| it.index == cell.column).map(|it| it.role);
        !self.cells.is_empty() && self.cells.iter().all(|cell| role(cell).is_some_and(describes))
    }

    /// What a continuation row adds to the thing above.
    pub(in crate::import) fn further_features(&self) -> Vec<String> {
        let mut carry = Carry::default();
        let mut features: Vec<String> = filled(self.text(Role::Name)).into_iter().collect();
        features.extend(self.features(&mut carry).into_iter().map(|(text, _)| text));
        for role in [Role::Serial, Role::Imei, Role::Remark] {
            features.extend(filled(self.text(role)));
        }
        features
    }

    /// The text of a role; 同上 is what the row above says.
    pub(super) fn text_carried(&self, role: Role, carry: &mut Carry) -> String {
        let Some(column) = self.header.column(role) else { return String::new() };
        let carried = carry.others.entry(column.index).or_default();
        let text = ditto(self.text_or_above(role), &mut carried.clone());
        if is_blank_mark(&text) { String::new() } else { text }
    }
}

/// 毛重（克） → 毛重: the title without its unit.
pub(super) fn label_of(title: &str) -> &str {
    title.split(['（', '(']).next().map_or(title, str::trim)
}
