//! `DLE EOT n`, answered in real time: one byte for each of four questions (Custom TG02H commands manual p. 64, HPRT TP80K
//! p. 72); and `GS r 1`, answered in order, when everything before it has been processed (HPRT TP809 p. 27), which
//! makes it the receipt for a label.
//!
//! The bytes of the two can be told apart: in an answer to `DLE EOT` bits 1 and 4 are always 1, 0 and 7 always 0; in one
//! to `GS r` bits 4 and 7 are always 0.

use crate::printer::{Hindrance, InquiryStep, Status, Work};

/// `GS a 0` has no printer speak unasked; `GS r 1` asks for the state of the paper, in its turn.
pub const ASK_RECEIPT: &[u8] = b"\x1Da\x00\x1Dr\x01";

/// The four questions in the order they are asked.
const QUESTIONS: [&[u8]; 4] = [b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x03", b"\x10\x04\x04"];

/// Collects the four answers, and the receipts.
#[derive(Debug, Default)]
pub struct Answers {
    given: Vec<u8>,
    receipts: Receipts,
}

impl Answers {
    pub(in crate::printer) fn begin(&mut self) -> &'static [u8] {
        self.given.clear();
        let [first, ..] = QUESTIONS;
        first
    }

    pub(in crate::printer) fn feed(&mut self, bytes: &[u8]) -> Option<InquiryStep> {
        let before = self.given.len();
        for &byte in bytes {
            if is_real_time(byte) {
                // More answers than questions: late ones, of which the last is the newest.
                self.given.truncate(before);
                self.given.push(byte);
            } else {
                self.other(byte);
            }
        }
        match (self.given.len() > before, QUESTIONS.get(self.given.len())) {
            (false, _) => None,
            (true, Some(next)) => Some(InquiryStep::Ask(next)),
            (true, None) => Some(InquiryStep::Status(status(&self.given))),
        }
    }

    pub(in crate::printer) fn overhear(&mut self, bytes: &[u8]) {
        bytes.iter().filter(|byte| !is_real_time(**byte)).for_each(|byte| self.other(*byte));
    }

    fn other(&mut self, byte: u8) {
        match byte {
            _ if is_receipt(byte) => self.receipts.given = self.receipts.given.saturating_add(1),
            // XON and XOFF
            0x11 | 0x13 => (),
            _ => self.receipts.noise = true,
        }
    }

    pub(in crate::printer) fn receipts(&self) -> &Receipts {
        &self.receipts
    }

    pub(in crate::printer) fn receipts_mut(&mut self) -> &mut Receipts {
        &mut self.receipts
    }
}

/// Which receipts are still to come. A receipt carries no number, but a printer gives them in the order in which they were
/// asked for: the receipt of the last label is the last of all that were asked for, and the receipt of an earlier label
/// that comes late is counted for that one.
#[derive(Debug, Default)]
pub(in crate::printer) struct Receipts {
    /// Asked for, up to the last question, and not given before it.
    awaited: u32,
    /// Given since the last question.
    given: u32,
    /// Bytes have come since the last question that are no answer: on such a line a zero proves nothing.
    noise: bool,
}

impl Receipts {
    /// One more has been asked for.
    pub(in crate::printer) fn ask(&mut self) {
        // A zero that came with noise may be noise: it settles no earlier question.
        let settled = if self.noise { 0 } else { self.given };
        self.awaited = self.awaited.saturating_sub(settled).saturating_add(1);
        (self.given, self.noise) = (0, false);
    }

    pub(in crate::printer) fn given(&self) -> u32 {
        self.given
    }

    /// Whether the last that was asked for has come.
    pub(in crate::printer) fn are_complete(&self) -> bool {
        !self.noise && self.awaited > 0 && self.given >= self.awaited
    }

    /// What has not come will not come. Only a printer that gave one at all is believed to have lost the others; of one
    /// that gave none the first may still be on its way.
    pub(in crate::printer) fn write_off(&mut self) {
        if self.given > 0 && !self.noise {
            (self.awaited, self.given) = (0, 0);
        }
    }
}

fn is_real_time(byte: u8) -> bool {
    byte & 0x93 == 0x12
}

/// Bits 0 and 1 (near the end) and 2 and 3 (at the end) come in pairs; bits 4 and 7 are 0.
fn is_receipt(byte: u8) -> bool {
    byte & 0x90 == 0 && matches!(byte & 0x03, 0 | 0x03) && byte & 0x0C == 0
}

