//! Counts: when they began, what was scanned, and what the book says about the same slots, as of an entry number.

use super::{CHUNK, Error, Tx, db::on, facts, items::BY_CODE};
use crate::{
    clock::Moment,
    domain::{
        Code,
        count::{ExpectedItem, Movement, Observation},
    },
    id::{CountId, ItemId, PersonId, SlotId, StationId, StoreId, UnitId},
};
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// One count of a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Count {
    pub id: CountId,
    pub store: StoreId,
    pub store_name: String,
    /// The unit that keeps the store.
    pub keeper: UnitId,
    /// The whole store when absent.
    pub zone: Option<String>,
    pub as_of: u64,
    pub started_by: String,
    pub started_at: Moment,
    /// From here on nothing more is observed.
    pub closed_at: Option<Moment>,
    pub statement_seq: Option<u64>,
    pub observations: i64,
}

impl Count {
    /// As people say it: store and zone.
    pub fn place(&self) -> String {
        match &self.zone {
            Some(zone) => format!("{} {zone}", self.store_name),
            None => self.store_name.clone(),
        }
    }
}

#[derive(sqlx::FromRow)]
struct CountRow {
    id: CountId,
    store: StoreId,
    store_name: String,
    keeper: UnitId,
    zone: Option<String>,
    as_of: i64,
    started_by: String,
    started_at: Moment,
    closed_at: Option<Moment>,
    statement_seq: Option<i64>,
    observations: i64,
}

const COUNT: &str = "select c.id, c.store, t.name as store_name, t.unit as keeper, c.zone, c.as_of,
        p.name as started_by, c.started_at, c.closed_at, c.statement_seq,
        (select count(*) from count_observations o where o.count_id = c.id and o.item is not null) as observations
    from counts c join stores t on t.id = c.store join persons p on p.id = c.started_by";

fn count_of(row: CountRow) -> Count {
    Count {
        id: row.id,
        store: row.store,
        store_name: row.store_name,
        keeper: row.keeper,
        zone: row.zone,
        as_of: row.as_of.cast_unsigned(),
        started_by: row.started_by,
        started_at: row.started_at,
        closed_at: row.closed_at,
        statement_seq: row.statement_seq.map(i64::cast_unsigned),
        observations: row.observations,
    }
}

pub async fn count(tx: &mut Tx, id: CountId) -> Result<Option<Count>, Error> {
    let sql = format!("{COUNT} where c.id = $1");
    let row: Option<CountRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?);
    Ok(row.map(count_of))
}

/// The counts of the stores that a unit keeps, or of all: the open ones first, then the newest.
pub async fn counts(tx: &mut Tx, keeper: Option<UnitId>, limit: u32) -> Result<Vec<Count>, Error> {
    let sql = format!(
        "{COUNT} where $1 is null or t.unit = $1
        order by case when c.statement_seq is null then 0 else 1 end, c.started_at desc, c.id desc limit $2"
    );
    let rows: Vec<CountRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(keeper)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?);
    Ok(rows.into_iter().map(count_of).collect())
}

/// The count of exactly this zone that is still open.
pub async fn open_count(tx: &mut Tx, store: StoreId, zone: Option<&str>) -> Result<Option<CountId>, Error> {
    const SQL: &str = "select id from counts
        where store = $1 and coalesce(zone, '') = $2 and closed_at is null order by started_at desc limit 1";
    let zone = zone.unwrap_or("");
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(store).bind(zone).fetch_optional(conn).await?))
}

/// A count as it begins.
pub struct NewCount<'a> {
    pub id: CountId,
    pub store: StoreId,
    pub zone: Option<&'a str>,
    pub as_of: u64,
    pub started_by: PersonId,
    pub started_at: Moment,
}

