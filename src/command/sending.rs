//! How a connection sends.

use tokio::net::TcpStream;

/// What is said goes out at once (`TCP_NODELAY`): otherwise a second short message, such as an order to print, waits for the
/// other side to acknowledge the first, which takes its time over that.
pub fn at_once(stream: &mut TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection stays slower than need be");
    }
}
