//! HID-POS scanners (HID usage page 0x8C, bar code scanner): reports of 64 bytes. Report id 2, length, AIM identifier (`]`
//! and two characters), up to 56 bytes of data, two bytes for the maker, and a last byte whose lowest bit says that more
//! of the same code follows.

use super::{Aim, LENGTH_MAX, Rejection, Scan};
use std::collections::VecDeque;

/// One report, its id included.
pub const REPORT: usize = 64;
const REPORT_ID: u8 = 2;
const HEAD: usize = 5;
const DATA_MAX: usize = 56;

/// Collects reports into codes.
#[derive(Debug, Default)]
pub struct Decoder {
    /// A report of which a part has arrived. The kernel hands out whole ones; a pipe need not.
    report: Vec<u8>,
    /// The code of which reports have arrived.
    code: Option<Building>,
    ready: VecDeque<Scan>,
}

#[derive(Debug, Default)]
struct Building {
    aim: Option<Aim>,
    data: Vec<u8>,
    length: usize,
}

impl Decoder {
    /// Takes what one read returned. A read that begins with another report's id is another report: its buttons and
    /// settings are not the station's business.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.report.is_empty() && bytes.first() != Some(&REPORT_ID) {
                return;
            }
            let (piece, rest) = bytes.split_at(bytes.len().min(REPORT - self.report.len()));
            self.report.extend_from_slice(piece);
            bytes = rest;
            if self.report.len() == REPORT {
                let report = std::mem::take(&mut self.report);
                self.take(&report);
            }
        }
    }

    /// Nothing came for longer than a scanner pauses within a code: what was half received is not one.
    pub fn silence(&mut self) {
        let length = self.report.len() + self.code.take().map_or(0, |code| code.length);
        self.report.clear();
        if length > 0 {
            self.reject(length, Rejection::Torn);
        }
    }

    pub fn is_within(&self) -> bool {
        !self.report.is_empty() || self.code.is_some()
    }

    fn take(&mut self, report: &[u8]) {
        let (Some(&[_, length, bracket, code, modifier]), Some(&last)) = (report.get(..HEAD), report.last())
        else {
            return;
        };
        let data = report.get(HEAD..HEAD + usize::from(length)).filter(|data| data.len() <= DATA_MAX);
        let Some(data) = data else {
            self.code = None;
            return self.reject(REPORT, Rejection::Mixed);
        };
        let mut building = self.code.take().unwrap_or_else(|| Building {
            aim: (bracket == b']').then(|| Aim::read(code, modifier)).flatten(),
            ..Building::default()
        });
        building.length += data.len();
        if building.length <= LENGTH_MAX {
            building.data.extend_from_slice(data);
        }
        if last & 1 == 1 {
            self.code = Some(building);
        } else if building.length > LENGTH_MAX {
            self.reject(building.length, Rejection::TooLong);
        } else if building.length > 0 {
            self.ready.push_back(Scan::Code { data: building.data, aim: building.aim });
        }
    }

    fn reject(&mut self, length: usize, why: Rejection) {
        self.ready.push_back(Scan::Rejected { length, why });
    }
}

impl Iterator for Decoder {
    type Item = Scan;

    fn next(&mut self) -> Option<Scan> {
        self.ready.pop_front()
    }
}

/// The reports a scanner sends for a code; for the simulator.
pub fn reports(aim: Aim, data: &[u8]) -> Vec<[u8; REPORT]> {
    let ascii = |character: char| u8::try_from(character).unwrap_or(b'X');
    let pieces: Vec<&[u8]> = data.chunks(DATA_MAX).collect();
    let report = |(at, piece): (usize, &&[u8])| {
        let mut report = [0; REPORT];
        let length = u8::try_from(piece.len()).unwrap_or_default();
        let head = [REPORT_ID, length, b']', ascii(aim.code), ascii(aim.modifier)];
        let written = head.iter().chain(piece.iter());
        report.iter_mut().zip(written).for_each(|(to, from)| *to = *from);
        let [.., last] = &mut report;
        *last = u8::from(at + 1 < pieces.len());
        report
    };
    pieces.iter().enumerate().map(report).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const QR: Aim = Aim { code: 'Q', modifier: '1' };

    fn decode(pieces: &[&[u8]]) -> Vec<Scan> {
        let mut decoder = Decoder::default();
        pieces.iter().for_each(|piece| decoder.feed(piece));
        decoder.collect()
    }

    fn code(data: &[u8]) -> Scan {
        Scan::Code { data: data.to_vec(), aim: Some(QR) }
    }

    /// The example of the manual: 60 bytes of data make a report of 56 with the last byte 1, and one of 4 with 0.
    #[test]
    fn a_code_of_sixty_bytes_is_two_reports() {
        let data = b"M1GATHERGOOD/MICHAEL YABCDEF LHRDURAK 3542 052Y003D23  ABCDE";
        let reports = reports(QR, data);
        assert_eq!(reports.len(), 2);
        assert_eq!((reports[0][..5].to_vec(), reports[0][63]), (vec![2, 0x38, b']', b'Q', b'1'], 1));
        assert_eq!((reports[1][1], reports[1][63]), (4, 0));
        assert_eq!(decode(&[&reports[0], &reports[1]]), [code(data)]);
    }

    #[test]
    fn other_reports_are_passed_over_and_wrong_ones_are_refused() {
        let good = reports(QR, b"HF-\x1d7")[0];
        assert_eq!(decode(&[&[3, 1], &good, &[0; 64]]), [code(b"HF-\x1d7")]);
        let mut wrong = good;
        wrong[1] = 57;
        let refused = Scan::Rejected { length: 64, why: Rejection::Mixed };
        assert_eq!(decode(&[&wrong, &good]), [refused, code(b"HF-\x1d7")]);
        let mut decoder = Decoder::default();
        decoder.feed(&reports(QR, &[b'x'; 60])[0]);
        decoder.silence();
        decoder.feed(&good);
        let torn = Scan::Rejected { length: 56, why: Rejection::Torn };
        assert_eq!(decoder.collect::<Vec<_>>(), [torn, code(b"HF-\x1d7")]);
    }

    #[test]
    fn a_code_without_an_end_is_bounded_and_reported() {
        let more = reports(QR, &[b'x'; 60])[0];
        let mut decoder = Decoder::default();
        for _ in 0..1_000 {
            decoder.feed(&more);
        }
        assert!(decoder.code.as_ref().unwrap().data.len() <= LENGTH_MAX);
        decoder.feed(&reports(QR, b"end")[0]);
        assert_eq!(decoder.last(), Some(Scan::Rejected { length: 56_003, why: Rejection::TooLong }));
    }

    proptest! {
        #[test]
        fn a_code_read_back_is_the_code(
            data in prop::collection::vec(any::<u8>(), 1..1_000),
            cuts in prop::collection::vec(0usize..1_000, 0..8),
        ) {
            let bytes = reports(QR, &data).concat();
            prop_assert_eq!(decode(&crate::scanner::pieces(&bytes, &cuts)), [code(&data)]);
        }

        #[test]
        fn a_good_code_after_any_reports_is_found(
            garbage in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..8),
        ) {
            let mut decoder = Decoder::default();
            garbage.iter().for_each(|piece| decoder.feed(piece));
            decoder.silence();
            decoder.feed(&reports(QR, b"HF-7")[0]);
            prop_assert_eq!(decoder.last(), Some(code(b"HF-7")));
        }
    }
}
