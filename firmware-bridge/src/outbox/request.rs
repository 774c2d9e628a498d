//! Sign requests: kept when they arrive, answered once. The answer and the report of it are one write, so a request can
//! never be answered twice, not even by killing the station between the two.

use super::{Outbox, OutboxError, Seen, event};
use hufu_wire::message::{Micros, Observation, SignRequest};
use sqlx::Row;
use uuid::Uuid;

/// What the person at the station decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `signature` is DER, base64.
    Signed {
        key: String,
        signature: String,
    },
    Declined {
        reason: String,
    },
}

#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    #[error(
        "该请求已答复或已撤回，未作改动 · this request was already answered or withdrawn; nothing was changed"
    )]
    NotPending,
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

impl From<sqlx::Error> for AnswerError {
    fn from(error: sqlx::Error) -> AnswerError {
        AnswerError::Outbox(error.into())
    }
}

/// Wrong PINs in a row and when the last one was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WrongPins {
    pub in_a_row: u32,
    pub last_at: Micros,
}

impl Outbox {
    /// Keeps a request. One that is already here, answered or not, stays as it is: a replay changes nothing.
    pub async fn keep_request(&self, request: &SignRequest, at: Micros) -> Result<(), OutboxError> {
        sqlx::query("insert into sign_request (id, body, received_at) values ($1, $2, $3) on conflict (id) do nothing")
            .bind(request.request)
            .bind(serde_json::to_string(request)?)
            .bind(at)
            .execute(&self.pool)
            .await?;
        self.changed();
        Ok(())
    }

    /// The server took the request back.
    pub async fn withdraw_request(&self, request: Uuid, at: Micros) -> Result<(), OutboxError> {
        sqlx::query(
            "update sign_request set answer = 'withdrawn', answered_at = $1 where id = $2 and answer is null",
        )
        .bind(at)
        .bind(request)
        .execute(&self.pool)
        .await?;
        self.changed();
        Ok(())
    }

    /// Requests that wait for a person and have not expired, oldest first.
    pub async fn pending_requests(&self, now: Micros) -> Result<Vec<SignRequest>, OutboxError> {
        let rows: Vec<String> = sqlx::query_scalar(
            "select body from sign_request where answer is null order by received_at, rowid",
        )
        .fetch_all(&self.pool)
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
    pub async fn answer_request(&self, request: Uuid, answer: Answer, at: Micros) -> Result<(), AnswerError> {
        let (word, what) = match answer {
            Answer::Signed { key, signature } => ("signed", Observation::Signed { request, key, signature }),
            Answer::Declined { reason } => ("declined", Observation::Declined { request, reason }),
        };
        let mut tx = self.write().await?;
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
        event::insert(&mut tx, self.identity.as_deref(), &Seen { at, what }).await?;
        tx.commit().await?;
        self.changed();
        Ok(())
    }

    pub async fn wrong_pins(&self) -> Result<WrongPins, OutboxError> {
        let row = sqlx::query("select in_a_row, last_at from wrong_pin").fetch_one(&self.pool).await?;
        Ok(WrongPins { in_a_row: row.try_get("in_a_row")?, last_at: row.try_get("last_at")? })
    }

    pub async fn set_wrong_pins(&self, wrong: WrongPins) -> Result<(), OutboxError> {
        sqlx::query("update wrong_pin set in_a_row = $1, last_at = $2")
            .bind(wrong.in_a_row)
            .bind(wrong.last_at)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::Numbers;

    #[tokio::test]
    async fn a_request_is_answered_once_and_a_replay_of_it_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(&dir.path().join("outbox.db")).await.unwrap();
        let request = SignRequest {
            request: Uuid::from_u128(1),
            asked_by: "王丽".to_owned(),
            title: "移交".to_owned(),
            words: vec![],
            statement: String::new(),
            expires_at: 1_000,
        };
        outbox.keep_request(&request, 10).await.unwrap();
        assert_eq!(outbox.pending_requests(999).await.unwrap(), std::slice::from_ref(&request));
        assert_eq!(outbox.pending_requests(1_000).await.unwrap(), [], "an expired request is not shown");
        let declined = || Answer::Declined { reason: "数量不符".to_owned() };
        outbox.answer_request(request.request, declined(), 11).await.unwrap();
        let again = outbox.answer_request(request.request, declined(), 12).await;
        assert!(matches!(again, Err(AnswerError::NotPending)), "{again:?}");
        outbox.keep_request(&request, 13).await.unwrap();
        assert_eq!(outbox.pending_requests(20).await.unwrap(), []);
        assert_eq!(outbox.numbers().await.unwrap(), Numbers { last: 1, sent: 0, acknowledged: 0 });
    }
}