pub async fn start(tx: &mut Tx, new: &NewCount<'_>) -> Result<(), Error> {
    const SQL: &str = "insert into counts (id, store, zone, as_of, started_by, started_at)
        values ($1, $2, $3, $4, $5, $6)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(new.id)
        .bind(new.store)
        .bind(new.zone)
        .bind(new.as_of.cast_signed())
        .bind(new.started_by)
        .bind(new.started_at)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

/// Nothing more is observed after this. Safe to do twice.
pub async fn close(tx: &mut Tx, count: CountId, at: Moment) -> Result<(), Error> {
    const SQL: &str = "update counts set closed_at = $1 where id = $2 and closed_at is null";
    on!(tx, conn => sqlx::query(SQL).bind(at).bind(count).execute(conn).await?.rows_affected());
    Ok(())
}

/// The stations where this is being counted now, by name.
pub async fn counted_at(tx: &mut Tx, count: CountId) -> Result<Vec<(StationId, String)>, Error> {
    const SQL: &str = "select s.id, s.name from counters c join stations s on s.id = c.station
        where c.activity like $1 order by s.name";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(format!("%\"{count}\"%")).fetch_all(conn).await?))
}

/// One scan as it is kept. A scan of a slot's own label has that slot and no item.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ScanRow {
    pub number: i64,
    pub code: String,
    pub slot: Option<SlotId>,
    pub item: Option<ItemId>,
    pub seal: Option<String>,
    pub quantity: Option<i64>,
    pub journal_at: i64,
    pub observed_at: Moment,
    pub observed_by: PersonId,
}

/// Keeps a scan under the next number of its count.
pub async fn observe(tx: &mut Tx, count: CountId, seen: &ScanRow) -> Result<(), Error> {
    const SQL: &str = "insert into count_observations
            (count_id, number, code, slot, item, seal, quantity, journal_at, observed_at, observed_by)
        select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9
        from count_observations where count_id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(count)
        .bind(&seen.code)
        .bind(seen.slot)
        .bind(seen.item)
        .bind(&seen.seal)
        .bind(seen.quantity)
        .bind(seen.journal_at)
        .bind(seen.observed_at)
        .bind(seen.observed_by)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

const SEEN: &str = "select o.number, o.code, o.slot, o.item, o.seal, o.quantity, o.journal_at, o.observed_at,
        o.observed_by from count_observations o";

/// How many codes were seen in this count that no book knows.
pub async fn unknown(tx: &mut Tx, count: CountId) -> Result<i64, Error> {
    const SQL: &str = "select count(*) from count_observations o
        where o.count_id = $1 and o.item is null and not exists (select 1 from slots s where s.id = o.slot and s.code = o.code)";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(count).fetch_one(conn).await?))
}

/// The slot that this person scanned last in this count.
pub async fn current_slot(tx: &mut Tx, count: CountId, person: PersonId) -> Result<Option<SlotId>, Error> {
    const SQL: &str =
        "select o.slot from count_observations o join slots s on s.id = o.slot and s.code = o.code
        where o.count_id = $1 and o.observed_by = $2 order by o.number desc limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(count).bind(person).fetch_optional(conn).await?))
}

/// The last time this item was scanned in this count.
pub async fn last_of_item(tx: &mut Tx, count: CountId, item: ItemId) -> Result<Option<ScanRow>, Error> {
    let sql = format!("{SEEN} where o.count_id = $1 and o.item = $2 order by o.number desc limit 1");
    Ok(
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(count).bind(item).fetch_optional(conn).await?),
    )
}

/// The last time this code was scanned at this slot.
pub async fn last_of_code(
    tx: &mut Tx,
    count: CountId,
    code: &str,
    slot: SlotId,
) -> Result<Option<ScanRow>, Error> {
    let sql = format!(
        "{SEEN} where o.count_id = $1 and o.code = $2 and o.slot = $3
        order by o.number desc limit 1"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(count)
        .bind(code)
        .bind(slot)
        .fetch_optional(conn)
        .await?))
}

/// Whether an entry after this number moved the item.
pub async fn moved_since(tx: &mut Tx, item: ItemId, seq: i64) -> Result<bool, Error> {
    const SQL: &str = "select 1 from postings where item = $1 and seq > $2 and book = 'stock' limit 1";
    let found: Option<i32> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(item).bind(seq).fetch_optional(conn).await?);
    Ok(found.is_some())
}

/// What was scanned last, newest first, with the names people know: for the page of an open count. It says nothing of
/// what the book expects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct ScanLine {
    pub number: i64,
    pub code: String,
    pub slot: Option<String>,
    pub item: Option<ItemId>,
    pub item_number: Option<String>,
    pub item_name: Option<String>,
    pub seal: Option<String>,
    pub quantity: Option<i64>,
    pub measure: Option<String>,
    pub currency: Option<String>,
    pub counted_as: Option<String>,
    pub is_slot: bool,
    pub observed_at: Moment,
    pub observed_by: String,
}

