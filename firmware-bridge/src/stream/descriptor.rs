//! A file descriptor the kernel can poll (a device file, a pseudo-terminal), read and written without blocking.

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use std::{
    fs::File,
    io::{self, Read, Write},
    os::fd::OwnedFd,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, unix::AsyncFd};

pub struct Descriptor(AsyncFd<File>);

impl Descriptor {
    /// Takes the descriptor and makes it non-blocking. Refuses what cannot be polled, such as a regular file.
    #[expect(
        deprecated,
        reason = "sound here: a File keeps one descriptor open for its whole life; the replacement is an unsafe function"
    )]
    pub fn new(fd: OwnedFd) -> io::Result<Descriptor> {
        let flags = OFlag::from_bits_truncate(fcntl(&fd, FcntlArg::F_GETFL)?);
        fcntl(&fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
        Ok(Descriptor(AsyncFd::new(File::from(fd))?))
    }
}

impl AsyncRead for Descriptor {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let mut guard = ready!(self.0.poll_read_ready(context))?;
            let mut bytes = [0u8; 4096];
            let room = buffer.remaining().min(bytes.len());
            let Some(part) = bytes.get_mut(..room) else { return Poll::Ready(Ok(())) };
            match guard.try_io(|it| it.get_ref().read(part)) {
                Ok(Ok(count)) => {
                    buffer.put_slice(part.get(..count).unwrap_or_default());
                    return Poll::Ready(Ok(()));
                }
                Ok(Err(error)) => return Poll::Ready(Err(error)),
                Err(_would_block) => (),
            }
        }
    }
}

impl AsyncWrite for Descriptor {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            let mut guard = ready!(self.0.poll_write_ready(context))?;
            if let Ok(written) = guard.try_io(|it| it.get_ref().write(bytes)) {
                return Poll::Ready(written);
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
