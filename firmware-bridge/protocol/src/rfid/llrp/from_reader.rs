//! What a reader says to the station.

use super::{HEADER, message, parameter};
use crate::rfid::Epc;

/// The longest message taken, in bytes: a report of twenty thousand tags.
const MESSAGE_MAX: usize = 1 << 20;

/// A message and the id it carries: in an answer, that of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    pub id: u32,
    pub what: FromReader,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromReader {
    /// The reader's first words. `accepted` is false when it serves somebody else already.
    Greeting {
        accepted: bool,
    },
    /// The answer to a request: 0 is success (`M_Success`).
    Status {
        code: u16,
        text: String,
    },
    Report(Vec<Tag>),
    /// To be answered with [`super::ToReader::KeepAliveAck`], or the reader hangs up.
    KeepAlive,
    /// A message this codec has no use for.
    Other,
}

/// One tag of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    pub epc: Epc,
    pub antenna: Option<u16>,
    /// The strongest answer, in dBm.
    pub peak_rssi_dbm: Option<i8>,
    /// How often it answered since the last report.
    pub seen: Option<u16>,
}

/// What came is not LLRP: nothing after it can be trusted, and the connection is to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LlrpError {
    #[error("not an LLRP message")]
    NotLlrp,
    #[error("an LLRP message of {0} bytes")]
    TooLong(usize),
    #[error("a parameter is longer than what holds it")]
    Damaged,
}

/// Collects bytes into messages.
#[derive(Debug, Default)]
pub struct Decoder {
    received: Vec<u8>,
}

impl Decoder {
    /// Takes bytes as they arrive, in any pieces.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.received.extend_from_slice(bytes);
    }

    /// The next whole message; `None` when there is none yet. The length is judged before the message is awaited.
    pub fn take(&mut self) -> Result<Option<Envelope>, LlrpError> {
        let mut header = Reader(&self.received);
        let Ok((first, length, id)) = header.header() else { return Ok(None) };
        if !matches!(first >> 10, 1 | 2) {
            return Err(LlrpError::NotLlrp);
        }
        match usize::try_from(length).unwrap_or(usize::MAX) {
            length if length < HEADER => Err(LlrpError::NotLlrp),
            length if length > MESSAGE_MAX => Err(LlrpError::TooLong(length)),
            length => match self.received.get(HEADER..length) {
                None => Ok(None),
                Some(body) => {
                    let what = read(first & 0x3FF, Reader(body));
                    self.received.drain(..length);
                    Ok(Some(Envelope { id, what: what? }))
                }
            },
        }
    }
}

/// Answers that carry a status have the number of their request plus ten; capabilities and closing are the exceptions.
fn read(kind: u16, mut body: Reader<'_>) -> Result<FromReader, LlrpError> {
    match kind {
        message::RO_ACCESS_REPORT => report(body),
        message::KEEPALIVE => Ok(FromReader::KeepAlive),
        message::READER_EVENT_NOTIFICATION => greeting(body),
        4 | 11..=13 | 30..=36 | message::ERROR_MESSAGE => status(&mut body),
        _ => Ok(FromReader::Other),
    }
}

/// `LLRPStatus` wherever it stands in the answer: a reader may put capabilities before it.
fn status(body: &mut Reader<'_>) -> Result<FromReader, LlrpError> {
    while let Some((kind, mut value)) = body.parameter()? {
        if kind == parameter::STATUS {
            let code = value.u16()?;
            let length = value.u16()?;
            let text = String::from_utf8_lossy(value.bytes(usize::from(length))?).into_owned();
            return Ok(FromReader::Status { code, text });
        }
    }
    Err(LlrpError::Damaged)
}

/// An event that is no connection attempt (an antenna, a buffer) changes nothing here.
fn greeting(mut body: Reader<'_>) -> Result<FromReader, LlrpError> {
    while let Some((kind, mut events)) = body.parameter()? {
        if kind != parameter::EVENT_DATA {
            continue;
        }
        while let Some((kind, mut value)) = events.parameter()? {
            if kind == parameter::CONNECTION_ATTEMPT {
                return Ok(FromReader::Greeting { accepted: value.u16()? == 0 });
            }
        }
    }
    Ok(FromReader::Other)
}

