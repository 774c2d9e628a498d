//! The station's side: every scan is acknowledged, a damaged one is asked for again, one that is sent twice is one. At
//! the start the scanner is switched to packets and enabled; a verdict of the server becomes a beep and a light.

use super::message::{Messages, PacketOutcome};
use super::packet::{Decoder, Incoming, Opcode, Packet, Source};
use crate::scanner::{Rejection, Scan, Step};
use hufu_wire::message::Verdict;
use std::collections::VecDeque;
use std::time::Duration;

/// No scanner pauses this long within a packet.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a command waits for its answer (the guide's host response time is 2 s).
const REPLY: Duration = Duration::from_secs(2);
/// How often a command is sent before the scanner counts as silent.
const TRIES: u32 = 3;
/// After this time a scanner that got no acknowledgement has given up, and sends nothing again. Within it, what is marked as
/// sent again and reads like the last scan is taken for it. (Were it a second reading of the same label, damaged on its
/// first way, no answer would be beeped for it, and the person scans again.)
const AGAIN: Duration = Duration::from_secs(7);
/// What is sent again sooner than this after its acknowledgement crossed it on the way; a second acknowledgement would be
/// taken for the next packet. If the first one was lost, the scanner sends once more after its reply time.
const CROSSED: Duration = Duration::from_secs(1);
/// The next packet of a scan in many follows the acknowledgement at once; if it was lost, it is sent again after 2 s. What
/// comes later may be another scan, after the scanner gave up this one and beeped its error, and the two must not become
/// one.
const NEXT_PART: Duration = Duration::from_secs(1);
const NEXT_PART_AGAIN: Duration = Duration::from_millis(2_500);
/// How long the light tells a verdict.
const LIGHT: Duration = Duration::from_secs(1);
/// Answers that may wait for the scanner; older ones are no longer of use.
const WAITING_MAX: usize = 6;
/// Damaged packets in a row after which a person should look: the scanner is not set to SSI, or the cable is bad.
const DAMAGED_MAX: u32 = 3;

/// Causes of a NAK.
const NAK_RESEND: u8 = 1;

/// `DECODE_DATA` in packets (parameter 0xEE), until the scanner is switched off; 0xFF is the beep code for "no beep".
const PACKETED: [u8; 3] = [0xFF, 0xEE, 0x01];

#[derive(Debug)]
pub struct Host {
    decoder: Decoder,
    messages: Messages,
    /// When bytes last came, and when the first of those that are not yet a packet did.
    heard: Duration,
    began: Duration,
    /// When the last packet of a scan came.
    part_at: Duration,
    /// When the last packet of a scan was acknowledged.
    acknowledged_at: Option<Duration>,
    /// When a scan in many packets was thrown away before its end.
    torn_at: Option<Duration>,
    waiting: VecDeque<Packet>,
    sent: Option<PendingCommand>,
    /// The light that is on, and until when.
    light: Option<(u8, Duration)>,
    damaged: u32,
    /// When the scanner may next be asked to send something again: it does so by itself after the reply time.
    nak_from: Duration,
    state: State,
    steps: VecDeque<Step>,
}

#[derive(Debug)]
struct PendingCommand {
    packet: Packet,
    tries: u32,
    until: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It has not answered yet.
    Asked,
    Answering,
    /// It did not answer several times; it is asked on.
    Silent,
}

impl Host {
    /// Asks the scanner for packets and lets it scan.
    pub fn new() -> Host {
        let mut host = Host {
            decoder: Decoder::default(),
            messages: Messages::default(),
            heard: Duration::ZERO,
            began: Duration::ZERO,
            part_at: Duration::ZERO,
            acknowledged_at: None,
            torn_at: None,
            waiting: VecDeque::new(),
            sent: None,
            light: None,
            damaged: 0,
            nak_from: Duration::ZERO,
            state: State::Asked,
            steps: VecDeque::new(),
        };
        host.greet(Duration::ZERO);
        host
    }

    pub fn feed(&mut self, now: Duration, bytes: &[u8]) {
        if !self.decoder.is_within() {
            self.began = now;
        }
        self.heard = now;
        self.decoder.feed(bytes);
        self.take(now);
    }

