//! The next number of an event and its signature, within the transaction of whatever the event tells of: a sudden end never
//! leaves one without the other.

use super::StateError;
use crate::identity::{Identity, IdentityError};
use hufu_wire::message::{Event, Micros, Observation, SignedEvent};
use sqlx::{Row, SqliteConnection};

/// Something that was observed and has no number yet.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    pub at: Micros,
    pub what: Observation,
}

/// Where the numbering stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// The last number ever given.
    pub last: u64,
    /// The highest number ever put on a wire.
    pub sent: u64,
    /// Everything up to here is kept by the server.
    pub acknowledged: u64,
}

impl Numbers {
    /// Events that wait for the server.
    pub fn waiting(self) -> u64 {
        self.last - self.acknowledged
    }
}

/// Gives the next number, within the caller's transaction.
pub(super) async fn insert(
    tx: &mut SqliteConnection,
    identity: Option<&Identity>,
    event: &NewEvent,
) -> Result<u64, StateError> {
    let number: i64 =
        sqlx::query_scalar("update numbers set last = last + 1 returning last").fetch_one(&mut *tx).await?;
    sqlx::query("insert into event (number, observed_at, body) values ($1, $2, $3)")
        .bind(number)
        .bind(event.at)
        .bind(serde_json::to_string(&event.what)?)
        .execute(&mut *tx)
        .await?;
    sign(tx, identity, unsigned(number), event).await?;
    Ok(unsigned(number))
}

/// Signs what waits without a signature, where the station has a key.
pub(super) async fn sign_waiting(
    tx: &mut SqliteConnection,
    identity: Option<&Identity>,
) -> Result<(), StateError> {
    let rows = sqlx::query("select number, observed_at, body from event where signature is null")
        .fetch_all(&mut *tx)
        .await?;
    for row in rows {
        let body: String = row.try_get("body")?;
        let event = NewEvent { at: row.try_get("observed_at")?, what: serde_json::from_str(&body)? };
        sign(tx, identity, unsigned(row.try_get("number")?), &event).await?;
    }
    Ok(())
}

/// Puts the station's signature beside the event, where the station has a key.
async fn sign(
    tx: &mut SqliteConnection,
    identity: Option<&Identity>,
    number: u64,
    event: &NewEvent,
) -> Result<(), StateError> {
    let Some(identity) = identity else { return Ok(()) };
    let event = Event { number, observed_at: event.at, what: event.what.clone() };
    let SignedEvent { text, signature } =
        identity.seal(serde_json::to_string(&event)?).map_err(IdentityError::from)?;
    sqlx::query("update event set text = $1, signature = $2 where number = $3")
        .bind(text)
        .bind(signature)
        .bind(signed(number))
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// `SQLite` integers are signed; numbers never come near the limit.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
