//! One scanner's conversation, whatever it speaks: what to write, what was scanned, when to be called next.

use super::line::Framing;
use super::{Scan, hid, keyboard, line, ssi};
use hufu_wire::message::Verdict;
use std::collections::VecDeque;
use std::time::Duration;

/// No scanner pauses this long between two reports of a code.
const SILENCE: Duration = Duration::from_secs(1);

/// What a scanner speaks, and how it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setup {
    /// Text with an end, over a serial port or a socket.
    Line(Framing, Feedback),
    Ssi,
    /// Reports of 64 bytes from `/dev/hidraw…`.
    Hid,
    /// Key presses from `/dev/input/…`.
    Keyboard(Framing),
}

impl Default for Setup {
    fn default() -> Setup {
        Setup::Line(Framing::default(), Feedback::None)
    }
}

/// How a scanner in line mode is sent the server's verdict on a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Feedback {
    /// It listens to nothing.
    #[default]
    None,
    /// Honeywell's host commands: ESC 7 for a good beep, ESC 8 for a bad one (1900 user's guide, p. 3-38).
    Honeywell,
}

/// What a session asks of the driver, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Scan(Scan),
    Write(Vec<u8>),
    /// A scanner that answers did so, for the first time or after it had been silent.
    Answers,
    /// A scanner that should answer does not.
    Silent,
}

/// One scanner's conversation since its port was opened. `now` is the time since then.
#[derive(Debug)]
pub struct Session(Talk);

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one for a scanner")]
enum Talk {
    OneWay(OneWay),
    Ssi(Box<ssi::Host>),
}

impl Session {
    pub fn new(setup: &Setup) -> Session {
        Session(match setup {
            Setup::Line(framing, feedback) => {
                let reader = Reader::Line(line::Decoder::new(framing.clone()));
                Talk::OneWay(OneWay::new(reader, framing.quiet_after(), *feedback))
            }
            Setup::Keyboard(framing) => {
                let reader = Reader::Keyboard(keyboard::Decoder::new(framing.clone()));
                Talk::OneWay(OneWay::new(reader, framing.quiet_after(), Feedback::None))
            }
            Setup::Hid => {
                let reader = Reader::Hid(hid::Decoder::default());
                Talk::OneWay(OneWay::new(reader, SILENCE, Feedback::None))
            }
            Setup::Ssi => Talk::Ssi(Box::default()),
        })
    }

    /// Whether the scanner acknowledges commands; one that does not counts as ready as soon as its port is open.
    pub fn answers(&self) -> bool {
        matches!(self.0, Talk::Ssi(_))
    }

    /// Bytes have come.
    pub fn feed(&mut self, now: Duration, bytes: &[u8]) {
        match &mut self.0 {
            Talk::OneWay(talk) => talk.feed(now, bytes),
            Talk::Ssi(host) => host.feed(now, bytes),
        }
    }

    /// The server's answer to a scan of this scanner.
    pub fn tell(&mut self, now: Duration, verdict: Verdict) {
        match &mut self.0 {
            Talk::OneWay(talk) => talk.tell(verdict),
            Talk::Ssi(host) => host.tell(now, verdict),
        }
    }

    /// When [`Session::tick`] is to be called if nothing comes before.
    pub fn deadline(&self) -> Option<Duration> {
        match &self.0 {
            Talk::OneWay(talk) => talk.deadline(),
            Talk::Ssi(host) => host.deadline(),
        }
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Duration) {
        match &mut self.0 {
            Talk::OneWay(talk) => talk.tick(now),
            Talk::Ssi(host) => host.tick(now),
        }
    }
}

impl Iterator for Session {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        match &mut self.0 {
            Talk::OneWay(talk) => talk.next(),
            Talk::Ssi(host) => host.next(),
        }
    }
}

/// A scanner that sends and expects no answer.
#[derive(Debug)]
struct OneWay {
    reader: Reader,
    /// How long it is silent only when a code has ended or was torn.
    quiet: Duration,
    heard: Duration,
    feedback: Feedback,
    writes: VecDeque<Vec<u8>>,
}

#[derive(Debug)]
enum Reader {
    Line(line::Decoder),
    Hid(hid::Decoder),
    Keyboard(keyboard::Decoder),
}

impl OneWay {
    fn new(reader: Reader, quiet: Duration, feedback: Feedback) -> OneWay {
        OneWay { reader, quiet, heard: Duration::ZERO, feedback, writes: VecDeque::new() }
    }

