//! Columns as a person says what they are, in the place of what the program made of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Column, Header, Role};
use crate::import::text::squeeze;

/// What a person says of a file's columns, by letter; nothing for one that only goes into the remark. A letter that is not
/// here is read as the program reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(value_type = Object)]
pub struct ChosenColumns(pub BTreeMap<String, Option<Role>>);

impl Header {
    /// The same header under somebody's choice. Of two columns that are said to be the same only the first is read as it, and
    /// a column that nobody spoke of gives way to one that somebody chose.
    pub(in crate::import) fn assign(mut self, chosen: &ChosenColumns) -> Header {
        let mut taken: Vec<Role> = Vec::new();
        for column in &mut self.columns {
            let Some(role) = chosen.0.get(&column.letter) else { continue };
            (column.role, column.chosen, column.repeated) = (*role, true, false);
            if let Some(role) = role.filter(|role| !role.stands_often()) {
                column.repeated = taken.contains(&role);
                taken.push(role);
            }
        }
        for column in self.columns.iter_mut().filter(|it| !it.chosen) {
            if column.role.is_some_and(|role| taken.contains(&role)) {
                (column.role, column.repeated) = (None, false);
            }
        }
        self.weigh_gross();
        self
    }

    /// A gross weight alone is the weight.
    fn weigh_gross(&mut self) {
        let weighed = self.column(Role::Weight).is_some();
        let gross = self.columns.iter_mut().find(|it| it.role == Some(Role::GrossWeight) && !weighed);
        if let Some(gross) = gross {
            gross.role = Some(Role::Weight);
        }
    }

    /// Column names that stand again, on a further page: what was chosen of the same title in the same place holds on.
    pub(super) fn chosen_as_in(mut self, before: &Header) -> Header {
        let same = |column: &Column, it: &Column| {
            it.chosen && it.index == column.index && squeeze(&it.header) == squeeze(&column.header)
        };
        let chosen: BTreeMap<String, Option<Role>> = self
            .columns
            .iter()
            .filter_map(|column| before.columns.iter().find(|it| same(column, it)))
            .map(|it| (it.letter.clone(), it.role))
            .collect();
        if !chosen.is_empty() {
            self = self.assign(&ChosenColumns(chosen));
        }
        self
    }
}

impl Role {
    /// Whether several columns of one table may hold it: each describes the thing further.
    pub fn stands_often(self) -> bool {
        self == Role::Features
    }
}