fn report(mut body: Reader<'_>) -> Result<FromReader, LlrpError> {
    let mut tags = Vec::new();
    while let Some((kind, value)) = body.parameter()? {
        if kind == parameter::TAG_REPORT {
            tags.extend(tag(value)?);
        }
    }
    Ok(FromReader::Report(tags))
}

/// A tag without a readable EPC is passed over: there is nothing to say of it.
fn tag(mut body: Reader<'_>) -> Result<Option<Tag>, LlrpError> {
    let (mut epc, mut antenna, mut peak_rssi_dbm, mut seen) = (None, None, None, None);
    while let Some((kind, mut value)) = body.parameter()? {
        match kind {
            parameter::EPC_96 => epc = Epc::new(96, value.0),
            parameter::EPC_DATA => {
                let bits = usize::from(value.u16()?);
                epc = Epc::new(bits, value.0);
            }
            parameter::ANTENNA => antenna = Some(value.u16()?),
            parameter::PEAK_RSSI => peak_rssi_dbm = value.bytes(1)?.first().map(|byte| byte.cast_signed()),
            parameter::SEEN_COUNT => seen = Some(value.u16()?),
            _ => (),
        }
    }
    Ok(epc.map(|epc| Tag { epc, antenna, peak_rssi_dbm, seen }))
}

/// Bytes being read; reading past the end is damage, since every length was said beforehand.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, length: usize) -> Result<&'a [u8], LlrpError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(LlrpError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn u16(&mut self) -> Result<u16, LlrpError> {
        Ok(self.bytes(2)?.iter().fold(0, |value, &byte| value << 8 | u16::from(byte)))
    }

    fn u32(&mut self) -> Result<u32, LlrpError> {
        Ok(self.bytes(4)?.iter().fold(0, |value, &byte| value << 8 | u32::from(byte)))
    }

    fn header(&mut self) -> Result<(u16, u32, u32), LlrpError> {
        Ok((self.u16()?, self.u32()?, self.u32()?))
    }

    /// The next parameter, its type and its value; `None` at the end.
    fn parameter(&mut self) -> Result<Option<(u16, Reader<'a>)>, LlrpError> {
        let Some(&first) = self.0.first() else { return Ok(None) };
        if first & 0x80 != 0 {
            self.bytes(1)?;
            let kind = u16::from(first & 0x7F);
            let length = fixed_length(kind).ok_or(LlrpError::Damaged)?;
            return Ok(Some((kind, Reader(self.bytes(length)?))));
        }
        let kind = self.u16()? & 0x3FF;
        let length = usize::from(self.u16()?).checked_sub(4).ok_or(LlrpError::Damaged)?;
        Ok(Some((kind, Reader(self.bytes(length)?))))
    }
}

