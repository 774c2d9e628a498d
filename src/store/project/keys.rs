//! People's keys, as their entries say.

use crate::{
    ledger::{Entry, KeyAct, RegisterKey},
    store::{Error, Tx, db::on, rows::one_row},
};

pub(super) async fn act(tx: &mut Tx, entry: &Entry, act: KeyAct<'_>) -> Result<(), Error> {
    const CONFIRM: &str = "update agency_keys set in_force_seq = $1 where key = $2";
    const REVOKE: &str = "update agency_keys set revoked_seq = $1, revocation = $2 where key = $3";
    let seq = entry.seq.cast_signed();
    let done = match act {
        KeyAct::Register(it) => return register(tx, seq, it).await,
        KeyAct::Confirm(it) => {
            on!(tx, conn => sqlx::query(CONFIRM).bind(seq).bind(&it.key).execute(conn).await?.rows_affected())
        }
        KeyAct::Revoke(it) => on!(tx, conn => sqlx::query(REVOKE)
            .bind(seq)
            .bind(&it.reason)
            .bind(&it.key)
            .execute(conn)
            .await?
            .rows_affected()),
    };
    one_row("key", done)
}

async fn register(tx: &mut Tx, seq: i64, it: &RegisterKey) -> Result<(), Error> {
    const SQL: &str =
        "insert into agency_keys (key, agency, unit, holder, public_pem, registered_seq, in_force_seq)
        values ($1, $2, $3, $4, $5, $6, $7)";
    let in_force = it.follows.is_some().then_some(seq);
    on!(tx, conn => sqlx::query(SQL)
        .bind(&it.key)
        .bind(it.agency)
        .bind(it.unit)
        .bind(it.holder)
        .bind(&it.public_pem)
        .bind(seq)
        .bind(in_force)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}
