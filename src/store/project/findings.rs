//! Differences, counts and declared errors follow from the entries that raise, state, settle and correct them.

use crate::{
    ledger::{Correct, CountStatement, DeclareError, Entry, RaisedDifference, SettleDifference},
    store::{
        Error, Tx,
        db::on,
        rows::{Column, Rows, one_row},
    },
};

pub(super) async fn raise(tx: &mut Tx, entry: &Entry, raised: &[&RaisedDifference]) -> Result<(), Error> {
    const SQL: &str =
        "insert into differences (id, class, item, finding, owner, due_at, raised_seq, brought_by,
            case_id, photograph)
        select * from {rows} as given";
    Rows::new(vec![
        Column::Ids(raised.iter().map(|it| it.difference.0).collect()),
        Column::Texts(raised.iter().map(|it| it.class.word()).collect()),
        Column::OptionalIds(raised.iter().map(|it| it.item.map(|item| item.0)).collect()),
        Column::Texts(raised.iter().map(|it| it.finding.as_str()).collect()),
        Column::Ids(raised.iter().map(|it| it.owner.0).collect()),
        Column::Numbers(raised.iter().map(|it| it.due_at.0).collect()),
        Column::Numbers(vec![entry.seq.cast_signed(); raised.len()]),
        Column::OptionalIds(raised.iter().map(|it| it.brought_by.map(|person| person.0)).collect()),
        Column::OptionalIds(raised.iter().map(|it| it.case.map(|case| case.0)).collect()),
        Column::OptionalTexts(raised.iter().map(|it| it.photograph.as_deref()).collect()),
    ])
    .execute(tx, SQL)
    .await
}

pub(super) async fn settle(tx: &mut Tx, entry: &Entry, settle: &SettleDifference) -> Result<(), Error> {
    const SQL: &str = "update differences set settled_seq = $1, settlement = $2 where id = $3";
    let done = on!(tx, conn => sqlx::query(SQL)
        .bind(entry.seq.cast_signed())
        .bind(&settle.finding)
        .bind(settle.difference)
        .execute(conn)
        .await?.rows_affected());
    one_row("difference", done)
}

/// A count that was looked at here has a row since it began; a statement from elsewhere has none.
pub(super) async fn count(tx: &mut Tx, entry: &Entry, count: &CountStatement) -> Result<(), Error> {
    const SQL: &str = "update counts set statement_seq = $1 where id = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(entry.seq.cast_signed())
        .bind(count.count)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

pub(super) async fn declare(tx: &mut Tx, entry: &Entry, error: &DeclareError) -> Result<(), Error> {
    const SQL: &str = "insert into declared_errors (declaration, wrong_seq) values ($1, $2)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(entry.seq.cast_signed())
        .bind(error.wrong_seq.cast_signed())
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

/// The error is corrected; what is written of items follows in [`super::items::describe`].
pub(super) async fn correct(tx: &mut Tx, entry: &Entry, correct: &Correct) -> Result<(), Error> {
    const SQL: &str = "update declared_errors set corrected = $1 where declaration = $2";
    let done = on!(tx, conn => sqlx::query(SQL)
        .bind(entry.seq.cast_signed())
        .bind(correct.declaration.cast_signed())
        .execute(conn)
        .await?.rows_affected());
    one_row("error declaration", done)
}
