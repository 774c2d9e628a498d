//! What a witness never forgets: for each ledger the checkpoint it signed last, and the evidence of everything it refused.
//!
//! A checkpoint is on disk under its final name before its signature leaves the process: written beside, flushed, renamed,
//! and the folder flushed. Whenever the program is killed, one of the two checkpoints is there, whole. A memory that is
//! damaged is never taken for an empty one. Evidence is never overwritten.

use crate::ledger::{
    Checkpoint, Note, NoteError, Suite,
    note::{key::VerifierKey, refusal::WitnessRefusal},
};
use std::{
    fs::{self, File, TryLockError},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

/// So many refusals of one ledger are kept; a ledger that goes on after that cannot fill the disk.
const EVIDENCE_MAX: usize = 1_000;

/// Why the memory cannot be used. Nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    #[error("记忆文件夹无法使用，没有签名 · the state folder cannot be used; nothing was signed: {0}")]
    Folder(PathBuf, #[source] io::Error),
    #[error(
        "另一个见证程序正在使用 {0}，没有签名；请先停止它 · another witness is using {0}; nothing was signed — stop it first"
    )]
    InUse(PathBuf),
    #[error(
        "{0} 已损坏，没有签名；请从备份放回该文件，不要删除它 · {0} is damaged; nothing was signed — put it back from a backup, do not remove it"
    )]
    Damaged(PathBuf, #[source] NoteError),
    #[error(
        "{0} 是用账本的另一把密钥签的，没有签名；请先与各机关核实账本是否换了密钥，核实后再移走该文件 · {0} is signed with another key of the ledger; nothing was signed — make sure with the other agencies that the ledger has a new key before you move the file away"
    )]
    AnotherKey(PathBuf),
}

/// The folder, held by this process alone.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Released by the system when the process ends, however it ends.
    _lock: File,
}

/// What was signed last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastSignature {
    pub head: Checkpoint,
    /// The checkpoint with the ledger's line and the witness's own.
    pub note: Note,
}

/// The memory of one ledger.
#[derive(Debug)]
pub struct Memory {
    file: PathBuf,
    evidence: PathBuf,
    suite: Suite,
    signed: Option<LastSignature>,
}

/// A refusal among the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub file: PathBuf,
    pub text: String,
}

impl Folder {
    /// Makes the folder where there is none. Refuses one that another process uses.
    pub fn open(path: &Path) -> Result<Folder, MemoryError> {
        let wrong = |error| MemoryError::Folder(path.to_owned(), error);
        fs::create_dir_all(path).map_err(wrong)?;
        let lock = File::options().create(true).truncate(false).write(true).open(path.join("lock"));
        let lock = lock.map_err(wrong)?;
        match lock.try_lock() {
            Ok(()) => Ok(Folder { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(MemoryError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(wrong(error)),
        }
    }

    /// What is remembered of this ledger. Refuses a checkpoint without the ledger's signature.
    pub fn memory(&self, ledger: &VerifierKey, witness: &VerifierKey) -> Result<Memory, MemoryError> {
        let name = file_name(ledger);
        let file = self.path.join(format!("{name}.checkpoint"));
        let evidence = self.path.join("evidence").join(name);
        let folder = |error| MemoryError::Folder(self.path.clone(), error);
        fs::create_dir_all(&evidence).map_err(folder)?;
        let signed = match fs::read_to_string(&file) {
            Ok(text) => match remembered(&text, ledger, witness) {
                Ok(signed) => Some(signed),
                Err(NoteError::UnknownKey) => return Err(MemoryError::AnotherKey(file)),
                Err(error) => return Err(MemoryError::Damaged(file, error)),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                return Err(MemoryError::Damaged(file, NoteError::Form("it is no text")));
            }
            Err(error) => return Err(folder(error)),
        };
        Ok(Memory { file, evidence, suite: ledger.suite(), signed })
    }
}

fn remembered(text: &str, ledger: &VerifierKey, witness: &VerifierKey) -> Result<LastSignature, NoteError> {
    let note = Note::parse(text)?;
    ledger.check(&note)?;
    // A witness with a new key remembers what it signed with the old one.
    witness.check(&note).map(drop).or_else(|error| match error {
        NoteError::UnknownKey => Ok(()),
        error => Err(error),
    })?;
    let head = Checkpoint::parse(&note.text)?;
    Ok(LastSignature { head, note })
}

/// The origin in letters that every file system takes, and a digest, so that no two ledgers share a name.
fn file_name(ledger: &VerifierKey) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let plain: String = ledger.name().chars().take(60).map(safe).collect();
    let digest = ledger.suite().digest(ledger.name().as_bytes()).to_string();
    format!("{plain}-{digest:.16}")
}

impl Memory {
    pub fn signed(&self) -> Option<&LastSignature> {
        self.signed.as_ref()
    }

    /// Remembers what is about to be signed. When this returns `Ok`, it is on disk.
    pub fn remember(&mut self, signed: LastSignature) -> io::Result<()> {
        write(&self.file, &signed.note.to_string())?;
        self.signed = Some(signed);
        Ok(())
    }

    /// Where the evidence of this refusal lies, or shall lie: the same refusal again is the same file.
    pub fn evidence_file(&self, refused: &WitnessRefusal) -> PathBuf {
        let what = WitnessRefusal { time: 0, proof: Vec::new(), ..refused.clone() }.to_string();
        let digest = self.suite.digest(what.as_bytes()).to_string();
        let size = refused.offered_head().map_or(0, |head| head.size);
        self.evidence.join(format!("{}-{size}-{digest:.16}.txt", refused.reason.code()))
    }

    /// Keeps evidence. What is there already stays as it is. False when there is no more room for this ledger.
    pub fn keep(&self, evidence: &Evidence) -> io::Result<bool> {
        if evidence.file.exists() {
            return Ok(true);
        }
        if fs::read_dir(&self.evidence)?.count() >= 2 * EVIDENCE_MAX {
            return Ok(false);
        }
        write(&evidence.file, &evidence.text)?;
        Ok(true)
    }

    /// Evidence that the ledger has not yet taken, some at a time.
    pub fn unsent(&self) -> io::Result<Vec<Evidence>> {
        let mut unsent = Vec::new();
        for entry in fs::read_dir(&self.evidence)? {
            let file = entry?.path();
            let evidence = file.extension().is_some_and(|it| it == "txt");
            if evidence && !sent(&file).exists() && unsent.len() < 16 {
                unsent.push(Evidence { text: fs::read_to_string(&file)?, file });
            }
        }
        Ok(unsent)
    }

    /// The ledger has taken it.
    pub fn mark_sent(&self, evidence: &Evidence) -> io::Result<()> {
        write(&sent(&evidence.file), "")
    }
}

fn sent(file: &Path) -> PathBuf {
    file.with_extension("sent")
}

/// The file with this text, or as it was before: never a part of it.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}
