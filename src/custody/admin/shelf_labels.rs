//! 库位标签: the labels of slots, on a sheet and at a label printer, for the custodians of the store and for administrators.

use crate::custody::{
    Error, Invalid, Thing,
    counter::label::order_all,
    stores::{draw_labels, label_of, may_print},
};
use crate::{
    app::App,
    domain::{Person, Slot, Store},
    id::{SlotId, StationId, StoreId},
    ledger::SLOTS_MAX,
    store::{Tx, labels, places, stations},
};
use label_templates::Label;
use serde::Serialize;

/// Which labels of a store are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedLabels {
    /// These slots; none: by zone.
    pub slots: Vec<SlotId>,
    /// This zone; none: the whole store.
    pub zone: Option<String>,
}

/// The slots whose labels are printed together.
#[derive(Clone, Debug, Serialize)]
pub struct LabelSheet {
    pub store: Store,
    pub slots: Vec<Slot>,
    /// The open slots of each zone of the store.
    pub zones: Vec<(String, usize)>,
}

/// The slots that are wanted. Closed ones have no label any more.
pub async fn sheet(
    app: &App,
    me: &Person,
    store: StoreId,
    wanted: &WantedLabels,
) -> Result<LabelSheet, Error> {
    sheet_in(&mut app.db.read().await?, me, store, wanted).await
}

async fn sheet_in(
    tx: &mut Tx,
    me: &Person,
    store: StoreId,
    wanted: &WantedLabels,
) -> Result<LabelSheet, Error> {
    let store = places::store(tx, store).await?.filter(|store| may_print(me, store));
    let store = store.ok_or(Error::NotFound(Thing::Store))?;
    let open = places::open_slots(tx, store.id).await?;
    let mut zones: Vec<(String, usize)> = Vec::new();
    for slot in &open {
        match zones.last_mut().filter(|(zone, _)| *zone == slot.zone) {
            Some((_, slots)) => *slots += 1,
            None => zones.push((slot.zone.clone(), 1)),
        }
    }
    let chosen = |slot: &Slot| match (wanted.slots.as_slice(), &wanted.zone) {
        ([], Some(zone)) => slot.zone == *zone,
        ([], None) => true,
        (slots, _) => slots.contains(&slot.id),
    };
    let slots: Vec<Slot> = open.into_iter().filter(chosen).take(SLOTS_MAX).collect();
    Ok(LabelSheet { store, slots, zones })
}

/// Sends the labels to the printer of a station of the own unit. Answers with how many there are.
pub async fn print(
    app: &App,
    me: &Person,
    (store, wanted): (StoreId, &WantedLabels),
    station: StationId,
) -> Result<usize, Error> {
    let mut tx = app.db.read().await?;
    let sheet = sheet_in(&mut tx, me, store, wanted).await?;
    let found = stations::station(&mut tx, station).await?;
    found
        .filter(|station| station.unit == me.unit && !station.disabled)
        .ok_or(Error::NotFound(Thing::Station))?;
    drop(tx);
    if sheet.slots.is_empty() {
        return Err(nothing_chosen());
    }
    let wanted = sheet.slots.iter().map(|slot| Label::Slot(label_of(slot.clone(), &sheet.store))).collect();
    let rasters = draw_labels(app, me, wanted).await?;
    let jobs: Vec<labels::Job> = sheet
        .slots
        .into_iter()
        .zip(rasters)
        .map(|(slot, raster)| {
            let (id, title) = (app.ids.new_id(), slot.full_name());
            labels::Job { id, station, item: None, code: slot.code, copy: 1, title, reason: None, raster }
        })
        .collect();
    let sent = jobs.len();
    order_all(app, app.db.write().await?, me, jobs).await?;
    Ok(sent)
}

fn nothing_chosen() -> Error {
    Invalid::new(
        "no_slot_chosen",
        ("没有选中启用的库位，没有打印。", "No open slot was chosen; nothing was printed."),
        ("请勾选库位或选择一个区。", "Tick slots, or choose a zone."),
    )
}
