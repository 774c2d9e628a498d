//! Moves by the list.

use super::{
    caller::Caller,
    error::{ErrorBody, Problem},
    message::{Json, RecordedEntry},
};
use crate::{
    app::App,
    custody::{
        Error,
        moves::{self, MoveRequest},
    },
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
pub struct Moves {
    /// 1 to 1,000 of them, each an entry of its own.
    moves: Vec<MoveRequest>,
}

/// What became of one move.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MoveAnswer {
    Recorded(RecordedEntry),
    Refused(ErrorBody),
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MoveAnswers {
    /// In the order of the moves.
    answers: Vec<MoveAnswer>,
}

/// Put things into other slots
///
/// Each move is an entry of its own and is answered by itself: one that is refused keeps none of the others out. All that
/// are recorded are on disk when the answer comes.
#[utoipa::path(post, path = "/moves", tag = "items", responses((status = 200, body = MoveAnswers)))]
pub async fn move_all(
    State(app): State<App>,
    caller: Caller,
    Json(Moves { moves }): Json<Moves>,
) -> Result<Json<MoveAnswers>, Problem> {
    let answers = moves::move_all(&app, caller.me(), moves).await?;
    let answer = |answer: Result<_, Error>| match answer {
        Ok(recorded) => MoveAnswer::Recorded(RecordedEntry::from(recorded)),
        Err(error) => MoveAnswer::Refused(Problem::from(error).told(&app, caller.language)),
    };
    Ok(Json(MoveAnswers { answers: answers.into_iter().map(answer).collect() }))
}
