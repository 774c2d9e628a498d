//! Why a look at a ledger came to nothing.

use super::CannotSign;
use crate::ledger::NoteError;
use std::io;

/// What was remembered stays; the look is tried again.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    #[error("the ledger cannot be reached: {0}")]
    Cut(#[from] ureq::Error),
    #[error("the ledger answered {status} at {path}: {said}")]
    Status { path: String, status: u16, said: String },
    #[error("the ledger's checkpoint cannot be understood: {0}")]
    Checkpoint(#[from] NoteError),
    #[error("the ledger's checkpoint is no text")]
    NoText,
    /// Nothing is signed that could be kept as evidence, but it is no calm either.
    #[error("the ledger shows no checkpoint, and {0} entries of it were signed before")]
    Gone(u64),
    #[error("the ledger's tile {0} is of another size")]
    Tile(String),
    #[error("the ledger is too slow")]
    Late,
    #[error("another checkpoint was signed meanwhile")]
    Moved,
    #[error(transparent)]
    Cannot(#[from] CannotSign),
    #[error("the evidence cannot be read: {0}")]
    Evidence(#[from] io::Error),
}
