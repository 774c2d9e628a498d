//! The balances of both books after a batch: only the rows that differ from before are written, each table in one
//! statement.

use crate::{
    id::ItemId,
    ledger::{DutyAccount, State, StockAccount},
    store::{CHUNK, Error, Tx, db::on, journal::duty_parts},
};
use sqlx::QueryBuilder;
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

async fn clear_stock(tx: &mut Tx, gone: &[(ItemId, StockAccount)]) -> Result<(), Error> {
    const SQL: &str = "delete from stock_balances where (item, kind, place) in (";
    for chunk in gone.chunks(CHUNK) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, (item, account)| {
                row.push_bind(*item).push_bind(account.kind()).push_bind(account.place());
            });
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

async fn set_stock(tx: &mut Tx, changed: &[((ItemId, StockAccount), i64)]) -> Result<(), Error> {
    const SQL: &str = "insert into stock_balances (item, kind, place, quantity) ";
    const CHANGE: &str = " on conflict (item, kind, place) do update set quantity = excluded.quantity";
    for chunk in changed.chunks(CHUNK) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, ((item, account), quantity)| {
                row.push_bind(*item)
                    .push_bind(account.kind())
                    .push_bind(account.place())
                    .push_bind(*quantity);
            });
            query.push(CHANGE).build().execute(conn).await?;
        });
    }
    Ok(())
}

async fn clear_duty(tx: &mut Tx, gone: &[(ItemId, DutyAccount)]) -> Result<(), Error> {
    const SQL: &str = "delete from duty_balances where (item, kind, unit, case_id) in (";
    for chunk in gone.chunks(CHUNK) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, (item, account)| {
                let (kind, unit, case) = duty_parts(account);
                row.push_bind(*item).push_bind(kind).push_bind(unit).push_bind(case);
            });
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

async fn set_duty(tx: &mut Tx, changed: &[((ItemId, DutyAccount), i64)]) -> Result<(), Error> {
    const SQL: &str = "insert into duty_balances (item, kind, unit, case_id, quantity) ";
    const CHANGE: &str =
        " on conflict (item, kind, unit, case_id) do update set quantity = excluded.quantity";
    for chunk in changed.chunks(CHUNK) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, ((item, account), quantity)| {
                let (kind, unit, case) = duty_parts(account);
                row.push_bind(*item)
                    .push_bind(kind)
                    .push_bind(unit)
                    .push_bind(case)
                    .push_bind(*quantity);
            });
            query.push(CHANGE).build().execute(conn).await?;
        });
    }
    Ok(())
}

async fn set_open(tx: &mut Tx, open: &[(ItemId, i64)]) -> Result<(), Error> {
    // Both engines call the columns of a list of values so.
    const SQL: &str = "update items set open_quantity = given.column2 from (";
    const WHERE: &str = ") as given where items.id = given.column1";
    for chunk in open.chunks(CHUNK) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, (item, quantity)| {
                row.push_bind(*item).push_bind(*quantity);
            });
            query.push(WHERE).build().execute(conn).await?;
        });
    }
    Ok(())
}
