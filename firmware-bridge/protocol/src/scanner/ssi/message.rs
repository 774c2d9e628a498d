//! One scan out of one packet or many. A long scan comes either as repeated `DECODE_DATA` with the continuation bit,
//! each with the code type before its data, or in newer scanners as numbered segments around one `DECODE_DATA` that
//! states its length.
//!
//! A packet that is sent again because the answer to it was lost is recognised here: it is answered again and is not a
//! second scan.

use super::packet::{Opcode, Packet};
use super::symbology;
use crate::scanner::{LENGTH_MAX, Rejection, Scan};

/// What a packet of a scan came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PacketOutcome {
    /// More of the same scan is to come.
    Part,
    Whole(Scan),
    /// Known already.
    Again {
        whole: bool,
    },
    /// A piece before this one is missing.
    OutOfPlace,
}

/// The bytes of a first segment before its data: the head of the message inside, then type, one byte, length.
const SEGMENT_HEAD: usize = 9;
/// A segment that is not full is the last one.
const SEGMENT_FULL: usize = super::packet::DATA_MAX;

#[derive(Debug, Default)]
pub(super) struct Messages {
    /// The last packet taken, to know it again.
    last: Option<Vec<u8>>,
    building: Option<Building>,
}

#[derive(Debug)]
struct Building {
    kind: u8,
    data: Vec<u8>,
    /// Bytes seen, also those beyond the bound that are not kept.
    length: usize,
    /// Segments only: the number of the next one, and the stated length.
    segment: Option<(u8, usize)>,
}

impl Building {
    fn add(&mut self, data: &[u8]) {
        self.length += data.len();
        if self.length <= LENGTH_MAX {
            self.data.extend_from_slice(data);
        }
    }

    fn scan(self) -> Scan {
        if self.length > LENGTH_MAX {
            return Scan::Rejected { length: self.length, why: Rejection::TooLong };
        }
        Scan::Code { data: self.data, aim: symbology::aim(self.kind) }
    }
}

impl Messages {
    pub(super) fn is_within(&self) -> bool {
        self.building.is_some()
    }

    /// So much time has passed that nothing is sent again any more: what reads like the last scan is a new one.
    pub(super) fn forget_last(&mut self) {
        self.last = None;
    }

    /// The rest did not come. Gives back how much there was.
    pub(super) fn give_up(&mut self) -> Option<usize> {
        self.building.take().map(|building| building.length)
    }

    /// Takes a packet with the opcode [`Opcode::DecodeData`] or [`Opcode::Segment`].
    pub(super) fn take(&mut self, packet: &Packet) -> PacketOutcome {
        let same = self.last.as_deref() == Some(packet.data());
        match packet.opcode {
            // A segment's number is part of its data, so that two of one message are never the same.
            Opcode::Segment if same => return PacketOutcome::Again { whole: self.building.is_none() },
            _ if same && packet.is_resent() => {
                return PacketOutcome::Again { whole: self.building.is_none() };
            }
            Opcode::Segment => return self.segment(packet),
            _ => (),
        }
        let Some((kind, data)) = packet.data().split_first() else { return PacketOutcome::OutOfPlace };
        self.last = Some(packet.data().to_vec());
        let mut building = match self.building.take() {
            Some(building) if building.kind == *kind && building.segment.is_none() => building,
            _ => Building { kind: *kind, data: Vec::new(), length: 0, segment: None },
        };
        building.add(data);
        if packet.is_continued() {
            self.building = Some(building);
            return PacketOutcome::Part;
        }
        PacketOutcome::Whole(building.scan())
    }

