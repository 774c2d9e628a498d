//! What came by which receipt, and what one delivery puts together, follow from the entries.

use crate::{
    ledger::{Delivery, Entry, Receive},
    store::{
        Error, Tx,
        rows::{Column, Rows},
    },
};

pub(super) async fn receipt(tx: &mut Tx, entry: &Entry, receive: &Receive) -> Result<(), Error> {
    const SQL: &str = "insert into receipt_lines (receipt, item, unit, delivered_by)
        select * from {rows} as given";
    let lines = receive.lines.len();
    Rows::new(vec![
        Column::Numbers(vec![entry.seq.cast_signed(); lines]),
        Column::Ids(receive.lines.iter().map(|line| line.item.0).collect()),
        Column::Ids(vec![entry.draft.unit.0; lines]),
        Column::Ids(vec![receive.delivered_by.0; lines]),
    ])
    .execute(tx, SQL)
    .await
}

pub(super) async fn conclude(tx: &mut Tx, entry: &Entry, delivery: &Delivery) -> Result<(), Error> {
    const LINES: &str = "update receipt_lines set delivery = given.column3 from {rows} as given
        where receipt_lines.receipt = given.column1 and receipt_lines.item = given.column2";
    const MISSING: &str = "insert into missing_lines (delivery, item, owed_by, quantity)
        select * from {rows} as given";
    let seq = entry.seq.cast_signed();
    Rows::new(vec![
        Column::Numbers(delivery.lines.iter().map(|line| line.receipt.cast_signed()).collect()),
        Column::Ids(delivery.lines.iter().map(|line| line.item.0).collect()),
        Column::Numbers(vec![seq; delivery.lines.len()]),
    ])
    .execute(tx, LINES)
    .await?;
    Rows::new(vec![
        Column::Numbers(vec![seq; delivery.missing.len()]),
        Column::Ids(delivery.missing.iter().map(|line| line.item.0).collect()),
        Column::Ids(delivery.missing.iter().map(|line| line.owed_by.0).collect()),
        Column::Numbers(delivery.missing.iter().map(|line| line.quantity).collect()),
    ])
    .execute(tx, MISSING)
    .await
}
