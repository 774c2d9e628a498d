//! What the station must not forget, in one SQLite file: observations until the server has acknowledged them, print jobs for
//! good, sign requests for good, and what the time without a server needs. Each has a handle of its own.
//!
//! Everything observed is written here, and is on the disk, before it goes anywhere. Killing the station at any moment
//! loses nothing that was recorded, gives no number twice, and prints no label twice.

mod database;
mod events;
mod jobs;
mod journal;
mod labels;
pub mod offline_session;
mod requests;
mod session;

pub use database::StateError;
pub use events::{Events, StoredEvent, record_all};
pub use jobs::{JobRow, Jobs, PrintJob, QueueOutcome};
pub use journal::{NewEvent, Numbers};
pub use labels::{Labels, StuckLabel};
pub use requests::{AnswerError, Requests, SignAnswer, WrongPins};
pub use session::{KeepOutcome, Session};

use crate::identity::Identity;
use database::Database;
use std::{path::Path, sync::Arc};
use tokio::sync::watch;

/// Clones are the same file.
#[derive(Clone)]
pub struct State {
    pub events: Events,
    pub jobs: Jobs,
    pub requests: Requests,
    pub session: Session,
    pub labels: Labels,
    database: Database,
}

impl State {
    /// Opens the file, creates it if it is not there, and settles what a sudden end left open: a job that was being sent
    /// has an unknown outcome.
    pub async fn open(path: &Path) -> Result<State, StateError> {
        let state = State::over(Database::open(path).await?);
        state.jobs.settle_interrupted().await?;
        Ok(state)
    }

    /// The same file; from here on everything observed is signed when it is written down. What waits without a
    /// signature, from before the enrolment or from a sudden end, is signed now: the server takes nothing else.
    pub async fn signed_by(self, identity: Arc<Identity>) -> Result<State, StateError> {
        let state = State::over(self.database.signed_by(identity));
        state.events.sign_waiting().await?;
        Ok(state)
    }

    fn over(database: Database) -> State {
        State {
            events: Events::new(database.clone()),
            jobs: Jobs::new(database.clone()),
            requests: Requests::new(database.clone()),
            session: Session::new(database.clone()),
            labels: Labels::new(database.clone()),
            database,
        }
    }

    /// Wakes on every change; the watcher re-reads what it cares about.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.database.changes()
    }
}
