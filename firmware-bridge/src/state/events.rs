//! Observations: numbered from 1 without gaps, kept until acknowledged.

use super::database::Database;
use super::journal::{self, NewEvent, Numbers, signed, unsigned};
use super::{StateError, session};
use crate::recent::RecentScans;
use hufu_wire::message::{Event, FromStation, Observation, SignedEvent};
use sqlx::Row;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// An unacknowledged event, with the station's signature over it if it was signed.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    pub event: Event,
    pub signed: Option<SignedEvent>,
}

impl StoredEvent {
    pub fn message(self) -> FromStation {
        self.signed.map_or(FromStation::Event(self.event), FromStation::Signed)
    }
}

#[derive(Clone)]
pub struct Events(Database);

impl Events {
    pub(super) fn new(database: Database) -> Events {
        Events(database)
    }

    /// Numbers and keeps observations, all or none, and returns their numbers. They are on the disk when this returns, and
    /// so is what the off-line session has made of them.
    pub async fn record(&self, events: &[NewEvent]) -> Result<Vec<u64>, StateError> {
        let mut tx = self.0.write().await?;
        let before = session::read(&mut tx).await?;
        let mut session = before.clone();
        let mut numbers = Vec::with_capacity(events.len());
        for event in events {
            let what = session.take(event);
            let event = NewEvent { at: event.at, what };
            numbers.push(journal::insert(&mut tx, self.0.identity(), &event).await?);
        }
        if session != before {
            session::write(&mut tx, &session).await?;
        }
        tx.commit().await?;
        self.0.changed();
        Ok(numbers)
    }

    pub async fn numbers(&self) -> Result<Numbers, StateError> {
        let row = sqlx::query("select last, sent, acknowledged from numbers").fetch_one(&self.0.pool).await?;
        Ok(Numbers {
            last: unsigned(row.try_get("last")?),
            sent: unsigned(row.try_get("sent")?),
            acknowledged: unsigned(row.try_get("acknowledged")?),
        })
    }

    /// Up to `most` waiting events after `after`, in order; they are remembered as put on a wire.
    pub async fn to_send(&self, after: u64, most: u32) -> Result<Vec<StoredEvent>, StateError> {
        let mut tx = self.0.write().await?;
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
            events.push(StoredEvent {
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
    pub async fn forget(&self, up_to: u64) -> Result<(), StateError> {
        let mut tx = self.0.write().await?;
        sqlx::query("delete from event where number <= $1").bind(signed(up_to)).execute(&mut *tx).await?;
        sqlx::query("update numbers set acknowledged = max(acknowledged, $1)")
            .bind(signed(up_to))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.0.changed();
        Ok(())
    }

    /// Signs what waits without a signature, where the station has a key.
    pub(super) async fn sign_waiting(&self) -> Result<(), StateError> {
        let mut tx = self.0.write().await?;
        journal::sign_waiting(&mut tx, self.0.identity()).await?;
        Ok(tx.commit().await?)
    }

    /// This file is younger than the server's memory of this station (it was lost or restored): the waiting events
    /// move behind the numbers the server already knows, in their order.
    pub async fn renumber(&self, after: u64) -> Result<(), StateError> {
        let mut tx = self.0.write().await?;
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
        journal::sign_waiting(&mut tx, self.0.identity()).await?;
        tx.commit().await?;
        self.0.changed();
        Ok(())
    }
}

/// Records observations in batches until every sender is dropped. While the disk refuses, the batch stays in memory, is
/// retried each second, and `trouble` holds the reason.
pub async fn record_all(
    events: Events,
    recent: RecentScans,
    mut observed: mpsc::Receiver<NewEvent>,
    trouble: watch::Sender<Option<String>>,
) {
    let mut batch = Vec::new();
    while observed.recv_many(&mut batch, 256).await > 0 {
        let numbers = loop {
            match events.record(&batch).await {
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

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;
    use crate::identity::Identity;
    use tempfile::TempDir;

    async fn state() -> (TempDir, State) {
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(&dir.path().join("outbox.db")).await.unwrap();
        (dir, state)
    }

    fn scan(text: &str) -> NewEvent {
        let what = Observation::Scan {
            device: "scanner".to_owned(),
            text: text.to_owned(),
            symbology: None,
            repeat: false,
        };
        NewEvent { at: 7, what }
    }

    async fn waiting(state: &State) -> Vec<(u64, String)> {
        let events = state.events.to_send(0, 100).await.unwrap();
        events
            .into_iter()
            .map(|StoredEvent { event, .. }| match event.what {
                Observation::Scan { text, .. } => (event.number, text),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[tokio::test]
    async fn events_are_numbered_without_gaps_and_kept_until_acknowledged() {
        let (dir, state) = state().await;
        state.events.record(&[scan("a"), scan("b")]).await.unwrap();
        state.events.record(&[scan("c")]).await.unwrap();
        state.events.forget(2).await.unwrap();
        assert_eq!(waiting(&state).await, [(3, "c".to_owned())]);
        state.events.forget(3).await.unwrap();
        drop(state);
        let again = State::open(&dir.path().join("outbox.db")).await.unwrap();
        assert_eq!(again.events.numbers().await.unwrap(), Numbers { last: 3, sent: 3, acknowledged: 3 });
        again.events.record(&[scan("d")]).await.unwrap();
        assert_eq!(waiting(&again).await, [(4, "d".to_owned())]);
    }

    #[tokio::test]
    async fn a_lost_file_continues_behind_the_servers_numbers() {
        let (_dir, state) = state().await;
        state.events.record(&[scan("a"), scan("b"), scan("c")]).await.unwrap();
        state.events.renumber(2).await.unwrap();
        let expected = [(3, "a".to_owned()), (4, "b".to_owned()), (5, "c".to_owned())];
        assert_eq!(waiting(&state).await, expected);
        assert_eq!(state.events.numbers().await.unwrap(), Numbers { last: 5, sent: 5, acknowledged: 2 });
    }

    /// The server of an enrolled station takes nothing else.
    #[tokio::test]
    async fn what_waits_is_signed_under_the_number_it_has() {
        use hufu_wire::signature::SecretKey;
        let (_dir, state) = state().await;
        state.events.record(&[scan("a"), scan("b")]).await.unwrap();
        let key = SecretKey::generate(&mut getrandom::SysRng).unwrap();
        let identity = Identity::new(uuid::Uuid::from_u128(1), "x".to_owned(), key);
        let state = state.signed_by(std::sync::Arc::new(identity)).await.unwrap();
        state.events.record(&[scan("c")]).await.unwrap();
        state.events.renumber(7).await.unwrap();
        let waiting = state.events.to_send(0, 100).await.unwrap();
        assert_eq!(waiting.iter().map(|it| it.event.number).collect::<Vec<_>>(), [8, 9, 10]);
        for StoredEvent { event, signed } in waiting {
            assert_eq!(serde_json::from_str::<Event>(&signed.unwrap().text).unwrap(), event);
        }
    }

    #[tokio::test]
    async fn a_recorded_event_is_on_the_disk() {
        let (_dir, state) = state().await;
        let mut tx = state.database.write().await.unwrap();
        let mode: String = sqlx::query_scalar("pragma journal_mode").fetch_one(&mut *tx).await.unwrap();
        let full: i64 = sqlx::query_scalar("pragma synchronous").fetch_one(&mut *tx).await.unwrap();
        assert_eq!((mode.as_str(), full), ("wal", 2));
    }
}
