//! A printer's status, independent of its language: what prevents printing, and how far it is with what it was sent.
//!
//! An [`Inquiry`] is one round of question and answer, a [`Watch`] judges from the answers after the last byte of a label
//! whether it is out. Both only say what the printer said: a printer that is well and says nothing of the label proves
//! nothing about the label.

use super::{Language, escpos, tspl, zpl};

/// What keeps a printer from printing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    PaperOut,
    RibbonOut,
    HeadOpen,
    CoverOpen,
    Jam,
    Cutter,
    Temperature,
    Paused,
    Offline,
    /// A fault that the printer does not name.
    Fault,
}

impl Hindrance {
    /// For the person at the counter: what is the matter and what to do.
    pub fn words(self) -> &'static str {
        match self {
            Hindrance::PaperOut => "缺纸，请装纸 · out of paper: load a roll",
            Hindrance::RibbonOut => "缺碳带，请更换 · out of ribbon: replace it",
            Hindrance::HeadOpen => "打印头未合上 · the print head is open: close it",
            Hindrance::CoverOpen => "上盖未合上 · the cover is open: close it",
            Hindrance::Jam => "卡纸，请清理 · the paper is jammed: clear it",
            Hindrance::Cutter => {
                "切刀卡住，请清理后重启打印机 · the cutter is jammed: clear it and restart the printer"
            }
            Hindrance::Temperature => "打印头温度异常，请稍候 · the head is too hot or too cold: wait",
            Hindrance::Paused => "打印机已暂停，请按暂停键 · paused: press the pause key",
            Hindrance::Offline => "打印机脱机，请按联机键 · the printer is off line: press its online key",
            Hindrance::Fault => "打印机报告故障，请重启打印机 · the printer reports a fault: restart it",
        }
    }
}

/// How far a printer is with what it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// It has nothing left to print, by its own count (ZPL).
    Done,
    /// It is printing, or has something to print.
    Working,
    /// It is not printing; it does not say of what.
    Idle,
}

/// One answer, understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    pub hindrance: Option<Hindrance>,
    pub work: Work,
}

/// What comes of the bytes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InquiryStep {
    /// The answer is one of several: this is the next question.
    Ask(&'static [u8]),
    Status(Status),
}

/// One round of question and answer. [`Inquiry::begin`] gives the first question; the bytes that come are fed until it
/// yields a status.
#[derive(Debug)]
pub struct Inquiry(AnswerDecoder);

#[derive(Debug)]
enum AnswerDecoder {
    Zpl(zpl::StatusDecoder),
    Tspl,
    Escpos(escpos::Answers),
}

impl Inquiry {
    pub fn new(language: Language) -> Inquiry {
        Inquiry(match language {
            Language::Zpl => AnswerDecoder::Zpl(zpl::StatusDecoder::default()),
            Language::Tspl => AnswerDecoder::Tspl,
            Language::Escpos => AnswerDecoder::Escpos(escpos::Answers::default()),
        })
    }

    /// Resets the decoder and returns the question. Bytes received earlier must have been passed to [`Inquiry::overhear`]
    /// first, so that a late answer to an earlier question is not matched to this one.
    pub fn begin(&mut self) -> &'static [u8] {
        match &mut self.0 {
            AnswerDecoder::Zpl(decoder) => {
                decoder.reset();
                zpl::ASK_STATUS
            }
            AnswerDecoder::Tspl => tspl::ASK_STATUS,
            AnswerDecoder::Escpos(answers) => answers.begin(),
        }
    }

    /// Takes bytes in any pieces.
    pub fn feed(&mut self, bytes: &[u8]) -> Option<InquiryStep> {
        match &mut self.0 {
            AnswerDecoder::Zpl(decoder) => {
                decoder.feed(bytes).map(|status| InquiryStep::Status(status.into()))
            }
            AnswerDecoder::Tspl => {
                bytes.iter().rev().find_map(|byte| tspl::status(*byte)).map(InquiryStep::Status)
            }
            AnswerDecoder::Escpos(answers) => answers.feed(bytes),
        }
    }

    /// Bytes received while no question was open: not an answer, but a receipt may be among them.
    pub fn overhear(&mut self, bytes: &[u8]) {
        if let AnswerDecoder::Escpos(answers) = &mut self.0 {
            answers.overhear(bytes);
        }
    }

    /// What asks for the receipt of everything sent so far, to be sent at once; nothing in languages whose printers say by
    /// themselves how far they are.
    pub fn ask_receipt(&mut self) -> &'static [u8] {
        match &mut self.0 {
            AnswerDecoder::Zpl(_) | AnswerDecoder::Tspl => &[],
            AnswerDecoder::Escpos(answers) => {
                answers.receipts_mut().ask();
                escpos::ASK_RECEIPT
            }
        }
    }

    /// Whether the receipt has come that was asked for last.
    pub fn has_receipt(&self) -> bool {
        matches!(&self.0, AnswerDecoder::Escpos(answers) if answers.receipts().are_complete())
    }

    /// How many receipts have come since the last was asked for.
    pub fn receipts_given(&self) -> u32 {
        match &self.0 {
            AnswerDecoder::Zpl(_) | AnswerDecoder::Tspl => 0,
            AnswerDecoder::Escpos(answers) => answers.receipts().given(),
        }
    }

    /// Gives up the receipts that have not come: called when the printer has been well and silent for long.
    pub fn write_off_receipts(&mut self) {
        if let AnswerDecoder::Escpos(answers) = &mut self.0 {
            answers.receipts_mut().write_off();
        }
    }

    /// Whether a printer that answered so may be sent a label. A TSPL printer says that it prints, not what: while it
    /// is printing an earlier label, that would be taken for the next one.
    pub fn may_follow(&self, status: Status) -> bool {
        status.work != Work::Working || !matches!(self.0, AnswerDecoder::Tspl)
    }
}

