//! What a desk shows: offers that wait, what came in today, what the ledger holds.

use super::{Error, Tx, db::on, sight};
use crate::{
    clock::Moment,
    domain::Viewer,
    id::{CaseId, HandoverId, UnitId},
};

/// A handover as a desk lists it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OfferRow {
    pub id: HandoverId,
    pub purpose: String,
    pub state: String,
    pub from_case: CaseId,
    pub case_number: String,
    pub case_name: String,
    pub giver: String,
    pub receiver: String,
    pub lines: i64,
    pub expires_at: Moment,
}

/// Offers to the unit that wait for its answer (`to`), or the unit's own that wait for another's.
pub async fn offers(tx: &mut Tx, unit: UnitId, to: bool, limit: u32) -> Result<Vec<OfferRow>, Error> {
    const SQL: &str =
        "select h.id, h.purpose, h.state, h.from_case, c.number as case_number, c.name as case_name,
            fu.name as giver, tu.name as receiver,
            (select count(*) from handover_lines l where l.handover = h.id) as lines, h.expires_at
        from handovers h join cases c on c.id = h.from_case
        join units fu on fu.id = h.from_unit join units tu on tu.id = h.to_unit
        where h.state = 'offered' and (($1 and h.to_unit = $2) or (not $1 and h.from_unit = $2))
        order by h.expires_at, h.id limit $3";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(to).bind(unit).bind(i64::from(limit)).fetch_all(conn).await?))
}

/// What the stores of a unit hold, and what is on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct StoreFigures {
    /// Items in slots of the unit's stores.
    pub in_store: i64,
    /// Items owed to the unit's counter.
    pub owed: i64,
    pub on_loan: i64,
    /// Received since the given moment, counted up to one more than [`COUNTED_MOST`].
    pub received: i64,
}

/// How far things are counted one by one.
pub const COUNTED_MOST: i64 = 2_000;

pub async fn held(tx: &mut Tx, unit: UnitId, since: Moment) -> Result<StoreFigures, Error> {
    let expects = sight::expects("o.unit", "$1");
    let sql = format!(
        "select
        coalesce((select items from keeper_sums where keeper = $1), 0) as in_store,
        (select cast(coalesce(sum(o.items), 0) as bigint) from
            (select unit, sum(listed) as items from case_owed where listed <> 0 group by unit) o where {expects}) as owed,
        (select count(*) from stock_balances b where b.kind = 'on_loan' and b.quantity > 0 and exists
            (select 1 from item_sight lent where lent.item = b.item and lent.way = 'keeper' and lent.unit = $1)) as on_loan,
        (select count(*) from (select 1 from items i where i.received_at >= $2 and exists
            (select 1 from item_sight lay where lay.item = i.id and lay.way = 'keeper' and lay.unit = $1) limit $3) came)
            as received"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(unit)
        .bind(since)
        .bind(COUNTED_MOST.saturating_add(1))
        .fetch_one(conn)
        .await?))
}

/// The unit's stores with the room in them: (name, items, capacity).
pub async fn stores(tx: &mut Tx, unit: UnitId) -> Result<Vec<(String, i64, i64)>, Error> {
    const SQL: &str = "select t.name,
            coalesce((select k.items from keeper_sums k where k.keeper = t.id), 0),
            cast(coalesce((select sum(s.capacity) from slots s where s.store = t.id), 0) as bigint)
        from stores t where t.unit = $1 order by t.kind, t.name";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(unit).fetch_all(conn).await?))
}

/// How many items, open items, cases and open differences the whole ledger has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Whole {
    pub items: i64,
    pub open_items: i64,
    pub cases: i64,
    pub differences: i64,
    pub owed: i64,
}

/// From the sums of the cases: every item is on the list of one.
pub async fn whole(tx: &mut Tx) -> Result<Whole, Error> {
    const SQL: &str = "select cast(coalesce(sum(listed), 0) as bigint) as items,
            cast(coalesce(sum(open), 0) as bigint) as open_items,
            (select count(*) from cases) as cases,
            (select count(*) from differences where settled_seq is null) as differences,
            (select cast(coalesce(sum(listed), 0) as bigint) from case_owed where listed <> 0) as owed
        from case_sums";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_one(conn).await?))
}

/// Owed items by case: whose, since when, how many.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OwedCase {
    pub case_id: CaseId,
    pub number: String,
    pub name: String,
    pub unit_name: String,
    pub items: i64,
    pub since: Moment,
}

/// The cases that owe items, the longest owed first, as far as this viewer sees them: each by the first of its rows, so that only
/// as many are read as are wanted.
pub async fn owed_by_case(tx: &mut Tx, viewer: Viewer, limit: u32) -> Result<Vec<OwedCase>, Error> {
    let expects = sight::expects("o.unit", "$2");
    let sql = format!(
        "select o.case_id, c.number, c.name, u.name as unit_name, o.seized_at as since,
            (select cast(sum(m.listed) as bigint) from case_owed m where m.case_id = o.case_id and m.unit = o.unit) as items
        from case_owed o join cases c on c.id = o.case_id join units u on u.id = o.unit
        where o.listed <> 0 and ($1 or o.unit = $2 or ($3 and {expects}))
            and not exists (select 1 from case_owed e where e.case_id = o.case_id and e.unit = o.unit
                and e.listed <> 0 and e.seized_at < o.seized_at)
        order by o.seized_at, c.number limit $4"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(viewer.all)
        .bind(viewer.unit)
        .bind(viewer.custodian)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?))
}
