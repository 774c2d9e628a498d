//! Stations: the PCs at the counters, each with a token of its own, and what they observed.

use super::{Error, Tx, db::on};
use crate::{
    clock::Moment,
    id::{StationId, UnitId},
};

/// A station as the administrator entered it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Station {
    pub id: StationId,
    pub unit: UnitId,
    pub name: String,
    /// The address of the station's own page on its PC.
    pub page: String,
    pub disabled: bool,
    /// The public half of the key it proves itself with (PEM), once it is enrolled.
    #[serde(skip)]
    pub device_key: Option<String>,
}

/// A one-time code, by whose hash it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Invitation {
    pub station: StationId,
    pub made_at: Moment,
    pub expires_at: Moment,
    pub used_at: Option<Moment>,
}

/// From now on whoever has this token speaks as the station, as long as it has no key of its own.
pub async fn set_token(tx: &mut Tx, id: StationId, token_hash: &[u8]) -> Result<(), Error> {
    const SQL: &str = "update stations set token = $1 where id = $2";
    on!(tx, conn => sqlx::query(SQL).bind(token_hash).bind(id).execute(conn).await?.rows_affected());
    Ok(())
}

pub async fn station(tx: &mut Tx, id: StationId) -> Result<Option<Station>, Error> {
    const SQL: &str = "select id, unit, name, page, disabled, device_key from stations where id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_optional(conn).await?))
}

/// The stations of a unit, by name.
pub async fn of_unit(tx: &mut Tx, unit: UnitId) -> Result<Vec<Station>, Error> {
    const SQL: &str = "select id, unit, name, page, disabled, device_key from stations
        where unit = $1 and not disabled order by name";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(unit).fetch_all(conn).await?))
}

/// Every station, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Station>, Error> {
    const SQL: &str = "select id, unit, name, page, disabled, device_key from stations order by name";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?))
}

pub async fn invite(tx: &mut Tx, code_hash: &[u8], it: &Invitation) -> Result<(), Error> {
    const SQL: &str = "insert into invitations (code, station, made_at, expires_at) values ($1, $2, $3, $4)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(code_hash)
        .bind(it.station)
        .bind(it.made_at)
        .bind(it.expires_at)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

pub async fn invitation(tx: &mut Tx, code_hash: &[u8]) -> Result<Option<Invitation>, Error> {
    const SQL: &str = "select station, made_at, expires_at, used_at from invitations where code = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(code_hash).fetch_optional(conn).await?))
}

/// Until when a code of this station that was not used yet may be used.
pub async fn invited_until(tx: &mut Tx, id: StationId, now: Moment) -> Result<Option<Moment>, Error> {
    const SQL: &str = "select max(expires_at) from invitations
        where station = $1 and used_at is null and expires_at > $2";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(id).bind(now).fetch_one(conn).await?))
}

/// Codes of this station that were not used are used up.
pub async fn end_invitations(tx: &mut Tx, id: StationId, now: Moment) -> Result<(), Error> {
    const SQL: &str = "update invitations set used_at = $1 where station = $2 and used_at is null";
    on!(tx, conn => sqlx::query(SQL).bind(now).bind(id).execute(conn).await?.rows_affected());
    Ok(())
}

pub async fn by_token(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Station>, Error> {
    const SQL: &str =
        "select id, unit, name, page, disabled, device_key from stations where token = $1 and not disabled";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(token_hash).fetch_optional(conn).await?))
}

/// Keeps an observation as it was told, with the station's signature where there is one. False when this number was kept
/// before: a repeat.
pub async fn keep_event(
    tx: &mut Tx,
    station: StationId,
    number: u64,
    (observed_at, received_at): (Moment, Moment),
    (event, signature): (&str, Option<&str>),
) -> Result<bool, Error> {
    const SQL: &str =
        "insert into station_events (station, number, observed_at, received_at, event, signature)
        values ($1, $2, $3, $4, $5, $6) on conflict (station, number) do nothing";
    let kept = on!(tx, conn => sqlx::query(SQL)
        .bind(station)
        .bind(number.cast_signed())
        .bind(observed_at)
        .bind(received_at)
        .bind(event)
        .bind(signature)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(kept == 1)
}

/// What an observation was answered: nothing when it has not been handled yet.
pub async fn answer(tx: &mut Tx, station: StationId, number: u64) -> Result<Option<String>, Error> {
    const SQL: &str = "select answer from station_events where station = $1 and number = $2";
    let answer: Option<Option<String>> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(station)
        .bind(number.cast_signed())
        .fetch_optional(conn)
        .await?);
    Ok(answer.flatten())
}

/// Marks an observation as handled.
pub async fn set_answer(tx: &mut Tx, station: StationId, number: u64, answer: &str) -> Result<(), Error> {
    const SQL: &str = "update station_events set answer = $1 where station = $2 and number = $3";
    on!(tx, conn => sqlx::query(SQL)
        .bind(answer)
        .bind(station)
        .bind(number.cast_signed())
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// The last thing this station was told about a scan or a weight after this event.
pub async fn last_answer(tx: &mut Tx, station: StationId, after: u64) -> Result<Option<String>, Error> {
    const SQL: &str =
        "select answer from station_events where station = $1 and number > $2 and answer like '{%'
        order by number desc limit 1";
    let after = after.cast_signed();
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(station).bind(after).fetch_optional(conn).await?))
}

/// The highest number that is kept and handled. They are handled in order, so every number up to it is, too.
pub async fn last_event(tx: &mut Tx, station: StationId) -> Result<u64, Error> {
    const SQL: &str =
        "select coalesce(max(number), 0) from station_events where station = $1 and answer is not null";
    let number: i64 = on!(tx, conn => sqlx::query_scalar(SQL).bind(station).fetch_one(conn).await?);
    Ok(number.cast_unsigned())
}
