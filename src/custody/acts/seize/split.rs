//! A row is split: some of what it says is another thing. Nothing may be gained or lost by it.

use super::{
    DraftRow, ImportView, ListDraft, Origin, ROWS_MOST, already_recorded, amend::keep, known, read::too_long,
};
use crate::{
    app::App,
    custody::{Error, Invalid, Thing, access, stopped, turn},
    domain::{Person, Role, category},
    id::ImportId,
    ledger::Particular,
};
use serde::Deserialize;

/// How a row is split in two.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct SplitWish {
    /// The number of the row.
    pub row: u32,
    /// What stays of its quantity, as people write it; the figure alone has the row's own unit.
    pub stays: String,
    /// The other part.
    pub quantity: String,
    /// What the other part is.
    pub name: String,
    pub features: String,
}

/// Splits a row. Both parts together are what the row said, in its own measure; the doubts that it raises stand at both.
pub async fn split(app: &App, me: &Person, id: ImportId, wish: &SplitWish) -> Result<ImportView, Error> {
    access::require(me, Role::Officer)?;
    let turn = turn(&app.costly.lists, me).await?;
    let (row, mut draft) = super::read(app, &turn, me, id).await?;
    if row.entry_seq.is_some() {
        return Err(already_recorded());
    }
    let wish = wish.clone();
    let splitting = turn.beside(move || draft.split(&wish).map(|()| draft));
    let mut draft = splitting.await.ok_or_else(stopped)??;
    known::identified(&mut app.db.read().await?, me, &mut draft.rows).await?;
    drop(turn);
    let mut tx = app.db.write().await?;
    let view = keep(&mut tx, me, row, draft).await?;
    tx.commit().await?;
    Ok(view)
}

impl ListDraft {
    fn split(&mut self, wish: &SplitWish) -> Result<(), Error> {
        if self.rows.len() >= ROWS_MOST {
            return Err(too_long());
        }
        let number = self.next_by_hand();
        let at = self.rows.iter().position(|it| it.row == wish.row).ok_or(Error::NotFound(Thing::Import))?;
        let row = self.rows.get_mut(at).ok_or(Error::NotFound(Thing::Import))?;
        let part = row.split(wish, number)?;
        let parts =
            self.rows.iter().skip(at + 1).take_while(|it| it.origin == Origin::Split(wish.row)).count();
        self.rows.insert(at + 1 + parts, part);
        Ok(())
    }
}

impl DraftRow {
    /// Leaves what stays and answers with the other part, under a number of its own.
    fn split(&mut self, wish: &SplitWish, number: u32) -> Result<DraftRow, Error> {
        let label = self.label();
        let (Some(whole), Some(_), None) = (self.quantity, &self.measure, &self.dropped) else {
            return Err(uncounted(&label));
        };
        let mut part = DraftRow { row: number, origin: Origin::Split(self.row), ..self.clone() };
        let mut rest = self.clone();
        rest.count(wish.stays.trim())?;
        // What is wrong with the part is told of the row that is split.
        part.row = self.row;
        part.count(wish.quantity.trim())?;
        part.row = number;
        if rest.measure != self.measure || part.measure != self.measure {
            return Err(other_measure(&label, &self.quantity_text));
        }
        if rest.quantity.zip(part.quantity).and_then(|(rest, part)| rest.checked_add(part)) != Some(whole) {
            return Err(other_sum(&label, &self.quantity_text, [&rest.quantity_text, &part.quantity_text]));
        }
        // The same doubts stand at both, as they were answered before: that a quantity was typed answers none.
        for it in [&mut rest, &mut part] {
            for (doubt, before) in it.doubts.iter_mut().zip(&self.doubts) {
                doubt.answer = before.answer;
            }
        }
        let name = wish.name.trim();
        if !name.is_empty() && name != part.name {
            name.clone_into(&mut part.name);
            part.category = category::guess(name);
        }
        wish.features.trim().clone_into(&mut part.features);
        // What tells one thing from every other, and what the whole is worth, stays with the first.
        for field in Particular::ALL.iter().filter(|it| it.identifies() || it.is_of_value()) {
            part.particulars.set(*field, "");
        }
        *self = rest;
        Ok(part)
    }
}

fn uncounted(row: &str) -> Error {
    Invalid::new(
        "split_uncounted",
        (
            &format!("第 {row} 行没有确定的数量，或已不登记，不能拆分；各行都还在。"),
            &format!(
                "Row {row} has no certain quantity, or is left out, and was not split; the rows are as they were."
            ),
        ),
        ("请先改好这一行的数量。", "Put its quantity right first."),
    )
}

fn other_measure(row: &str, whole: &str) -> Error {
    Invalid::new(
        "split_other_measure",
        (
            &format!("第 {row} 行是 {whole}，拆开的两部分要用同样的单位；没有拆分，各行都还在。"),
            &format!(
                "Row {row} is {whole}, and both parts must be in the same unit; it was not split, and the rows are as they were."
            ),
        ),
        ("请用同样的单位（币种）写两部分的数量。", "Write both quantities in that unit or currency."),
    )
}

fn other_sum(row: &str, whole: &str, [rest, part]: [&str; 2]) -> Error {
    Invalid::new(
        "split_other_sum",
        (
            &format!("{rest} 加 {part} 不等于第 {row} 行的 {whole}；没有拆分，各行都还在。"),
            &format!(
                "{rest} and {part} are not the {whole} of row {row}; it was not split, and the rows are as they were."
            ),
        ),
        ("两部分加起来要正好等于原来的数量。", "Both parts together must be exactly what the row said."),
    )
}
