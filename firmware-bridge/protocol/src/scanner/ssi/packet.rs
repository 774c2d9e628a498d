//! One packet: `length opcode source status data… checksum`. The length counts everything but the checksum, which is the
//! two's complement of the sum of all bytes before it, high byte first.
//!
//! Strict on length and checksum; liberal on status, because the bits seen in the field are not those of the guide.

use std::collections::VecDeque;

/// Length, opcode, source, status.
const HEADER: usize = 4;
const CHECKSUM: usize = 2;
/// The most bytes a packet carries after its header: the length is one byte.
pub(super) const DATA_MAX: usize = 255 - HEADER;

/// The message was sent before and not answered.
const RESENT: u8 = 0x01;
/// More packets of the same message follow.
const CONTINUED: u8 = 0x02;

/// What a packet is for. Those the station neither sends nor reads are kept by their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    Ack,
    Nak,
    DecodeData,
    Event,
    Beep,
    LedOn,
    LedOff,
    ScanEnable,
    ScanDisable,
    StartSession,
    StopSession,
    ParamSend,
    /// A piece of a long message, in newer scanners.
    Segment,
    SegmentAck,
    Other(u8),
}

impl Opcode {
    const TABLE: [(Opcode, u8); 14] = [
        (Opcode::Ack, 0xD0),
        (Opcode::Nak, 0xD1),
        (Opcode::DecodeData, 0xF3),
        (Opcode::Event, 0xF6),
        (Opcode::Beep, 0xE6),
        (Opcode::LedOn, 0xE7),
        (Opcode::LedOff, 0xE8),
        (Opcode::ScanEnable, 0xE9),
        (Opcode::ScanDisable, 0xEA),
        (Opcode::StartSession, 0xE4),
        (Opcode::StopSession, 0xE5),
        (Opcode::ParamSend, 0xC6),
        (Opcode::Segment, 0x73),
        (Opcode::SegmentAck, 0x74),
    ];

    pub fn byte(self) -> u8 {
        match self {
            Opcode::Other(byte) => byte,
            known => Opcode::TABLE.iter().find(|(opcode, _)| *opcode == known).map_or(0, |(_, byte)| *byte),
        }
    }
}

impl From<u8> for Opcode {
    fn from(byte: u8) -> Opcode {
        let known = Opcode::TABLE.iter().find(|(_, known)| *known == byte);
        known.map_or(Opcode::Other(byte), |(opcode, _)| *opcode)
    }
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Scanner,
    Host,
    /// A scanner that writes something else here; 2 is seen on the first segment of a long message.
    Other(u8),
}

impl Source {
    fn byte(self) -> u8 {
        match self {
            Source::Scanner => 0,
            Source::Host => 4,
            Source::Other(byte) => byte,
        }
    }

    fn read(byte: u8) -> Source {
        match byte {
            0 => Source::Scanner,
            4 => Source::Host,
            other => Source::Other(other),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub opcode: Opcode,
    pub source: Source,
    pub status: u8,
    data: Vec<u8>,
}

impl Packet {
    /// Refuses more data than a length of one byte can count.
    pub fn new(opcode: Opcode, source: Source, status: u8, data: Vec<u8>) -> Option<Packet> {
        (data.len() <= DATA_MAX).then_some(Packet { opcode, source, status, data })
    }

    /// From the station, with no data.
    pub fn bare(opcode: Opcode) -> Packet {
        Packet { opcode, source: Source::Host, status: 0, data: Vec::new() }
    }

    /// From the station, with a few bytes of data.
    pub fn short<const N: usize>(opcode: Opcode, data: [u8; N]) -> Packet {
        const { assert!(N <= DATA_MAX) };
        Packet { opcode, source: Source::Host, status: 0, data: data.to_vec() }
    }

    pub fn data(&self) -> &[u8] {
        &self.data
    }

    pub fn is_resent(&self) -> bool {
        self.status & RESENT != 0
    }

    pub fn is_continued(&self) -> bool {
        self.status & CONTINUED != 0
    }

    /// The same packet, marked as sent before.
    #[must_use]
    pub fn resent(mut self) -> Packet {
        self.status |= RESENT;
        self
    }

    /// The same packet, marked as not the last of its message.
    #[must_use]
    pub fn continued(mut self) -> Packet {
        self.status |= CONTINUED;
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let length = u8::try_from(HEADER + self.data.len()).unwrap_or(u8::MAX);
        let mut bytes = vec![length, self.opcode.byte(), self.source.byte(), self.status];
        bytes.extend_from_slice(&self.data);
        let checksum = checksum(&bytes);
        bytes.extend_from_slice(&checksum.to_be_bytes());
        bytes
    }
}

fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0u16, |sum, byte| sum.wrapping_sub(u16::from(*byte)))
}