/// The parameters that carry no length of their own (LLRP 1.0.1, section 16.2.7 ff.).
fn fixed_length(kind: u16) -> Option<usize> {
    match kind {
        6 => Some(1),                                       // peak RSSI
        1 | 7 | 8 | 10 | 11 | 12 | 14 | 15 | 17 => Some(2), // antenna, channel, counts, CRC, PC, indexes
        19 | 20 => Some(2),                                 // XPC words
        9 | 16 | 18 => Some(4),                             // ROSpec, AccessSpec, singulation
        2..=5 => Some(8),                                   // times
        13 => Some(12),                                     // EPC of 96 bits
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GREETING: &[u8] =
        b"\x04\x3F\0\0\0\x20\0\0\0\0\0\xF6\0\x16\0\x80\0\x0C\0\x06\x0A\x24\x18\x1E\x40\0\x01\0\0\x06\0\0";
    const SUCCESS: &[u8] = b"\x04\x1E\0\0\0\x12\0\0\0\x0B\x01\x1F\0\x08\0\0\0\0";
    const EXISTS: &[u8] = b"\x04\x1E\0\0\0\x1F\0\0\0\x0B\x01\x1F\0\x15\0\x65\0\x0DROSpec exists";
    const KEEPALIVE: &[u8] = b"\x04\x3E\0\0\0\x0A\0\0\0\x09";
    /// Two tags as another library writes them: an EPC of 96 bits with everything a reader adds, and one of 208.
    const REPORT: &[u8] = b"\x04\x3D\0\0\0\x5E\0\0\0\x28\
        \0\xF0\0\x2D\x8D\x34\x14\x25\x7B\xF4\0\0\0\0\xBC\x60\x38\x89\0\0\0\x01\x81\0\x02\x86\xC3\x87\0\x07\
        \x82\0\x06\x0A\x24\x18\x1E\x40\0\x88\0\x0E\x8C\x30\0\
        \0\xF0\0\x27\0\xF1\0\x20\0\xD0\x38\x14\x25\x7B\xF6\x2D\x65\xAC\x98\x32\x6C\xB5\x83\x06\x0C\x59\x33\
        \0\0\0\0\0\0\0\0\0\x81\0\x01";

    fn all(pieces: &[&[u8]]) -> Result<Vec<Envelope>, LlrpError> {
        let mut decoder = Decoder::default();
        let mut told = Vec::new();
        for piece in pieces {
            decoder.feed(piece);
            while let Some(one) = decoder.take()? {
                told.push(one);
            }
        }
        Ok(told)
    }

    fn conversation() -> Vec<u8> {
        [GREETING, SUCCESS, EXISTS, KEEPALIVE, REPORT, b"\x08\x3C\0\0\0\x0B\0\0\0\x01\0"].concat()
    }

    #[test]
    fn a_conversation_is_understood() {
        let told = all(&[&conversation()]).unwrap();
        let [greeting, success, exists, keepalive, report, other] = &told[..] else { panic!("{told:?}") };
        assert_eq!(greeting.what, FromReader::Greeting { accepted: true });
        assert_eq!((success.id, &success.what), (11, &FromReader::Status { code: 0, text: String::new() }));
        assert_eq!(exists.what, FromReader::Status { code: 101, text: "ROSpec exists".to_owned() });
        assert_eq!((keepalive.id, &keepalive.what), (9, &FromReader::KeepAlive));
        assert_eq!(other.what, FromReader::Other);
        let FromReader::Report(tags) = &report.what else { panic!("{report:?}") };
        let seen: Vec<_> =
            tags.iter().map(|tag| (tag.epc.to_string(), tag.antenna, tag.peak_rssi_dbm, tag.seen)).collect();
        let first = ("urn:epc:id:giai:0614141.12345400".to_owned(), Some(2), Some(-61), Some(14));
        let second = ("urn:epc:id:giai:0614141.EV-2026-000123".to_owned(), Some(1), None, None);
        assert_eq!(seen, [first, second]);
    }

    #[test]
    fn a_busy_reader_says_so() {
        let mut busy = GREETING.to_vec();
        *busy.last_mut().unwrap() = 4;
        assert_eq!(all(&[&busy]).unwrap()[0].what, FromReader::Greeting { accepted: false });
    }

    #[test]
    fn what_is_not_llrp_ends_the_conversation() {
        let table: &[(&[u8], LlrpError)] = &[
            (b"HTTP/1.1 400 Bad Request\r\n", LlrpError::NotLlrp),
            (b"\x04\x3E\0\0\0\x09\0\0\0\x09", LlrpError::NotLlrp),
            (b"\x04\x3E\0\x20\0\0\0\0\0\x09", LlrpError::TooLong(0x20_0000)),
            (b"\x04\x3D\0\0\0\x0E\0\0\0\x28\0\xF0\0\x2D", LlrpError::Damaged),
            (b"\x04\x3D\0\0\0\x0E\0\0\0\x28\0\xF0\0\x03", LlrpError::Damaged),
            (b"\x04\x1E\0\0\0\x0A\0\0\0\x0B", LlrpError::Damaged),
        ];
        for (bytes, error) in table {
            assert_eq!(all(&[bytes]), Err(*error), "{bytes:x?}");
        }
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_messages(cuts in prop::collection::vec(0usize..240, 0..6)) {
            let bytes = conversation();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            prop_assert_eq!(all(&pieces), all(&[&bytes]));
        }

        /// Noise is refused or waited for; it never panics and never becomes a tag out of nothing.
        #[test]
        fn noise_is_no_message(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = all(&[&bytes]);
        }

        #[test]
        fn a_spoilt_report_is_refused_or_read_within_its_bounds(at in 10usize..94, to in any::<u8>()) {
            let mut bytes = REPORT.to_vec();
            bytes[at] = to;
            if let Ok(told) = all(&[&bytes]) {
                prop_assert_eq!(told.len(), 1);
            }
        }
    }
}
