//! Devices: a stream joined to a protocol, each supervised on a task of its own. One device never waits for another; what
//! they share is the outbox, and a channel of what was seen.

mod answers;
mod lamp;
pub mod list;
mod locks;
mod printer;
mod reader;
mod scale;
mod scanner;
mod supervise;

pub use answers::Answers;
pub use lamp::Lamps;
pub use locks::Opening;
pub use supervise::{Bench, start};

/// Why a driver gave its stream back.
enum Ended {
    /// Unplugged, switched off, or closed from the other side.
    Gone,
    /// The device is there and does not behave; the stream is opened afresh.
    Trouble(String),
}

impl From<std::io::Error> for Ended {
    /// On a device that was unplugged every call fails in its own way; opening it again tells what is the matter.
    fn from(_: std::io::Error) -> Ended {
        Ended::Gone
    }
}
