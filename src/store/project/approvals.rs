//! Approvals follow from their entries, and are used up by the entries that rest on them.

use crate::{
    id::ApprovalId,
    ledger::{Approve, Entry},
    store::{
        Error, Tx,
        db::on,
        rows::{Column, Rows, one_row},
    },
};

pub(super) async fn approve(tx: &mut Tx, entry: &Entry, approve: &Approve) -> Result<(), Error> {
    const SQL: &str = "insert into approvals (id, act, approver, requester, purpose, expires_at, given_seq)
        values ($1, $2, $3, $4, $5, $6, $7)";
    const LINES: &str = "insert into approval_lines (approval, item, quantity) select * from {rows} as given";
    on!(tx, conn => sqlx::query(SQL)
        .bind(approve.approval)
        .bind(approve.act)
        .bind(entry.draft.actor)
        .bind(approve.requester)
        .bind(&approve.purpose)
        .bind(approve.expires_at)
        .bind(entry.seq.cast_signed())
        .execute(conn)
        .await?.rows_affected());
    Rows::new(vec![
        Column::Ids(vec![approve.approval.0; approve.lines.len()]),
        Column::Ids(approve.lines.iter().map(|line| line.item.0).collect()),
        Column::Numbers(approve.lines.iter().map(|line| line.quantity).collect()),
    ])
    .execute(tx, LINES)
    .await
}

/// The entry rests on these approvals: none of them works again.
pub(super) async fn used(tx: &mut Tx, entry: &Entry, approvals: &[ApprovalId]) -> Result<(), Error> {
    const SQL: &str = "update approvals set used_seq = $1 where id = $2";
    for approval in approvals {
        let done = on!(tx, conn => sqlx::query(SQL)
            .bind(entry.seq.cast_signed())
            .bind(approval)
            .execute(conn)
            .await?.rows_affected());
        one_row("approval", done)?;
    }
    Ok(())
}
