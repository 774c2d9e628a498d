//! What the station says to a reader.

use super::{VERSION, message, parameter};

/// The one `ROSpec` the station uses. Its number is ours: a reader has one client at a time.
const ROSPEC: u32 = 1;

/// A request. Each but [`ToReader::KeepAliveAck`] is answered with a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToReader {
    /// Ask for everything the reader says of itself.
    GetCapabilities,
    /// Forget every `ROSpec`: also what a station that was killed left running.
    DeleteRounds,
    /// Inventory with every antenna for so many milliseconds; a report when the time is over.
    AddRound {
        duration_ms: u32,
    },
    EnableRound,
    StartRound,
    StopRound,
    KeepAliveAck,
    Close,
}

impl ToReader {
    /// The whole message. `id` comes back in the answer; a keepalive's is that of the keepalive.
    pub fn bytes(self, id: u32) -> Vec<u8> {
        let rospec = ROSPEC.to_be_bytes().to_vec();
        match self {
            ToReader::GetCapabilities => message(message::GET_READER_CAPABILITIES, id, &[0]),
            ToReader::DeleteRounds => message(message::DELETE_ROSPEC, id, &0u32.to_be_bytes()),
            ToReader::AddRound { duration_ms } => message(message::ADD_ROSPEC, id, &round(duration_ms)),
            ToReader::EnableRound => message(message::ENABLE_ROSPEC, id, &rospec),
            ToReader::StartRound => message(message::START_ROSPEC, id, &rospec),
            ToReader::StopRound => message(message::STOP_ROSPEC, id, &rospec),
            ToReader::KeepAliveAck => message(message::KEEPALIVE_ACK, id, &[]),
            ToReader::Close => message(message::CLOSE_CONNECTION, id, &[]),
        }
    }
}

/// Started by `START_ROSPEC` only and ended by its own time: a station that dies leaves no reader radiating.
fn round(duration_ms: u32) -> Vec<u8> {
    let duration = duration_ms.to_be_bytes();
    let boundary = [
        value(parameter::START_TRIGGER, &[0]),
        value(parameter::STOP_TRIGGER, &[[1].as_slice(), &duration].concat()),
    ]
    .concat();
    // Antenna 0 is every antenna; protocol 1 is EPC Class 1 Gen 2.
    let antennas = [
        vec![0, 1, 0, 0],
        value(parameter::ANTENNA_STOP_TRIGGER, &[0, 0, 0, 0, 0]),
        value(parameter::INVENTORY, &[0, 1, 1]),
    ]
    .concat();
    // One report at the end of the ROSpec (2), of any number of tags; antenna, peak RSSI and seen count with each.
    let report = [vec![2, 0, 0], value(parameter::CONTENT, &0x1480u16.to_be_bytes())].concat();
    let spec = [
        ROSPEC.to_be_bytes().to_vec(),
        vec![0, 0], // priority, and disabled until enabled
        value(parameter::BOUNDARY, &boundary),
        value(parameter::ANTENNA_SPEC, &antennas),
        value(parameter::REPORT_SPEC, &report),
    ]
    .concat();
    value(parameter::RO_SPEC, &spec)
}

/// A parameter with its head. Ours are far below the 64 KiB its length can say.
fn value(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len() + 4).unwrap_or(u16::MAX);
    [kind.to_be_bytes().as_slice(), &length.to_be_bytes(), value].concat()
}

fn message(kind: u16, id: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + super::HEADER).unwrap_or(u32::MAX);
    [(VERSION << 10 | kind).to_be_bytes().as_slice(), &length.to_be_bytes(), &id.to_be_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_the_known_bytes() {
        let table: &[(ToReader, u32, &[u8])] = &[
            (ToReader::GetCapabilities, 7, b"\x04\x01\0\0\0\x0B\0\0\0\x07\0"),
            (ToReader::DeleteRounds, 2, b"\x04\x15\0\0\0\x0E\0\0\0\x02\0\0\0\0"),
            (ToReader::EnableRound, 3, b"\x04\x18\0\0\0\x0E\0\0\0\x03\0\0\0\x01"),
            (ToReader::StartRound, 4, b"\x04\x16\0\0\0\x0E\0\0\0\x04\0\0\0\x01"),
            (ToReader::StopRound, 5, b"\x04\x17\0\0\0\x0E\0\0\0\x05\0\0\0\x01"),
            (ToReader::KeepAliveAck, 9, b"\x04\x48\0\0\0\x0A\0\0\0\x09"),
            (ToReader::Close, 1, b"\x04\x0E\0\0\0\x0A\0\0\0\x01"),
        ];
        for (request, id, bytes) in table {
            assert_eq!(request.bytes(*id), *bytes, "{request:?}");
        }
    }

    /// As another library writes the same `ROSpec`.
    #[test]
    fn a_round_of_a_second_and_a_half_is_the_known_bytes() {
        let known = b"\x04\x14\0\0\0\x4B\0\0\0\x0B\0\xB1\0\x41\0\0\0\x01\0\0\
            \0\xB2\0\x12\0\xB3\0\x05\0\0\xB6\0\x09\x01\0\0\x05\xDC\
            \0\xB7\0\x18\0\x01\0\0\0\xB8\0\x09\0\0\0\0\0\0\xBA\0\x07\0\x01\x01\
            \0\xED\0\x0D\x02\0\0\0\xEE\0\x06\x14\x80";
        assert_eq!(ToReader::AddRound { duration_ms: 1_500 }.bytes(11), known);
    }
}
