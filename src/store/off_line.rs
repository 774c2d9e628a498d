//! What stations took in, or saw, while no server was there. Every event is kept as it came; what was made of it stands
//! beside it.

use super::{Error, Tx, damaged, db::on};
use crate::{
    clock::Moment,
    domain::off_line::{ReceiptState, by_our_clock},
    id::{CountId, DifferenceId, ItemId, PersonId, StationId, UnitId},
};
use hufu_wire::message::{Receipt, Sighting};
use serde::Serialize;
use uuid::Uuid;

/// Which event of which station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    pub station: StationId,
    pub number: u64,
}

/// The timestamps of an event, and whose clock each is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// The station's clock.
    pub observed_at: Moment,
    pub received_at: Moment,
    /// How far the station's clock was ahead of the server's, in microseconds.
    pub ahead: i64,
}

impl Times {
    /// A moment of the station's clock, converted to the server's clock and clamped to the time of receipt: a clock that was
    /// corrected between the event and its upload would otherwise place it in the future.
    pub fn by_our_clock(self, theirs: Moment) -> Moment {
        by_our_clock(theirs, self.ahead).min(self.received_at)
    }
}

/// A thing that came while no server was there.
pub struct NewReceipt<'a> {
    pub at: At,
    pub times: Times,
    /// The label's number.
    pub label: &'a str,
    /// The list's number as it is compared.
    pub paper: &'a str,
    pub paper_line: Option<u32>,
    pub receipt: &'a Receipt,
}

/// Keeps a receipt. False when it was kept before.
pub async fn add(tx: &mut Tx, new: &NewReceipt<'_>) -> Result<bool, Error> {
    const SQL: &str = "insert into off_line_receipts
            (station, number, label, receipt, paper, paper_line, observed_at, received_at, ahead, state)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting') on conflict (station, number) do nothing";
    let text = serde_json::to_string(new.receipt).map_err(|error| damaged("receipt", error))?;
    let added = on!(tx, conn => sqlx::query(SQL)
        .bind(new.at.station)
        .bind(new.at.number.cast_signed())
        .bind(new.label)
        .bind(text)
        .bind(new.paper)
        .bind(new.paper_line.map(i64::from))
        .bind(new.times.observed_at)
        .bind(new.times.received_at)
        .bind(new.times.ahead)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(added == 1)
}

/// A receipt as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub at: At,
    pub station_name: String,
    pub unit: UnitId,
    pub label: String,
    pub receipt: Receipt,
    pub paper: String,
    pub paper_line: Option<u32>,
    pub times: Times,
    pub state: ReceiptState,
    pub item: Option<ItemId>,
    pub item_number: Option<String>,
    pub difference: Option<DifferenceId>,
    /// Nobody has settled the difference yet.
    pub difference_open: bool,
    pub settled_by_name: Option<String>,
    pub settled_at: Option<Moment>,
}

#[derive(sqlx::FromRow)]
struct StoredReceipt {
    station: StationId,
    number: i64,
    station_name: String,
    unit: UnitId,
    label: String,
    receipt: String,
    paper: String,
    paper_line: Option<i64>,
    observed_at: Moment,
    received_at: Moment,
    ahead: i64,
    state: String,
    item: Option<ItemId>,
    item_number: Option<String>,
    difference: Option<DifferenceId>,
    difference_open: i64,
    settled_by_name: Option<String>,
    settled_at: Option<Moment>,
}

const ROW: &str =
    "select r.station, r.number, s.name as station_name, s.unit, r.label, r.receipt, r.paper, r.paper_line,
        r.observed_at, r.received_at, r.ahead, r.state, r.item, i.number as item_number, r.difference,
        cast(case when d.id is not null and d.settled_seq is null then 1 else 0 end as bigint) as difference_open,
        p.name as settled_by_name, r.settled_at
    from off_line_receipts r join stations s on s.id = r.station left join items i on i.id = r.item
        left join differences d on d.id = r.difference left join persons p on p.id = r.settled_by";

