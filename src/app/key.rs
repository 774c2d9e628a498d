//! The key that a ledger's checkpoints are signed with. It lies in a file of the server's, not in the database, so that
//! whoever can write the tables still cannot sign them.

use crate::{
    ledger::{
        NoteError, Suite,
        note::key::{Purpose, SignerKey},
    },
    random::SystemRng,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Why entries cannot be sealed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "账本的签名密钥不在 {0}，账本没有改变；请从备份放回该文件，或用 --ledger-key 指明它在哪里 · the ledger's signing key is not at {0}; nothing was changed — put the file back from a backup, or say where it is with --ledger-key"
    )]
    Missing(PathBuf),
    #[error(
        "{0} 不是这个账本的签名密钥，账本没有改变；请换回原来的文件 · {0} is another key than this ledger's; nothing was changed — put the right file back"
    )]
    Another(PathBuf),
    #[error("签名密钥文件无法使用 · the signing key cannot be used: {0}")]
    File(PathBuf, #[source] io::Error),
    #[error("签名密钥文件已损坏 · the signing key is damaged: {0}")]
    Damaged(PathBuf, #[source] NoteError),
}

/// The key in that file. `known` is the one the ledger was signed with so far; a ledger that has none gets a new one.
pub(super) fn open(
    path: &Path,
    suite: Suite,
    origin: &str,
    known: Option<&str>,
) -> Result<SignerKey, KeyError> {
    let key = match fs::read_to_string(path) {
        Ok(pem) => SignerKey::from_pem(suite, Purpose::Checkpoint, origin, &pem)
            .map_err(|error| KeyError::Damaged(path.to_owned(), error))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound && known.is_none() => {
            make(path, suite, origin)?
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(KeyError::Missing(path.to_owned()));
        }
        Err(error) => return Err(KeyError::File(path.to_owned(), error)),
    };
    match known.is_none_or(|known| known == key.verifier().text()) {
        true => Ok(key),
        false => Err(KeyError::Another(path.to_owned())),
    }
}

/// A new key, in a file that only its owner can read, on disk before anything is signed with it.
fn make(path: &Path, suite: Suite, origin: &str) -> Result<SignerKey, KeyError> {
    let damaged = |error| KeyError::Damaged(path.to_owned(), error);
    let key = SignerKey::generate(suite, Purpose::Checkpoint, origin, &mut SystemRng).map_err(damaged)?;
    let pem = key.to_pem().map_err(damaged)?;
    secret_file::create(path, pem.as_bytes()).map_err(|error| KeyError::File(path.to_owned(), error))?;
    Ok(key)
}
