//! TCP: printers and scales with a network socket, and serial servers.

use super::{OpenError, refused};
use tokio::net::TcpStream;

/// Connects. A host that refuses or cannot be reached is absent, not in trouble: it may be switched off.
pub(super) async fn open(host: &str) -> Result<TcpStream, OpenError> {
    use std::io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, TimedOut};
    let stream = TcpStream::connect(host).await.map_err(|error| match error.kind() {
        ConnectionRefused | HostUnreachable | NetworkUnreachable | TimedOut => OpenError::Absent,
        _ => refused(&error, "netdev"),
    })?;
    stream.set_nodelay(true).map_err(|error| refused(&error, "netdev"))?;
    Ok(stream)
}
