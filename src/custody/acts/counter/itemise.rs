//! A counted line becomes single things, each with a label of its own: twenty phones that one line of the list names.

use super::{
    AtCounter, owed_line, pick,
    receive::{self, Receipt},
    receiving,
};
use crate::{
    app::App,
    custody::{
        Conflict, Error, id_taken,
        numbers::item_numbers,
        recording::{Recording, requested},
    },
    domain::{Person, counter::LineDraft},
    id::{EntryId, ItemId},
    ledger::{Body, Itemise, Measure, Refusal, RefusalReason, SingleThing},
    store::counter,
};
use serde::Deserialize;

/// Most things that one line becomes: as many labels are printed and scanned.
pub const MOST: i64 = 500;

/// A line becomes single things.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct ItemiseLine {
    #[serde(flatten)]
    pub at: AtCounter,
    /// The same request again is the same event.
    #[serde(default)]
    pub request: Option<EntryId>,
}

/// Records that the line in hand is so many single things, and takes the first of them in hand. What was noted of the line (photographs,
/// remark) is noted of each; a weight, a seal and a second person were of the whole and are asked again. Refuses a line with an open
/// difference, one of which a part has come, and one whose label is stuck on. A label of the whole line that was only printed is dead.
pub async fn itemise(app: &App, me: &Person, wish: &ItemiseLine) -> Result<Receipt, Error> {
    let at = wish.at;
    let now = app.clock.now();
    let recording = Recording::new(app, me, requested(app, me, wish.request)).at(at.station);
    let mut tx = app.db.read().await?;
    let open = receiving(&mut tx, me, at.station).await?;
    if let Some(entry) = recording.earlier(&mut tx).await? {
        return match entry.draft.body {
            Body::Itemise(it) if it.item == at.item => Ok(Receipt { seq: entry.seq }),
            _ => Err(id_taken()),
        };
    }
    let line = owed_line(&mut tx, &open, at.item).await?;
    receive::deliverer_owes(&mut tx, open.delivered_by, &line).await?;
    drop(tx);
    may_be_itemised(&line)?;
    let numbers = item_numbers(app, now, usize::try_from(line.owed).unwrap_or_default()).await?;
    let things: Vec<SingleThing> =
        numbers.into_iter().map(|number| SingleThing { item: app.ids.new_id(), number }).collect();
    let each: Vec<ItemId> = things.iter().map(|thing| thing.item).collect();
    let body = Body::Itemise(Itemise {
        item: line.id,
        owed_by: line.owed_by,
        delivered_by: open.delivered_by,
        things,
    });
    let done = recording.on(receive::ground(&line)).record(body).await?;
    let draft =
        LineDraft { photographs: line.draft.photographs, remark: line.draft.remark, ..LineDraft::default() };
    if draft != LineDraft::default() {
        let mut tx = app.db.write().await?;
        for item in &each {
            counter::keep_draft(&mut tx, *item, &draft, me.id, now).await?;
        }
        tx.commit().await?;
    }
    if let Some(first) = each.first() {
        pick(app, me, AtCounter { item: *first, ..at }).await?;
    }
    Ok(done.into())
}

/// How many single things the line becomes, if it may.
pub(super) fn pieces(line: &counter::Line) -> Option<i64> {
    may_be_itemised(line).is_ok().then_some(line.owed)
}

fn may_be_itemised(line: &counter::Line) -> Result<(), Error> {
    if line.measure != Measure::Piece || line.owed < 2 {
        let number = Some(line.number.clone());
        return Err(Refusal { reason: RefusalReason::NotCounted, item: Some(line.id), number }.into());
    }
    if line.difference.is_some() {
        return Err(Conflict::new(
            "line_has_a_difference",
            ("这一行有未了结的差异，没有逐件登记。", "The line has an open difference; it was not itemised."),
            ("请先了结差异。", "Settle the difference first."),
        ));
    }
    if line.draft.bound.is_some() {
        return Err(Conflict::new(
            "line_is_labelled",
            (
                "这一行的标签已经贴好回扫，没有逐件登记。",
                "The label of the whole line is stuck on and scanned back; it was not itemised.",
            ),
            ("请整行入库，入库后再拆分。", "Receive the line as one lot, and split it afterwards."),
        ));
    }
    if line.owed > MOST {
        return Err(Conflict::new(
            "too_many_things",
            (
                "一行最多逐件登记 500 件，没有登记。",
                "A line becomes at most 500 single things; nothing was recorded.",
            ),
            (
                "请整行入库，或在清单上先拆成几行。",
                "Receive it as one lot, or split the row on the list first.",
            ),
        ));
    }
    Ok(())
}
