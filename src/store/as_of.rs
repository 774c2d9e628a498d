//! The ledger as it was known after one entry: put together from the postings up to it, which are kept by item, and from
//! the numbers of the entries that opened and ended offers and differences. Nothing is copied for it; what must be added
//! up over many items is in [`super::sums`].

use super::{CHUNK, Error, Tx, cases::CaseCounts, cases::Total, damaged, db::on, items, places};
use crate::{
    clock::Moment,
    domain::AsOf,
    id::{CaseId, HandoverId, ItemId, SlotId, StoreId},
    ledger::Entry,
};
use items::{Duty, DutyRow, Holding, HoldingRow, OpenDifference};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet};

/// The newest entry, unless the ledger is empty.
pub async fn newest(tx: &mut Tx) -> Result<Option<AsOf>, Error> {
    const SQL: &str = "select seq, recorded_at from journal order by seq desc limit 1";
    let row: Option<(i64, Moment)> = on!(tx, conn => sqlx::query_as(SQL).fetch_optional(conn).await?);
    Ok(row.map(as_of))
}

/// After the entry of this number, if there is one.
pub async fn entry(tx: &mut Tx, seq: u64) -> Result<Option<AsOf>, Error> {
    const SQL: &str = "select seq, recorded_at from journal where seq = $1";
    let row: Option<(i64, Moment)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(seq.cast_signed()).fetch_optional(conn).await?);
    Ok(row.map(as_of))
}

/// After the last entry recorded at or before a moment. `recorded_at` never runs backwards and numbers have no gaps, so
/// it is found by halving, as one looks a word up; no index has to be kept for it with every append.
pub async fn recorded_by(tx: &mut Tx, moment: Moment) -> Result<Option<AsOf>, Error> {
    const SQL: &str = "with recursive search (low, high) as (
            select cast(0 as bigint), (select coalesce(max(seq), 0) from journal)
            union all
            select case when j.recorded_at <= $1 then j.seq else s.low end,
                case when j.recorded_at <= $1 then s.high else j.seq - 1 end
            from search s join journal j on j.seq = (s.low + s.high + 1) / 2 where s.low < s.high
        )
        select j.seq, j.recorded_at from search s join journal j on j.seq = s.low where s.low = s.high";
    let row: Option<(i64, Moment)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(moment).fetch_optional(conn).await?);
    Ok(row.map(as_of))
}

fn as_of((seq, recorded_at): (i64, Moment)) -> AsOf {
    AsOf { seq: seq.cast_unsigned(), recorded_at }
}

/// Every stock account these items stood in, sources left out. An item that was not yet there has none.
pub async fn holdings(tx: &mut Tx, items: &[ItemId], seq: u64) -> Result<Vec<Holding>, Error> {
    const SQL: &str =
        "select b.item, b.kind, b.place, b.quantity, t.name as store, s.name as slot, u.name as keeper
        from (select item, kind, place, cast(sum(change) as bigint) as quantity from postings
            where book = 'stock' and seq <= ";
    const GROUP: &str = ") group by item, kind, place having sum(change) > 0) b
        left join slots s on b.kind = 'slot' and s.id = b.place
        left join stores t on t.id = s.store left join units u on u.id = t.unit order by b.item, b.kind, b.place";
    let mut found = Vec::new();
    for chunk in items.chunks(CHUNK) {
        let rows: Vec<HoldingRow> = on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_bind(seq.cast_signed()).push(" and item in (");
            chunk.iter().fold(&mut query.separated(", "), |list, item| list.push_bind(*item));
            query.push(GROUP).build_query_as().fetch_all(conn).await?
        });
        for row in rows {
            found.push(row.holding()?);
        }
    }
    Ok(found)
}

/// Who answered for these items.
pub async fn duties(tx: &mut Tx, items: &[ItemId], seq: u64) -> Result<Vec<Duty>, Error> {
    const SQL: &str = "select d.item, d.kind, d.place as unit, d.case_id, d.quantity, u.agency, c.stage
        from (select item, kind, place, case_id, cast(sum(change) as bigint) as quantity from postings
            where book = 'duty' and seq <= ";
    const GROUP: &str = ") group by item, kind, place, case_id having sum(change) > 0) d
        left join units u on u.id = d.place left join cases c on c.id = d.case_id order by d.item, d.kind";
    let mut found = Vec::new();
    for chunk in items.chunks(CHUNK) {
        let rows: Vec<DutyRow> = on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_bind(seq.cast_signed()).push(" and item in (");
            chunk.iter().fold(&mut query.separated(", "), |list, item| list.push_bind(*item));
            query.push(GROUP).build_query_as().fetch_all(conn).await?
        });
        for row in rows {
            found.push(row.duty()?);
        }
    }
    Ok(found)
}

