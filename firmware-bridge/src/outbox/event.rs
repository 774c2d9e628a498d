//! Observations: numbered from 1 without gaps, kept until acknowledged.

use super::{Outbox, OutboxError, off_line};
use crate::identity::{Identity, IdentityError};
use crate::recent::Recent;
use hufu_wire::message::{Event, FromStation, Micros, Observation, SignedEvent};
use sqlx::{Row, SqliteConnection};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Something a device saw, before it has a number.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub at: Micros,
    pub what: Observation,
}

/// An event that waits, and how it is told: under the station's signature where it was signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    pub event: Event,
    pub signed: Option<SignedEvent>,
}

impl Waiting {
    pub fn message(self) -> FromStation {
        self.signed.map_or(FromStation::Event(self.event), FromStation::Signed)
    }
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

impl Outbox {
    /// Numbers and keeps observations, all or none, and returns their numbers. They are on the disk when this returns, and
    /// so is what the desk has made of them.
    pub async fn record(&self, seen: &[Seen]) -> Result<Vec<u64>, OutboxError> {
        let mut tx = self.write().await?;
        let before = off_line::read(&mut tx).await?;
        let mut desk = before.clone();
        let mut numbers = Vec::with_capacity(seen.len());
        for one in seen {
            let what = desk.take(one);
            numbers.push(insert(&mut tx, self.identity.as_deref(), &Seen { at: one.at, what }).await?);
        }
        if desk != before {
            off_line::write(&mut tx, &desk).await?;
        }
        tx.commit().await?;
        self.changed();
        Ok(numbers)
    }

    pub async fn numbers(&self) -> Result<Numbers, OutboxError> {
        let row = sqlx::query("select last, sent, acknowledged from numbers").fetch_one(&self.pool).await?;
        Ok(Numbers {
            last: unsigned(row.try_get("last")?),
            sent: unsigned(row.try_get("sent")?),
            acknowledged: unsigned(row.try_get("acknowledged")?),
        })
    }

    /// Takes up to `most` waiting events after `after`, in order, and remembers that they were put on a wire.
    pub async fn take_to_send(&self, after: u64, most: u32) -> Result<Vec<Event>, OutboxError> {
        Ok(self.take_waiting(after, most).await?.into_iter().map(|it| it.event).collect())
    }

    /// The same, each with its signature.
    pub async fn take_waiting(&self, after: u64, most: u32) -> Result<Vec<Waiting>, OutboxError> {
        let mut tx = self.write().await?;
        let rows = sqlx::query(
            "select number, observed_at, body, text, signature from event where number > $1
            order by number limit $2",
        )
        .bind(signed(after))
        .bind(most)
        .fetch_all(&mut *tx)
        .await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            let body: String = row.try_get("body")?;
            let (text, signature): (Option<String>, Option<String>) =
                (row.try_get("text")?, row.try_get("signature")?);
            events.push(Waiting {
                event: Event {
                    number: unsigned(row.try_get("number")?),
                    observed_at: row.try_get("observed_at")?,
                    what: serde_json::from_str(&body)?,
                },
                signed: text.zip(signature).map(|(text, signature)| SignedEvent { text, signature }),
            });
        }
        if let Some(last) = events.last() {
            sqlx::query("update numbers set sent = max(sent, $1)")
                .bind(signed(last.event.number))
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(events)
    }

    /// The server keeps everything up to this number: forget it here.
    pub async fn forget(&self, up_to: u64) -> Result<(), OutboxError> {
        let mut tx = self.write().await?;
        sqlx::query("delete from event where number <= $1").bind(signed(up_to)).execute(&mut *tx).await?;
        sqlx::query("update numbers set acknowledged = max(acknowledged, $1)")
            .bind(signed(up_to))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.changed();
        Ok(())
    }