fn row_of(row: StoredReceipt) -> Result<Row, Error> {
    let receipt = serde_json::from_str(&row.receipt).map_err(|error| damaged("receipt", error))?;
    let state = ReceiptState::from_word(&row.state)
        .ok_or_else(|| damaged("receipt", format!("state «{}»", row.state)))?;
    Ok(Row {
        at: At { station: row.station, number: row.number.cast_unsigned() },
        station_name: row.station_name,
        unit: row.unit,
        label: row.label,
        receipt,
        paper: row.paper,
        paper_line: row.paper_line.and_then(|line| u32::try_from(line).ok()),
        times: Times { observed_at: row.observed_at, received_at: row.received_at, ahead: row.ahead },
        state,
        item: row.item,
        item_number: row.item_number,
        difference: row.difference,
        difference_open: row.difference_open == 1,
        settled_by_name: row.settled_by_name,
        settled_at: row.settled_at,
    })
}

pub async fn receipt(tx: &mut Tx, at: At) -> Result<Option<Row>, Error> {
    let sql = format!("{ROW} where r.station = $1 and r.number = $2");
    let row: Option<StoredReceipt> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(at.station)
        .bind(at.number.cast_signed())
        .fetch_optional(conn)
        .await?);
    row.map(row_of).transpose()
}

/// The receipts at the stations of a unit, or at all, in one state: those that wait in their order, others the newest first.
pub async fn receipts(
    tx: &mut Tx,
    unit: Option<UnitId>,
    state: ReceiptState,
    limit: u32,
) -> Result<Vec<Row>, Error> {
    let order = match state {
        ReceiptState::Waiting => "r.observed_at, r.station, r.number",
        ReceiptState::Entered | ReceiptState::SetAside => "r.settled_at desc, r.station, r.number",
    };
    let sql = format!("{ROW} where ($1 is null or s.unit = $1) and r.state = $2 order by {order} limit $3");
    let rows: Vec<StoredReceipt> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(unit)
        .bind(state.word())
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?);
    rows.into_iter().map(row_of).collect()
}

/// How many wait at the stations of a unit, or at all.
pub async fn waiting(tx: &mut Tx, unit: Option<UnitId>) -> Result<i64, Error> {
    const SQL: &str = "select count(*) from off_line_receipts r join stations s on s.id = r.station
        where r.state = 'waiting' and ($1 is null or s.unit = $1)";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(unit).fetch_one(conn).await?))
}

/// Another receipt with the same label, or of the same line of the same list; the earliest.
pub async fn twin(
    tx: &mut Tx,
    at: At,
    label: &str,
    (paper, line): (&str, Option<u32>),
) -> Result<Option<Row>, Error> {
    let sql = format!(
        "{ROW} where not (r.station = $1 and r.number = $2)
            and ((r.label = $3 and $3 <> '') or (r.paper = $4 and r.paper_line = $5 and $4 <> ''))
        order by r.received_at, r.observed_at, r.station, r.number limit 1"
    );
    let row: Option<StoredReceipt> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(at.station)
        .bind(at.number.cast_signed())
        .bind(label)
        .bind(paper)
        .bind(line.map(i64::from))
        .fetch_optional(conn)
        .await?);
    row.map(row_of).transpose()
}

