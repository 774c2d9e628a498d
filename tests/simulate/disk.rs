//! The disk: a folder in memory with a database and its log. When the machine stops, what was flushed is there; what was
//! not is there up to any byte, or as noise.

use crate::support::Random;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

static NEXT: AtomicU64 = AtomicU64::new(0);

/// Memory, where the machine has it as a folder.
pub(crate) fn root() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

pub(crate) struct Disk {
    folder: PathBuf,
}

impl Disk {
    fn new() -> Disk {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = root().join(format!("hufu-simulate-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Disk { folder }
    }

    /// A new disk with copies of these files on it.
    pub(crate) fn with(files: &[(&Path, &str)]) -> Disk {
        let disk = Disk::new();
        for (from, name) in files {
            fs::copy(from, disk.folder.join(name)).unwrap();
        }
        disk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// How long the log is: all of it was flushed when the last commit was answered.
    pub(crate) fn log_length(&self, name: &str) -> u64 {
        fs::metadata(self.path(&format!("{name}-wal"))).map_or(0, |it| it.len())
    }

    /// What is found when the machine is started again: the log as far as it was flushed, and of the rest what the dice
    /// leave. The database itself is written only when the log is merged, which a short story does not reach.
    pub(crate) fn after_a_stop(&self, name: &str, flushed: u64, dice: &mut Random) -> Disk {
        let after = Disk::new();
        let log = format!("{name}-wal");
        fs::copy(self.path(name), after.path(name)).unwrap();
        let mut bytes = fs::read(self.path(&log)).unwrap_or_default();
        let flushed = usize::try_from(flushed).unwrap().min(bytes.len());
        let unflushed = bytes.len() - flushed;
        match dice.below(4) {
            // All of it reached the disk.
            0 => (),
            1 => bytes.truncate(flushed),
            2 => bytes.truncate(flushed + dice.below(unflushed as u64 + 1) as usize),
            // Blocks reach a disk in any order.
            _ => {
                for block in bytes[flushed..].chunks_mut(512) {
                    if dice.below(4) == 0 {
                        block.fill(dice.below(256) as u8);
                    }
                }
            }
        }
        fs::write(after.path(&log), bytes).unwrap();
        after
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The machine that stopped may still hold its files.
        drop(fs::remove_dir_all(&self.folder));
    }
}