    /// This file is younger than the server's memory of this station (it was lost or restored): the waiting events
    /// move behind the numbers the server already knows, in their order.
    pub async fn renumber(&self, after: u64) -> Result<(), OutboxError> {
        let mut tx = self.write().await?;
        let waiting: Vec<i64> =
            sqlx::query_scalar("select number from event order by number").fetch_all(&mut *tx).await?;
        let mut last = signed(after) + i64::try_from(waiting.len()).unwrap_or(i64::MAX);
        sqlx::query("update numbers set last = $1, sent = $2, acknowledged = $2")
            .bind(last)
            .bind(signed(after))
            .execute(&mut *tx)
            .await?;
        // From the back, so that no two events have the same number on the way.
        for number in waiting.into_iter().rev() {
            sqlx::query("update event set number = $1, text = null, signature = null where number = $2")
                .bind(last)
                .bind(number)
                .execute(&mut *tx)
                .await?;
            last -= 1;
        }
        sign_waiting(&mut tx, self.identity.as_deref()).await?;
        tx.commit().await?;
        self.changed();
        Ok(())
    }
}

/// Records what the devices see, many at a time under load, until every device is gone. When the disk refuses, what
/// was seen stays in memory and is tried again each second, and `trouble` says so.
pub async fn record_all(
    outbox: Outbox,
    recent: Recent,
    mut seen: mpsc::Receiver<Seen>,
    trouble: watch::Sender<Option<String>>,
) {
    let mut batch = Vec::new();
    while seen.recv_many(&mut batch, 256).await > 0 {
        let numbers = loop {
            match outbox.record(&batch).await {
                Ok(numbers) => break numbers,
                Err(error) => {
                    tracing::error!(%error, waiting = batch.len(), "observations could not be recorded");
                    trouble.send_replace(Some(error.to_string()));
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        };
        trouble.send_if_modified(|it| it.take().is_some());
        for (number, one) in numbers.into_iter().zip(batch.drain(..)) {
            if let Observation::Scan { device, text, .. } = &one.what {
                recent.scanned(number, one.at, device, text);
            }
        }
    }
}

/// Gives the next number, within the caller's transaction.
pub(super) async fn insert(
    tx: &mut SqliteConnection,
    identity: Option<&Identity>,
    seen: &Seen,
) -> Result<u64, OutboxError> {
    let number: i64 =
        sqlx::query_scalar("update numbers set last = last + 1 returning last").fetch_one(&mut *tx).await?;
    sqlx::query("insert into event (number, observed_at, body) values ($1, $2, $3)")
        .bind(number)
        .bind(seen.at)
        .bind(serde_json::to_string(&seen.what)?)
        .execute(&mut *tx)
        .await?;
    sign(tx, identity, unsigned(number), seen).await?;
    Ok(unsigned(number))
}

/// Signs what waits without a signature, where the station has a key.
pub(super) async fn sign_waiting(
    tx: &mut SqliteConnection,
    identity: Option<&Identity>,
) -> Result<(), OutboxError> {
    let rows = sqlx::query("select number, observed_at, body from event where signature is null")
        .fetch_all(&mut *tx)
        .await?;
    for row in rows {
        let body: String = row.try_get("body")?;
        let seen = Seen { at: row.try_get("observed_at")?, what: serde_json::from_str(&body)? };
        sign(tx, identity, unsigned(row.try_get("number")?), &seen).await?;
    }
    Ok(())
}

/// Puts the station's signature beside the event, where the station has a key.
async fn sign(
    tx: &mut SqliteConnection,
    identity: Option<&Identity>,
    number: u64,
    seen: &Seen,
) -> Result<(), OutboxError> {
    let Some(identity) = identity else { return Ok(()) };
    let event = Event { number, observed_at: seen.at, what: seen.what.clone() };
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
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    async fn outbox() -> (TempDir, Outbox) {
        let dir = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(&dir.path().join("outbox.db")).await.unwrap();
        (dir, outbox)
    }

    fn scan(text: &str) -> Seen {
        let what = Observation::Scan {
            device: "scanner".to_owned(),
            text: text.to_owned(),
            symbology: None,
            repeat: false,
        };
        Seen { at: 7, what }
    }

    async fn waiting(outbox: &Outbox) -> Vec<(u64, String)> {
        let events = outbox.take_to_send(0, 100).await.unwrap();
        events
            .into_iter()
            .map(|event| match event.what {
                Observation::Scan { text, .. } => (event.number, text),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[tokio::test]
    async fn events_are_numbered_without_gaps_and_kept_until_acknowledged() {
        let (dir, outbox) = outbox().await;
        outbox.record(&[scan("a"), scan("b")]).await.unwrap();
        outbox.record(&[scan("c")]).await.unwrap();
        outbox.forget(2).await.unwrap();
        assert_eq!(waiting(&outbox).await, [(3, "c".to_owned())]);
        outbox.forget(3).await.unwrap();
        drop(outbox);
        let again = Outbox::open(&dir.path().join("outbox.db")).await.unwrap();
        assert_eq!(again.numbers().await.unwrap(), Numbers { last: 3, sent: 3, acknowledged: 3 });
        again.record(&[scan("d")]).await.unwrap();
        assert_eq!(waiting(&again).await, [(4, "d".to_owned())]);
    }

    #[tokio::test]
    async fn a_lost_file_continues_behind_the_servers_numbers() {
        let (_dir, outbox) = outbox().await;
        outbox.record(&[scan("a"), scan("b"), scan("c")]).await.unwrap();
        outbox.renumber(2).await.unwrap();
        let expected = [(3, "a".to_owned()), (4, "b".to_owned()), (5, "c".to_owned())];
        assert_eq!(waiting(&outbox).await, expected);
        assert_eq!(outbox.numbers().await.unwrap(), Numbers { last: 5, sent: 5, acknowledged: 2 });
    }

    /// The server of an enrolled station takes nothing else.
    #[tokio::test]
    async fn what_waits_is_signed_under_the_number_it_has() {
        use hufu_wire::signature::SecretKey;
        let (_dir, outbox) = outbox().await;
        outbox.record(&[scan("a"), scan("b")]).await.unwrap();
        let key = SecretKey::generate(&mut getrandom::SysRng).unwrap();
        let identity = Identity::new(uuid::Uuid::from_u128(1), "x".to_owned(), key);
        let outbox = outbox.signed_by(std::sync::Arc::new(identity)).await.unwrap();
        outbox.record(&[scan("c")]).await.unwrap();
        outbox.renumber(7).await.unwrap();
        let waiting = outbox.take_waiting(0, 100).await.unwrap();
        assert_eq!(waiting.iter().map(|it| it.event.number).collect::<Vec<_>>(), [8, 9, 10]);
        for Waiting { event, signed } in waiting {
            assert_eq!(serde_json::from_str::<Event>(&signed.unwrap().text).unwrap(), event);
        }
    }

    #[tokio::test]
    async fn a_recorded_event_is_on_the_disk() {
        let (_dir, outbox) = outbox().await;
        let mut tx = outbox.write().await.unwrap();
        let mode: String = sqlx::query_scalar("pragma journal_mode").fetch_one(&mut *tx).await.unwrap();
        let full: i64 = sqlx::query_scalar("pragma synchronous").fetch_one(&mut *tx).await.unwrap();
        assert_eq!((mode.as_str(), full), ("wal", 2));
    }
}
