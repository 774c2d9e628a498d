//! 归还: a custodian takes lent things back into slots and writes down in which condition they are.

use crate::{
    app::App,
    custody::{
        Error, Invalid, Thing, access,
        counter::placement::may_lie_in,
        id_taken,
        recording::{Once, Recording},
    },
    domain::{Person, Role},
    id::{EntryId, ItemId, PersonId, SlotId},
    ledger::{Body, HeldLine, Return},
    store::{Recorded, items, loans},
};
use serde::Deserialize;
use std::collections::BTreeSet;

/// How many loans are looked through at most.
const LOANS_MAX: u32 = 10_000;

/// What comes back from one borrower, each into a slot.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct ReturnRequest {
    /// Made by whoever asks; the same id again is the same act.
    pub id: EntryId,
    pub borrower: PersonId,
    /// In which condition it comes back, in words.
    pub condition: String,
    pub lines: Vec<ReturnedItem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct ReturnedItem {
    pub item: ItemId,
    pub slot: SlotId,
}

/// Whether this person may take anything back: told before what is wrong with a form.
pub fn may_take_back(me: &Person) -> Result<(), Error> {
    access::require(me, Role::Custodian)
}

/// Records the return of all that the borrower has of these items. For a custodian of the unit that lent them, into slots that
/// it keeps and where such things may lie.
pub async fn take_back(app: &App, me: &Person, it: &ReturnRequest) -> Result<Recorded, Error> {
    may_take_back(me)?;
    let recording = Recording::new(app, me, Once::Request(me.id, it.id).id());
    let mut tx = app.db.read().await?;
    if let Some(entry) = recording.earlier(&mut tx).await? {
        return if returned_so(&entry.draft.body, it) {
            Ok(Recorded::again(&entry))
        } else {
            Err(id_taken())
        };
    }
    if it.condition.trim().is_empty() {
        return Err(Invalid::new(
            "condition_missing",
            ("没有写明归还时的状况。", "The condition is not written down."),
            (
                "请写明：完好、封签情况、缺损。",
                "Write it: intact, how the seal is, what is missing or damaged.",
            ),
        ));
    }
    let wanted: BTreeSet<ItemId> = it.lines.iter().map(|line| line.item).collect();
    let categories = items::categories(&mut tx, &wanted).await?;
    let out = loans::out(&mut tx, Some(me.unit), me.id, LOANS_MAX).await?;
    let mut lines = Vec::new();
    for ReturnedItem { item, slot } in &it.lines {
        let lent =
            out.iter().find(|out| out.item == *item && out.borrower == it.borrower && out.keeper == me.unit);
        let quantity = lent.ok_or(Error::NotFound(Thing::Item))?.quantity;
        let category = categories.get(item).copied().ok_or(Error::NotFound(Thing::Item))?;
        may_lie_in(app, &mut tx, me, category, *slot).await?;
        lines.push(HeldLine { item: *item, quantity, slot: *slot });
    }
    drop(tx);
    let condition = it.condition.trim().to_owned();
    recording.record(Body::Return(Return { borrower: it.borrower, condition, lines })).await
}

/// Whether what was recorded is what is asked for: how much each thing is was worked out then.
fn returned_so(recorded: &Body, it: &ReturnRequest) -> bool {
    let Body::Return(Return { borrower, condition, lines }) = recorded else { return false };
    let asked = it.lines.iter().map(|line| (line.item, line.slot));
    (*borrower, condition.as_str()) == (it.borrower, it.condition.trim())
        && lines.iter().map(|line| (line.item, line.slot)).eq(asked)
}
