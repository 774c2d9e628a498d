//! What a desk shows: offers that wait, what came in today, what the ledger holds.

use super::{Error, Tx, db::on, sight};
use crate::{
    clock::Moment,
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
    /// Received since the given moment.
    pub received: i64,
}

pub async fn held(tx: &mut Tx, unit: UnitId, since: Moment) -> Result<StoreFigures, Error> {
    let expects = sight::expects("b.place", "$1");
    let sql = format!(
        "select
        (select count(distinct b.item) from stock_balances b where b.kind = 'slot' and b.quantity > 0 and b.place in
            (select s.id from slots s join stores t on t.id = s.store where t.unit = $1)) as in_store,
        (select count(*) from stock_balances b where b.kind = 'owed' and b.quantity > 0 and {expects}) as owed,
        (select count(*) from stock_balances b where b.kind = 'on_loan' and b.quantity > 0 and exists
            (select 1 from postings lent join slots s on s.id = lent.place join stores t on t.id = s.store
            where lent.item = b.item and lent.kind = 'slot' and t.unit = $1)) as on_loan,
        (select count(*) from items i where i.received_at >= $2 and exists
            (select 1 from postings lay join slots s on s.id = lay.place join stores t on t.id = s.store
            where lay.item = i.id and lay.kind = 'slot' and t.unit = $1)) as received"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(unit)
        .bind(since)
        .fetch_one(conn)
        .await?))
}

/// The unit's stores with the room in them: (name, items, capacity).
pub async fn stores(tx: &mut Tx, unit: UnitId) -> Result<Vec<(String, i64, i64)>, Error> {
    const SQL: &str = "select t.name,
            (select count(distinct b.item) from stock_balances b where b.kind = 'slot' and b.quantity > 0 and b.place in
                (select s.id from slots s where s.store = t.id)),
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

pub async fn whole(tx: &mut Tx) -> Result<Whole, Error> {
    const SQL: &str = "select (select count(*) from items) as items,
        (select count(*) from items where open_quantity > 0) as open_items,
        (select count(*) from cases) as cases,
        (select count(*) from differences where settled_seq is null) as differences,
        (select count(*) from stock_balances where kind = 'owed' and quantity > 0) as owed";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_one(conn).await?))
}