pub async fn scanned(tx: &mut Tx, count: CountId, limit: u32) -> Result<Vec<ScanLine>, Error> {
    const SQL: &str = "select o.number, o.code, s.name as slot, o.item, i.number as item_number, i.name as item_name,
            o.seal, o.quantity, i.measure, i.currency, i.counted_as, case when o.item is null and s.code = o.code then true else false end as is_slot,
            o.observed_at, p.name as observed_by
        from count_observations o left join slots s on s.id = o.slot left join items i on i.id = o.item
            join persons p on p.id = o.observed_by
        where o.count_id = $1 order by o.number desc limit $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(count).bind(i64::from(limit)).fetch_all(conn).await?))
}

/// Everybody who scanned something in this count, by name.
pub async fn counters(tx: &mut Tx, count: CountId) -> Result<Vec<String>, Error> {
    const SQL: &str =
        "select distinct p.name from count_observations o join persons p on p.id = o.observed_by
        where o.count_id = $1 order by p.name";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(count).fetch_all(conn).await?))
}

/// The slots of a zone whose label was scanned in this count.
pub async fn visited(tx: &mut Tx, count: CountId) -> Result<BTreeSet<SlotId>, Error> {
    const SQL: &str =
        "select distinct o.slot from count_observations o join slots s on s.id = o.slot and s.code = o.code
        where o.count_id = $1";
    let slots: Vec<SlotId> = on!(tx, conn => sqlx::query_scalar(SQL).bind(count).fetch_all(conn).await?);
    Ok(slots.into_iter().collect())
}

/// The scans of things, in their order; those of slot labels left out.
pub async fn observations(tx: &mut Tx, count: CountId) -> Result<Vec<Observation>, Error> {
    let sql = format!(
        "{SEEN} left join slots s on s.id = o.slot and s.code = o.code
        where o.count_id = $1 and s.id is null order by o.number"
    );
    let rows: Vec<ScanRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(count).fetch_all(conn).await?);
    Ok(rows
        .into_iter()
        .map(|row| Observation {
            number: row.number.cast_unsigned(),
            code: row.code,
            item: row.item,
            slot: row.slot,
            seal: row.seal,
            quantity: row.quantity,
            journal_at: row.journal_at.cast_unsigned(),
        })
        .collect())
}

/// One sighting, and by whom; slots' own labels among them.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Sighting {
    pub code: String,
    pub item: Option<ItemId>,
    pub slot: Option<SlotId>,
    pub seal: Option<String>,
    pub quantity: Option<i64>,
    pub seen_by: String,
}

/// Everything that was seen, in its order.
pub async fn sightings(tx: &mut Tx, count: CountId) -> Result<Vec<Sighting>, Error> {
    const SQL: &str = "select o.code, o.item, o.slot, o.seal, o.quantity, p.name as seen_by
        from count_observations o join persons p on p.id = o.observed_by where o.count_id = $1 order by o.number";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(count).fetch_all(conn).await?))
}

#[derive(sqlx::FromRow)]
struct ExpectedRow {
    item: ItemId,
    place: SlotId,
    quantity: i64,
    seal: Option<String>,
}

/// What the book had in the slots of the zone after entry `as_of`, put together from the postings up to there.
pub async fn expected(
    tx: &mut Tx,
    store: StoreId,
    zone: Option<&str>,
    as_of: u64,
) -> Result<Vec<ExpectedItem>, Error> {
    const SQL: &str = "select p.item, p.place, cast(sum(p.change) as bigint) as quantity, i.seal
        from slots s join postings p on p.kind = 'slot' and p.place = s.id and p.seq <= $3
            join items i on i.id = p.item
        where s.store = $1 and ($2 = '' or s.zone = $2)
        group by p.item, p.place, i.seal, i.number, s.name having sum(p.change) > 0 order by s.name, i.number";
    let rows: Vec<ExpectedRow> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(store)
        .bind(zone.unwrap_or(""))
        .bind(as_of.cast_signed())
        .fetch_all(conn)
        .await?);
    let expected = |row: ExpectedRow| ExpectedItem {
        item: row.item,
        slot: row.place,
        quantity: row.quantity,
        seal: row.seal,
    };
    Ok(rows.into_iter().map(expected).collect())
}

