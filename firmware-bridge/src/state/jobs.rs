//! Print jobs: queued → sending → sent → confirmed, or unknown, or failed. Never backwards, and an unknown job is never
//! printed again by itself.

use super::StateError;
use super::database::Database;
use super::journal::{self, NewEvent};
use crate::identity::Identity;
use hufu_wire::Raster;
use hufu_wire::message::{JobState, Micros, Observation};
use sqlx::{Row, SqliteConnection};
use tokio::sync::watch;
use uuid::Uuid;

/// One label to print.
#[derive(Clone, Debug, PartialEq)]
pub struct PrintJob {
    pub id: Uuid,
    pub title: String,
    pub raster: Raster,
}

/// What became of a request to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueOutcome {
    New,
    /// This job id was already here: it is not printed a second time.
    AlreadyHere,
}

/// A job as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct JobRow {
    pub id: Uuid,
    pub title: String,
    /// queued · sending · sent · confirmed · unknown · failed
    pub state: String,
    pub why: Option<String>,
    pub changed_at: Micros,
}

const INTERRUPTED: &str = "工作站在发送途中停止，请查看标签是否已出 · the station stopped while the label was being sent: \
                           look whether it came out";

#[derive(Clone)]
pub struct Jobs(Database);

impl Jobs {
    pub(super) fn new(database: Database) -> Jobs {
        Jobs(database)
    }

    /// Wakes when a job may have come or moved on.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes()
    }

    /// Keeps a job and reports it as queued, once per job id.
    pub async fn queue(&self, job: &PrintJob, at: Micros) -> Result<QueueOutcome, StateError> {
        let mut tx = self.0.write().await?;
        let queued = insert(&mut tx, self.0.identity(), job, at).await?;
        tx.commit().await?;
        self.0.changed();
        Ok(queued)
    }

    /// Takes the oldest queued job for this printer. From now on its outcome is unknown until it is reported.
    pub async fn claim(&self, device: &str, at: Micros) -> Result<Option<PrintJob>, StateError> {
        let sql = "update job set state = 'sending', device = $1, changed_at = $2
                   where id = (select id from job where state = 'queued' order by queued_at, rowid limit 1)
                   returning id, title, raster";
        let Some(row) = sqlx::query(sql).bind(device).bind(at).fetch_optional(&self.0.pool).await? else {
            return Ok(None);
        };
        self.0.changed();
        let raster: String = row.try_get("raster")?;
        Ok(Some(PrintJob {
            id: row.try_get("id")?,
            title: row.try_get("title")?,
            raster: serde_json::from_str(&raster)?,
        }))
    }

    /// Whether a job waits for a printer.
    pub async fn has_queued(&self) -> Result<bool, StateError> {
        let sql = "select exists (select 1 from job where state = 'queued')";
        Ok(sqlx::query_scalar(sql).fetch_one(&self.0.pool).await?)
    }

    /// Moves a claimed job on and reports it; the state and the report are one write.
    pub async fn report(
        &self,
        job: Uuid,
        device: &str,
        state: JobState,
        at: Micros,
    ) -> Result<(), StateError> {
        let (word, why) = match &state {
            JobState::Queued => ("queued", None),
            JobState::Sent => ("sent", None),
            JobState::Confirmed => ("confirmed", None),
            JobState::Unknown { why } => ("unknown", Some(why.clone())),
            JobState::Failed { why } => ("failed", Some(why.clone())),
        };
        let mut tx = self.0.write().await?;
        sqlx::query("update job set state = $1, why = $2, changed_at = $3, raster = null where id = $4")
            .bind(word)
            .bind(why)
            .bind(at)
            .bind(job)
            .execute(&mut *tx)
            .await?;
        let what = Observation::Job { job, device: Some(device.to_owned()), state };
        journal::insert(&mut tx, self.0.identity(), &NewEvent { at, what }).await?;
        tx.commit().await?;
        self.0.changed();
        Ok(())
    }

    /// Whether the outcome of this printer's last job is unknown: part of a label may still be in the printer's buffer.
    pub async fn last_is_unknown(&self, device: &str) -> Result<bool, StateError> {
        let sql = "select state from job where device = $1 order by changed_at desc, rowid desc limit 1";
        let state: Option<String> = sqlx::query_scalar(sql).bind(device).fetch_optional(&self.0.pool).await?;
        Ok(state.as_deref() == Some("unknown"))
    }

    /// The latest jobs, newest first.
    pub async fn latest(&self, most: u32) -> Result<Vec<JobRow>, StateError> {
        let sql =
            "select id, title, state, why, changed_at from job order by changed_at desc, rowid desc limit $1";
        let rows = sqlx::query(sql).bind(most).fetch_all(&self.0.pool).await?;
        rows.into_iter()
            .map(|row| {
                Ok(JobRow {
                    id: row.try_get("id")?,
                    title: row.try_get("title")?,
                    state: row.try_get("state")?,
                    why: row.try_get("why")?,
                    changed_at: row.try_get("changed_at")?,
                })
            })
            .collect()
    }

    /// After a crash the outcome of a job in `sending` cannot be known: it is reported as unknown and not printed again.
    /// A job whose bytes were all written stays `sent`.
    pub(super) async fn settle_interrupted(&self) -> Result<(), StateError> {
        let rows =
            sqlx::query("select id, device from job where state = 'sending'").fetch_all(&self.0.pool).await?;
        for row in rows {
            let device: Option<String> = row.try_get("device")?;
            let state = JobState::Unknown { why: INTERRUPTED.to_owned() };
            let at = crate::clock::now();
            self.report(row.try_get("id")?, device.as_deref().unwrap_or_default(), state, at).await?;
        }
        Ok(())
    }
}

