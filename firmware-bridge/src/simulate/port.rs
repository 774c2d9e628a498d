//! Where a simulated printer is plugged in: a pseudo-terminal, or a TCP port of this machine that serves one connection
//! at a time, as printers do.

use super::Plug;
use crate::stream::Address;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

pub(super) enum Port {
    Pty(Plug),
    Tcp(Socket),
}

pub(super) struct Socket {
    address: SocketAddr,
    listener: Option<TcpListener>,
    peer: Option<TcpStream>,
}

/// A driver that reads nothing for this long loses what the device sends.
const SEND_WITHIN: Duration = Duration::from_secs(2);

impl Port {
    /// The socket that a configured address asks for, when it is one of this machine.
    pub(super) fn tcp(address: &Address) -> Option<io::Result<Port>> {
        let Address::Tcp(host) = address else { return None };
        let address: SocketAddr = host.parse().ok()?;
        address.ip().is_loopback().then(|| Socket::bind(address).map(Port::Tcp))
    }

    /// The address on which it is found, of a socket.
    pub(super) fn socket(&self) -> Option<SocketAddr> {
        match self {
            Port::Pty(_) => None,
            Port::Tcp(socket) => Some(socket.address),
        }
    }

    pub(super) fn plug_in(&mut self) -> io::Result<()> {
        match self {
            Port::Pty(plug) => plug.plug_in(),
            Port::Tcp(socket) if socket.listener.is_some() => Ok(()),
            Port::Tcp(socket) => {
                *socket = Socket::bind(socket.address)?;
                Ok(())
            }
        }
    }

    pub(super) fn unplug(&mut self) -> io::Result<()> {
        match self {
            Port::Pty(plug) => plug.unplug(),
            Port::Tcp(socket) => {
                (socket.listener, socket.peer) = (None, None);
                Ok(())
            }
        }
    }

    /// Waits for bytes; while unplugged, indefinitely.
    pub(super) async fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Port::Pty(plug) => plug.read(bytes).await,
            Port::Tcp(socket) => socket.read(bytes).await,
        }
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> bool {
        match self {
            Port::Pty(plug) => plug.send(bytes).await,
            Port::Tcp(Socket { peer: Some(peer), .. }) => {
                matches!(timeout(SEND_WITHIN, peer.write_all(bytes)).await, Ok(Ok(())))
            }
            Port::Tcp(_) => false,
        }
    }
}

impl Socket {
    fn bind(address: SocketAddr) -> io::Result<Socket> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        Ok(Socket { address: listener.local_addr()?, listener: Some(listener), peer: None })
    }

    async fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            match (&mut self.peer, &self.listener) {
                (Some(peer), _) => match peer.read(bytes).await {
                    Ok(0) | Err(_) => self.peer = None,
                    Ok(count) => return Ok(count),
                },
                (None, Some(listener)) => self.peer = Some(listener.accept().await?.0),
                (None, None) => std::future::pending().await,
            }
        }
    }
}