    /// Tells the person at the scanner what the server thinks of the scan.
    pub fn tell(&mut self, now: Duration, verdict: Verdict) {
        if self.state == State::Silent {
            return;
        }
        let (beep, light) = sound(verdict);
        while self.waiting.len() + 2 > WAITING_MAX {
            self.waiting.pop_front();
        }
        if let Some((on, _)) = self.light.filter(|(on, _)| *on != light) {
            self.waiting.push_back(Packet::short(Opcode::LedOff, [on]));
        }
        self.light = Some((light, now + LIGHT));
        self.waiting.push_back(Packet::short(Opcode::Beep, [beep]));
        self.waiting.push_back(Packet::short(Opcode::LedOn, [light]));
        self.pump(now);
    }

    /// When [`Host::tick`] is to be called if nothing comes before.
    pub fn deadline(&self) -> Option<Duration> {
        let pause = self.decoder.is_within().then_some(self.heard + PAUSE);
        let reply = self.sent.as_ref().map(|sent| sent.until);
        let part = self.next_part_until();
        let light = self.light.map(|(_, until)| until);
        [pause, reply, part, light].into_iter().flatten().min()
    }

    pub fn tick(&mut self, now: Duration) {
        if self.decoder.is_within() && now >= self.heard + PAUSE {
            self.decoder.pause();
            if let Some(length) = self.take(now) {
                self.damaged(now, length);
            }
        }
        if self.sent.as_ref().is_some_and(|sent| now >= sent.until) {
            self.send_again(now);
        }
        if self.next_part_until().is_some_and(|until| now >= until) {
            self.tear(now);
        }
        if let Some((on, until)) = self.light
            && now >= until
        {
            self.light = None;
            self.waiting.push_back(Packet::short(Opcode::LedOff, [on]));
            self.pump(now);
        }
    }

    fn greet(&mut self, now: Duration) {
        self.waiting.push_back(Packet::short(Opcode::ParamSend, PACKETED));
        self.waiting.push_back(Packet::bare(Opcode::ScanEnable));
        self.pump(now);
    }

    /// Takes what has come, and says how much garbage stood at the end of it. Garbage before a packet is not asked for
    /// again: the scanner would take the request, or the second acknowledgement that follows, for the packet.
    fn take(&mut self, now: Duration) -> Option<usize> {
        let mut garbage = None;
        while let Some(incoming) = self.decoder.next() {
            garbage = match incoming {
                // An echo of the station's own words.
                Incoming::Packet(Packet { source: Source::Host, .. }) => None,
                Incoming::Packet(packet) => {
                    self.hear(now, &packet);
                    None
                }
                Incoming::Garbage { length } => Some(length),
            };
        }
        garbage
    }

    fn hear(&mut self, now: Duration, packet: &Packet) {
        (self.damaged, self.nak_from) = (0, now);
        if self.state != State::Answering {
            self.state = State::Answering;
            self.steps.push_back(Step::Answers);
        }
        match packet.opcode {
            Opcode::Ack => self.answered(now),
            Opcode::Nak if packet.data().first() == Some(&NAK_RESEND) => self.send_again(now),
            // It cannot, or may not: a scanner without a light is no reason to stop.
            Opcode::Nak => self.answered(now),
            Opcode::DecodeData | Opcode::Segment => self.scan(now, packet),
            Opcode::Event | Opcode::ParamSend => self.write(&Packet::bare(Opcode::Ack)),
            _ => (),
        }
    }

    fn scan(&mut self, now: Duration, packet: &Packet) {
        if now >= self.part_at + AGAIN {
            self.messages.forget_last();
        }
        self.part_at = now;
        if !self.is_in_place(now, packet) {
            // No answer: the scanner tries again, gives up, beeps an error, and the person scans again.
            return;
        }
        let part = if packet.opcode == Opcode::Segment { Opcode::SegmentAck } else { Opcode::Ack };
        let answer = match self.messages.take(packet) {
            PacketOutcome::Again { .. } if self.acknowledged_at.is_some_and(|at| now < at + CROSSED) => {
                return;
            }
            PacketOutcome::Part | PacketOutcome::Again { whole: false } => Packet::bare(part),
            PacketOutcome::Again { whole: true } => Packet::bare(Opcode::Ack),
            PacketOutcome::Whole(scan) => {
                self.steps.push_back(Step::Scan(scan));
                Packet::bare(Opcode::Ack)
            }
            PacketOutcome::OutOfPlace => return self.write(&Packet::short(Opcode::Nak, [NAK_RESEND])),
        };
        self.acknowledged_at = Some(now);
        self.write(&answer);
    }

