//! Sign requests: kept when they arrive, answered once. The answer and the report of it are one write, so a request can
//! never be answered twice, not even by killing the station between the two.

use super::StateError;
use super::database::Database;
use super::journal::{self, NewEvent};
use hufu_wire::message::{Micros, Observation, SignRequest};
use sqlx::Row;
use uuid::Uuid;

/// What the person at the station decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignAnswer {
    /// `signature` is DER, base64.
    Signed { key: String, signature: String },
    /// `signature` is DER, base64.
    Declined { reason: String, key: String, signature: String },
}

#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    #[error(
        "该请求已答复或已撤回，未作改动 · this request was already answered or withdrawn; nothing was changed"
    )]
    NotPending,
    #[error(transparent)]
    State(#[from] StateError),
}

impl From<sqlx::Error> for AnswerError {
    fn from(error: sqlx::Error) -> AnswerError {
        AnswerError::State(error.into())
    }
}

/// Wrong PINs in a row and when the last one was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WrongPins {
    pub in_a_row: u32,
    pub last_at: Micros,
}

#[derive(Clone)]
pub struct Requests(Database);

impl Requests {
    pub(super) fn new(database: Database) -> Requests {
        Requests(database)
    }

    /// Stores a request. One already stored, answered or not, is left unchanged, so a replay has no effect.
    pub async fn keep(&self, request: &SignRequest, at: Micros) -> Result<(), StateError> {
        sqlx::query("insert into sign_request (id, body, received_at) values ($1, $2, $3) on conflict (id) do nothing")
            .bind(request.request)
            .bind(serde_json::to_string(request)?)
            .bind(at)
            .execute(&self.0.pool)
            .await?;
        self.0.changed();
        Ok(())
    }

    /// The server withdrew the request.
    pub async fn withdraw(&self, request: Uuid, at: Micros) -> Result<(), StateError> {
        sqlx::query(
            "update sign_request set answer = 'withdrawn', answered_at = $1 where id = $2 and answer is null",
        )
        .bind(at)
        .bind(request)
        .execute(&self.0.pool)
        .await?;
        self.0.changed();
        Ok(())
    }

    /// Requests that wait for a person and have not expired, oldest first.
    pub async fn pending(&self, now: Micros) -> Result<Vec<SignRequest>, StateError> {
        let rows: Vec<String> = sqlx::query_scalar(
            "select body from sign_request where answer is null order by received_at, rowid",
        )
        .fetch_all(&self.0.pool)
        .await?;
        let mut pending = Vec::with_capacity(rows.len());
        for body in rows {
            let request: SignRequest = serde_json::from_str(&body)?;
            if request.expires_at > now {
                pending.push(request);
            }
        }
        Ok(pending)
    }

    /// Keeps the answer and reports it, if the request still waits for one.
    pub async fn answer(&self, request: Uuid, answer: SignAnswer, at: Micros) -> Result<(), AnswerError> {
        let (word, what) = match answer {
            SignAnswer::Signed { key, signature } => {
                ("signed", Observation::Signed { request, key, signature })
            }
            SignAnswer::Declined { reason, key, signature } => {
                let (key, signature) = (Some(key), Some(signature));
                ("declined", Observation::Declined { request, reason, key, signature })
            }
        };
        let mut tx = self.0.write().await?;
        let answered = sqlx::query(
            "update sign_request set answer = $1, answered_at = $2 where id = $3 and answer is null",
        )
        .bind(word)
        .bind(at)
        .bind(request)
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if answered == 0 {
            return Err(AnswerError::NotPending);
        }
        journal::insert(&mut tx, self.0.identity(), &NewEvent { at, what }).await?;
        tx.commit().await?;
        self.0.changed();
        Ok(())
    }

    /// Wrong PINs of this key.
    pub async fn wrong_pins(&self, key: &str) -> Result<WrongPins, StateError> {
        let row = sqlx::query("select in_a_row, last_at from wrong_pins where key = $1")
            .bind(key)
            .fetch_optional(&self.0.pool)
            .await?;
        let Some(row) = row else { return Ok(WrongPins::default()) };
        Ok(WrongPins { in_a_row: row.try_get("in_a_row")?, last_at: row.try_get("last_at")? })
    }

    pub async fn set_wrong_pins(&self, key: &str, wrong: WrongPins) -> Result<(), StateError> {
        const SQL: &str = "insert into wrong_pins (key, in_a_row, last_at) values ($1, $2, $3)
            on conflict (key) do update set in_a_row = excluded.in_a_row, last_at = excluded.last_at";
        sqlx::query(SQL).bind(key).bind(wrong.in_a_row).bind(wrong.last_at).execute(&self.0.pool).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Numbers, State};
    use super::*;

    #[tokio::test]
    async fn a_request_is_answered_once_and_a_replay_of_it_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(&dir.path().join("outbox.db")).await.unwrap();
        let request = SignRequest {
            request: Uuid::from_u128(1),
            asked_by: "王丽".to_owned(),
            holder: "王丽/wang".to_owned(),
            title: "移交".to_owned(),
            words: vec![],
            statement: String::new(),
            offer: None,
            expires_at: 1_000,
        };
        state.requests.keep(&request, 10).await.unwrap();
        assert_eq!(state.requests.pending(999).await.unwrap(), std::slice::from_ref(&request));
        assert_eq!(state.requests.pending(1_000).await.unwrap(), [], "an expired request is not shown");
        let declined = || {
            let (key, signature) = ("k".to_owned(), "s".to_owned());
            SignAnswer::Declined { reason: "数量不符".to_owned(), key, signature }
        };
        state.requests.answer(request.request, declined(), 11).await.unwrap();
        let again = state.requests.answer(request.request, declined(), 12).await;
        assert!(matches!(again, Err(AnswerError::NotPending)), "{again:?}");
        state.requests.keep(&request, 13).await.unwrap();
        assert_eq!(state.requests.pending(20).await.unwrap(), []);
        assert_eq!(state.events.numbers().await.unwrap(), Numbers { last: 1, sent: 0, acknowledged: 0 });
    }
}
