//! USB printers through the kernel's printer class driver: `/dev/usb/lp0`, group `lp`. The node disappears when a print
//! service claims the device.

use super::{Descriptor, OpenError, refused};
use std::{fs::OpenOptions, os::fd::OwnedFd, os::unix::fs::OpenOptionsExt, path::Path};

pub(super) fn open(path: &Path) -> Result<Descriptor, OpenError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(nix::fcntl::OFlag::O_NONBLOCK.bits())
        .open(path)
        .and_then(|file| Descriptor::new(OwnedFd::from(file)))
        .map_err(|error| refused(&error, "lp"))
}
