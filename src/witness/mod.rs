//! A witness: an agency's own program, on its own machine, that sees a ledger only grow and says so with its signature.
//! It knows nothing of items or people; it uses what any stranger can read of a ledger.
//!
//! [`judge`] decides, [`memory`] never forgets, [`follow`] looks at a ledger again and again, [`serve`] lets a ledger come
//! by itself (C2SP tlog-witness). Both ways lead through [`FollowedLedger::sign`], which judges, remembers and only then signs.

pub mod config;
pub mod error;
pub mod fetch;
pub mod follow;
pub mod judge;
pub mod memory;
pub mod serve;

use crate::{
    clock::{Clock, Moment},
    ledger::{
        Checkpoint, Note, NoteError,
        note::{
            NoteSignature,
            key::{SignerKey, VerifierKey},
            refusal::WitnessRefusal,
        },
    },
    random::SystemRng,
};
use memory::{Evidence, LastSignature, Memory};
use std::{
    io,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Who signs, and whom it follows.
#[derive(Debug)]
pub struct Witness {
    pub key: SignerKey,
    pub clock: Clock,
    pub ledgers: Vec<FollowedLedger>,
}

/// One ledger, with what is remembered of it. Judging and remembering happen under one lock.
#[derive(Debug)]
pub struct FollowedLedger {
    /// The ledger's key; its name is the ledger's origin.
    pub key: VerifierKey,
    memory: Mutex<Memory>,
}

/// A signature could not be given, and none was.
#[derive(Debug, thiserror::Error)]
pub enum CannotSign {
    #[error("无法写入记忆文件夹，没有签名 · the state folder cannot be written; nothing was signed")]
    Memory(#[from] io::Error),
    #[error("无法签名 · no signature could be made")]
    Key(#[from] NoteError),
}

/// Seconds since 1970.
fn seconds(at: Moment) -> u64 {
    u64::try_from(at.0.div_euclid(1_000_000)).unwrap_or(0)
}

impl Witness {
    /// The ledger of this origin.
    pub fn ledger(&self, origin: &str) -> Option<&FollowedLedger> {
        self.ledgers.iter().find(|ledger| ledger.key.name() == origin)
    }

    fn now(&self) -> u64 {
        seconds(self.clock.now())
    }
}

impl FollowedLedger {
    pub fn new(key: VerifierKey, memory: Memory) -> FollowedLedger {
        FollowedLedger { key, memory: Mutex::new(memory) }
    }

    /// A thread that stopped half way left the memory as it was: it changes only after the disk has.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was signed last.
    pub fn signed(&self) -> Option<LastSignature> {
        self.memory().signed().cloned()
    }

    /// Signs a checkpoint that bears the ledger's signature, if `judge` says yes to what was signed last. Nothing else is
    /// judged or signed for this ledger meanwhile, and the checkpoint is on disk before the signature is given.
    pub fn sign<E: From<CannotSign>>(
        &self,
        witness: &Witness,
        (note, head): (&Note, &Checkpoint),
        judge: impl FnOnce(Option<&Checkpoint>) -> Result<(), E>,
    ) -> Result<NoteSignature, E> {
        let mut memory = self.memory();
        judge(memory.signed().map(|signed| &signed.head))?;
        let line = witness.key.cosign(&mut SystemRng, &note.text, witness.now()).map_err(CannotSign::from)?;
        if memory.signed().is_none_or(|signed| signed.head != *head || !signed.bears(witness.key.verifier()))
        {
            let own = note.signatures.iter().filter(|line| line.name == self.key.name());
            let signatures = own.cloned().chain([line.clone()]).collect();
            let signed =
                LastSignature { head: head.clone(), note: Note { text: note.text.clone(), signatures } };
            memory.remember(signed).map_err(CannotSign::from)?;
        }
        Ok(line)
    }

    /// Keeps the evidence of a refusal, signed. False when there is no more room for it.
    pub fn keep(&self, witness: &Witness, refused: &WitnessRefusal) -> Result<(Evidence, bool), CannotSign> {
        let memory = self.memory();
        let text = refused.to_string();
        let line = witness.key.cosign(&mut SystemRng, &text, refused.time)?;
        let text = Note { text, signatures: vec![line] }.to_string();
        let evidence = Evidence { file: memory.evidence_file(refused), text };
        let kept = memory.keep(&evidence)?;
        Ok((evidence, kept))
    }
}

impl LastSignature {
    /// Whether this key's line stands under it.
    pub fn bears(&self, key: &VerifierKey) -> bool {
        self.note.signatures.iter().any(|line| line.name == key.name() && line.key_id == key.id())
    }
}
