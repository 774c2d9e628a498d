//! The agencies' public keys, as the administrator registered them.

use super::{Error, Tx, db::on};
use crate::{clock::Moment, id::UnitId, ledger::signatures::RegisteredKey};

/// A registered key.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AgencyKey {
    /// First 16 hex digits of the SM3 of the key's SPKI DER.
    pub key: String,
    pub unit: UnitId,
    pub public_pem: String,
    pub added_at: Moment,
    pub revoked_at: Option<Moment>,
}

impl From<AgencyKey> for RegisteredKey {
    fn from(key: AgencyKey) -> RegisteredKey {
        let AgencyKey { key, unit, public_pem, revoked_at, .. } = key;
        RegisteredKey { key, unit, public_pem, revoked_at }
    }
}

/// Every key that was ever registered.
pub async fn all(tx: &mut Tx) -> Result<Vec<AgencyKey>, Error> {
    const SQL: &str = "select key, unit, public_pem, added_at, revoked_at from agency_keys order by key";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?))
}

/// Registers a key. The same key again changes nothing.
pub async fn register(tx: &mut Tx, key: &AgencyKey) -> Result<(), Error> {
    const SQL: &str = "insert into agency_keys (key, unit, public_pem, added_at) values ($1, $2, $3, $4)
        on conflict (key) do nothing";
    on!(tx, conn => sqlx::query(SQL)
        .bind(&key.key)
        .bind(key.unit)
        .bind(&key.public_pem)
        .bind(key.added_at)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<AgencyKey>, Error> {
    const SQL: &str = "select key, unit, public_pem, added_at, revoked_at from agency_keys where key = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(key).fetch_optional(conn).await?))
}

/// From now on nothing signed with this key is taken; what it signed before stays signed.
pub async fn revoke(tx: &mut Tx, key: &str, at: Moment) -> Result<(), Error> {
    const SQL: &str = "update agency_keys set revoked_at = $1 where key = $2 and revoked_at is null";
    on!(tx, conn => sqlx::query(SQL).bind(at).bind(key).execute(conn).await?.rows_affected());
    Ok(())
}
