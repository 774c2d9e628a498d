//! What came to a counter by which receipt, and which deliveries are concluded.

use super::{Error, Tx, db::on};
use crate::{
    clock::Moment,
    id::{CaseId, ItemId, PersonId, UnitId},
    ledger::{DeliveredLine, MissingLine, state::ReceiptFacts},
};

/// What the rules ask of a receipt; nothing when the entry took nothing in.
pub async fn receipt(tx: &mut Tx, seq: u64) -> Result<Option<ReceiptFacts>, Error> {
    const SQL: &str =
        "select item, unit, delivered_by, delivery is not null from receipt_lines where receipt = $1";
    let rows: Vec<(ItemId, UnitId, PersonId, bool)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(seq.cast_signed()).fetch_all(conn).await?);
    let Some((_, unit, delivered_by, _)) = rows.first().copied() else { return Ok(None) };
    let delivered = rows.into_iter().map(|(item, .., delivered)| (item, delivered)).collect();
    Ok(Some(ReceiptFacts { delivered_by, unit, delivered }))
}

/// What this officer brought of a case to this unit and no delivery has yet, in the order in which it came.
pub async fn open_lines(
    tx: &mut Tx,
    (unit, case, delivered_by): (UnitId, CaseId, PersonId),
    limit: u32,
) -> Result<Vec<DeliveredLine>, Error> {
    const SQL: &str = "select l.item, l.receipt from receipt_lines l join items i on i.id = l.item
        where l.unit = $1 and l.delivery is null and i.case_id = $2 and l.delivered_by = $3
        order by l.receipt, i.paper_line, i.number limit $4";
    let rows: Vec<(ItemId, i64)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(unit)
        .bind(case)
        .bind(delivered_by)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?);
    Ok(rows
        .into_iter()
        .map(|(item, receipt)| DeliveredLine { item, receipt: receipt.cast_unsigned() })
        .collect())
}

/// What is still owed of a case, in the order of its lists.
pub async fn missing(tx: &mut Tx, case: CaseId, limit: u32) -> Result<Vec<MissingLine>, Error> {
    const SQL: &str = "select i.id, b.place, b.quantity from items i join stock_balances b on b.item = i.id
        where i.case_id = $1 and b.kind = 'owed' and b.quantity > 0
        order by i.paper_number, i.paper_line, i.number limit $2";
    let rows: Vec<(ItemId, UnitId, i64)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(case)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?);
    Ok(rows.into_iter().map(|(item, owed_by, quantity)| MissingLine { item, owed_by, quantity }).collect())
}

/// Things of one case that an officer brought, and that stand on no 入库单 yet.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct OpenDelivery {
    pub case: CaseId,
    pub case_number: String,
    pub case_name: String,
    pub delivered_by: PersonId,
    pub delivered_by_name: String,
    pub lines: i64,
    /// When the last of it was recorded.
    pub last_at: Moment,
}

/// The deliveries to this unit that nobody has concluded, the oldest first.
pub async fn open(tx: &mut Tx, unit: UnitId, limit: u32) -> Result<Vec<OpenDelivery>, Error> {
    const SQL: &str = "select c.id as \"case\", c.number as case_number, c.name as case_name,
            p.id as delivered_by, p.name as delivered_by_name, count(*) as lines, max(j.recorded_at) as last_at
        from receipt_lines l join items i on i.id = l.item join cases c on c.id = i.case_id
            join persons p on p.id = l.delivered_by join journal j on j.seq = l.receipt
        where l.unit = $1 and l.delivery is null
        group by c.id, c.number, c.name, p.id, p.name order by min(l.receipt) limit $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL)
        .bind(unit)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?))
}

/// A concluded delivery of a case.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct ConcludedDelivery {
    pub seq: i64,
    pub recorded_at: Moment,
    pub lines: i64,
}

/// The deliveries of a case, the newest first.
pub async fn of_case(tx: &mut Tx, case: CaseId, limit: u32) -> Result<Vec<ConcludedDelivery>, Error> {
    const SQL: &str = "select l.delivery as seq, j.recorded_at, count(*) as lines
        from items i join receipt_lines l on l.item = i.id join journal j on j.seq = l.delivery
        where i.case_id = $1 group by l.delivery, j.recorded_at order by l.delivery desc limit $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL)
        .bind(case)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?))
}
