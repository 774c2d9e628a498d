//! The balances of both books after a batch: only the rows that differ from before are written, each table in one
//! statement.

use crate::{
    id::ItemId,
    ledger::{DutyAccount, State, StockAccount},
    store::{
        Error, Tx,
        journal::duty_parts,
        rows::{Column, Rows},
    },
};
use std::collections::BTreeMap;

/// Brings the stored balances from one state to the other.
pub async fn balances(tx: &mut Tx, before: &State, after: &State) -> Result<(), Error> {
    let (gone, changed) = difference(&before.stock, &after.stock);
    clear_stock(tx, &gone).await?;
    set_stock(tx, &changed).await?;
    let (gone, changed) = difference(&before.duty, &after.duty);
    clear_duty(tx, &gone).await?;
    set_duty(tx, &changed).await?;
    set_open(tx, &open_quantities(before, after)).await
}

/// The keys that are there no more, and the balances that are new or other than they were.
fn difference<K: Ord + Copy>(before: &BTreeMap<K, i64>, after: &BTreeMap<K, i64>) -> (Vec<K>, Vec<(K, i64)>) {
    let gone = before.keys().filter(|key| !after.contains_key(key)).copied();
    let changed = after.iter().filter(|(key, quantity)| before.get(key) != Some(quantity));
    (gone.collect(), changed.map(|(key, quantity)| (*key, *quantity)).collect())
}

/// What is still in care, of each item that is new or of which it has changed.
fn open_quantities(before: &State, after: &State) -> Vec<(ItemId, i64)> {
    let known = |item: &ItemId| before.items.contains_key(item).then(|| before.open_quantity(*item));
    let now = after.items.keys().map(|item| (*item, after.open_quantity(*item)));
    now.filter(|(item, open)| known(item) != Some(*open)).collect()
}

// The item is the way to its balances. There are indexes by place and by party too, which a planner without fresh figures
// takes for as good, and walks through all that lies there for each row; a column within an expression is in no index.
async fn clear_stock(tx: &mut Tx, gone: &[(ItemId, StockAccount)]) -> Result<(), Error> {
    const SQL: &str =
        "delete from stock_balances where (item, coalesce(kind, kind), coalesce(place, place)) in {rows}";
    Rows::new(vec![
        Column::Ids(gone.iter().map(|(item, _)| item.0).collect()),
        Column::Texts(gone.iter().map(|(_, account)| account.kind()).collect()),
        Column::Ids(gone.iter().map(|(_, account)| account.place()).collect()),
    ])
    .execute(tx, SQL)
    .await
}

// `where true` keeps SQLite from reading `on conflict` as a part of the join (its documentation of UPSERT, "Parsing
// Ambiguity").
async fn set_stock(tx: &mut Tx, changed: &[((ItemId, StockAccount), i64)]) -> Result<(), Error> {
    const SQL: &str = "insert into stock_balances (item, kind, place, quantity)
        select * from {rows} as given where true
        on conflict (item, kind, place) do update set quantity = excluded.quantity";
    Rows::new(vec![
        Column::Ids(changed.iter().map(|((item, _), _)| item.0).collect()),
        Column::Texts(changed.iter().map(|((_, account), _)| account.kind()).collect()),
        Column::Ids(changed.iter().map(|((_, account), _)| account.place()).collect()),
        Column::Numbers(changed.iter().map(|(_, quantity)| *quantity).collect()),
    ])
    .execute(tx, SQL)
    .await
}

async fn clear_duty(tx: &mut Tx, gone: &[(ItemId, DutyAccount)]) -> Result<(), Error> {
    const SQL: &str = "delete from duty_balances
        where (item, coalesce(kind, kind), coalesce(unit, unit), coalesce(case_id, case_id)) in {rows}";
    let parts: Vec<_> = gone.iter().map(|(_, account)| duty_parts(account)).collect();
    Rows::new(vec![
        Column::Ids(gone.iter().map(|(item, _)| item.0).collect()),
        Column::Texts(parts.iter().map(|(kind, _, _)| *kind).collect()),
        Column::Ids(parts.iter().map(|(_, unit, _)| unit.0).collect()),
        Column::Ids(parts.iter().map(|(_, _, case)| case.0).collect()),
    ])
    .execute(tx, SQL)
    .await
}

async fn set_duty(tx: &mut Tx, changed: &[((ItemId, DutyAccount), i64)]) -> Result<(), Error> {
    const SQL: &str = "insert into duty_balances (item, kind, unit, case_id, quantity)
        select * from {rows} as given where true
        on conflict (item, kind, unit, case_id) do update set quantity = excluded.quantity";
    let parts: Vec<_> = changed.iter().map(|((_, account), _)| duty_parts(account)).collect();
    Rows::new(vec![
        Column::Ids(changed.iter().map(|((item, _), _)| item.0).collect()),
        Column::Texts(parts.iter().map(|(kind, _, _)| *kind).collect()),
        Column::Ids(parts.iter().map(|(_, unit, _)| unit.0).collect()),
        Column::Ids(parts.iter().map(|(_, _, case)| case.0).collect()),
        Column::Numbers(changed.iter().map(|(_, quantity)| *quantity).collect()),
    ])
    .execute(tx, SQL)
    .await
}

async fn set_open(tx: &mut Tx, open: &[(ItemId, i64)]) -> Result<(), Error> {
    const SQL: &str =
        "update items set open_quantity = given.column2 from {rows} as given where items.id = given.column1";
    Rows::new(vec![
        Column::Ids(open.iter().map(|(item, _)| item.0).collect()),
        Column::Numbers(open.iter().map(|(_, quantity)| *quantity).collect()),
    ])
    .execute(tx, SQL)
    .await
}