/// Judges from the answers after the last byte whether the label is out.
///
/// - ZPL: the printer counts, and has nothing left.
/// - TSPL: it was seen printing, and then twice not printing; one answer is a single byte, which noise can imitate. Before
///   the label it was not printing ([`Inquiry::may_follow`]).
/// - ESC/POS: the receipt came, which the printer gives when all before it has been worked off.
#[derive(Debug, Default)]
pub struct Watch {
    seen_working: bool,
    idle_in_a_row: u8,
}

/// What is known of the label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelFate {
    Out,
    NotYet,
    /// The printer is well and not printing, and does not say that anything came out.
    NoSign,
}

impl Watch {
    pub fn judge(&mut self, status: Status, has_receipt: bool) -> LabelFate {
        if status.hindrance.is_some() {
            self.idle_in_a_row = 0;
            return LabelFate::NotYet;
        }
        match status.work {
            Work::Done => LabelFate::Out,
            Work::Working => {
                self.seen_working = true;
                self.idle_in_a_row = 0;
                LabelFate::NotYet
            }
            Work::Idle => {
                self.idle_in_a_row = self.idle_in_a_row.saturating_add(1);
                match (has_receipt, self.seen_working, self.idle_in_a_row) {
                    (true, ..) | (_, true, 2..) => LabelFate::Out,
                    (_, true, _) => LabelFate::NotYet,
                    (_, false, _) => LabelFate::NoSign,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Status = Status { hindrance: None, work: Work::Idle };
    const WORKING: Status = Status { hindrance: None, work: Work::Working };
    const DONE: Status = Status { hindrance: None, work: Work::Done };
    const NO_PAPER: Status = Status { hindrance: Some(Hindrance::PaperOut), work: Work::Idle };

    #[test]
    fn a_label_is_out_only_when_the_printer_has_said_so() {
        let table: &[(&[Status], LabelFate)] = &[
            (&[WORKING, DONE], LabelFate::Out),
            (&[DONE], LabelFate::Out),
            (&[WORKING, IDLE, IDLE], LabelFate::Out),
            (&[WORKING, IDLE], LabelFate::NotYet),
            (&[WORKING, IDLE, WORKING, IDLE], LabelFate::NotYet),
            (&[IDLE, IDLE, IDLE], LabelFate::NoSign),
            (&[WORKING, NO_PAPER, IDLE], LabelFate::NotYet),
            (&[WORKING, NO_PAPER, WORKING, IDLE, IDLE], LabelFate::Out),
            (&[NO_PAPER], LabelFate::NotYet),
            (&[NO_PAPER, IDLE, IDLE], LabelFate::NoSign),
        ];
        for (said, known) in table {
            let mut watch = Watch::default();
            let last = said.iter().map(|status| watch.judge(*status, false)).last();
            assert_eq!(last, Some(*known), "{said:?}");
        }
        assert_eq!(Watch::default().judge(IDLE, true), LabelFate::Out);
        assert_eq!(Watch::default().judge(NO_PAPER, true), LabelFate::NotYet);
    }

    #[test]
    fn only_a_tspl_printer_must_have_put_an_earlier_label_out() {
        for language in Language::ALL {
            let inquiry = Inquiry::new(language);
            assert_eq!(inquiry.may_follow(WORKING), language != Language::Tspl, "{language:?}");
            assert!(inquiry.may_follow(IDLE) && inquiry.may_follow(DONE), "{language:?}");
        }
    }

    /// Every language, asked in whatever pieces its answer comes.
    #[test]
    fn a_round_of_questions_ends_in_an_answer() {
        let hs: &[u8] = b"\x02030,0,0,0400,000,0,0,0,000,0,0,0\x03\r\n\
            \x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n";
        let table: &[(Language, &[&[u8]], Work)] = &[
            (Language::Zpl, &[hs], Work::Done),
            (Language::Tspl, &[b"\x00"], Work::Idle),
            (Language::Tspl, &[b"\x20"], Work::Working),
            (Language::Escpos, &[b"\x16", b"\x12", b"\x12", b"\x12"], Work::Idle),
        ];
        for (language, answers, work) in table {
            let mut inquiry = Inquiry::new(*language);
            assert!(!inquiry.begin().is_empty());
            let mut told = None;
            for answer in *answers {
                assert_eq!(told, None);
                for byte in *answer {
                    match inquiry.feed(&[*byte]) {
                        Some(InquiryStep::Status(status)) => told = Some(status),
                        Some(InquiryStep::Ask(question)) => assert!(!question.is_empty()),
                        None => (),
                    }
                }
            }
            assert_eq!(told, Some(Status { hindrance: None, work: *work }), "{language:?}");
        }
    }
}
