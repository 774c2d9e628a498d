//! Devices that type, through the kernel's input events, taken for this process alone (`EVIOCGRAB`): nothing a scanner
//! reads is typed into whatever window happens to be in front. The grab ends when the descriptor is closed.

use super::{Descriptor, OpenError, refused};
use input_linux::EvdevHandle;
use nix::fcntl::OFlag;
use std::{fs::OpenOptions, io, os::fd::OwnedFd, os::unix::fs::OpenOptionsExt, path::Path};

pub(super) fn open(path: &Path) -> Result<Descriptor, OpenError> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags((OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits())
        .open(path)
        .map_err(|error| refused(&error, "input"))?;
    let device = EvdevHandle::new(file);
    device.grab(true).map_err(|error| match error.raw_os_error() {
        // ENOTTY, EINVAL: no input device at all.
        Some(25 | 22) => OpenError::NotKeyboard,
        _ => refused(&error, "input"),
    })?;
    Descriptor::new(OwnedFd::from(device.into_inner())).map_err(|error: io::Error| refused(&error, "input"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What cannot be taken from the desktop is not read at all.
    #[tokio::test]
    async fn what_is_no_keyboard_is_refused_and_what_is_not_there_is_absent() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("event0");
        assert!(matches!(open(&pipe), Err(OpenError::Absent)));
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRUSR).unwrap();
        assert!(matches!(open(&pipe), Err(OpenError::NotKeyboard)));
    }
}