/// What the bytes held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    Packet(Packet),
    /// Bytes that are no packet, or were one before they were damaged.
    Garbage {
        length: usize,
    },
}

/// Finds packets among bytes, in any pieces and with anything between them.
#[derive(Debug, Default)]
pub struct Decoder {
    /// Never longer than the longest packet and what was just fed.
    buffer: Vec<u8>,
    garbage: usize,
    ready: VecDeque<Incoming>,
}

impl Decoder {
    pub fn feed(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(256) {
            self.buffer.extend_from_slice(piece);
            while self.take() {}
        }
    }

    /// The line has been silent for longer than a scanner pauses within a packet: what waits for its end is garbage,
    /// except for whole packets behind it.
    pub fn pause(&mut self) {
        while !self.buffer.is_empty() {
            self.skip();
            while self.take() {}
        }
        self.end_garbage();
    }

    /// Whether a packet may have begun and not ended.
    pub fn is_within(&self) -> bool {
        !self.buffer.is_empty() || self.garbage > 0
    }

    /// Takes one packet or one byte of garbage off the buffer; `false` when more bytes are needed.
    fn take(&mut self) -> bool {
        let Some(&length) = self.buffer.first() else { return false };
        let length = usize::from(length);
        let source_is_odd = self.buffer.get(2).is_some_and(|source| *source > 4);
        if length < HEADER || source_is_odd {
            self.skip();
            return true;
        }
        let Some(whole) = self.buffer.get(..length + CHECKSUM) else { return false };
        let (body, sent) = whole.split_at(length);
        let &[opcode, source, status, ref data @ ..] = body.get(1..).unwrap_or_default() else {
            self.skip();
            return true;
        };
        if checksum(body).to_be_bytes() != sent {
            self.skip();
            return true;
        }
        let source = Source::read(source);
        let packet = Packet { opcode: opcode.into(), source, status, data: data.to_vec() };
        self.buffer.drain(..length + CHECKSUM);
        self.end_garbage();
        self.ready.push_back(Incoming::Packet(packet));
        true
    }

    fn skip(&mut self) {
        self.garbage += 1;
        self.buffer.drain(..1);
    }

    fn end_garbage(&mut self) {
        if self.garbage > 0 {
            self.ready.push_back(Incoming::Garbage { length: self.garbage });
            self.garbage = 0;
        }
    }
}

impl Iterator for Decoder {
    type Item = Incoming;

