//! 库与库位: stores, zones and slots, each change an entry. An administrator does it, or whoever works at the server's machine; the
//! ledger's rules ask again, and know what lies there.

use crate::custody::{
    Error, Invalid, Thing, access,
    recording::{Recording, requested},
};
use crate::{
    app::App,
    domain::{Code, CodeKind, Person, Role, StoreKind},
    id::{EntryId, SlotId, StoreId, UnitId},
    ledger::{
        Basis, Body, RegisterSlots, RegisterStore, RegisteredSlot, SLOTS_MAX, Standing, places::StoreFacts,
    },
    store::{Recorded, Tx, places, registered_places},
};
use serde::Deserialize;
use uuid::Uuid;

/// The series from which the labels of slots take their numbers.
const SERIES: &str = "K00";
/// The longest name of a zone and of a slot, in characters: a label has room for so many.
const NAME_MAX: usize = 24;

/// A store that is to be registered.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct NewStore {
    pub kind: StoreKind,
    pub name: String,
    /// The unit that keeps it.
    pub unit: UnitId,
}

/// How a store is described from now on.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct StoreDescription {
    pub name: String,
    /// The unit that keeps it; another one only as long as nothing has ever lain there.
    pub unit: UnitId,
    /// Stands in the ledger.
    pub reason: String,
}

/// A row of slots: `A-01` to `A-40`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct NewSlots {
    pub zone: String,
    pub from: u32,
    pub to: u32,
    /// How many items each takes before it counts as full; no bound is set by 0.
    pub capacity: i64,
}

/// How slots stand from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlotChange {
    Capacity(i64),
    Standing(Standing),
}

impl NewSlots {
    /// The names of the row.
    fn names(&self) -> Result<Vec<String>, Error> {
        let many = self.to.checked_sub(self.from).and_then(|more| usize::try_from(more).ok());
        match many.map(|more| more + 1) {
            Some(many) if self.from > 0 && many <= SLOTS_MAX => {
                Ok((self.from..=self.to).map(|n| format!("{}-{n:02}", self.zone.trim())).collect())
            }
            _ => Err(wrong_row()),
        }
    }
}

async fn record(app: &App, me: &Person, key: Option<EntryId>, body: Body) -> Result<Recorded, Error> {
    access::require(me, Role::Administrator)?;
    Recording::new(app, me, requested(app, me, key)).record(body).await
}

/// Registers a store. The same key again is the same store.
pub async fn add_store(
    app: &App,
    me: &Person,
    key: Option<EntryId>,
    new: &NewStore,
) -> Result<(StoreId, Recorded), Error> {
    access::require(me, Role::Administrator)?;
    let entry = requested(app, me, key);
    let store = StoreId(Uuid::new_v5(&entry.0, b"store"));
    let name = named(&new.name)?;
    let facts = StoreFacts { kind: new.kind, name, unit: new.unit, standing: Standing::Open };
    let body = Body::RegisterStore(RegisterStore::of(store, facts, String::new(), Basis::Act));
    Ok((store, Recording::new(app, me, entry).record(body).await?))
}

async fn change_store(
    app: &App,
    me: &Person,
    (store, key): (StoreId, Option<EntryId>),
    change: impl FnOnce(StoreFacts) -> StoreFacts,
    reason: &str,
) -> Result<Recorded, Error> {
    access::require(me, Role::Administrator)?;
    let mut stores = registered_places::stores(&mut app.db.read().await?).await?;
    let known = stores.remove(&store).ok_or(Error::NotFound(Thing::Store))?;
    let body = RegisterStore::of(store, change(known), reason.trim().to_owned(), Basis::Act);
    record(app, me, key, Body::RegisterStore(body)).await
}

/// Another name, or another unit that keeps it.
pub async fn describe_store(
    app: &App,
    me: &Person,
    at: (StoreId, Option<EntryId>),
    it: &StoreDescription,
) -> Result<Recorded, Error> {
    access::require(me, Role::Administrator)?;
    let (name, unit) = (named(&it.name)?, it.unit);
    change_store(app, me, at, |known| StoreFacts { name, unit, ..known }, &it.reason).await
}

/// Closes a store in which nothing lies, or opens it again.
pub async fn set_standing(
    app: &App,
    me: &Person,
    at: (StoreId, Option<EntryId>),
    standing: Standing,
    reason: &str,
) -> Result<Recorded, Error> {
    change_store(app, me, at, |known| StoreFacts { standing, ..known }, reason).await
}