/// Differences about these items that had been raised and not settled.
pub async fn open_differences(tx: &mut Tx, items: &[ItemId], seq: u64) -> Result<Vec<OpenDifference>, Error> {
    const SQL: &str = "select f.id, f.item, f.class, f.finding, f.owner, u.name as owner_name, f.due_at
        from differences f join units u on u.id = f.owner where f.raised_seq <= ";
    let mut found = Vec::new();
    for chunk in items.chunks(CHUNK) {
        let rows: Vec<OpenDifference> = on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_bind(seq.cast_signed()).push(" and (f.settled_seq is null or f.settled_seq > ");
            query.push_bind(seq.cast_signed()).push(") and f.item in (");
            chunk.iter().fold(&mut query.separated(", "), |list, item| list.push_bind(*item));
            query.push(") order by f.due_at").build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// The handover that each of these items was pending on.
pub async fn pending(tx: &mut Tx, items: &[ItemId], seq: u64) -> Result<BTreeMap<ItemId, HandoverId>, Error> {
    const SQL: &str = "select l.item, h.id from handover_lines l join handovers h on h.id = l.handover
        where h.offer_seq <= ";
    let mut found = BTreeMap::new();
    for chunk in items.chunks(CHUNK) {
        let rows: Vec<(ItemId, HandoverId)> = on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_bind(seq.cast_signed()).push(" and (h.end_seq is null or h.end_seq > ");
            query.push_bind(seq.cast_signed()).push(") and l.item in (");
            chunk.iter().fold(&mut query.separated(", "), |list, item| list.push_bind(*item));
            query.push(")").build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// Those of these items that were received, wholly or partly, after this entry: what a receipt makes known of them now
/// was not known then.
pub async fn received_after(tx: &mut Tx, items: &[ItemId], seq: u64) -> Result<BTreeSet<ItemId>, Error> {
    const SQL: &str = "select distinct item from postings where kind = 'owed' and change < 0 and seq > ";
    let mut found = BTreeSet::new();
    for chunk in items.chunks(CHUNK) {
        let rows: Vec<ItemId> = on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_bind(seq.cast_signed()).push(" and item in (");
            chunk.iter().fold(&mut query.separated(", "), |list, item| list.push_bind(*item));
            query.push(")").build_query_scalar().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// The entries up to this one that received any of these items, in their order.
pub async fn receipts(tx: &mut Tx, items: &[ItemId], seq: u64) -> Result<Vec<Entry>, Error> {
    const SQL: &str = "select seq, entry from journal where kind = 'receive' and seq in (
            select seq from postings where kind = 'owed' and change < 0 and seq <= ";
    let mut found = BTreeMap::new();
    for chunk in items.chunks(CHUNK) {
        let rows: Vec<(i64, Vec<u8>)> = on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_bind(seq.cast_signed()).push(" and item in (");
            chunk.iter().fold(&mut query.separated(", "), |list, item| list.push_bind(*item));
            query.push("))").build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    let read = |bytes: &Vec<u8>| Entry::from_canonical_bytes(bytes).map_err(|error| damaged("entry", error));
    found.values().map(read).collect()
}

/// How many items a case had, and how they stood.
pub async fn case_counts(tx: &mut Tx, case: CaseId, seq: u64) -> Result<CaseCounts, Error> {
    const SQL: &str = "with mine as (select distinct item from postings
            where book = 'duty' and kind = 'party' and case_id = $1 and seq <= $2),
        stood as (select p.item, i.seized_at,
                sum(case when p.book = 'duty' and p.case_id = $1 then p.change else 0 end) as answered,
                sum(case when p.kind = 'owed' then p.change else 0 end) as owed,
                sum(case when p.kind = 'slot' then p.change else 0 end) as stored
            from mine m join postings p on p.item = m.item and p.seq <= $2 join items i on i.id = m.item
            group by p.item, i.seized_at)
        select count(*) as items,
            cast(coalesce(sum(case when answered > 0 then 1 else 0 end), 0) as bigint) as answered_for,
            cast(coalesce(sum(case when owed > 0 then 1 else 0 end), 0) as bigint) as owed,
            cast(coalesce(sum(case when stored > 0 then 1 else 0 end), 0) as bigint) as in_store,
            cast(coalesce(sum(case when exists (select 1 from handover_lines l join handovers h on h.id = l.handover
                where l.item = stood.item and h.offer_seq <= $2 and (h.end_seq is null or h.end_seq > $2))
                then 1 else 0 end), 0) as bigint) as on_offer,
            cast(coalesce(sum((select count(*) from differences f where f.item = stood.item and f.raised_seq <= $2
                and (f.settled_seq is null or f.settled_seq > $2))), 0) as bigint)
                + (select count(*) from differences f where f.case_id = $1 and f.item is null and f.raised_seq <= $2
                    and (f.settled_seq is null or f.settled_seq > $2)) as differences,
            min(case when owed > 0 then seized_at end) as owed_since
        from stood";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(case).bind(seq.cast_signed()).fetch_one(conn).await?))
}

/// How many of the things that a case answered for were lent.
pub async fn case_on_loan(tx: &mut Tx, case: CaseId, seq: u64) -> Result<i64, Error> {
    const SQL: &str = "with mine as (select item from postings
            where book = 'duty' and kind = 'party' and case_id = $1 and seq <= $2 group by item having sum(change) > 0)
        select count(*) from (select p.item from mine m join postings p on p.item = m.item
            where p.kind = 'on_loan' and p.seq <= $2 group by p.item having sum(p.change) > 0) lent";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(case).bind(seq.cast_signed()).fetch_one(conn).await?))
}

/// What the case's items added up to, by measure and currency; only what was still in somebody's care.
pub async fn case_totals(tx: &mut Tx, case: CaseId, seq: u64) -> Result<Vec<Total>, Error> {
    let sql = format!(
        "with mine as (select distinct item from postings
            where book = 'duty' and kind = 'party' and case_id = $1 and seq <= $2)
        select i.category, i.measure, i.currency, i.counted_as,
            cast(coalesce(sum(case when {} then p.change else 0 end), 0) as bigint)
        from mine m join postings p on p.item = m.item and p.seq <= $2 join items i on i.id = m.item
        group by i.category, i.measure, i.currency, i.counted_as",
        super::sums::open("p")
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(case)
        .bind(seq.cast_signed())
        .fetch_all(conn)
        .await?))
}

/// What lay in a slot, by number. Seals are as they are known now; [`received_after`] tells which were not.
pub async fn lying_in(tx: &mut Tx, slot: SlotId, seq: u64) -> Result<Vec<places::SlotContent>, Error> {
    const SQL: &str =
        "select b.item, i.number, i.name, i.category, b.quantity, i.measure, i.currency, i.counted_as,
            i.seal, c.number as case_number, null as on_offer,
            (select count(*) from differences d where d.item = i.id and d.raised_seq <= $2
                and (d.settled_seq is null or d.settled_seq > $2)) as differences
        from (select item, cast(sum(change) as bigint) as quantity from postings
            where kind = 'slot' and place = $1 and seq <= $2 group by item having sum(change) > 0) b
        join items i on i.id = b.item join cases c on c.id = i.case_id order by i.number";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(slot).bind(seq.cast_signed()).fetch_all(conn).await?))
}

/// How many differences were open about what lay in each slot of a store.
pub async fn differences_in(tx: &mut Tx, store: StoreId, seq: u64) -> Result<Vec<(SlotId, i64)>, Error> {
    const SQL: &str = "select b.place, cast(sum(b.open) as bigint) from (
            select p.item, p.place, f.open from (select item, count(*) as open from differences
                where raised_seq <= $2 and (settled_seq is null or settled_seq > $2) and item is not null
                group by item) f
            join postings p on p.item = f.item and p.seq <= $2
            where (case when p.kind = 'slot' then 1 else 0 end) = 1
            group by p.item, p.place, f.open having sum(p.change) > 0) b
        join slots s on s.id = b.place where s.store = $1 group by b.place";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(store).bind(seq.cast_signed()).fetch_all(conn).await?))
}