    fn next(&mut self) -> Option<Incoming> {
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(pieces: &[&[u8]]) -> Vec<Incoming> {
        let mut decoder = Decoder::default();
        for piece in pieces {
            decoder.feed(piece);
        }
        decoder.pause();
        decoder.collect()
    }

    fn hex(text: &str) -> Vec<u8> {
        text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
    }

    /// The guide's layout; the first four are the vectors of an independent implementation, the rest computed by hand.
    #[test]
    fn golden_bytes() {
        let scanner = |opcode, status, data: &[u8]| {
            Packet::new(opcode, Source::Scanner, status, data.to_vec()).unwrap()
        };
        let table = [
            ("05 00 04 00 00 FF F7", Packet::short(Opcode::Other(0), [0])),
            ("07 F3 00 00 01 4E 52 FE 65", scanner(Opcode::DecodeData, 0, b"\x01NR")),
            ("04 10 04 00 FF E8", Packet::bare(Opcode::Other(0x10))),
            ("04 D0 04 00 FF 28", Packet::bare(Opcode::Ack)),
            ("05 D1 04 00 01 FF 25", Packet::short(Opcode::Nak, [1])),
            ("04 E4 04 00 FF 14", Packet::bare(Opcode::StartSession)),
            ("04 E5 04 00 FF 13", Packet::bare(Opcode::StopSession)),
            ("04 E9 04 00 FF 0F", Packet::bare(Opcode::ScanEnable)),
            ("04 EA 04 00 FF 0E", Packet::bare(Opcode::ScanDisable)),
            ("05 E6 04 00 00 FF 11", Packet::short(Opcode::Beep, [0])),
            ("07 C6 04 00 FF EE 01 FD 41", Packet::short(Opcode::ParamSend, [0xFF, 0xEE, 1])),
            ("0B F3 00 00 03 45 56 2D 30 30 31 FD A6", scanner(Opcode::DecodeData, 0, b"\x03EV-001")),
            (
                "0B F3 00 01 03 45 56 2D 30 30 31 FD A5",
                scanner(Opcode::DecodeData, 0, b"\x03EV-001").resent(),
            ),
        ];
        for (bytes, packet) in table {
            assert_eq!(packet.bytes(), hex(bytes), "{bytes}");
            assert_eq!(decode(&[&hex(bytes)]), [Incoming::Packet(packet)], "{bytes}");
        }
    }

    #[test]
    fn a_wrong_checksum_is_garbage_and_a_scan_behind_a_long_length_is_found() {
        let garbage = |length| Incoming::Garbage { length };
        assert_eq!(decode(&[&hex("05 00 04 00 00 FF E7")]), [garbage(7)]);
        assert_eq!(decode(&[&hex("0B F3 00 00 03 45 56 2D 30 30 31 FD A7")]), [garbage(13)]);
        let good = Packet::new(Opcode::DecodeData, Source::Scanner, 0, b"\x01NR".to_vec()).unwrap();
        let behind = [hex("F0 01 00"), good.bytes()].concat();
        assert_eq!(decode(&[&behind]), [garbage(3), Incoming::Packet(good)]);
    }

    #[test]
    fn more_data_than_a_byte_can_count_is_refused() {
        let of = |length| Packet::new(Opcode::DecodeData, Source::Scanner, 0, vec![b'x'; length]);
        assert!(of(DATA_MAX).is_some_and(|packet| packet.bytes().len() == 257));
        assert!(of(DATA_MAX + 1).is_none());
    }

    fn any_packet() -> impl Strategy<Value = Packet> {
        let data = prop::collection::vec(any::<u8>(), 0..=DATA_MAX);
        (any::<u8>(), 0u8..=4, any::<u8>(), data).prop_map(|(opcode, source, status, data)| {
            Packet::new(opcode.into(), Source::read(source), status, data).unwrap()
        })
    }

    proptest! {
        #[test]
        fn a_packet_read_back_is_the_packet(
            packets in prop::collection::vec(any_packet(), 1..4),
            cuts in prop::collection::vec(0usize..800, 0..8),
        ) {
            let bytes: Vec<u8> = packets.iter().flat_map(Packet::bytes).collect();
            let expected: Vec<Incoming> = packets.into_iter().map(Incoming::Packet).collect();
            prop_assert_eq!(decode(&crate::scanner::pieces(&bytes, &cuts)), expected);
        }

        /// Any bytes in any pieces: no panic, no more memory than two packets, the same answer; and after a pause the
        /// next packet is read.
        #[test]
        fn a_good_packet_after_any_bytes_is_found(
            bytes in prop::collection::vec(any::<u8>(), 0..600),
            cuts in prop::collection::vec(0usize..600, 0..8),
            packet in any_packet(),
        ) {
            let mut decoder = Decoder::default();
            for piece in crate::scanner::pieces(&bytes, &cuts) {
                decoder.feed(piece);
                prop_assert!(decoder.buffer.len() <= 257);
            }
            decoder.pause();
            let found: Vec<Incoming> = decoder.by_ref().collect();
            prop_assert_eq!(&found, &decode(&[&bytes]));
            decoder.feed(&packet.bytes());
            prop_assert_eq!(decoder.next(), Some(Incoming::Packet(packet)));
        }
    }
}