    fn segment(&mut self, packet: &Packet) -> PacketOutcome {
        let Some((number, content)) = packet.data().split_first() else { return PacketOutcome::OutOfPlace };
        let mut building = match (number, self.building.take()) {
            (0, _) => match content.get(..SEGMENT_HEAD) {
                Some(&[0xF3, _, _, _, _, kind, _, high, low]) => {
                    let stated = usize::from(u16::from_be_bytes([high, low]));
                    Building { kind, data: Vec::new(), length: 0, segment: Some((0, stated)) }
                }
                _ => return PacketOutcome::OutOfPlace,
            },
            (number, Some(building)) if building.segment.is_some_and(|(next, _)| next == *number) => building,
            (_, kept) => {
                self.building = kept;
                return PacketOutcome::OutOfPlace;
            }
        };
        self.last = Some(packet.data().to_vec());
        let data = if *number == 0 { content.get(SEGMENT_HEAD..).unwrap_or_default() } else { content };
        building.add(data);
        let stated = building.segment.map_or(0, |(_, stated)| stated);
        building.segment = Some((number.wrapping_add(1), stated));
        match (building.length.cmp(&stated), packet.data().len() == SEGMENT_FULL) {
            (std::cmp::Ordering::Equal, _) => PacketOutcome::Whole(building.scan()),
            (std::cmp::Ordering::Less, true) => {
                self.building = Some(building);
                PacketOutcome::Part
            }
            _ => PacketOutcome::Whole(Scan::Rejected { length: building.length, why: Rejection::Torn }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scanner::ssi::Source;

    fn packet(opcode: Opcode, data: &[u8]) -> Packet {
        Packet::new(opcode, Source::Scanner, 0, data.to_vec()).unwrap()
    }

    fn data(scan: &PacketOutcome) -> &[u8] {
        match scan {
            PacketOutcome::Whole(Scan::Code { data, .. }) => data,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_scan_in_three_packets_of_which_one_is_sent_twice() {
        let mut messages = Messages::default();
        let part = |text: &str| packet(Opcode::DecodeData, format!("\x1c{text}").as_bytes());
        assert_eq!(messages.take(&part("AAA").continued()), PacketOutcome::Part);
        assert_eq!(messages.take(&part("AAA").continued().resent()), PacketOutcome::Again { whole: false });
        assert_eq!(messages.take(&part("AAA").continued()), PacketOutcome::Part);
        let last = part("BB");
        assert_eq!(data(&messages.take(&last)), b"AAAAAABB");
        assert_eq!(messages.take(&last.clone().resent()), PacketOutcome::Again { whole: true });
        assert_eq!(data(&messages.take(&last)), b"BB", "not sent again: scanned again");
        messages.forget_last();
        assert_eq!(data(&messages.take(&last.resent())), b"BB", "a later reading, damaged on its first way");
    }

    /// The three segments of an independent implementation's test: a QR code of 500 Z.
    #[test]
    fn a_scan_in_three_segments() {
        let head = [0, 0xF3, 0, 0, 0x01, 0xF7, 0x1C, 0x01, 0x01, 0xF4];
        let first = packet(Opcode::Segment, &[&head[..], &[b'Z'; 241]].concat());
        let second = packet(Opcode::Segment, &[&[1][..], &[b'Z'; 250]].concat());
        let third = packet(Opcode::Segment, &[&[2][..], &[b'Z'; 9]].concat());
        let bytes = first.bytes();
        assert_eq!((bytes[0], bytes[1], bytes.len()), (0xFF, 0x73, 257));
        let mut messages = Messages::default();
        assert_eq!(messages.take(&second), PacketOutcome::OutOfPlace);
        assert_eq!(messages.take(&first), PacketOutcome::Part);
        assert_eq!(messages.take(&first), PacketOutcome::Again { whole: false });
        assert_eq!(messages.take(&third), PacketOutcome::OutOfPlace);
        assert_eq!(messages.take(&second), PacketOutcome::Part);
        let PacketOutcome::Whole(Scan::Code { data, aim }) = messages.take(&third) else { panic!() };
        assert_eq!((data, aim.map(|aim| aim.code)), (vec![b'Z'; 500], Some('Q')));
        assert_eq!(messages.take(&third.resent()), PacketOutcome::Again { whole: true });
    }

    #[test]
    fn a_scan_without_an_end_is_bounded_and_reported() {
        let mut messages = Messages::default();
        let part = packet(Opcode::DecodeData, &[&[0x1C][..], &[b'x'; 250]].concat());
        for _ in 0..1_000 {
            assert_eq!(messages.take(&part.clone().continued()), PacketOutcome::Part);
            assert!(messages.building.as_ref().unwrap().data.len() <= LENGTH_MAX);
        }
        let too_long = Scan::Rejected { length: 250_250, why: Rejection::TooLong };
        assert_eq!(messages.take(&part), PacketOutcome::Whole(too_long));
    }
}