/// Keeps a job and reports it as queued, within the caller's transaction.
pub(super) async fn insert(
    tx: &mut SqliteConnection,
    identity: Option<&Identity>,
    job: &PrintJob,
    at: Micros,
) -> Result<QueueOutcome, StateError> {
    let sql = "insert into job (id, title, raster, state, queued_at, changed_at)
               values ($1, $2, $3, 'queued', $4, $4) on conflict (id) do nothing";
    let inserted = sqlx::query(sql)
        .bind(job.id)
        .bind(&job.title)
        .bind(serde_json::to_string(&job.raster)?)
        .bind(at)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    if inserted == 0 {
        return Ok(QueueOutcome::AlreadyHere);
    }
    let what = Observation::Job { job: job.id, device: None, state: JobState::Queued };
    journal::insert(tx, identity, &NewEvent { at, what }).await?;
    Ok(QueueOutcome::New)
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    fn job(id: u128) -> PrintJob {
        let raster = Raster::new(8, 1, 203, vec![0xFF]).unwrap();
        PrintJob { id: Uuid::from_u128(id), title: "HF-1".to_owned(), raster }
    }

    async fn states(state: &State) -> Vec<(Uuid, JobState)> {
        let events = state.events.to_send(0, 100).await.unwrap();
        events
            .into_iter()
            .filter_map(|stored| match stored.event.what {
                Observation::Job { job, state, .. } => Some((job, state)),
                _ => None,
            })
            .collect()
    }

    #[tokio::test]
    async fn the_same_job_is_printed_once_and_every_step_is_reported() {
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(&dir.path().join("outbox.db")).await.unwrap();
        let one = job(1);
        assert_eq!(state.jobs.queue(&one, 10).await.unwrap(), QueueOutcome::New);
        assert_eq!(state.jobs.queue(&one, 11).await.unwrap(), QueueOutcome::AlreadyHere);
        assert_eq!(state.jobs.claim("printer", 12).await.unwrap(), Some(one.clone()));
        assert_eq!(state.jobs.claim("printer", 12).await.unwrap(), None);
        state.jobs.report(one.id, "printer", JobState::Sent, 13).await.unwrap();
        state.jobs.report(one.id, "printer", JobState::Confirmed, 14).await.unwrap();
        assert_eq!(state.jobs.queue(&one, 15).await.unwrap(), QueueOutcome::AlreadyHere);
        assert_eq!(state.jobs.claim("printer", 16).await.unwrap(), None);
        let expected = [JobState::Queued, JobState::Sent, JobState::Confirmed].map(|state| (one.id, state));
        assert_eq!(states(&state).await, expected);
    }

    #[tokio::test]
    async fn a_job_that_was_being_sent_when_the_station_died_is_unknown_and_not_printed_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("outbox.db");
        let state = State::open(&path).await.unwrap();
        state.jobs.queue(&job(1), 10).await.unwrap();
        state.jobs.queue(&job(2), 11).await.unwrap();
        state.jobs.claim("printer", 12).await.unwrap();
        drop(state);
        let again = State::open(&path).await.unwrap();
        let why = INTERRUPTED.to_owned();
        assert_eq!(states(&again).await.last().unwrap(), &(job(1).id, JobState::Unknown { why }));
        assert!(again.jobs.last_is_unknown("printer").await.unwrap());
        assert!(!again.jobs.last_is_unknown("another").await.unwrap());
        let later = crate::clock::now() + 1;
        assert_eq!(again.jobs.claim("printer", later).await.unwrap(), Some(job(2)));
        assert!(!again.jobs.last_is_unknown("printer").await.unwrap());
        assert_eq!(again.jobs.claim("printer", 14).await.unwrap(), None);
    }
}