    /// Garbage and then silence: asks for it again. A scanner that was switched off and on has forgotten that it was to
    /// send packets.
    fn damaged(&mut self, now: Duration, length: usize) {
        self.damaged += 1;
        if now >= self.nak_from {
            self.nak_from = now + REPLY;
            self.write(&Packet::short(Opcode::Nak, [NAK_RESEND]));
        }
        if self.damaged.is_multiple_of(DAMAGED_MAX) {
            self.reject(length, Rejection::Mixed);
            if self.sent.is_none() {
                self.greet(now);
            }
        }
    }

    fn answered(&mut self, now: Duration) {
        self.sent = None;
        self.pump(now);
    }

    fn pump(&mut self, now: Duration) {
        if self.sent.is_none()
            && let Some(packet) = self.waiting.pop_front()
        {
            self.write(&packet);
            self.sent = Some(PendingCommand { packet, tries: 1, until: now + REPLY });
        }
    }

    /// A command without an answer is sent again; a silent scanner is asked for ever, because it may be switched on at
    /// any time, but old answers are not kept for it.
    fn send_again(&mut self, now: Duration) {
        let Some(PendingCommand { packet, tries, .. }) = self.sent.take() else { return };
        if tries < TRIES {
            let packet = packet.resent();
            self.write(&packet);
            self.sent = Some(PendingCommand { packet, tries: tries + 1, until: now + REPLY });
            return;
        }
        if self.state != State::Silent {
            self.state = State::Silent;
            self.steps.push_back(Step::Silent);
        }
        self.waiting.clear();
        self.light = None;
        self.greet(now);
    }

    /// Whether a packet of a scan may be taken at all: the rest of a torn scan must not look like a whole one, nor be
    /// joined to another.
    fn is_in_place(&mut self, now: Duration, packet: &Packet) -> bool {
        let again = packet.is_resent();
        let within = if again { NEXT_PART_AGAIN } else { NEXT_PART };
        let late = self.acknowledged_at.is_some_and(|at| self.began >= at + within);
        if self.messages.is_within() && late {
            self.tear(now);
            return false;
        }
        // A scanner that was not answered comes to its next scan only after it gave up this one.
        self.torn_at = self.torn_at.filter(|at| again && now < *at + AGAIN);
        self.torn_at.is_none()
    }

    /// Until when the next packet of a scan in many must begin.
    fn next_part_until(&self) -> Option<Duration> {
        let waits = self.messages.is_within() && !self.decoder.is_within();
        self.acknowledged_at.filter(|_| waits).map(|at| at + NEXT_PART_AGAIN)
    }

    fn tear(&mut self, now: Duration) {
        if let Some(length) = self.messages.give_up() {
            self.torn_at = Some(now);
            self.reject(length, Rejection::Torn);
        }
    }

    fn reject(&mut self, length: usize, why: Rejection) {
        self.steps.push_back(Step::Scan(Scan::Rejected { length, why }));
    }

    fn write(&mut self, packet: &Packet) {
        self.steps.push_back(Step::Write(packet.bytes()));
    }
}

impl Default for Host {
    fn default() -> Host {
        Host::new()
    }
}

impl Iterator for Host {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }
}

/// Each verdict has its own beep, high for good and low for bad (codes 0 to 4: one to five short high ones, 5 to 9 short
/// low ones), and a light: bit 0 green, bit 1 red.
fn sound(verdict: Verdict) -> (u8, u8) {
    match verdict {
        Verdict::Accepted => (0, 1),
        Verdict::Repeated => (1, 1),
        Verdict::Unknown => (6, 2),
        Verdict::Refused => (8, 2),
    }
}
