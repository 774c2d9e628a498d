//! A pseudo-terminal behind a stable name, as a USB port is behind `/dev/serial/by-id`: unplugged, the name is gone; plugged
//! in again, it is another terminal under the same name.

use crate::stream::Descriptor;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::pty::openpty;
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use nix::unistd::ttyname;
use std::{fs, io, os::fd::OwnedFd, path::Path, path::PathBuf, time::Duration};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

/// Both ends of a terminal. The device's end is read and written; the other one is only held, so that the device's end
/// does not fail while no driver has the port open.
pub struct Pty {
    device: Descriptor,
    held: OwnedFd,
}

impl Pty {
    /// A raw terminal: no echo, no translation of line ends.
    pub fn open() -> io::Result<Pty> {
        let pair = openpty(None, None)?;
        // A cable held by a program started meanwhile could not be pulled.
        for end in [&pair.master, &pair.slave] {
            fcntl(end, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
        }
        let mut settings = tcgetattr(&pair.slave)?;
        cfmakeraw(&mut settings);
        tcsetattr(&pair.slave, SetArg::TCSANOW, &settings)?;
        Ok(Pty { device: Descriptor::new(pair.master)?, held: pair.slave })
    }

    /// The device's end.
    pub fn device(&mut self) -> &mut Descriptor {
        &mut self.device
    }

    /// The name a driver opens.
    pub fn path(&self) -> io::Result<PathBuf> {
        Ok(ttyname(&self.held)?)
    }
}

/// A device's cable.
pub struct Plug {
    link: PathBuf,
    pty: Option<Pty>,
}

/// A driver that reads nothing for this long loses what the device sends, as with a real cable.
const SEND_WITHIN: Duration = Duration::from_secs(2);

impl Plug {
    /// Plugged in, under this name.
    pub fn new(link: PathBuf) -> io::Result<Plug> {
        let mut plug = Plug { link, pty: None };
        plug.plug_in()?;
        Ok(plug)
    }

    pub fn plug_in(&mut self) -> io::Result<()> {
        if self.pty.is_none() {
            let pty = Pty::open()?;
            relink(&pty.path()?, &self.link)?;
            self.pty = Some(pty);
        }
        Ok(())
    }

    pub fn unplug(&mut self) -> io::Result<()> {
        if self.pty.take().is_some() {
            fs::remove_file(&self.link)?;
        }
        Ok(())
    }

    /// Waits for bytes; while unplugged, indefinitely.
    pub async fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match &mut self.pty {
            Some(pty) => pty.device.read(bytes).await,
            None => std::future::pending().await,
        }
    }

    /// Says whether the bytes left the device.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        match &mut self.pty {
            Some(pty) => matches!(timeout(SEND_WITHIN, pty.device.write_all(bytes)).await, Ok(Ok(()))),
            None => false,
        }
    }
}

/// The name appears at once or not at all.
fn relink(target: &Path, link: &Path) -> io::Result<()> {
    let fresh = link.with_extension("new");
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => (),
    }
    std::os::unix::fs::symlink(target, &fresh)?;
    fs::rename(&fresh, link)
}

impl Drop for Plug {
    fn drop(&mut self) {
        if let Err(error) = self.unplug() {
            tracing::warn!(%error, "a simulated port was left behind");
        }
    }
}
