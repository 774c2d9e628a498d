//! How many items lie in each store, and in all stores of a unit, kept as they come and go: a desk reads one row of each.

use super::{
    Error, Tx,
    db::on,
    places,
    rows::{Column, Rows},
};
use crate::{
    id::{ItemId, SlotId, StoreId, UnitId},
    ledger::{State, StockAccount},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Brings the sums from one state to the other.
pub async fn follow(tx: &mut Tx, before: &State, after: &State) -> Result<(), Error> {
    const SQL: &str =
        "insert into keeper_sums (keeper, items, places) select * from {rows} as given where true
        on conflict (keeper) do update set items = keeper_sums.items + excluded.items,
            places = keeper_sums.places + excluded.places";
    let moved: Vec<[BTreeSet<SlotId>; 2]> = after
        .items
        .keys()
        .map(|item| [slots(before, *item), slots(after, *item)])
        .filter(|[then, now]| then != now)
        .collect();
    let stores = places::stores_of(tx, &moved.iter().flatten().flatten().copied().collect()).await?;
    // By keeper: how many items and places more, or fewer.
    let mut more: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
    for lying in moved {
        for (slots, sign) in lying.into_iter().zip([-1, 1]) {
            let mut keepers: BTreeMap<Uuid, i64> = BTreeMap::new();
            for store in slots.iter().filter_map(|slot| stores.get(slot)) {
                for keeper in [store.id.0, store.unit.0] {
                    *keepers.entry(keeper).or_default() += 1;
                }
            }
            for (keeper, places) in keepers {
                let (items, of_places) = more.entry(keeper).or_default();
                *items += sign;
                *of_places += sign * places;
            }
        }
    }
    more.retain(|_, change| *change != (0, 0));
    Rows::new(vec![
        Column::Ids(more.keys().copied().collect()),
        Column::Numbers(more.values().map(|(items, _)| *items).collect()),
        Column::Numbers(more.values().map(|(_, places)| *places).collect()),
    ])
    .execute(tx, SQL)
    .await
}

fn slots(state: &State, item: ItemId) -> BTreeSet<SlotId> {
    let slot = |account: &StockAccount| match account {
        StockAccount::Slot(slot) => Some(*slot),
        _ => None,
    };
    state.stock_of(item).filter_map(|((_, account), _)| slot(account)).collect()
}

/// What the balances add up to.
const DERIVED: &str = "select s.store as keeper, count(distinct b.item) as items, count(*) as places
        from stock_balances b join slots s on s.id = b.place where b.kind = 'slot' group by s.store
    union all select t.unit, count(distinct b.item), count(*)
        from stock_balances b join slots s on s.id = b.place join stores t on t.id = s.store
        where b.kind = 'slot' group by t.unit";

/// Adds everything up anew, in place of what is stored.
pub async fn add_up(tx: &mut Tx) -> Result<(), Error> {
    let add = format!("insert into keeper_sums (keeper, items, places) {DERIVED}");
    for sql in ["delete from keeper_sums".to_owned(), add] {
        on!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(sql)).execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// The stores and units of which something else is stored than follows from the balances: the last entry that put something there (0
/// where there is none), and their names.
pub async fn wrong(tx: &mut Tx) -> Result<Vec<(i64, String)>, Error> {
    const LAST: &str = "select coalesce(max(p.seq), 0), coalesce((select name from stores where id = $1),
            (select name from units where id = $1), '')
        from postings p where p.kind = 'slot'
            and p.place in (select s.id from slots s join stores t on t.id = s.store where t.id = $1 or t.unit = $1)";
    const STORED: &str = "select keeper, items, places from keeper_sums where items <> 0 or places <> 0";
    let derived = format!("select * from ({DERIVED}) derived");
    let sql = format!(
        "select keeper from ({derived} except {STORED}) missing union select keeper from ({STORED} except {derived}) unfounded"
    );
    let keepers: Vec<Uuid> =
        on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?);
    let mut wrong = Vec::new();
    for keeper in keepers {
        wrong.push(on!(tx, conn => sqlx::query_as(LAST).bind(keeper).fetch_one(conn).await?));
    }
    Ok(wrong)
}

/// Items in the stores of a unit.
pub async fn of_unit(tx: &mut Tx, unit: UnitId) -> Result<i64, Error> {
    const SQL: &str = "select coalesce((select items from keeper_sums where keeper = $1), 0)";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(unit).fetch_one(conn).await?))
}

/// The slots of a store, and what lies in each, added up: (slots, things).
pub async fn of_store(tx: &mut Tx, store: StoreId) -> Result<(i64, i64), Error> {
    const SQL: &str = "select (select count(*) from slots where store = $1),
        coalesce((select places from keeper_sums where keeper = $1), 0)";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(store).fetch_one(conn).await?))
}
