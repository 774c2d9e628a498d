//! LLRP 1.0.1 (the Low Level Reader Protocol TCP 5084), as much of it as one inventory round needs: the
//! reader greets, is told what to do in a `ROSpec`, reports tags, and is answered when it asks whether anybody is there.
//!
//! A message is `reserved 3 · version 3 · type 10 | length 32, with this header | id 32 | parameters`, all big-endian. A
//! parameter is `reserved 6 · type 10 | length 16 | value`, or, with the highest bit set, `1 · type 7 | value` of a length
//! that follows from the type.

mod from_reader;
mod to_reader;

pub use from_reader::{Decoder, Envelope, FromReader, LlrpError, Tag};
pub use to_reader::ToReader;

/// The version this codec writes. Readers of 1.1 begin with it too, until both sides agree on more.
const VERSION: u16 = 1;
const HEADER: usize = 10;

/// Message types.
mod message {
    pub(super) const GET_READER_CAPABILITIES: u16 = 1;
    pub(super) const CLOSE_CONNECTION: u16 = 14;
    pub(super) const ADD_ROSPEC: u16 = 20;
    pub(super) const DELETE_ROSPEC: u16 = 21;
    pub(super) const START_ROSPEC: u16 = 22;
    pub(super) const STOP_ROSPEC: u16 = 23;
    pub(super) const ENABLE_ROSPEC: u16 = 24;
    pub(super) const RO_ACCESS_REPORT: u16 = 61;
    pub(super) const KEEPALIVE: u16 = 62;
    pub(super) const READER_EVENT_NOTIFICATION: u16 = 63;
    pub(super) const KEEPALIVE_ACK: u16 = 72;
    pub(super) const ERROR_MESSAGE: u16 = 100;
}

/// Parameter types.
mod parameter {
    pub(super) const ANTENNA: u16 = 1;
    pub(super) const PEAK_RSSI: u16 = 6;
    pub(super) const SEEN_COUNT: u16 = 8;
    pub(super) const EPC_96: u16 = 13;
    pub(super) const RO_SPEC: u16 = 177;
    pub(super) const BOUNDARY: u16 = 178;
    pub(super) const START_TRIGGER: u16 = 179;
    pub(super) const STOP_TRIGGER: u16 = 182;
    pub(super) const ANTENNA_SPEC: u16 = 183;
    pub(super) const ANTENNA_STOP_TRIGGER: u16 = 184;
    pub(super) const INVENTORY: u16 = 186;
    pub(super) const REPORT_SPEC: u16 = 237;
    pub(super) const CONTENT: u16 = 238;
    pub(super) const TAG_REPORT: u16 = 240;
    pub(super) const EPC_DATA: u16 = 241;
    pub(super) const EVENT_DATA: u16 = 246;
    pub(super) const CONNECTION_ATTEMPT: u16 = 256;
    pub(super) const STATUS: u16 = 287;
}
