//! A file that is either there whole or not there: written beside under another name, flushed, then named. A command that
//! is killed leaves no half file that looks like a whole one, and nothing that is there already is written over.

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};
use std::{
    ffi::OsString,
    fs::{File, Permissions},
    io::{self, Read},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// Whoever wrote it reads it, and nobody else: it holds a ledger, or passwords.
const OWNER: u32 = 0o600;

/// A file on its way. Dropped before [`NewFile::finish`], nothing of it stays.
#[derive(Debug)]
pub(super) struct NewFile {
    path: PathBuf,
    partial: PathBuf,
}

/// What SQLite keeps beside a database. Left over from another, they would be taken for the new one's.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

impl NewFile {
    /// Takes the name. Refuses one that is taken, by a file or by another command that is writing it.
    pub(super) fn begin(path: &Path) -> anyhow::Result<NewFile> {
        let taken = std::iter::once(path.to_owned()).chain(BESIDE.map(|end| with(path, end)));
        if let Some(there) = taken.into_iter().find(|it| it.symlink_metadata().is_ok()) {
            let there = there.display();
            bail!("{there} 已存在，未作任何改动 is there already; nothing was written — choose another name");
        }
        let partial = with(path, ".partial");
        if let Err(error) = File::options().write(true).create_new(true).mode(OWNER).open(&partial) {
            let shown = partial.display();
            match error.kind() {
                io::ErrorKind::AlreadyExists => bail!(
                    "{shown} 已存在：正有人写入，或上次中途被打断 is there: it is being written, or was cut off — remove it if nobody is writing it"
                ),
                _ => return Err(error).with_context(|| format!("无法写入 cannot write {shown}")),
            }
        }
        Ok(NewFile { path: path.to_owned(), partial })
    }

    /// Where it is written until it is whole.
    pub(super) fn partial(&self) -> &Path {
        &self.partial
    }

    /// Flushes it to disk and gives it its name.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        let open = with(&self.partial, "-wal");
        if open.metadata().is_ok_and(|it| it.len() > 0) {
            bail!("{} 尚未合并 has not been merged; nothing was written", open.display());
        }
        // A copy takes over who may read it.
        let private = std::fs::set_permissions(&self.partial, Permissions::from_mode(OWNER));
        let written = private.and_then(|()| File::open(&self.partial)).and_then(|file| file.sync_all());
        written.with_context(|| format!("无法写入 cannot write {}", self.partial.display()))?;
        if self.path.symlink_metadata().is_ok() {
            bail!("{} 已存在，未作任何改动 is there already; nothing was written", self.path.display());
        }
        let named = std::fs::rename(&self.partial, &self.path);
        named.with_context(|| format!("无法写入 cannot write {}", self.path.display()))?;
        let folder = self.path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let flushed = File::open(folder).and_then(|folder| folder.sync_all());
        flushed.with_context(|| format!("无法写入 cannot write {}", folder.display()))
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // After `finish` it is no more there under this name.
        let beside = BESIDE.map(|end| with(&self.partial, end));
        for path in beside.iter().chain([&self.partial]) {
            drop(std::fs::remove_file(path));
        }
    }
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

/// The SHA-256 of a file, as `sha256sum` prints it.
pub(super) fn sha256(path: &Path) -> anyhow::Result<String> {
    let mut file = File::open(path).with_context(|| format!("无法打开 cannot open {}", path.display()))?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