/// What was made of a receipt, by whom.
pub async fn settle(
    tx: &mut Tx,
    at: At,
    (state, item): (ReceiptState, Option<ItemId>),
    (by, now): (PersonId, Moment),
) -> Result<(), Error> {
    const SQL: &str = "update off_line_receipts set state = $1, item = $2, settled_by = $3, settled_at = $4
        where station = $5 and number = $6";
    on!(tx, conn => sqlx::query(SQL)
        .bind(state.word())
        .bind(item)
        .bind(by)
        .bind(now)
        .bind(at.station)
        .bind(at.number.cast_signed())
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// The difference that was raised about it.
pub async fn differs(tx: &mut Tx, at: At, difference: DifferenceId) -> Result<(), Error> {
    const SQL: &str = "update off_line_receipts set difference = $1 where station = $2 and number = $3";
    on!(tx, conn => sqlx::query(SQL)
        .bind(difference)
        .bind(at.station)
        .bind(at.number.cast_signed())
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// Keeps what was seen in a slot. False when it was kept before.
pub async fn see(tx: &mut Tx, at: At, times: Times, seen: &Sighting) -> Result<bool, Error> {
    const SQL: &str = "insert into off_line_sightings
            (station, number, session, slot, code, counted_by, observed_at, received_at, ahead)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (station, number) do nothing";
    let added = on!(tx, conn => sqlx::query(SQL)
        .bind(at.station)
        .bind(at.number.cast_signed())
        .bind(seen.count)
        .bind(&seen.slot)
        .bind(&seen.code)
        .bind(&seen.by)
        .bind(times.observed_at)
        .bind(times.received_at)
        .bind(times.ahead)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(added == 1)
}

/// A count that was made at a station without a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Session {
    pub session: Uuid,
    pub station: StationId,
    pub station_name: String,
    pub unit: UnitId,
    /// Who counted, by name as it was typed.
    pub counted_by: String,
    /// How many codes were seen.
    pub seen: i64,
    pub first_at: Moment,
    pub last_at: Moment,
    /// The store of the first slot, and its zone.
    pub slot: String,
    /// How far the station's clock was ahead of the server's, in microseconds.
    pub ahead: i64,
    pub count_id: Option<CountId>,
}

const SESSION: &str =
    "select o.session, o.station, s.name as station_name, s.unit, max(o.counted_by) as counted_by,
        count(*) as seen, min(o.observed_at) as first_at, max(o.observed_at) as last_at, min(o.slot) as slot,
        max(o.ahead) as ahead, {count} as count_id
    from off_line_sightings o join stations s on s.id = o.station
    where {which} group by o.session, o.station, s.name, s.unit";

fn session_sql(which: &str) -> String {
    // Neither engine has a largest id; all sightings of a session have the same count or none.
    let count = "(select f.count_id from off_line_sightings f
        where f.session = o.session and f.count_id is not null limit 1)";
    SESSION.replace("{count}", count).replace("{which}", which)
}

/// The counts at the stations of a unit, or at all, that nobody has placed yet.
pub async fn sessions(tx: &mut Tx, unit: Option<UnitId>) -> Result<Vec<Session>, Error> {
    let sql =
        session_sql("o.count_id is null and ($1 is null or s.unit = $1)") + " order by min(o.observed_at)";
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(unit).fetch_all(conn).await?))
}

pub async fn session(tx: &mut Tx, session: Uuid) -> Result<Option<Session>, Error> {
    let sql = session_sql("o.session = $1") + " order by min(o.observed_at) limit 1";
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(session).fetch_optional(conn).await?))
}

/// One thing seen.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SightingRow {
    pub number: i64,
    pub slot: String,
    pub code: String,
    pub observed_at: Moment,
    pub ahead: i64,
}

/// What was seen in a count and is not placed yet, in its order.
pub async fn seen(tx: &mut Tx, session: Uuid) -> Result<Vec<SightingRow>, Error> {
    const SQL: &str = "select number, slot, code, observed_at, ahead from off_line_sightings
        where session = $1 and count_id is null order by number";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(session).fetch_all(conn).await?))
}

/// All of the session belongs to this count now.
pub async fn placed(tx: &mut Tx, session: Uuid, count: CountId) -> Result<(), Error> {
    const SQL: &str = "update off_line_sightings set count_id = $1 where session = $2 and count_id is null";
    on!(tx, conn => sqlx::query(SQL).bind(count).bind(session).execute(conn).await?.rows_affected());
    Ok(())
}
