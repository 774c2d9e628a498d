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
}

pub async fn add(tx: &mut Tx, station: &Station, token_hash: &[u8]) -> Result<(), Error> {
    const SQL: &str =
        "insert into stations (id, unit, name, page, token, disabled) values ($1, $2, $3, $4, $5, $6)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(station.id)
        .bind(station.unit)
        .bind(&station.name)
        .bind(&station.page)
        .bind(token_hash)
        .bind(station.disabled)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

pub async fn station(tx: &mut Tx, id: StationId) -> Result<Option<Station>, Error> {
    const SQL: &str = "select id, unit, name, page, disabled from stations where id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_optional(conn).await?))
}

/// The stations of a unit, by name.
pub async fn of_unit(tx: &mut Tx, unit: UnitId) -> Result<Vec<Station>, Error> {
    const SQL: &str = "select id, unit, name, page, disabled from stations
        where unit = $1 and not disabled order by name";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(unit).fetch_all(conn).await?))
}

pub async fn by_token(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Station>, Error> {
    const SQL: &str = "select id, unit, name, page, disabled from stations where token = $1 and not disabled";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(token_hash).fetch_optional(conn).await?))
}

/// Keeps an observation. False when this number was kept before: a repeat.
pub async fn keep_event(
    tx: &mut Tx,
    station: StationId,
    number: u64,
    (observed_at, received_at): (Moment, Moment),
    event: &str,
) -> Result<bool, Error> {
    const SQL: &str = "insert into station_events (station, number, observed_at, received_at, event)
        values ($1, $2, $3, $4, $5) on conflict (station, number) do nothing";
    let kept = on!(tx, conn => sqlx::query(SQL)
        .bind(station)
        .bind(number.cast_signed())
        .bind(observed_at)
        .bind(received_at)
        .bind(event)
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

/// The last thing this station was told about a scan or a weight.
pub async fn last_answer(tx: &mut Tx, station: StationId) -> Result<Option<String>, Error> {
    const SQL: &str = "select answer from station_events where station = $1 and answer like '{%'
        order by number desc limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(station).fetch_optional(conn).await?))
}

/// The highest number that is kept and handled. They are handled in order, so every number up to it is, too.
pub async fn last_event(tx: &mut Tx, station: StationId) -> Result<u64, Error> {
    const SQL: &str =
        "select coalesce(max(number), 0) from station_events where station = $1 and answer is not null";
    let number: i64 = on!(tx, conn => sqlx::query_scalar(SQL).bind(station).fetch_one(conn).await?);
    Ok(number.cast_unsigned())
}
