//! Rows that somebody types: on a list of their own, or added to one that was read from a file. They are understood as a row of a
//! file is, with the same doubts.

use super::{
    BY_HAND, DraftDoubt, DraftRow, ForCase, ListDraft, Origin, ROWS_MOST, RowFault, amendment::texts_fit,
    open::room_for_another, own_case, read::too_long, row::read_cells,
};
use crate::{
    app::App,
    custody::{Error, access, opening::open_in},
    domain::{Person, Role, category},
    id::ImportId,
    import::{Doubt, DoubtCode},
    language::Language,
    ledger::{Category, Holding, Particulars},
    store::imports,
};
use serde::Deserialize;

/// One row as somebody types it. A row that says nothing is none.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct TypedRow {
    /// A number of its own for each row that is typed, from 1,000,000,001 on: the same row sent again is the same row. When
    /// another row has it already, this one gets the next that is free.
    pub row: u32,
    pub name: String,
    /// As people write it: `3部`; or the figure alone, when the unit stands beside it.
    pub quantity: String,
    #[serde(default)]
    pub unit: String,
    /// By the name, when absent.
    pub category: Option<Category>,
    #[serde(default)]
    pub features: String,
    #[serde(default)]
    pub particulars: Particulars,
    pub holding: Holding,
}

impl TypedRow {
    /// One into which nobody has typed yet.
    pub fn empty(row: u32) -> TypedRow {
        TypedRow {
            row,
            name: String::new(),
            quantity: String::new(),
            unit: String::new(),
            category: None,
            features: String::new(),
            particulars: Particulars::default(),
            holding: Holding::InHand,
        }
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        let texts = [&self.name, &self.quantity, &self.unit, &self.features];
        texts.iter().all(|text| text.trim().is_empty()) && self.particulars.is_empty()
    }
}

/// Begins a list without a file, for a case of the own unit. Officers only.
pub async fn begin_list(app: &App, me: &Person, case: ForCase) -> Result<ImportId, Error> {
    access::require(me, Role::Officer)?;
    let mut tx = app.db.write().await?;
    room_for_another(&mut tx, me).await?;
    let case = match case {
        ForCase::Known(case) => own_case(&mut tx, me, case).await?,
        ForCase::New(new) => open_in(app, &mut tx, me, &new).await?,
    };
    let (draft, row_count) = ListDraft::empty(case).kept_as()?;
    let row = imports::Import {
        id: app.ids.new_id(),
        unit: me.unit,
        person: me.id,
        file_name: String::new(),
        digest: String::new(),
        draft,
        case_id: case,
        row_count,
        created_at: app.clock.now(),
        entry_seq: None,
    };
    imports::add(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(row.id)
}

impl ListDraft {
    /// The number of the next row that is in no file.
    pub fn next_by_hand(&self) -> u32 {
        self.rows.iter().map(|row| row.row).max().unwrap_or(0).max(BY_HAND) + 1
    }

    /// What is in the way of each of these typed rows; nothing is changed.
    pub fn typed_faults(&self, typed: &[TypedRow]) -> Vec<RowFault> {
        typed.iter().filter_map(|it| DraftRow::typed(it).err()).collect()
    }

    /// Puts typed rows at the end. A row that repeats another one, or an identifier of it, is in doubt.
    pub(super) fn add_typed(&mut self, typed: &[TypedRow]) -> Result<(), Error> {
        for it in typed {
            let Some(mut row) = DraftRow::typed(it)? else { continue };
            if self.rows.iter().any(|known| known.says_the_same(&row)) {
                continue;
            }
            if self.rows.len() >= ROWS_MOST {
                return Err(too_long());
            }
            if self.rows.iter().any(|known| known.row == row.row) {
                row.row = self.next_by_hand();
            }
            let again = self.rows.iter().filter(|it| it.dropped.is_none()).find_map(|it| it.again_in(&row));
            row.doubts.extend(again);
            self.rows.push(row);
        }
        Ok(())
    }
}

impl DraftRow {
    /// Nothing when the row says nothing.
    fn typed(it: &TypedRow) -> Result<Option<DraftRow>, RowFault> {
        if it.is_empty() {
            return Ok(None);
        }
        if it.name.trim().is_empty() {
            return Err(RowFault::unnamed(it.row));
        }
        texts_fit(it.row, (&it.name, &it.features), &it.particulars)?;
        let mut cells = vec![
            ("名称", it.name.trim()),
            ("数量", it.quantity.trim()),
            ("单位", it.unit.trim()),
            ("特征", it.features.trim()),
        ];
        cells.extend(it.particulars.iter().map(|(field, text)| (field.text(Language::Zh), text.as_str())));
        let read = read_cells(&cells).ok_or_else(|| RowFault::no_thing(it.row, it.name.trim()))?;
        let guess = || category::guess(&read.name);
        Ok(Some(DraftRow {
            row: it.row.max(BY_HAND + 1),
            origin: Origin::Added,
            category: it.category.unwrap_or_else(guess),
            holding: it.holding,
            // As typed: the importer cuts what a cell of a sheet does not hold.
            features: it.features.trim().to_owned(),
            ..DraftRow::of(&read)
        }))
    }

    /// Whether it is this very row, sent again.
    fn says_the_same(&self, typed: &DraftRow) -> bool {
        self.row == typed.row && self.same_thing(typed)
    }

    fn same_thing(&self, other: &DraftRow) -> bool {
        let said =
            |it: &DraftRow| (it.name.clone(), it.quantity, it.features.clone(), it.particulars.clone());
        said(self) == said(other)
    }

    /// The doubt about a later row that says the same, or names the same identifier.
    fn again_in(&self, later: &DraftRow) -> Option<DraftDoubt> {
        let own = self.particulars.identifiers();
        let shared = later.particulars.identifiers().into_iter().find(|it| own.contains(it));
        let doubt = match shared {
            Some((_, identifier)) => Doubt::new(DoubtCode::SameSerial, None, &identifier),
            None if self.same_thing(later) => Doubt::new(DoubtCode::SameRow, None, &later.name),
            None => return None,
        };
        Some(DraftDoubt::of(&doubt.against(self.label())))
    }
}
