//! What was counted at a station without a server becomes a count like any other: as of the entry that the ledger had
//! reached when the first code was seen, each scan with the entry it was made at. What moved in between is rolled forward
//! when the count is worked out, so it does not matter that it arrives later.

use crate::{
    app::App,
    clock::Moment,
    custody::{Conflict, Error, Invalid, Thing, access},
    domain::{Code, Person, Role, Slot, off_line::by_our_clock},
    id::CountId,
    live::News,
    store::{
        Tx, as_of,
        counts::{self, NewCount},
        off_line::{self, SightingRow},
        places,
    },
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Makes a count of a session; the same session again is the same count. Custodians of the station's unit. Refuses a
/// session in several stores, in a store of another unit, or in a slot that is none.
pub async fn place(app: &App, me: &Person, session: Uuid) -> Result<CountId, Error> {
    access::require(me, Role::Custodian)?;
    let mut tx = app.db.write().await?;
    let found = off_line::session(&mut tx, session).await?.filter(|found| found.unit == me.unit);
    let found = found.ok_or(Error::NotFound(Thing::Count))?;
    let seen = off_line::seen(&mut tx, session).await?;
    let Some(first) = seen.first() else {
        return found.count_id.ok_or(Error::NotFound(Thing::Count));
    };
    let slots = slots(&mut tx, &seen).await?;
    let (store, zone) = place_of(&mut tx, me, &slots).await?;
    let count: CountId = app.ids.new_id();
    let started_at = by_our_clock(first.observed_at, first.ahead);
    let as_of = size_at(&mut tx, started_at).await?;
    let new = NewCount { id: count, store, zone: zone.as_deref(), as_of, started_by: me.id, started_at };
    counts::start(&mut tx, &new).await?;
    let mut last: BTreeSet<(String, String)> = BTreeSet::new();
    for one in &seen {
        // Scanned twice in one place, it was seen once.
        if last.insert((one.slot.clone(), one.code.clone())) {
            observe(&mut tx, me, (count, as_of), one, &slots).await?;
        }
    }
    off_line::placed(&mut tx, session, count).await?;
    tx.commit().await?;
    app.live.tell(News::Count(count));
    Ok(count)
}

/// How many entries the ledger had then.
async fn size_at(tx: &mut Tx, moment: Moment) -> Result<u64, Error> {
    Ok(as_of::recorded_by(tx, moment).await?.map_or(0, |entry| entry.seq))
}

/// The slots that were scanned, by the code on their labels.
async fn slots(tx: &mut Tx, seen: &[SightingRow]) -> Result<BTreeMap<String, Slot>, Error> {
    let mut slots = BTreeMap::new();
    for one in seen {
        if slots.contains_key(&one.slot) {
            continue;
        }
        let code = Code::parse(&one.slot).map_or_else(|_| one.slot.clone(), |code| code.to_string());
        let slot = places::slot_by_code(tx, &code).await?.ok_or_else(|| {
            Invalid::new(
                "slot_not_there",
                (
                    &format!("离线盘点中的库位码 {code} 不是本系统的库位。"),
                    &format!("The slot {code} of this off-line count is none of ours."),
                ),
                ("扫码都已保存；请重新盘点该库位。", "Every scan is kept; count that slot again."),
            )
        })?;
        slots.insert(one.slot.clone(), slot);
    }
    Ok(slots)
}

/// The one store, and the zone when all slots are of one.
async fn place_of(
    tx: &mut Tx,
    me: &Person,
    slots: &BTreeMap<String, Slot>,
) -> Result<(crate::id::StoreId, Option<String>), Error> {
    let stores: BTreeSet<_> = slots.values().map(|slot| slot.store).collect();
    let zones: BTreeSet<&str> = slots.values().map(|slot| slot.zone.as_str()).collect();
    let store = match stores.first() {
        Some(store) if stores.len() == 1 => places::store(tx, *store).await?,
        _ => {
            return Err(Conflict::new(
                "several_stores",
                (
                    "这次离线盘点跨了几个库，不能作为一次盘点。",
                    "This off-line count went through several stores and cannot be one count.",
                ),
                ("扫码都已保存；请按库分别盘点。", "Every scan is kept; count each store by itself."),
            ));
        }
    };
    let store = store.filter(|store| store.unit == me.unit).ok_or(Error::NotFound(Thing::Store))?;
    let zone = zones.first().filter(|_| zones.len() == 1).map(|zone| (*zone).to_owned());
    Ok((store.id, zone))
}

/// One scan, as a count keeps it.
async fn observe(
    tx: &mut Tx,
    me: &Person,
    (count, as_of): (CountId, u64),
    seen: &SightingRow,
    slots: &BTreeMap<String, Slot>,
) -> Result<(), Error> {
    let at = by_our_clock(seen.observed_at, seen.ahead);
    let code = Code::parse(&seen.code);
    let item = match &code {
        Ok(code) => counts::item_by_code(tx, code).await?.map(|item| item.id),
        Err(_) => None,
    };
    let size = size_at(tx, at).await?.max(as_of);
    let scan = counts::ScanRow {
        number: 0,
        code: code.map_or_else(|_| seen.code.clone(), |code| code.to_string()),
        slot: slots.get(&seen.slot).map(|slot| slot.id),
        item,
        seal: None,
        quantity: None,
        journal_at: size.cast_signed(),
        observed_at: at,
        observed_by: me.id,
    };
    Ok(counts::observe(tx, count, &scan).await?)
}
