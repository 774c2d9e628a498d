//! Counting (盘点): begin, scan, and state what was found. Nothing is blocked while people count, and while a count is
//! open nobody is shown what the book expects.

mod checked;
mod observe;
mod statement;

pub use crate::store::counts::{Count, ScanLine};
pub use checked::Checked;
pub(in crate::custody) use observe::{CodeSource, observe_in};
pub use observe::{CountAnswer, Remark, observe, remark};
pub use statement::{ResultLine, Statement, cancel, finish, paper, result};

use crate::custody::{
    Error, Invalid, Thing, access,
    counter::{self as at_counter, placement},
    login::Session,
    station,
};
use crate::{
    app::App,
    domain::{Person, Role, Slot, Store, Viewer, counter::Activity},
    id::{CountId, StoreId},
    live::News,
    store::{
        Tx, counter,
        counts::{self, NewCount},
        heads, places,
    },
};
use serde::Serialize;

/// How many counts a list shows, and how many scans an open count.
const SHOWN: u32 = 100;

/// The counts of the stores that my unit keeps; an auditor's list has all of them. Open ones come first.
pub async fn counts(app: &App, me: &Person) -> Result<Vec<Count>, Error> {
    let keeper = Viewer::of(me).whose();
    let mut tx = app.db.read().await?;
    Ok(counts::counts(&mut tx, keeper, SHOWN).await?)
}

/// A store with the zones that can be counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Countable {
    pub store: Store,
    /// Zone and how many slots it has.
    pub zones: Vec<(String, usize)>,
}

/// What this person may count.
pub async fn countable(app: &App, me: &Person) -> Result<Vec<Countable>, Error> {
    let mut tx = app.db.read().await?;
    let mut countable = Vec::new();
    let stores = match me.is(Role::Custodian) {
        true => placement::own_stores(&mut tx, me).await?,
        false => Vec::new(),
    };
    for store in stores {
        let mut zones: Vec<(String, usize)> = Vec::new();
        for slot in places::open_slots(&mut tx, store.id).await? {
            match zones.last_mut().filter(|(zone, _)| *zone == slot.zone) {
                Some((_, slots)) => *slots += 1,
                None => zones.push((slot.zone, 1)),
            }
        }
        if !zones.is_empty() {
            countable.push(Countable { store, zones });
        }
    }
    Ok(countable)
}

/// A custodian of the unit that keeps the store.
fn keeps(me: &Person, store: &Store) -> bool {
    me.is(Role::Custodian) && me.unit == store.unit
}

/// Begins a count of a zone, or of the whole store: the book is taken as it stands now. Where the zone is being counted
/// already, this joins that count, so that two people count one zone together.
pub async fn start(app: &App, me: &Person, store: StoreId, zone: Option<&str>) -> Result<CountId, Error> {
    access::require(me, Role::Custodian)?;
    let mut tx = app.db.write().await?;
    let found = places::store(&mut tx, store).await?.filter(|store| keeps(me, store));
    let store = found.ok_or(Error::NotFound(Thing::Store))?;
    placement::keeps_store(&mut tx, me, &store).await?;
    if slots_of(&mut tx, &store, zone).await?.is_empty() {
        return Err(Invalid::new(
            "no_such_zone",
            ("该库没有这个区，或者区内没有库位。", "The store has no such zone, or the zone has no slots."),
            ("请从列表中选择要盘点的区。", "Choose the zone to count from the list."),
        ));
    }
    if let Some(open) = counts::open_count(&mut tx, store.id, zone).await? {
        return Ok(open);
    }
    let id = app.ids.new_id();
    let as_of = heads::size(&mut tx).await?;
    let started_at = app.clock.now();
    let new = NewCount { id, store: store.id, zone, as_of, started_by: me.id, started_at };
    counts::start(&mut tx, &new).await?;
    tx.commit().await?;
    app.live.tell(News::Count(id));
    Ok(id)
}

