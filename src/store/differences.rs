//! Differences: what was found to disagree, who must settle it, and by when.

use super::{Error, Tx, db::on};
use crate::{
    clock::Moment,
    id::{AgencyId, DifferenceId, ItemId, PersonId, SlotId, StoreId, UnitId},
    ledger::Category,
};
use serde::Serialize;

/// One disagreement, raised by one entry and settled by another (差异).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Difference {
    pub id: DifferenceId,
    /// A word of [`crate::ledger::DifferenceClass`].
    pub class: String,
    pub item: Option<ItemId>,
    pub item_number: Option<String>,
    pub item_name: Option<String>,
    /// What kind of thing it is about.
    pub category: Option<Category>,
    pub finding: String,
    pub owner: UnitId,
    pub owner_name: String,
    pub owner_agency: AgencyId,
    pub due_at: Moment,
    pub raised_seq: i64,
    pub raised_at: Moment,
    pub raised_by: PersonId,
    pub raised_by_name: String,
    /// The officer who brought the thing, if it was brought.
    pub brought_by: Option<PersonId>,
    /// Of a thing that is on no list: what it looks like.
    pub photograph: Option<String>,
    pub settled_seq: Option<i64>,
    pub settlement: Option<String>,
    pub settled_at: Option<Moment>,
    pub settled_by_name: Option<String>,
}

const DIFFERENCE: &str = "select d.id, d.class, d.item, i.number as item_number, i.name as item_name, i.category, d.finding,
        d.owner, u.name as owner_name, u.agency as owner_agency, d.due_at, d.raised_seq, r.recorded_at as raised_at, r.actor as raised_by,
        coalesce(rp.name, '') as raised_by_name, d.brought_by, d.photograph, d.settled_seq, d.settlement, s.recorded_at as settled_at,
        sp.name as settled_by_name
    from differences d join units u on u.id = d.owner join journal r on r.seq = d.raised_seq
        left join persons rp on rp.id = r.actor left join items i on i.id = d.item
        left join journal s on s.seq = d.settled_seq left join persons sp on sp.id = s.actor";

/// A unit's own: those it must settle and those it raised.
const OF_UNIT: &str = "($1 is null or d.owner = $1 or r.unit = $1)";

pub async fn difference(
    tx: &mut Tx,
    id: DifferenceId,
    unit: Option<UnitId>,
) -> Result<Option<Difference>, Error> {
    let sql = format!("{DIFFERENCE} where {OF_UNIT} and d.id = $2");
    Ok(
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(unit).bind(id).fetch_optional(conn).await?),
    )
}

/// Open differences, the most urgent first; or settled ones, the newest first. Of one class when it is given.
pub async fn differences(
    tx: &mut Tx,
    unit: Option<UnitId>,
    settled: bool,
    class: Option<&str>,
    limit: u32,
) -> Result<Vec<Difference>, Error> {
    let order = if settled { "d.settled_seq desc, d.id" } else { "d.due_at, d.raised_seq, d.id" };
    let state = if settled { "is not null" } else { "is null" };
    let sql = format!(
        "{DIFFERENCE} where {OF_UNIT} and d.settled_seq {state} and ($2 = '' or d.class = $2)
        order by {order} limit $3"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(unit)
        .bind(class.unwrap_or(""))
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?))
}

/// How many differences of a class are open, how many of them are late, and since when the oldest is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct ClassCount {
    pub class: String,
    pub open: i64,
    pub overdue: i64,
    pub oldest: Moment,
}

