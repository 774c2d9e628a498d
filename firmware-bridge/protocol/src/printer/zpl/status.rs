//! `~HS`, a printer's account of itself: three strings `STX … ETX CR LF`, numbers between commas.
//!
//! Printers with current firmware do not answer at all while paper or ribbon is out, the head is open or too hot
//! (Zebra's programming guide, ~HS): silence means "needs attention", not "is not there".

use crate::printer::{self, Hindrance, Work};

/// The question.
pub const ASK_STATUS: &[u8] = b"~HS\r\n";

/// What the printer said. Field letters are those of the ZPL II guide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the printer's own answer")]
pub struct Status {
    /// b: the paper is out.
    pub paper_out: bool,
    /// c: paused at the printer.
    pub paused: bool,
    /// eee: formats in the receive buffer.
    pub formats_waiting: u32,
    /// f: the receive buffer is full.
    pub buffer_full: bool,
    /// h: a format has begun and its end has not come.
    pub partial_format: bool,
    /// k, l: the head is too cold or too hot.
    pub head_temperature: bool,
    /// o: the head is open.
    pub head_open: bool,
    /// p: the ribbon is out.
    pub ribbon_out: bool,
    /// t: a label is waiting to be taken.
    pub label_waiting: bool,
    /// uuuuuuuu: labels of the batch still to print.
    pub labels_left: u32,
}

impl Status {
    /// Everything that was sent has been printed and nothing hinders the next label.
    pub fn is_done(&self) -> bool {
        self.formats_waiting == 0
            && self.labels_left == 0
            && !self.partial_format
            && !self.buffer_full
            && self.hindrance().is_none()
    }

    /// What keeps the printer from printing.
    pub fn hindrance(&self) -> Option<Hindrance> {
        match self {
            Status { paper_out: true, .. } => Some(Hindrance::PaperOut),
            Status { ribbon_out: true, .. } => Some(Hindrance::RibbonOut),
            Status { head_open: true, .. } => Some(Hindrance::HeadOpen),
            Status { head_temperature: true, .. } => Some(Hindrance::Temperature),
            Status { paused: true, .. } => Some(Hindrance::Paused),
            _ => None,
        }
    }
}

impl From<Status> for printer::Status {
    fn from(status: Status) -> printer::Status {
        let work = if status.is_done() { Work::Done } else { Work::Working };
        printer::Status { hindrance: status.hindrance(), work }
    }
}

/// Collects answers as bytes arrive. Strings that are not one of the three are passed over.
#[derive(Debug, Default)]
pub struct StatusDecoder {
    /// The string being received, after its STX.
    string: Option<Vec<u8>>,
    strings: Vec<Vec<u32>>,
}

/// A string of an answer is under 40 bytes; a longer one is noise.
const STRING_MAX: usize = 128;

impl StatusDecoder {
    /// Takes bytes in any pieces; answers with the status when the third string is complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Option<Status> {
        let mut latest = None;
        for &byte in bytes {
            match byte {
                0x02 => self.string = Some(Vec::new()),
                0x03 => latest = self.end_of_string().or(latest),
                _ => self.within_string(byte),
            }
        }
        latest
    }

    /// Forgets what was half received: called before a new question, so that a late answer to the previous one cannot
    /// be mistaken for the answer to this one.
    pub fn reset(&mut self) {
        *self = StatusDecoder::default();
    }

    fn within_string(&mut self, byte: u8) {
        if let Some(string) = &mut self.string {
            string.push(byte);
            if string.len() > STRING_MAX {
                self.string = None;
            }
        }
    }

    fn end_of_string(&mut self) -> Option<Status> {
        let string = self.string.take()?;
        let fields: Vec<u32> = String::from_utf8_lossy(&string)
            .split(',')
            .filter_map(|field| field.trim().parse().ok())
            .collect();
        let expected = [12, 11, 2].get(self.strings.len()).copied().unwrap_or(12);
        if fields.len() != expected {
            // Not the string that comes next: begin again, with this one if it is a first one.
            self.strings.clear();
            if fields.len() != 12 {
                return None;
            }
        }
        self.strings.push(fields);
        if self.strings.len() < 3 {
            return None;
        }
        let strings = std::mem::take(&mut self.strings);
        let field = |string: usize, at: usize| {
            strings.get(string).and_then(|fields| fields.get(at)).copied().unwrap_or_default()
        };
        Some(Status {
            paper_out: field(0, 1) == 1,
            paused: field(0, 2) == 1,
            formats_waiting: field(0, 4),
            buffer_full: field(0, 5) == 1,
            partial_format: field(0, 7) == 1,
            head_temperature: field(0, 10) == 1 || field(0, 11) == 1,
            head_open: field(1, 2) == 1,
            ribbon_out: field(1, 3) == 1,
            label_waiting: field(1, 7) == 1,
            labels_left: field(1, 8),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: &[u8] = b"\x02030,0,0,0400,000,0,0,0,000,0,0,0\x03\r\n\
        \x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n";
    const BUSY: &[u8] = b"\x02030,1,1,0400,003,0,0,0,000,0,0,0\x03\r\n\
        \x02000,0,1,1,0,2,4,0,00000002,1,000\x03\r\n\x021234,0\x03\r\n";

    #[test]
    fn a_ready_printer_and_a_troubled_one() {
        let ready = StatusDecoder::default().feed(READY).unwrap();
        assert!(ready.is_done() && ready.hindrance().is_none());
        let busy = StatusDecoder::default().feed(BUSY).unwrap();
        assert!(!busy.is_done());
        assert!(busy.paper_out && busy.paused && busy.head_open && busy.ribbon_out);
        assert_eq!((busy.formats_waiting, busy.labels_left), (3, 2));
        assert_eq!(busy.hindrance(), Some(Hindrance::PaperOut));
    }

    #[test]
    fn any_split_gives_the_same_answer_and_half_an_answer_gives_none() {
        for cut in 0..READY.len() {
            let mut decoder = StatusDecoder::default();
            let first = decoder.feed(&READY[..cut]);
            let second = decoder.feed(&READY[cut..]);
            assert_eq!(first.or(second), StatusDecoder::default().feed(READY), "cut at {cut}");
        }
        assert_eq!(StatusDecoder::default().feed(&READY[..READY.len() - 4]), None);
    }

    #[test]
    fn a_format_that_has_begun_is_not_done() {
        let text = String::from_utf8_lossy(READY).replace(",000,0,0,0,000,", ",000,0,0,1,000,");
        let status = StatusDecoder::default().feed(text.as_bytes()).unwrap();
        assert!(status.partial_format && !status.is_done() && status.hindrance().is_none());
    }

    #[test]
    fn noise_and_half_answers_before_an_answer_do_not_spoil_it() {
        for noise in [&b"\xff\x00garbage"[..], b"\x02", b"\x02030,0\x03", &READY[..40], &READY[..75]] {
            let bytes = [noise, READY].concat();
            assert_eq!(
                StatusDecoder::default().feed(&bytes),
                StatusDecoder::default().feed(READY),
                "{noise:?}"
            );
        }
        let mut decoder = StatusDecoder::default();
        decoder.feed(&[0x02]);
        decoder.feed(&vec![b'9'; 100_000]);
        assert!(decoder.string.is_none());
    }
}