/// What was lent out of this zone and not brought back by entry `as_of`.
pub async fn on_loan(
    tx: &mut Tx,
    store: StoreId,
    zone: Option<&str>,
    as_of: u64,
) -> Result<BTreeSet<ItemId>, Error> {
    const SQL: &str = "select q.item from postings q join slots s on s.id = q.place
        where q.kind = 'slot' and q.change < 0 and s.store = $1 and ($2 = '' or s.zone = $2)
            and q.item in (select p.item from postings p where p.kind = 'on_loan' and p.seq <= $3
                group by p.item having sum(p.change) > 0)
            and q.seq = (select max(r.seq) from postings r
                where r.item = q.item and r.kind = 'slot' and r.change < 0 and r.seq <= $3)";
    let items: Vec<ItemId> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(store)
        .bind(zone.unwrap_or(""))
        .bind(as_of.cast_signed())
        .fetch_all(conn)
        .await?);
    Ok(items.into_iter().collect())
}

type MovementRow = (i64, ItemId, String, Uuid, i64);

/// The stock postings after `as_of` (and before `until`, when the count has ended) of everything that ever lay in the
/// zone or was scanned in this count, in journal order.
pub async fn movements(tx: &mut Tx, count: &Count, until: Option<u64>) -> Result<Vec<Movement>, Error> {
    const SQL: &str = "select p.seq, p.item, p.kind, p.place, p.change from postings p
        where p.seq > $1 and p.seq < $2 and p.book = 'stock' and (
            exists (select 1 from count_observations o where o.count_id = $3 and o.item = p.item)
            or exists (select 1 from postings x join slots s on s.id = x.place
                where x.item = p.item and x.kind = 'slot' and s.store = $4 and ($5 = '' or s.zone = $5)))
        order by p.seq, p.line";
    let rows: Vec<MovementRow> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(count.as_of.cast_signed())
        .bind(until.map_or(i64::MAX, u64::cast_signed))
        .bind(count.id)
        .bind(count.store)
        .bind(count.zone.as_deref().unwrap_or(""))
        .fetch_all(conn)
        .await?);
    let movement = |(seq, item, kind, place, change): MovementRow| {
        let account = facts::stock_account(&kind, place)?;
        Ok(Movement { seq: seq.cast_unsigned(), item, account, change })
    };
    rows.into_iter().map(movement).collect()
}

/// What people know an item by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct CountItem {
    pub id: ItemId,
    pub number: String,
    pub name: String,
    pub measure: String,
    pub currency: Option<String>,
    pub counted_as: Option<String>,
    pub seal: Option<String>,
    /// Whether single things stand in its place.
    #[serde(skip)]
    pub itemised: bool,
}

const NAMED: &str = "select id, number, name, measure, currency, counted_as, seal,
        (not listed and parent is null) as itemised from items";

/// The item that a scanned code means.
pub async fn item_by_code(tx: &mut Tx, code: &Code) -> Result<Option<CountItem>, Error> {
    let sql = format!("{NAMED} where {BY_CODE}");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(code.number())
        .bind(code.to_string())
        .fetch_optional(conn)
        .await?))
}

/// The item with this number, as people type it; or with that of a blank label that it has claimed.
pub async fn item_by_number(tx: &mut Tx, number: &str) -> Result<Option<CountItem>, Error> {
    let sql = format!(
        "{NAMED} where number = $1 or id = (select item from blank_labels where number = $1 and state = 'claimed')"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(number).fetch_optional(conn).await?))
}

/// What these items are called.
pub async fn named(tx: &mut Tx, items: &BTreeSet<ItemId>) -> Result<Vec<CountItem>, Error> {
    let items: Vec<ItemId> = items.iter().copied().collect();
    let mut found = Vec::with_capacity(items.len());
    for chunk in items.chunks(CHUNK) {
        let rows: Vec<CountItem> = on!(tx, conn => {
            let mut query = sqlx::QueryBuilder::new(format!("{NAMED} where id in ("));
            chunk.iter().fold(&mut query.separated(", "), |list, item| list.push_bind(*item));
            query.push(")").build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}
