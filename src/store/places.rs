//! Stores and their slots, and which custodian keeps which store.

use super::{
    Error, Tx, damaged,
    db::on,
    item_sight,
    rows::{Column, Rows},
};
use crate::{
    clock::Moment,
    domain::{Slot, SlotContents, Store, StoreKind, Viewer},
    id::{HandoverId, ItemId, PersonId, SlotId, StoreId, UnitId},
    ledger::Category,
};
use std::collections::{BTreeMap, BTreeSet};

pub async fn assign(tx: &mut Tx, person: PersonId, store: StoreId, from_at: Moment) -> Result<(), Error> {
    const SQL: &str = "insert into assignments (person, store, from_at) values ($1, $2, $3)";
    on!(tx, conn => sqlx::query(SQL).bind(person).bind(store).bind(from_at).execute(conn).await?.rows_affected());
    Ok(())
}

#[derive(sqlx::FromRow)]
struct StoreRow {
    id: StoreId,
    kind: String,
    name: String,
    unit: UnitId,
    closed: bool,
}

/// Every store, by kind and name.
pub async fn stores(tx: &mut Tx) -> Result<Vec<Store>, Error> {
    const SQL: &str = "select id, kind, name, unit, closed from stores order by kind, name";
    let rows: Vec<StoreRow> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?);
    rows.into_iter().map(store_of).collect()
}

/// Those into which something may be laid.
pub async fn open_stores(tx: &mut Tx) -> Result<Vec<Store>, Error> {
    Ok(stores(tx).await?.into_iter().filter(|store| !store.closed).collect())
}

pub async fn store(tx: &mut Tx, id: StoreId) -> Result<Option<Store>, Error> {
    const SQL: &str = "select id, kind, name, unit, closed from stores where id = $1";
    let row: Option<StoreRow> = on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_optional(conn).await?);
    row.map(store_of).transpose()
}

fn store_of(row: StoreRow) -> Result<Store, Error> {
    let kind =
        StoreKind::from_word(&row.kind).ok_or_else(|| damaged("store", format!("kind «{}»", row.kind)))?;
    Ok(Store { id: row.id, kind, name: row.name, unit: row.unit, closed: row.closed })
}

#[derive(sqlx::FromRow)]
struct SlotRow {
    id: SlotId,
    store: StoreId,
    store_name: String,
    zone: String,
    name: String,
    code: String,
    capacity: i64,
    closed: bool,
}

const SLOT: &str = "select s.id, s.store, t.name as store_name, s.zone, s.name, s.code, s.capacity,
        (s.closed or t.closed) as closed from slots s join stores t on t.id = s.store";

/// The slots of a store, by zone and name.
pub async fn slots(tx: &mut Tx, store: StoreId) -> Result<Vec<Slot>, Error> {
    let sql = format!("{SLOT} where s.store = $1 order by s.zone, s.name");
    let rows: Vec<SlotRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(store).fetch_all(conn).await?);
    Ok(rows.into_iter().map(slot_of).collect())
}

/// Those of them into which something may be laid.
pub async fn open_slots(tx: &mut Tx, store: StoreId) -> Result<Vec<Slot>, Error> {
    Ok(slots(tx, store).await?.into_iter().filter(|slot| !slot.closed).collect())
}

/// How many items lie in each slot of a store; empty slots are left out.
pub async fn how_full(tx: &mut Tx, store: StoreId) -> Result<BTreeMap<SlotId, i64>, Error> {
    const SQL: &str = "select b.place, count(distinct b.item) from stock_balances b
        where b.kind = 'slot' and b.quantity > 0 and b.place in (select s.id from slots s where s.store = $1)
        group by b.place";
    let rows: Vec<(SlotId, i64)> = on!(tx, conn => sqlx::query_as(SQL).bind(store).fetch_all(conn).await?);
    Ok(rows.into_iter().collect())
}

pub async fn slot(tx: &mut Tx, id: SlotId) -> Result<Option<Slot>, Error> {
    let sql = format!("{SLOT} where s.id = $1");
    let row: Option<SlotRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?);
    Ok(row.map(slot_of))
}

/// What lies in these slots; those that do not exist are left out.
pub async fn contents(
    tx: &mut Tx,
    slots: &BTreeSet<SlotId>,
) -> Result<BTreeMap<SlotId, SlotContents>, Error> {
    const SQL: &str = "select s.id, s.capacity, i.category, count(i.id)
        from slots s left join stock_balances b on b.kind = 'slot' and b.place = s.id and b.quantity > 0
            left join items i on i.id = b.item
        where s.id in {rows} group by s.id, s.capacity, i.category";
    let mut found: BTreeMap<SlotId, SlotContents> = BTreeMap::new();
    if slots.is_empty() {
        return Ok(found);
    }
    let wanted = Rows::new(vec![Column::Ids(slots.iter().map(|slot| slot.0).collect())]);
    let rows: Vec<(SlotId, i64, Option<Category>, i64)> = wanted.fetch(tx, SQL).await?;
    for (slot, capacity, category, items) in rows {
        let it = found.entry(slot).or_default();
        it.capacity = capacity;
        it.items += items;
        it.categories.extend(category);
    }
    Ok(found)
}

