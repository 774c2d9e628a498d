//! The witnesses: who they are, what they have signed, and what they refused to sign.

use super::{Error, Tx, db::on};
use crate::{
    clock::Moment,
    id::{RefusalId, UnitId},
};

/// A registered witness.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Witness {
    pub name: String,
    /// As it printed it: `name+id+key`.
    pub key: String,
    pub unit: UnitId,
    pub added_at: Moment,
    pub revoked_at: Option<Moment>,
}

/// One line of a witness under a head.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Cosignature {
    pub witness: String,
    pub size: i64,
    pub line: String,
    pub signed_at: Moment,
    pub received_at: Moment,
}

/// What a witness would not sign, with the checkpoints that show why.
///
/// `size` is up to where it had signed here before.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Refusal {
    pub id: RefusalId,
    pub witness: String,
    pub size: i64,
    pub why: String,
    pub evidence: String,
    pub received_at: Moment,
}

/// Registers a witness. The same again changes nothing.
pub async fn register(tx: &mut Tx, witness: &Witness) -> Result<bool, Error> {
    const SQL: &str = "insert into witnesses (name, key, unit, added_at) values ($1, $2, $3, $4)
        on conflict do nothing";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(&witness.name)
        .bind(&witness.key)
        .bind(witness.unit)
        .bind(witness.added_at)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// From now on nothing that it signs is taken; what it signed before stays signed.
pub async fn revoke(tx: &mut Tx, name: &str, at: Moment) -> Result<bool, Error> {
    const SQL: &str = "update witnesses set revoked_at = $1 where name = $2 and revoked_at is null";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(at).bind(name).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// All of them, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Witness>, Error> {
    const SQL: &str = "select name, key, unit, added_at, revoked_at from witnesses order by name";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?))
}

/// Keeps a cosignature. The same head signed again by the same witness changes nothing.
pub async fn sign(tx: &mut Tx, cosignature: &Cosignature) -> Result<bool, Error> {
    const SQL: &str = "insert into cosignatures (witness, size, line, signed_at, received_at)
        values ($1, $2, $3, $4, $5) on conflict (witness, size) do nothing";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(&cosignature.witness)
        .bind(cosignature.size)
        .bind(&cosignature.line)
        .bind(cosignature.signed_at)
        .bind(cosignature.received_at)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// What each witness signed last.
pub async fn newest(tx: &mut Tx) -> Result<Vec<Cosignature>, Error> {
    const SQL: &str = "select witness, size, line, signed_at, received_at from cosignatures c
        where size = (select max(size) from cosignatures where witness = c.witness) order by witness";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?))
}

/// The lines under the head of this size.
pub async fn lines(tx: &mut Tx, size: u64) -> Result<Vec<String>, Error> {
    const SQL: &str = "select line from cosignatures where size = $1 order by witness";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(size.cast_signed()).fetch_all(conn).await?))
}

/// The largest head that a witness has signed.
pub async fn witnessed(tx: &mut Tx) -> Result<Option<u64>, Error> {
    const SQL: &str = "select max(size) from cosignatures";
    let size: Option<i64> = on!(tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await?);
    Ok(size.map(i64::cast_unsigned))
}

/// Keeps what a witness refused to sign.
pub async fn refuse(tx: &mut Tx, refusal: &Refusal) -> Result<bool, Error> {
    const SQL: &str = "insert into witness_refusals (id, witness, size, why, evidence, received_at)
        values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(refusal.id)
        .bind(&refusal.witness)
        .bind(refusal.size)
        .bind(&refusal.why)
        .bind(&refusal.evidence)
        .bind(refusal.received_at)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// A refusal without its evidence.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RefusalLine {
    pub witness: String,
    pub size: i64,
    pub why: String,
    pub received_at: Moment,
}

/// Every refusal, newest first, without the evidence.
pub async fn refused(tx: &mut Tx) -> Result<Vec<RefusalLine>, Error> {
    const SQL: &str = "select witness, size, why, received_at from witness_refusals
        order by received_at desc, id desc";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?))
}

/// The newest refusals, whole.
pub async fn refusals(tx: &mut Tx, limit: u32) -> Result<Vec<Refusal>, Error> {
    const SQL: &str = "select id, witness, size, why, evidence, received_at from witness_refusals
        order by received_at desc, id desc limit $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(i64::from(limit)).fetch_all(conn).await?))
}

/// When the first head beyond this size was sealed: since then a witness that signed up to it has been behind.
pub async fn behind_since(tx: &mut Tx, size: i64) -> Result<Option<Moment>, Error> {
    const SQL: &str = "select recorded_at from heads where size > $1 order by size limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(size).fetch_optional(conn).await?))
}