async fn slots_of(tx: &mut Tx, store: &Store, zone: Option<&str>) -> Result<Vec<Slot>, Error> {
    let slots = places::open_slots(tx, store.id).await?;
    Ok(slots.into_iter().filter(|slot| zone.is_none_or(|zone| slot.zone == zone)).collect())
}

/// The count, if it is theirs to see.
async fn seen(tx: &mut Tx, me: &Person, id: CountId) -> Result<Count, Error> {
    let count = counts::count(tx, id).await?;
    count.filter(|count| Viewer::of(me).sees_work_of(count.keeper)).ok_or(Error::NotFound(Thing::Count))
}

/// The count, if they may work on it.
async fn mine(tx: &mut Tx, me: &Person, id: CountId) -> Result<Count, Error> {
    let count = seen(tx, me, id).await?;
    access::require(me, Role::Custodian)?;
    if let Some(store) = places::store(tx, count.store).await? {
        placement::keeps_store(tx, me, &store).await?;
    }
    Ok(count)
}

/// From now on the scanner of the station where I stand counts here. Refuses a counter where a colleague stands.
pub async fn count_here(app: &App, session: &Session, id: CountId) -> Result<(), Error> {
    let station = station::mine(app, session).await?.ok_or(Error::NotFound(Thing::Station))?;
    let mut tx = app.db.write().await?;
    let count = mine(&mut tx, &session.me, id).await?;
    observe::still_open(&count)?;
    at_counter::free(app, &mut tx, &session.me, station.id).await?;
    let open = counter::counter(&mut tx, station.id).await?.map(|(_, activity)| activity.open_cases());
    let activity = Activity::Counting { count: id, waiting: open.unwrap_or_default() };
    counter::set(&mut tx, station.id, session.me.id, &activity, app.clock.now()).await?;
    tx.commit().await?;
    app.live.tell(News::Counter { station: station.id, heard: None });
    app.live.tell(News::Count(id));
    Ok(())
}

/// A count as its page shows it. While it is open: only what was scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CountView {
    pub count: Count,
    pub place: String,
    pub may_count: bool,
    /// Everybody who scanned.
    pub counters: Vec<String>,
    /// The stations whose scanners count here.
    pub stations: Vec<String>,
    /// The slot at which my next scan will be.
    pub my_slot: Option<String>,
    /// Every slot of the zone, and whether its label was scanned.
    pub slots: Vec<(String, bool)>,
    pub scanned: Vec<ScanLine>,
}

pub async fn view(app: &App, me: &Person, id: CountId) -> Result<CountView, Error> {
    let mut tx = app.db.read().await?;
    let count = seen(&mut tx, me, id).await?;
    let visited = counts::visited(&mut tx, id).await?;
    let my_slot = counts::current_slot(&mut tx, id, me.id).await?;
    let slots = places::slots(&mut tx, count.store).await?;
    let mut scanned = counts::scanned(&mut tx, id, SHOWN).await?;
    for line in &mut scanned {
        if let Some(item) = line.item
            && !access::sees_item(&mut tx, me, item).await?
        {
            (line.item, line.item_number, line.item_name) = (None, None, None);
        }
    }
    let in_zone = |slot: &&Slot| {
        let counted = !slot.closed || visited.contains(&slot.id);
        counted && count.zone.as_ref().is_none_or(|zone| *zone == slot.zone)
    };
    Ok(CountView {
        place: count.place(),
        may_count: me.is(Role::Custodian) && count.keeper == me.unit && count.closed_at.is_none(),
        counters: counts::counters(&mut tx, id).await?,
        stations: counts::counted_at(&mut tx, id).await?.into_iter().map(|(_, name)| name).collect(),
        my_slot: slots.iter().find(|slot| Some(slot.id) == my_slot).map(|slot| slot.name.clone()),
        slots: slots
            .iter()
            .filter(in_zone)
            .map(|slot| (slot.name.clone(), visited.contains(&slot.id)))
            .collect(),
        scanned,
        count,
    })
}
