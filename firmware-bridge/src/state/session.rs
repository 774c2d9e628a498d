//! The off-line session on the disk: what the page is doing while no server is there. Each of its acts and the event that
//! tells of it are one write, so that a sudden end loses neither, and never has one without the other.

use super::database::Database;
use super::journal::{self, NewEvent};
use super::offline_session::{Counting, OfflineSession, Receiving};
use super::{StateError, StuckLabel, jobs, labels};
use hufu_wire::message::{Micros, Observation, Receipt};
use sqlx::SqliteConnection;
use uuid::Uuid;

/// The result of keeping the item being received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeepOutcome {
    /// It is an event of this number.
    Recorded(u64),
    /// The label is already on another item; nothing was kept.
    LabelUsed(StuckLabel),
    NothingInHand,
}

#[derive(Clone)]
pub struct Session(Database);

impl Session {
    pub(super) fn new(database: Database) -> Session {
        Session(database)
    }

    pub async fn current(&self) -> Result<OfflineSession, StateError> {
        let mut connection = self.0.pool.acquire().await?;
        read(&mut connection).await
    }

    /// Begins receiving items. A session already begun is kept: two open pages must not reset each other.
    pub async fn begin_receiving(&self, receipt: Receipt) -> Result<(), StateError> {
        let receiving = Receiving { id: Uuid::new_v4(), receipt, ..Receiving::default() };
        self.begin(OfflineSession::Receiving(receiving)).await
    }

    /// Begins a count. A session already begun is kept.
    pub async fn begin_counting(&self, by: &str) -> Result<(), StateError> {
        let counting = Counting { id: Uuid::new_v4(), by: by.to_owned(), ..Counting::default() };
        self.begin(OfflineSession::Counting(counting)).await
    }

    async fn begin(&self, session: OfflineSession) -> Result<(), StateError> {
        let mut tx = self.0.write().await?;
        if read(&mut tx).await? == OfflineSession::Idle {
            write(&mut tx, &session).await?;
        }
        tx.commit().await?;
        self.0.changed();
        Ok(())
    }

    /// Changes the item being received; does nothing if there is none.
    pub async fn fill_in(&self, change: impl FnOnce(&mut Receiving)) -> Result<(), StateError> {
        let mut tx = self.0.write().await?;
        if let OfflineSession::Receiving(mut receiving) = read(&mut tx).await? {
            change(&mut receiving);
            write(&mut tx, &OfflineSession::Receiving(receiving)).await?;
        }
        tx.commit().await?;
        self.0.changed();
        Ok(())
    }

    /// Ends the session: scans go to the server again. An item not yet kept is discarded.
    pub async fn end(&self) -> Result<(), StateError> {
        let mut tx = self.0.write().await?;
        write(&mut tx, &OfflineSession::Idle).await?;
        tx.commit().await?;
        self.0.changed();
        Ok(())
    }

    /// Records the item as an event and begins the next one. Refused if the label is already on another item.
    pub async fn keep_receipt(&self, at: Micros) -> Result<KeepOutcome, StateError> {
        let mut tx = self.0.write().await?;
        let OfflineSession::Receiving(receiving) = read(&mut tx).await? else {
            return Ok(KeepOutcome::NothingInHand);
        };
        let Receipt { code, name, .. } = &receiving.receipt;
        if let Some(other) = labels::stick(&mut tx, code, name, at).await? {
            return Ok(KeepOutcome::LabelUsed(other));
        }
        let what = Observation::Received(receiving.receipt.clone());
        let number = journal::insert(&mut tx, self.0.identity(), &NewEvent { at, what }).await?;
        write(&mut tx, &OfflineSession::Receiving(receiving.next(Uuid::new_v4()))).await?;
        tx.commit().await?;
        self.0.changed();
        Ok(KeepOutcome::Recorded(number))
    }

    /// Queues the next blank label for printing. A label printed before for this item and not stuck on it is recorded as
    /// spoiled. False if no blank label is left or no item is being received.
    pub async fn print_label(&self, spoiled: &str, at: Micros) -> Result<bool, StateError> {
        let mut tx = self.0.write().await?;
        let OfflineSession::Receiving(mut receiving) = read(&mut tx).await? else { return Ok(false) };
        let Some(job) = labels::take_next(&mut tx, at).await? else { return Ok(false) };
        if let Some(before) = receiving.printed.take().filter(|before| *before != receiving.receipt.code) {
            let what = Observation::Spoiled { code: before, reason: spoiled.to_owned() };
            journal::insert(&mut tx, self.0.identity(), &NewEvent { at, what }).await?;
        }
        jobs::insert(&mut tx, self.0.identity(), &job, at).await?;
        receiving.printed = Some(job.title);
        write(&mut tx, &OfflineSession::Receiving(receiving)).await?;
        tx.commit().await?;
        self.0.changed();
        Ok(true)
    }
}

/// What the page is doing, within the caller's transaction.
pub(super) async fn read(tx: &mut SqliteConnection) -> Result<OfflineSession, StateError> {
    let body: String = sqlx::query_scalar("select body from desk").fetch_one(tx).await?;
    Ok(if body.is_empty() { OfflineSession::Idle } else { serde_json::from_str(&body)? })
}

pub(super) async fn write(tx: &mut SqliteConnection, session: &OfflineSession) -> Result<(), StateError> {
    let body = if *session == OfflineSession::Idle { String::new() } else { serde_json::to_string(session)? };
    sqlx::query("update desk set body = $1").bind(body).execute(tx).await?;
    Ok(())
}
