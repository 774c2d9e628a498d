//! Whether a person of a unit may see an item or a case: duty now or before, an offer to the unit, or, for custodians,
//! things in or owed to the stores their unit keeps. Two stations of one agency do not see each other's cases.

use super::{Error, Tx, db::on};
use crate::id::{CaseId, ItemId, UnitId};

/// The unit answers or answered for it, it is on offer to the unit, or the custodian's unit keeps it (lent and owed
/// things included).
pub async fn item(tx: &mut Tx, item: ItemId, unit: UnitId, custodian: bool) -> Result<bool, Error> {
    const SQL: &str = "select 1 from items i where i.id = $1 and (
        exists (select 1 from postings p
            where p.item = i.id and p.book = 'duty' and p.kind = 'party' and p.place = $2)
        or exists (select 1 from handovers h where h.id = i.on_offer and h.to_unit = $2)
        or ($3 and (exists (select 1 from postings p join slots s on s.id = p.place join stores t on t.id = s.store
                where p.item = i.id and p.book = 'stock' and p.kind = 'slot' and t.unit = $2)
            or exists (select 1 from stock_balances b where b.item = i.id and b.kind = 'owed'))))";
    let found: Option<i32> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(item)
        .bind(unit)
        .bind(custodian)
        .fetch_optional(conn)
        .await?);
    Ok(found.is_some())
}

/// The unit's own case, one with an item on offer to it, or, for custodians, one with items they keep or await.
pub async fn case(tx: &mut Tx, case: CaseId, unit: UnitId, custodian: bool) -> Result<bool, Error> {
    const SQL: &str = "select 1 from cases c where c.id = $1 and (
        c.unit = $2
        or exists (select 1 from handovers h where h.from_case = c.id and h.to_unit = $2 and h.state = 'offered')
        or ($3 and exists (select 1 from duty_balances d join stock_balances b on b.item = d.item
            left join slots s on b.kind = 'slot' and s.id = b.place left join stores t on t.id = s.store
            where d.case_id = c.id and (t.unit = $2 or b.kind = 'owed'))))";
    let found: Option<i32> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(case)
        .bind(unit)
        .bind(custodian)
        .fetch_optional(conn)
        .await?);
    Ok(found.is_some())
}
