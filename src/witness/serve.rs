//! Where a ledger comes by itself: `POST /add-checkpoint` of C2SP tlog-witness, over the same judge and memory.

use super::{CannotSign, FollowedLedger, Witness, judge};
use crate::{
    language::Language,
    ledger::{
        Checkpoint, Digest, Note,
        note::{
            BYTES_MAX,
            refusal::{Reason, WitnessRefusal},
        },
        tree::proof::LENGTH_MAX,
    },
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::{sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// A checkpoint and the longest proof before it.
const BODY_MAX: usize = BYTES_MAX + 4096;
/// A request that is not there after this is not waited for.
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// Serves until the program ends.
pub async fn serve(witness: Arc<Witness>, listener: TcpListener) -> std::io::Result<()> {
    axum::serve(listener, router(witness)).await
}

/// The one address.
pub fn router(witness: Arc<Witness>) -> Router {
    Router::new().route("/add-checkpoint", post(add_checkpoint)).with_state(witness)
}

/// The answers of the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Signature lines.
    Signed(String),
    Malformed(&'static str),
    UnknownOrigin,
    WrongSignature,
    /// The size that was signed last.
    Conflict(u64),
    NoProof,
    CannotSign,
}

impl From<CannotSign> for Answer {
    fn from(error: CannotSign) -> Answer {
        tracing::error!(error = &error as &dyn std::error::Error, "a checkpoint could not be signed");
        Answer::CannotSign
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        const TEXT: &str = "text/plain; charset=utf-8";
        let (status, kind, body) = match self {
            Answer::Signed(lines) => (StatusCode::OK, TEXT, lines),
            Answer::Malformed(why) => (StatusCode::BAD_REQUEST, TEXT, format!("{why}\n")),
            Answer::UnknownOrigin => (StatusCode::NOT_FOUND, TEXT, said(Reason::UnknownOrigin)),
            Answer::WrongSignature => (StatusCode::FORBIDDEN, TEXT, said(Reason::WrongSignature)),
            Answer::Conflict(size) => (StatusCode::CONFLICT, "text/x.tlog.size", format!("{size}\n")),
            Answer::NoProof => (StatusCode::UNPROCESSABLE_ENTITY, TEXT, said(Reason::NoProof)),
            Answer::CannotSign => {
                (StatusCode::INTERNAL_SERVER_ERROR, TEXT, "nothing was signed\n".to_owned())
            }
        };
        (status, [(header::CONTENT_TYPE, kind)], body).into_response()
    }
}

fn said(reason: Reason) -> String {
    format!("{}\n", reason.sentence(Language::En))
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Body) -> Answer {
    let Ok(Ok(body)) = tokio::time::timeout(BODY_WITHIN, to_bytes(body, BODY_MAX)).await else {
        return Answer::Malformed("the request is too large or too slow");
    };
    // The disk is waited for where nobody else waits.
    let answered = tokio::task::spawn_blocking(move || answer(&witness, &body));
    answered.await.unwrap_or(Answer::CannotSign)
}

/// What was sent.
struct AddRequest {
    old: u64,
    proof: Vec<Digest>,
    note: Note,
    head: Checkpoint,
}

fn read(body: &[u8]) -> Result<AddRequest, &'static str> {
    let text = std::str::from_utf8(body).map_err(|_| "the request is no text")?;
    let (head, note) = text.split_once("\n\n").ok_or("there is no empty line before the checkpoint")?;
    let mut lines = head.split('\n');
    let old = lines
        .next()
        .and_then(|line| line.strip_prefix("old "))
        .ok_or("the first line is not old and a size")?;
    let plain = old.bytes().all(|byte| byte.is_ascii_digit()) && (old == "0" || !old.starts_with('0'));
    let old = old.parse().ok().filter(|_| plain).ok_or("the old size is no number")?;
    let hash = |line| BASE64_STANDARD.decode(line).ok().and_then(|hash| Digest::from_slice(&hash));
    let proof: Option<Vec<Digest>> = lines.map(hash).collect();
    let proof = proof.filter(|proof| proof.len() <= LENGTH_MAX).ok_or("the proof is not lines of hashes")?;
    let note = Note::parse(note).map_err(|_| "the checkpoint is no signed note")?;
    let head = Checkpoint::parse(&note.text).map_err(|_| "the note is no checkpoint")?;
    Ok(AddRequest { old, proof, note, head })
}

/// Judges, remembers and signs. The order of the answers is that of the specification.
pub fn answer(witness: &Witness, body: &[u8]) -> Answer {
    let added = match read(body) {
        Ok(added) => added,
        Err(why) => return Answer::Malformed(why),
    };
    let Some(followed) = witness.ledger(&added.head.origin) else { return Answer::UnknownOrigin };
    if judge::signed(&followed.key, &added.note, &added.head).is_err() {
        return Answer::WrongSignature;
    }
    if added.old > added.head.size {
        return Answer::Malformed("the old size is larger than the checkpoint's");
    }
    let suite = followed.key.suite();
    let mut fork = false;
    let judged = |known: Option<&Checkpoint>| {
        let size = known.map_or(0, |known| known.size);
        // Two checkpoints of one size are proof against the ledger, whoever brings them.
        fork = judge::compared(suite, known, &added.head) == Err(Reason::Fork);
        if fork || size != added.old {
            return Err(Answer::Conflict(size));
        }
        judge::proven(suite, known, &added.head, &added.proof).map_err(|_| Answer::NoProof)
    };
    let answer = match followed.sign(witness, (&added.note, &added.head), judged) {
        Ok(line) => Answer::Signed(format!("{line}\n")),
        Err(answer) => answer,
    };
    if fork {
        keep(witness, followed, added.note);
    }
    answer
}

/// A fork is kept and said loudly. What a stranger can make without the ledger's key is not kept: it proves nothing.
fn keep(witness: &Witness, followed: &FollowedLedger, offered: Note) {
    let refused = WitnessRefusal {
        origin: followed.key.name().to_owned(),
        reason: Reason::Fork,
        time: witness.now(),
        known: followed.signed().map(|signed| signed.note),
        offered,
        proof: Vec::new(),
    };
    let origin = followed.key.name();
    match followed.keep(witness, &refused) {
        Ok((evidence, kept)) => {
            let file = evidence.file.display();
            tracing::error!(
                kept,
                "拒绝见证 NOT SIGNED: {origin}: {}. 证据 evidence: {file}",
                said(Reason::Fork).trim()
            );
        }
        Err(error) => tracing::error!(
            error = &error as &dyn std::error::Error,
            "拒绝见证 NOT SIGNED: {origin}: a fork, and its evidence could not be kept"
        ),
    }
}