pub async fn by_class(tx: &mut Tx, unit: Option<UnitId>, now: Moment) -> Result<Vec<ClassCount>, Error> {
    let sql = format!(
        "select d.class, count(*) as open, count(case when d.due_at < $2 then 1 end) as overdue,
            min(r.recorded_at) as oldest
        from differences d join journal r on r.seq = d.raised_seq
        where {OF_UNIT} and d.settled_seq is null group by d.class order by count(*) desc, d.class"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(unit).bind(now).fetch_all(conn).await?))
}

/// How many differences are open or settled, for this unit or for all.
pub async fn how_many(tx: &mut Tx, unit: Option<UnitId>) -> Result<(i64, i64), Error> {
    let sql = format!(
        "select count(case when d.settled_seq is null then 1 end), count(d.settled_seq)
        from differences d join journal r on r.seq = d.raised_seq where {OF_UNIT}"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(unit).fetch_one(conn).await?))
}

/// Open differences that units of this agency own, the most urgent first.
pub async fn open_of_agency(tx: &mut Tx, agency: AgencyId, limit: u32) -> Result<Vec<Difference>, Error> {
    let sql = format!(
        "{DIFFERENCE} where u.agency = $1 and d.settled_seq is null order by d.due_at, d.raised_seq, d.id limit $2"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(agency)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?))
}

/// Other open differences of the same class that the same entry raised for the same owner.
pub async fn alike(tx: &mut Tx, one: &Difference, limit: u32) -> Result<Vec<Difference>, Error> {
    let sql = format!(
        "{DIFFERENCE} where d.raised_seq = $1 and d.class = $2 and d.owner = $3 and d.settled_seq is null
            and d.id <> $4 order by i.number, d.id limit $5"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(one.raised_seq)
        .bind(&one.class)
        .bind(one.owner)
        .bind(one.id)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?))
}

/// What came with a delivery and is on no list: raised by the unit about who brought it, with this case, since what the
/// delivery before it concluded.
pub async fn extras_of_delivery(tx: &mut Tx, delivery: u64) -> Result<Vec<Difference>, Error> {
    let sql = format!(
        "{DIFFERENCE} join (select distinct l.unit, l.delivered_by, i.case_id from receipt_lines l
                join items i on i.id = l.item where l.delivery = $1) this
            on this.case_id = d.case_id and this.unit = r.unit and this.delivered_by = d.brought_by
        where d.class = 'extra' and d.item is null and d.raised_seq < $1
            and d.raised_seq > (select coalesce(max(e.delivery), 0) from receipt_lines e join items i on i.id = e.item
                where e.delivery < $1 and e.unit = this.unit and e.delivered_by = this.delivered_by
                    and i.case_id = this.case_id)
        order by d.raised_seq, d.id"
    );
    let delivery = delivery.cast_signed();
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(delivery).fetch_all(conn).await?))
}

/// The differences that a picture shows.
pub async fn shown_by(tx: &mut Tx, digest: &str) -> Result<Vec<DifferenceId>, Error> {
    const SQL: &str = "select id from differences where photograph = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(digest).fetch_all(conn).await?))
}

/// The differences that one entry raised.
pub async fn raised_by(tx: &mut Tx, seq: u64) -> Result<Vec<Difference>, Error> {
    let sql = format!("{DIFFERENCE} where d.raised_seq = $1 order by d.class, i.number, d.id");
    Ok(
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(seq.cast_signed()).fetch_all(conn).await?),
    )
}

/// Open differences about things that lie in the slots of a store now: (slot, how many).
pub async fn in_store(tx: &mut Tx, store: StoreId) -> Result<Vec<(SlotId, i64)>, Error> {
    // From the differences to where their things lie: few are open, and the slots of a centre are many. A column within an
    // expression is in no index.
    const SQL: &str = "select s.id, count(distinct d.id) from differences d
            join stock_balances b on b.item = d.item and coalesce(b.kind, b.kind) = 'slot' and b.quantity > 0
            join slots s on s.id = b.place
        where d.settled_seq is null and coalesce(s.store, s.store) = $1 group by s.id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(store).fetch_all(conn).await?))
}

/// A line that was refused, and the exchange by which the thing was accepted later.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AcceptedLater {
    pub difference: DifferenceId,
    pub owner: UnitId,
    pub accepted_by: i64,
    pub receiver: String,
}

/// Those that nobody has settled yet.
pub async fn refused_and_accepted(tx: &mut Tx) -> Result<Vec<AcceptedLater>, Error> {
    const SQL: &str = "select d.id as difference, d.owner, h.end_seq as accepted_by, a.name || ' ' || u.name as receiver
        from differences d join handover_lines l on l.item = d.item and l.answer <> 'refused'
            join handovers h on h.id = l.handover and h.state = 'concluded' and h.end_seq > d.raised_seq
            join units u on u.id = h.to_unit join agencies a on a.id = u.agency
        where d.class = 'refused_in_handover' and d.settled_seq is null
            and not exists (select 1 from handover_lines k join handovers e on e.id = k.handover
                where k.item = d.item and k.answer <> 'refused' and e.state = 'concluded' and e.end_seq > d.raised_seq
                    and e.end_seq < h.end_seq)
        order by h.end_seq, d.id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?))
}