/// The stores of some slots; those that do not exist are left out.
pub async fn stores_of(tx: &mut Tx, slots: &BTreeSet<SlotId>) -> Result<BTreeMap<SlotId, Store>, Error> {
    const SQL: &str =
        "select s.id as slot, t.id, t.kind, t.name, t.unit, t.closed from slots s join stores t on t.id = s.store
        where s.id in {rows}";
    #[derive(sqlx::FromRow)]
    struct Row {
        slot: SlotId,
        #[sqlx(flatten)]
        store: StoreRow,
    }
    let wanted = Rows::new(vec![Column::Ids(slots.iter().map(|slot| slot.0).collect())]);
    let rows: Vec<Row> = wanted.fetch(tx, SQL).await?;
    rows.into_iter().map(|row| Ok((row.slot, store_of(row.store)?))).collect()
}

/// The slot whose label says this (with check characters).
pub async fn slot_by_code(tx: &mut Tx, code: &str) -> Result<Option<Slot>, Error> {
    let sql = format!("{SLOT} where s.code = $1");
    let row: Option<SlotRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(code).fetch_optional(conn).await?);
    Ok(row.map(slot_of))
}

/// The slots of a unit's stores that are called this, or whose label says it.
pub async fn slots_called(tx: &mut Tx, unit: UnitId, text: &str) -> Result<Vec<Slot>, Error> {
    let sql = format!(
        "{SLOT} where t.unit = $1 and not s.closed and not t.closed and (s.code = $2 or s.name = $2 or t.name || ' ' || s.name = $2) order by s.name limit 2"
    );
    let rows: Vec<SlotRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(unit).bind(text).fetch_all(conn).await?);
    Ok(rows.into_iter().map(slot_of).collect())
}

fn slot_of(row: SlotRow) -> Slot {
    let SlotRow { id, store, store_name, zone, name, code, capacity, closed } = row;
    Slot { id, store, store_name, zone, name, code, capacity, closed }
}

/// The next numbers of a series, for item, slot and box codes. A number that is taken and not used is never given out
/// again; gaps are harmless, doubles are not.
pub async fn take_numbers(tx: &mut Tx, series: &str, how_many: u32) -> Result<u64, Error> {
    const SQL: &str = "insert into number_series (series, next) values ($1, 1 + $2)
        on conflict (series) do update set next = number_series.next + $2 returning next - $2";
    let first: i64 = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(series)
        .bind(i64::from(how_many))
        .fetch_one(conn)
        .await?);
    Ok(first.cast_unsigned())
}

/// Who keeps a store now, by name.
pub async fn keepers(tx: &mut Tx, store: StoreId) -> Result<Vec<String>, Error> {
    const SQL: &str = "select distinct p.name from assignments a join persons p on p.id = a.person
        where a.store = $1 and a.until_at is null and not p.disabled order by p.name";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(store).fetch_all(conn).await?))
}

/// Who kept a store at that moment, by name.
pub async fn keepers_at(tx: &mut Tx, store: StoreId, at: Moment) -> Result<Vec<String>, Error> {
    const SQL: &str = "select distinct p.name from assignments a join persons p on p.id = a.person
        where a.store = $1 and a.from_at <= $2 and (a.until_at is null or a.until_at > $2) order by p.name";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(store).bind(at).fetch_all(conn).await?))
}

/// Somebody who is assigned to a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeper {
    pub person: PersonId,
    pub name: String,
}

/// Who keeps which store.
pub type Keepers = BTreeMap<StoreId, Vec<Keeper>>;

/// Who keeps these stores now; a store that nobody is assigned to is missing.
pub async fn keepers_of(tx: &mut Tx, stores: &BTreeSet<StoreId>) -> Result<Keepers, Error> {
    const SQL: &str =
        "select distinct a.store, p.id, p.name from assignments a join persons p on p.id = a.person
        where a.store in {rows} and a.until_at is null and not p.disabled";
    let wanted = Rows::new(vec![Column::Ids(stores.iter().map(|store| store.0).collect())]);
    let rows: Vec<(StoreId, PersonId, String)> = wanted.fetch(tx, SQL).await?;
    let mut keepers = Keepers::new();
    for (store, person, name) in rows {
        keepers.entry(store).or_default().push(Keeper { person, name });
    }
    Ok(keepers)
}

/// Some of an item that lies in a slot now.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SlotContent {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    pub category: String,
    pub quantity: i64,
    pub measure: String,
    pub currency: Option<String>,
    pub counted_as: Option<String>,
    pub seal: Option<String>,
    pub case_number: String,
    /// Open differences about it.
    pub differences: i64,
    /// The handover that offers it now.
    pub on_offer: Option<HandoverId>,
}

/// What lies in a slot, by number, as far as somebody sees it; all of it for who sees the slot.
pub async fn lying_in(
    tx: &mut Tx,
    slot: SlotId,
    viewer: Viewer,
    all: bool,
) -> Result<Vec<SlotContent>, Error> {
    let sql = format!("select b.item, i.number, i.name, i.category, b.quantity, i.measure, i.currency, i.counted_as, i.seal,
            c.number as case_number, i.on_offer,
            (select count(*) from differences d where d.item = i.id and d.settled_seq is null) as differences
        from stock_balances b join items i on i.id = b.item join cases c on c.id = i.case_id
        where b.kind = 'slot' and b.place = $4 and b.quantity > 0 and {} order by i.number", item_sight::is_seen("i"));
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(all)
        .bind(viewer.unit)
        .bind(viewer.custodian)
        .bind(slot)
        .fetch_all(conn)
        .await?))
}
