//! Zebra's Simple Serial Interface (guide 72E-40451): packets with a checksum, each answered. Unlike in line mode a
//! damaged scan is asked for again, and the scanner itself can say what the server thinks of a scan.
//!
//! [`Host`] is the station's side of the conversation, [`Device`] the scanner's, for the simulator and for tests.

#[cfg(test)]
mod conversation;
mod device;
mod host;
mod message;
mod packet;
mod symbology;

pub use device::{Device, DeviceAction};
pub use host::Host;
pub use packet::{Decoder, Incoming, Opcode, Packet, Source};
pub use symbology::aim;
