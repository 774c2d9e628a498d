//! Whether a person of a unit may see an item or a case: duty now or before, an offer to the unit, or, for custodians,
//! things in or owed to the stores their unit keeps. Two stations of one agency do not see each other's cases.

use super::{Error, Tx, cases::Eyes, db::on};
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

/// The condition on the journal (as `j`) under which its entry may be seen: the unit recorded it, or it is about an item
/// that is or was the unit's, is on offer to it, or lies or lay in a store that the custodian's unit keeps. Its places:
/// $1 unit, $2 custodian, $3 sees all.
pub(super) fn entry_condition() -> String {
    let item = |item: &str| {
        format!(
            "(exists (select 1 from postings v
                where v.item = {item} and v.book = 'duty' and v.kind = 'party' and v.place = $1)
            or exists (select 1 from items i join handovers g on g.id = i.on_offer
                where i.id = {item} and g.to_unit = $1)
            or ($2 and exists (select 1 from postings v join slots s on s.id = v.place join stores t on t.id = s.store
                where v.item = {item} and v.kind = 'slot' and t.unit = $1)))"
        )
    };
    let (posted, offered, differing) = (item("e.item"), item("l.item"), item("d.item"));
    format!(
        "($3 or j.unit = $1
        or exists (select 1 from postings e where e.seq = j.seq and {posted})
        or exists (select 1 from handovers h join handover_lines l on l.handover = h.id
            where (h.offer_seq = j.seq or h.end_seq = j.seq) and {offered})
        or exists (select 1 from differences d
            where (d.raised_seq = j.seq or d.settled_seq = j.seq) and (d.owner = $1 or {differing})))"
    )
}

/// Whether this entry may be seen.
pub async fn entry(tx: &mut Tx, seq: u64, eyes: Eyes) -> Result<bool, Error> {
    let sql = format!("select 1 from journal j where j.seq = $4 and {}", entry_condition());
    let found: Option<i32> = on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(eyes.unit)
        .bind(eyes.custodian)
        .bind(eyes.all)
        .bind(seq.cast_signed())
        .fetch_optional(conn)
        .await?);
    Ok(found.is_some())
}