/// Adds a row of slots to a zone, all in one entry. Each gets a code of its own, which nothing else has had.
pub async fn add_slots(
    app: &App,
    me: &Person,
    (store, key): (StoreId, Option<EntryId>),
    new: &NewSlots,
) -> Result<Recorded, Error> {
    access::require(me, Role::Administrator)?;
    let names = new.names()?;
    let zone = named(&new.zone)?;
    let mut tx = app.db.write().await?;
    places::store(&mut tx, store).await?.ok_or(Error::NotFound(Thing::Store))?;
    let slots = with_codes(&mut tx, new_slots(app, &zone, names, new.capacity)).await?;
    tx.commit().await?;
    let body = RegisterSlots { store, slots, reason: String::new(), basis: Basis::Act };
    record(app, me, key, Body::RegisterSlots(body)).await
}

/// Slots as they are entered, without the codes of their labels.
pub(super) fn new_slots(app: &App, zone: &str, names: Vec<String>, capacity: i64) -> Vec<RegisteredSlot> {
    let slot = |name| {
        let (zone, code, standing) = (zone.to_owned(), String::new(), Standing::Open);
        RegisteredSlot { slot: app.ids.new_id(), zone, name, code, capacity, standing }
    };
    names.into_iter().map(slot).collect()
}

/// Gives them the next codes. Who takes numbers and does not use them leaves a gap, which harms nobody.
pub(super) async fn with_codes(
    tx: &mut Tx,
    mut slots: Vec<RegisteredSlot>,
) -> Result<Vec<RegisteredSlot>, Error> {
    let many = u32::try_from(slots.len()).unwrap_or(u32::MAX);
    let first = places::take_numbers(tx, SERIES, many).await?;
    for (serial, slot) in (first..).zip(&mut slots) {
        slot.code = Code::new(CodeKind::Slot, "00", serial).to_string();
    }
    Ok(slots)
}

/// Changes slots of one store in one entry; those that stand so already are left out.
pub async fn change_slots(
    app: &App,
    me: &Person,
    (store, key): (StoreId, Option<EntryId>),
    slots: &[SlotId],
    (change, reason): (SlotChange, &str),
) -> Result<Recorded, Error> {
    access::require(me, Role::Administrator)?;
    let known = registered_places::all(&mut app.db.read().await?).await?;
    let mut changed = Vec::new();
    for slot in slots {
        let facts = known.slots.get(slot).filter(|facts| facts.store == store);
        let facts = facts.ok_or(Error::NotFound(Thing::Slot))?;
        let before = RegisteredSlot::of(*slot, facts.clone());
        let after = match change {
            SlotChange::Capacity(capacity) => RegisteredSlot { capacity, ..before.clone() },
            SlotChange::Standing(standing) => RegisteredSlot { standing, ..before.clone() },
        };
        if after != before || slots.len() == 1 {
            changed.push(after);
        }
    }
    if changed.is_empty() {
        let before = changed_before(app, me, key, (store, slots, reason)).await?;
        return before.ok_or_else(nothing_ticked);
    }
    let (reason, basis) = (reason.trim().to_owned(), Basis::Act);
    record(app, me, key, Body::RegisterSlots(RegisterSlots { store, slots: changed, reason, basis })).await
}

/// What was recorded under the key before, where it is this change: slots stand so already, and are in no new entry.
async fn changed_before(
    app: &App,
    me: &Person,
    key: Option<EntryId>,
    (store, slots, reason): (StoreId, &[SlotId], &str),
) -> Result<Option<Recorded>, Error> {
    let mut tx = app.db.read().await?;
    let earlier = Recording::new(app, me, requested(app, me, key)).earlier(&mut tx).await?;
    Ok(earlier
        .filter(|entry| match &entry.draft.body {
            Body::RegisterSlots(it) => {
                let among = it.slots.iter().all(|line| slots.contains(&line.slot));
                it.store == store && it.reason == reason.trim() && among
            }
            _ => false,
        })
        .map(|entry| Recorded::again(&entry)))
}

/// A name that fits on a label. Whether there is one at all is asked by the ledger.
fn named(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.chars().count() <= NAME_MAX {
        return Ok(name.to_owned());
    }
    Err(Invalid::new(
        "place_name_too_long",
        (
            &format!("名称超过 {NAME_MAX} 个字，标签上写不下。"),
            &format!("The name is longer than {NAME_MAX} characters and does not fit on a label."),
        ),
        ("请换一个短一些的名称。", "Choose a shorter one."),
    ))
}

fn wrong_row() -> Error {
    Invalid::new(
        "wrong_row_of_slots",
        (
            &format!("起止号码不对：从 1 起，止不小于起，一次最多 {SLOTS_MAX} 个库位。"),
            &format!(
                "The first and last number do not fit: from 1 on, and at most {SLOTS_MAX} slots at a time."
            ),
        ),
        ("请改正号码，或分几次增加。", "Correct the numbers, or add the slots in several rows."),
    )
}

fn nothing_ticked() -> Error {
    Invalid::new(
        "no_slot_changes",
        ("没有勾选要变更的库位，或所选的都已如此。", "No slot is ticked that stands otherwise."),
        ("请在下表勾选库位后再办理。", "Tick the slots in the table below, then do it again."),
    )
}
