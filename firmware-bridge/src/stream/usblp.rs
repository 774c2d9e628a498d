//! USB printers through the kernel's printer class driver: `/dev/usb/lp0`, group `lp`. The node disappears when a print
//! service claims the device.
//!
//! The driver's `LPGETSTATUS` (paper out, selected, error) is not asked: it is an ioctl that only unsafe code can make, and
//! the printer's own language says more.

use super::{Descriptor, OpenError, refused};
use std::fs::OpenOptions;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// How long after an empty packet the printer is read again.
const READ_AGAIN_AFTER: Duration = Duration::from_millis(50);

pub(super) fn open(path: &Path) -> Result<UsbPrinter, OpenError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(nix::fcntl::OFlag::O_NONBLOCK.bits())
        .open(path)
        .and_then(|file| Descriptor::new(OwnedFd::from(file)))
        .map(|device| UsbPrinter { device, path: path.to_owned(), pause: None })
        .map_err(|error| refused(&error, "lp"))
}

/// Reads with the driver's two peculiarities: a printer that has nothing to say sends an empty packet, which is no end as
/// long as the node is there; and one that cannot speak at all refuses to be read, which is silence.
pub(super) struct UsbPrinter {
    device: Descriptor,
    path: PathBuf,
    pause: Option<Pin<Box<Sleep>>>,
}

impl AsyncRead for UsbPrinter {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(context));
                self.pause = None;
            }
            let before = buffer.filled().len();
            match ready!(Pin::new(&mut self.device).poll_read(context, buffer)) {
                Ok(()) if buffer.filled().len() == before && buffer.remaining() > 0 && self.path.exists() => {
                    self.pause = Some(Box::pin(sleep(READ_AGAIN_AFTER)));
                }
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Poll::Pending,
                read => return Poll::Ready(read),
            }
        }
    }
}

impl AsyncWrite for UsbPrinter {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.device).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.device).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.device).poll_shutdown(context)
    }
}