/// n = 1: bit 3 off line. n = 2: bit 2 cover open, 5 stopped at the paper's end, 6 error. n = 3: bit 3 cutter, 5 fault,
/// 6 a fault that passes (the head is too hot). n = 4: bits 5, 6 paper end.
fn status(answers: &[u8]) -> Status {
    let bits = |question: usize, mask: u8| answers.get(question).is_some_and(|byte| byte & mask != 0);
    let hindrance = [
        (bits(1, 0x04), Hindrance::CoverOpen),
        (bits(1, 0x20) || bits(3, 0x60), Hindrance::PaperOut),
        (bits(2, 0x08), Hindrance::Cutter),
        (bits(2, 0x20), Hindrance::Fault),
        (bits(2, 0x40), Hindrance::Temperature),
        (bits(1, 0x40), Hindrance::Fault),
        (bits(0, 0x08), Hindrance::Offline),
    ]
    .into_iter()
    .find_map(|(is, hindrance)| is.then_some(hindrance));
    Status { hindrance, work: Work::Idle }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(bytes: [u8; 4]) -> Option<Hindrance> {
        let mut answers = Answers::default();
        assert_eq!(answers.begin(), [0x10, 0x04, 0x01]);
        let mut last = None;
        for (next, byte) in (2..).zip(bytes) {
            last = answers.feed(&[byte]);
            if let Some(InquiryStep::Ask(question)) = last {
                assert_eq!(question, [0x10, 0x04, next]);
            }
        }
        match last {
            Some(InquiryStep::Status(status)) => status.hindrance,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn four_bytes_say_what_is_the_matter() {
        use Hindrance::{CoverOpen, Cutter, Fault, Offline, PaperOut, Temperature};
        let table = [
            ([0x12, 0x12, 0x12, 0x12], None),
            // drawer pin, paper nearly out: no hindrance
            ([0x16, 0x12, 0x12, 0x1E], None),
            ([0x1A, 0x12, 0x12, 0x12], Some(Offline)),
            ([0x1A, 0x16, 0x12, 0x12], Some(CoverOpen)),
            ([0x1A, 0x32, 0x12, 0x72], Some(PaperOut)),
            ([0x12, 0x12, 0x12, 0x72], Some(PaperOut)),
            ([0x1A, 0x52, 0x1A, 0x12], Some(Cutter)),
            ([0x1A, 0x52, 0x32, 0x12], Some(Fault)),
            ([0x1A, 0x52, 0x52, 0x12], Some(Temperature)),
            ([0x1A, 0x52, 0x12, 0x12], Some(Fault)),
        ];
        for (bytes, hindrance) in table {
            assert_eq!(told(bytes), hindrance, "{bytes:02x?}");
        }
    }

    #[test]
    fn a_receipt_is_told_from_an_answer_and_from_noise() {
        // 0x03: nearly out of paper, and still the label is out; 0x0F: a receipt that says that the paper is out is none.
        let table: [(&[u8], bool); 6] = [
            (&[0x12, 0x11], false),
            (&[0x12, 0x00], true),
            (&[0x03], true),
            (&[0x00, 0xFF], false),
            (&[0xFF, 0x00], false),
            (&[0x0F], false),
        ];
        for (bytes, is) in table {
            let mut answers = Answers::default();
            answers.overhear(bytes);
            assert!(!answers.receipts.are_complete(), "nothing was asked for");
            answers.receipts.ask();
            answers.overhear(bytes);
            assert_eq!(answers.receipts.are_complete(), is, "{bytes:02x?}");
        }
    }

    #[test]
    fn a_receipt_counts_for_the_question_whose_turn_it_is() {
        let mut receipts = Answers::default();
        let mut complete_after = |asked: u32, bytes: &[u8]| {
            (0..asked).for_each(|_| receipts.receipts.ask());
            receipts.overhear(bytes);
            receipts.receipts.are_complete()
        };
        assert!(!complete_after(1, &[]), "the first label holds its receipt back");
        assert!(!complete_after(1, &[0x00]), "and gives it when the second has been asked for");
        assert!(complete_after(0, &[0x00]));
        assert!(complete_after(1, &[0x00]), "nothing is left over");
        assert!(!complete_after(1, &[0x00, 0xFF]));
        assert!(!complete_after(1, &[0x00]), "a zero that came with noise settled nothing");
        assert!(complete_after(0, &[0x00]));
        assert!(!complete_after(2, &[]), "all that are asked for are awaited");
        assert!(!complete_after(0, &[0x00]));
        assert!(complete_after(0, &[0x00]));
    }

    #[test]
    fn a_lost_receipt_is_written_off_when_another_has_come() {
        let mut answers = Answers::default();
        answers.receipts.ask();
        answers.receipts.write_off();
        answers.receipts.ask();
        answers.overhear(&[0x00]);
        assert!(!answers.receipts.are_complete(), "of a printer that gave none, one may still come");
        answers.receipts.write_off();
        answers.receipts.ask();
        assert!(!answers.receipts.are_complete());
        answers.overhear(&[0x00]);
        assert!(answers.receipts.are_complete());
    }

    #[test]
    fn noise_between_the_answers_is_passed_over() {
        let mut answers = Answers::default();
        answers.begin();
        assert_eq!(answers.feed(&[0xFF, 0x00, 0x11]), None);
        assert!(matches!(answers.feed(&[0x80, 0x12, 0x80]), Some(InquiryStep::Ask(_))));
    }

    proptest! {
        #[test]
        fn any_bytes_keep_at_most_four_answers(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let mut answers = Answers::default();
            answers.begin();
            for piece in bytes.chunks(7) {
                if let Some(InquiryStep::Status(_)) = answers.feed(piece) {
                    prop_assert_eq!(answers.given.len(), 4);
                    answers.begin();
                }
                prop_assert!(answers.given.len() <= 4);
            }
        }
    }
}