    fn feed(&mut self, now: Duration, bytes: &[u8]) {
        self.heard = now;
        match &mut self.reader {
            Reader::Line(decoder) => decoder.feed(bytes),
            Reader::Hid(decoder) => decoder.feed(bytes),
            Reader::Keyboard(decoder) => decoder.feed(bytes),
        }
    }

    fn tell(&mut self, verdict: Verdict) {
        let (good, bad) = (b"\x1b7", b"\x1b8");
        match (self.feedback, verdict) {
            (Feedback::None, _) => (),
            (Feedback::Honeywell, Verdict::Accepted) => self.writes.push_back(good.to_vec()),
            (Feedback::Honeywell, Verdict::Repeated) => self.writes.push_back([*good, *good].concat()),
            (Feedback::Honeywell, Verdict::Unknown) => self.writes.push_back(bad.to_vec()),
            (Feedback::Honeywell, Verdict::Refused) => self.writes.push_back([*bad, *bad].concat()),
        }
    }

    fn deadline(&self) -> Option<Duration> {
        let within = match &self.reader {
            Reader::Line(decoder) => decoder.is_within(),
            Reader::Hid(decoder) => decoder.is_within(),
            Reader::Keyboard(decoder) => decoder.is_within(),
        };
        within.then_some(self.heard + self.quiet)
    }

    fn tick(&mut self, now: Duration) {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        match &mut self.reader {
            Reader::Line(decoder) => decoder.quiet(),
            Reader::Hid(decoder) => decoder.silence(),
            Reader::Keyboard(decoder) => decoder.quiet(),
        }
    }
}

impl Iterator for OneWay {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if let Some(bytes) = self.writes.pop_front() {
            return Some(Step::Write(bytes));
        }
        let scan = match &mut self.reader {
            Reader::Line(decoder) => decoder.next(),
            Reader::Hid(decoder) => decoder.next(),
            Reader::Keyboard(decoder) => decoder.next(),
        };
        scan.map(Step::Scan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scanner::Rejection;

    const MS: Duration = Duration::from_millis(1);

    fn code(data: &[u8]) -> Step {
        Step::Scan(Scan::Code { data: data.to_vec(), aim: None })
    }

    /// A scanner without a suffix: the pause is the suffix, and it begins with the last byte.
    #[test]
    fn a_pause_is_counted_from_the_last_byte() {
        let framing = Framing { suffix: line::Suffix::Pause, ..Framing::default() };
        let mut session = Session::new(&Setup::Line(framing, Feedback::None));
        assert_eq!(session.deadline(), None, "an idle scanner needs no clock");
        session.feed(1_000 * MS, b"HF-");
        session.feed(1_050 * MS, b"7");
        assert_eq!(session.deadline(), Some(1_130 * MS));
        session.tick(1_129 * MS);
        assert_eq!(session.next(), None);
        session.tick(1_130 * MS);
        assert_eq!((session.next(), session.deadline()), (Some(code(b"HF-7")), None));
    }

    #[test]
    fn with_a_suffix_a_second_of_silence_tears_a_code() {
        for setup in [Setup::default(), Setup::Hid] {
            let mut session = Session::new(&setup);
            session.feed(Duration::ZERO, b"\x02F-7");
            session.tick(999 * MS);
            assert_eq!(session.next(), None);
            session.tick(1_000 * MS);
            let torn = Scan::Rejected { length: 4, why: Rejection::Torn };
            assert_eq!(session.next(), Some(Step::Scan(torn)), "{setup:?}");
        }
    }

    #[test]
    fn only_a_scanner_that_listens_is_told() {
        let listens = Setup::Line(Framing::default(), Feedback::Honeywell);
        for (setup, expected) in
            [(Setup::default(), None), (listens, Some(Step::Write(b"\x1b8\x1b8".to_vec())))]
        {
            let mut session = Session::new(&setup);
            session.tell(Duration::ZERO, Verdict::Refused);
            assert_eq!(session.next(), expected);
        }
        let mut ssi = Session::new(&Setup::Ssi);
        let golden = vec![0x07, 0xC6, 0x04, 0x00, 0xFF, 0xEE, 0x01, 0xFD, 0x41];
        assert_eq!((ssi.answers(), ssi.next()), (true, Some(Step::Write(golden))));
    }
}
