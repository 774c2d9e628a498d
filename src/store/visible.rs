//! Whether an agency's person may see an item or a case: duty now or before, an offer to their unit, or, for
//! custodians, things in or owed to the stores their unit keeps.

use super::{Error, Tx, db::on};
use crate::id::{AgencyId, CaseId, ItemId, UnitId};

/// The agency answers or answered for it, it is on offer to a unit of the agency, or the custodian's unit keeps it
/// (lent and owed things included).
pub async fn item(tx: &mut Tx, item: ItemId, agency: AgencyId, unit: UnitId, custodian: bool) -> Result<bool, Error> {
    const SQL: &str = "select 1 from items i where i.id = $1 and (
        exists (select 1 from postings p join units u on u.id = p.place
            where p.item = i.id and p.book = 'duty' and p.kind = 'party' and u.agency = $2)
        or exists (select 1 from handovers h join units u on u.id = h.to_unit
            where h.id = i.on_offer and u.agency = $2)
        or ($3 and (exists (select 1 from postings p join slots s on s.id = p.place join stores t on t.id = s.store
                where p.item = i.id and p.book = 'stock' and p.kind = 'slot' and t.unit = $4)
            or exists (select 1 from stock_balances b where b.item = i.id and b.kind = 'owed'))))";
    let found: Option<i32> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(item)
        .bind(agency)
        .bind(custodian)
        .bind(unit)
        .fetch_optional(conn)
        .await?);
    Ok(found.is_some())
}

/// The agency's own case, one with an item on offer to it, or, for custodians, one with items they keep or await.
pub async fn case(tx: &mut Tx, case: CaseId, agency: AgencyId, unit: UnitId, custodian: bool) -> Result<bool, Error> {
    const SQL: &str = "select 1 from cases c join units cu on cu.id = c.unit where c.id = $1 and (
        cu.agency = $2
        or exists (select 1 from handovers h join units u on u.id = h.to_unit
            where h.from_case = c.id and h.state = 'offered' and u.agency = $2)
        or ($3 and exists (select 1 from duty_balances d join stock_balances b on b.item = d.item
            left join slots s on b.kind = 'slot' and s.id = b.place left join stores t on t.id = s.store
            where d.case_id = c.id and (t.unit = $4 or b.kind = 'owed'))))";
    let found: Option<i32> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(case)
        .bind(agency)
        .bind(custodian)
        .bind(unit)
        .fetch_optional(conn)
        .await?);
    Ok(found.is_some())
}
