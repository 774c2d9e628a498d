//! The ledger's own signature over each of its heads.

use super::Error;
use crate::{
    ledger::{
        Checkpoint, Digest,
        note::key::{SignerKey, VerifierKey},
    },
    random::SystemRng,
};

/// Signs heads. One for the life of a server.
#[derive(Debug)]
pub struct Sealer {
    key: SignerKey,
}

impl Sealer {
    /// The key's name is the ledger's origin.
    pub fn new(key: SignerKey) -> Sealer {
        Sealer { key }
    }

    pub fn key(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// The checkpoint over so many entries with this root, and the line that signs it.
    pub fn sign(&self, size: u64, root: Digest) -> Result<(Checkpoint, String), Error> {
        let checkpoint = Checkpoint { origin: self.key().name().to_owned(), size, root };
        let line = self.key.sign(&mut SystemRng, &checkpoint.to_string()).map_err(|_| Error::NotSealed)?;
        Ok((checkpoint, line.to_string()))
    }
}
