//! Stores and slots as they are registered, for administrators and those who see everything: the list, and a page of each with the
//! entries by which it came to stand so.

use super::registered::{MayChange, called, lines_about, may_change, may_look};
use crate::custody::{Error, Thing, ledger::EntryLine};
use crate::{
    app::App,
    domain::{Person, StoreKind},
    id::{SlotId, StoreId, UnitId},
    language::Language,
    ledger::{Places, RosterAct, Standing, places::StoreFacts, roster::UnitFacts},
    store::{keeper_sums, places, registered_places, roster},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A store as it is registered.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RegisteredStore {
    pub id: StoreId,
    pub kind: StoreKind,
    pub name: String,
    pub agency: String,
    pub unit_id: UnitId,
    /// The unit that keeps it.
    pub unit: String,
    pub zones: usize,
    /// Its open slots, how many things lie in them, and how many they have room for.
    pub slots: usize,
    pub items: i64,
    pub capacity: i64,
    pub standing: Standing,
}

/// A slot as it is registered.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SlotLine {
    pub id: SlotId,
    pub zone: String,
    pub name: String,
    /// What its label says.
    pub code: String,
    pub items: i64,
    pub capacity: i64,
    pub standing: Standing,
}

/// A store with its slots, by zone and name, and the entries about it, newest first.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RegisteredStoreView {
    pub store: RegisteredStore,
    pub may_change: MayChange,
    pub slots: Vec<SlotLine>,
    pub entries: Vec<EntryLine>,
}

fn line(
    units: &BTreeMap<UnitId, UnitFacts>,
    known: &Places,
    (id, it): (StoreId, &StoreFacts),
    items: i64,
) -> RegisteredStore {
    let StoreFacts { kind, name, unit: unit_id, standing } = it.clone();
    let (agency, unit) = called(units, unit_id);
    let open: Vec<_> =
        known.slots_of(id).map(|(_, slot)| slot).filter(|slot| slot.standing == Standing::Open).collect();
    let zones: BTreeSet<&str> = open.iter().map(|slot| slot.zone.as_str()).collect();
    let capacity = open.iter().map(|slot| slot.capacity).fold(0, i64::saturating_add);
    let (zones, slots) = (zones.len(), open.len());
    RegisteredStore { id, kind, name, agency, unit_id, unit, zones, slots, items, capacity, standing }
}

/// Every store, the open ones first, by kind and name.
pub async fn all_stores(app: &App, me: &Person) -> Result<Vec<RegisteredStore>, Error> {
    may_look(me)?;
    let mut tx = app.db.read().await?;
    let (units, known) = (roster::registered_units(&mut tx).await?, registered_places::all(&mut tx).await?);
    let mut lines = Vec::with_capacity(known.stores.len());
    for (id, facts) in &known.stores {
        let (_, items) = keeper_sums::of_store(&mut tx, *id).await?;
        lines.push(line(&units, &known, (*id, facts), items));
    }
    lines.sort_by(|a, b| (a.standing, a.kind, &a.name).cmp(&(b.standing, b.kind, &b.name)));
    Ok(lines)
}

pub async fn store(
    app: &App,
    me: &Person,
    language: Language,
    id: StoreId,
) -> Result<RegisteredStoreView, Error> {
    may_look(me)?;
    let mut tx = app.db.read().await?;
    let (units, known) = (roster::registered_units(&mut tx).await?, registered_places::all(&mut tx).await?);
    let facts = known.stores.get(&id).ok_or(Error::NotFound(Thing::Store))?;
    let full = places::how_full(&mut tx, id).await?;
    let slots = known.slots_of(id).map(|(slot, it)| SlotLine {
        id: slot,
        zone: it.zone.clone(),
        name: it.name.clone(),
        code: it.code.clone(),
        items: full.get(&slot).copied().unwrap_or_default(),
        capacity: it.capacity,
        standing: it.standing,
    });
    let mut slots: Vec<SlotLine> = slots.collect();
    slots.sort_by(|a, b| (&a.zone, &a.name).cmp(&(&b.zone, &b.name)));
    let entries = registered_places::entries(&mut tx).await?;
    let entries = lines_about(&mut tx, language, entries, |act| match act {
        RosterAct::Store(it) => it.store == id,
        RosterAct::Slots(it) => it.store == id,
        _ => false,
    });
    let entries = entries.await?;
    let (_, items) = keeper_sums::of_store(&mut tx, id).await?;
    let store = line(&units, &known, (id, facts), items);
    Ok(RegisteredStoreView { store, may_change: may_change(me), slots, entries })
}
