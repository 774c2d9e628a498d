//! Loans: what is out. It follows from the books: each balance on loan names its borrower, and the entry by which it went out says
//! until when.

use super::{Error, Tx, db::on};
use crate::id::{ItemId, PersonId, SlotId, UnitId};

/// The entry by which some of the item came back from this borrower after it went out by that one.
pub async fn returned(tx: &mut Tx, item: ItemId, borrower: PersonId, out: i64) -> Result<Option<i64>, Error> {
    const SQL: &str = "select min(seq) from postings
        where item = $1 and kind = 'on_loan' and place = $2 and change < 0 and seq > $3";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(item).bind(borrower).bind(out).fetch_one(conn).await?))
}

/// Some of an item that is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LoanRow {
    pub item: ItemId,
    pub borrower: PersonId,
    pub quantity: i64,
    /// The entry by which it went out last.
    pub seq: i64,
    /// The unit that lent it.
    pub keeper: UnitId,
}

const OUT: &str = "select b.item, b.place as borrower, b.quantity, j.seq, j.unit as keeper
    from stock_balances b join journal j on j.seq = (select max(p.seq) from postings p
        where p.item = b.item and p.kind = 'on_loan' and p.place = b.place and p.change > 0)
    where b.kind = 'on_loan' and b.quantity > 0";

/// What is out: lent by a unit, answered for by it, or lent to this person, whoever answers for it by now; or all of it.
pub async fn out(
    tx: &mut Tx,
    unit: Option<UnitId>,
    borrower: PersonId,
    limit: u32,
) -> Result<Vec<LoanRow>, Error> {
    let sql = format!(
        "{OUT} and ($1 is null or j.unit = $1 or b.place = $3 or exists (
            select 1 from duty_balances d where d.item = b.item and d.kind = 'party' and d.unit = $1))
        order by j.seq, b.item limit $2"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(unit.map(|unit| unit.0))
        .bind(i64::from(limit))
        .bind(borrower)
        .fetch_all(conn)
        .await?))
}

/// What of one item is out.
pub async fn out_of(tx: &mut Tx, item: ItemId) -> Result<Vec<LoanRow>, Error> {
    let sql = format!("{OUT} and b.item = $1 order by j.seq");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(item).fetch_all(conn).await?))
}

/// The slots in which an item lies, in stores that the unit keeps, with how much.
pub async fn slots_kept(tx: &mut Tx, unit: UnitId, item: ItemId) -> Result<Vec<(SlotId, i64)>, Error> {
    const SQL: &str = "select b.place, b.quantity from stock_balances b join slots s on s.id = b.place
        join stores t on t.id = s.store
        where b.item = $1 and b.kind = 'slot' and t.unit = $2 and b.quantity > 0 order by s.name, s.id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(item).bind(unit).fetch_all(conn).await?))
}

/// The last entry before this one by which the item went out to the borrower; 0 where there is none.
pub async fn lent_by(tx: &mut Tx, item: ItemId, borrower: PersonId, before: u64) -> Result<u64, Error> {
    const SQL: &str = "select coalesce(max(seq), 0) from postings
        where item = $1 and kind = 'on_loan' and place = $2 and change > 0 and seq < $3";
    let seq: i64 = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(item)
        .bind(borrower)
        .bind(before.cast_signed())
        .fetch_one(conn)
        .await?);
    Ok(seq.cast_unsigned())
}
