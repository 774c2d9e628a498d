//! The tray (托盘): things whose labels were scanned one after the other. One scan of a slot puts all of them away together, in one
//! receipt.

use super::{
    AtCounter,
    label::{self, Print},
    receive::{self, Receipt},
    receiving, tell,
};
use crate::{
    app::App,
    clock::Moment,
    custody::{
        Error,
        recording::{Recording, requested},
    },
    domain::{
        Person,
        counter::{Activity, LineDraft, PlacedItem},
    },
    id::{EntryId, ItemId, SlotId, StationId},
    ledger::Body,
    store::{Tx, counter},
};
use serde::Deserialize;

/// How many things lie on one tray.
pub(super) const MOST: usize = 200;

/// From now on labels are scanned onto the tray; or one thing at a time again. What lies on the tray stays bound.
pub async fn use_tray(app: &App, me: &Person, station: StationId, wanted: bool) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    let mut open = receiving(&mut tx, me, station).await?;
    open.tray = if wanted { Some(open.tray.unwrap_or_default()) } else { None };
    counter::set(&mut tx, station, me.id, &Activity::Receiving(open), app.clock.now()).await?;
    tx.commit().await?;
    tell(app, station);
    Ok(())
}

/// Prints the labels of the lines of the open case that have none, as many as a tray holds. Answers how many.
pub async fn print_all(app: &App, me: &Person, station: StationId) -> Result<usize, Error> {
    let mut tx = app.db.read().await?;
    let open = receiving(&mut tx, me, station).await?;
    let lines = counter::lines(&mut tx, open.case, 0, i64::MAX).await?;
    drop(tx);
    let without = lines.into_iter().filter(|line| line.owed > 0 && line.label.is_none()).take(MOST);
    let mut printed = 0;
    for line in without {
        label::print(app, me, &Print { station, item: line.id, reason: None }).await?;
        printed += 1;
    }
    Ok(printed)
}

/// The photographs of the line in hand hold for the other owed lines of its name and category too: one picture of twenty alike. Who
/// saw a thing besides the custodian has proved it of that thing alone. Answers how many lines took them; lines that have a photograph keep theirs.
pub async fn same_for_alike(app: &App, me: &Person, at: AtCounter) -> Result<usize, Error> {
    let mut tx = app.db.write().await?;
    let open = receiving(&mut tx, me, at.station).await?;
    let line = super::owed_line(&mut tx, &open, at.item).await?;
    let mut alike = 0;
    for other in counter::lines(&mut tx, open.case, 0, i64::MAX).await? {
        let same = (&other.name, other.category, other.owed > 0) == (&line.name, line.category, true);
        if other.id == line.id || !same || !other.draft.photographs.is_empty() {
            continue;
        }
        let draft = LineDraft { photographs: line.draft.photographs.clone(), ..other.draft };
        counter::keep_draft(&mut tx, other.id, &draft, me.id, app.clock.now()).await?;
        alike += 1;
    }
    tx.commit().await?;
    tell(app, at.station);
    Ok(alike)
}

/// All that lies on the tray goes into a slot.
#[derive(Clone, Debug)]
pub(super) struct PutTray {
    pub station: StationId,
    pub items: Vec<ItemId>,
    pub slot: SlotId,
}

/// The same, chosen on the page when the scanner is broken.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct ReceiveTray {
    pub station: StationId,
    pub slot: SlotId,
    /// The same request again is the same event.
    #[serde(default)]
    pub request: Option<EntryId>,
}

/// Receives what lies on the tray.
pub async fn receive_tray(app: &App, me: &Person, wish: &ReceiveTray) -> Result<Receipt, Error> {
    let mut tx = app.db.read().await?;
    let items = receiving(&mut tx, me, wish.station).await?.tray.unwrap_or_default();
    drop(tx);
    let put = PutTray { station: wish.station, items, slot: wish.slot };
    let done = record(app, me, &put, requested(app, me, wish.request), app.clock.now()).await?;
    let mut tx = app.db.write().await?;
    empty(&mut tx, app, me, &put).await?;
    tx.commit().await?;
    tell(app, put.station);
    Ok(done)
}

/// Records the tray as one receipt. The same id again is the same receipt.
pub(super) async fn record(
    app: &App,
    me: &Person,
    put: &PutTray,
    id: EntryId,
    happened_at: Moment,
) -> Result<Receipt, Error> {
    let recording = Recording::new(app, me, id).at(put.station).happened(happened_at);
    let same = |recorded: &Body| receive::placed(recorded).iter().all(|(_, slot)| *slot == put.slot);
    receive::record_lines(app, me, recording, (put.station, &put.items, put.slot), same).await
}

/// The tray is empty again, and the next owed line in hand.
pub(super) async fn empty(tx: &mut Tx, app: &App, me: &Person, put: &PutTray) -> Result<(), Error> {
    let mut open = receiving(tx, me, put.station).await?;
    open.tray = Some(Vec::new());
    open.last = put.items.last().map(|item| PlacedItem { item: *item, slot: put.slot });
    open.item = counter::next_owed(tx, open.case, 0).await?;
    counter::set(tx, put.station, me.id, &Activity::Receiving(open), app.clock.now())
        .await
        .map_err(Error::from)
}

/// What an entry put away, when it was a tray.
pub(super) fn put_by(station: StationId, recorded: &Body) -> Option<PutTray> {
    let placed = receive::placed(recorded);
    let [(_, slot), _, ..] = *placed.as_slice() else { return None };
    Some(PutTray { station, items: placed.into_iter().map(|(item, _)| item).collect(), slot })
}
