//! Both sides against each other over a bad cable, in simulated time: what the scanner counts as delivered has arrived
//! exactly once and in order, whatever was lost, damaged or torn on the way.

use super::{Device, DeviceAction, Host};
use crate::scanner::{Scan, Step};
use hufu_wire::message::Verdict;
use std::collections::VecDeque;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// Xorshift: the same faults on every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// Bytes under way, with the time they arrive.
type Line = VecDeque<(Duration, Vec<u8>)>;

struct Cable {
    now: Duration,
    host: Host,
    device: Device,
    to_host: Line,
    to_device: Line,
    chance: Chance,
    /// Percent of the writes to which something happens.
    faults: u64,
    arrived: Vec<Vec<u8>>,
    rejected: usize,
    silent: usize,
    /// Scans under way, and those that came to an end.
    scanned: VecDeque<Vec<u8>>,
    delivered: Vec<Vec<u8>>,
    gave_up: Vec<Vec<u8>>,
    beeps: Vec<u8>,
    lit: u8,
}

impl Cable {
    fn new(faults: u64) -> Cable {
        let mut cable = Cable {
            now: Duration::ZERO,
            host: Host::new(),
            device: Device::new(),
            to_host: Line::new(),
            to_device: Line::new(),
            chance: Chance(0x2026_1127),
            faults,
            arrived: Vec::new(),
            rejected: 0,
            silent: 0,
            scanned: VecDeque::new(),
            delivered: Vec::new(),
            gave_up: Vec::new(),
            beeps: Vec::new(),
            lit: 0,
        };
        cable.settle();
        cable
    }

    fn replug(&mut self) {
        (self.host, self.device) = (Host::new(), Device::new());
        (self.to_host, self.to_device) = (Line::new(), Line::new());
        self.gave_up.extend(self.scanned.drain(..));
        self.settle();
    }

    fn scan(&mut self, data: &[u8]) {
        assert!(self.device.read(self.now, 'Q', data));
        match self.device.sends_packets() {
            true => self.scanned.push_back(data.to_vec()),
            // The host has not reached it yet: bare text, for which nothing vouches.
            false => self.gave_up.push(data.to_vec()),
        }
        self.settle();
    }

    /// Until this much later.
    fn run(&mut self, time: Duration) {
        let until = self.now + time;
        loop {
            let arrivals = [self.to_host.front(), self.to_device.front()].into_iter().flatten();
            let next = arrivals.map(|(at, _)| *at).chain(self.host.deadline()).chain(self.device.deadline());
            let Some(next) = next.min().filter(|next| *next <= until) else { break };
            self.now = self.now.max(next);
            while let Some(bytes) = arrived(&mut self.to_host, self.now) {
                self.host.feed(self.now, &bytes);
            }
            while let Some(bytes) = arrived(&mut self.to_device, self.now) {
                self.device.feed(self.now, &bytes);
            }
            self.host.tick(self.now);
            self.device.tick(self.now);
            self.settle();
        }
        self.now = until;
    }

    /// Carries what both sides have to say onto the wire.
    fn settle(&mut self) {
        for step in self.host.by_ref() {
            match step {
                Step::Write(bytes) => {
                    spoil(&mut self.chance, self.faults, self.now, &bytes, &mut self.to_device);
                }
                Step::Scan(Scan::Code { data, .. }) => self.arrived.push(data),
                Step::Scan(Scan::Rejected { .. }) => self.rejected += 1,
                Step::Answers => (),
                Step::Silent => self.silent += 1,
            }
        }
        for said in self.device.by_ref() {
            match said {
                DeviceAction::Write(bytes) => {
                    spoil(&mut self.chance, self.faults, self.now, &bytes, &mut self.to_host);
                }
                DeviceAction::Delivered => self.delivered.extend(self.scanned.pop_front()),
                DeviceAction::GaveUp => self.gave_up.extend(self.scanned.pop_front()),
                DeviceAction::Beep(code) => self.beeps.push(code),
                DeviceAction::Light { on: true, leds } => self.lit |= leds,
                DeviceAction::Light { on: false, leds } => self.lit &= !leds,
            }
        }
    }
}

fn arrived(line: &mut Line, now: Duration) -> Option<Vec<u8>> {
    line.front().filter(|(at, _)| *at <= now)?;
    line.pop_front().map(|(_, bytes)| bytes)
}

/// Puts the bytes on the wire in pieces, and sometimes not as they were.
fn spoil(chance: &mut Chance, faults: u64, now: Duration, bytes: &[u8], line: &mut Line) {
    let mut bytes = bytes.to_vec();
    let mut gap = Duration::ZERO;
    if chance.percent(faults) {
        let at = usize::try_from(chance.below(bytes.len() as u64)).unwrap();
        match chance.below(6) {
            0 => bytes.clear(),
            1 => bytes.truncate(at),
            2 => bytes[at] ^= 1 << chance.below(8),
            3 => drop(bytes.remove(at)),
            4 => {
                let noise = (0..=chance.below(40)).map(|_| u8::try_from(chance.below(256)).unwrap());
                bytes = noise.collect::<Vec<_>>().into_iter().chain(bytes).collect();
            }
            // Slower than any scanner within a packet.
            _ => gap = 150 * MS,
        }
    }
    let mut at = now.max(line.back().map_or(now, |(at, _)| *at));
    while !bytes.is_empty() {
        let size = 1 + usize::try_from(chance.below(60)).unwrap();
        let rest = bytes.split_off(size.min(bytes.len()));
        at += MS + gap;
        line.push_back((at, bytes));
        bytes = rest;
    }
}

fn code(at: u64) -> Vec<u8> {
    let text = format!("HF-2026-{at:06}");
    // Some are longer than a packet.
    if at.is_multiple_of(7) { text.repeat(40).into_bytes() } else { text.into_bytes() }
}

#[test]
fn on_a_good_cable_scans_arrive_and_verdicts_are_heard_and_seen() {
    let mut cable = Cable::new(0);
    cable.run(1_000 * MS);
    for at in 0..14 {
        cable.scan(&code(at));
    }
    cable.run(3_000 * MS);
    assert_eq!(cable.arrived, (0..14).map(code).collect::<Vec<_>>());
    assert_eq!(cable.delivered, cable.arrived);
    for verdict in [Verdict::Accepted, Verdict::Repeated, Verdict::Unknown, Verdict::Refused] {
        cable.host.tell(cable.now, verdict);
        cable.settle();
        cable.run(200 * MS);
        let green = matches!(verdict, Verdict::Accepted | Verdict::Repeated);
        assert_eq!(cable.lit, if green { 1 } else { 2 }, "{verdict:?}");
    }
    assert_eq!(cable.beeps, [0, 1, 6, 8]);
    cable.run(2_000 * MS);
    assert_eq!(cable.lit, 0, "the light went out again");
}

#[test]
fn a_scan_sent_again_without_need_is_one_scan() {
    let mut cable = Cable::new(0);
    cable.run(1_000 * MS);
    cable.scan(b"A1");
    cable.run(500 * MS);
    cable.device.send_again();
    cable.settle();
    cable.run(500 * MS);
    cable.scan(b"A1");
    cable.run(500 * MS);
    assert_eq!(cable.arrived, [b"A1", b"A1"], "two readings and one repetition on the wire");
}

#[test]
fn a_scanner_that_does_not_answer_is_asked_on_and_is_found_when_it_is_switched_on() {
    let mut host = Host::new();
    let mut now = Duration::ZERO;
    let (mut writes, mut silent) = (0, 0);
    while now < Duration::from_secs(30) {
        for step in host.by_ref() {
            match step {
                Step::Write(_) => writes += 1,
                Step::Silent => silent += 1,
                other => panic!("{other:?}"),
            }
        }
        now = host.deadline().expect("it keeps asking");
        host.tick(now);
        host.tell(now, Verdict::Accepted);
    }
    assert_eq!(silent, 1, "said once");
    assert!((14..=20).contains(&writes), "every two seconds, and no old beeps: {writes}");
    let mut device = Device::new();
    device.feed(now, &super::Packet::bare(super::Opcode::ScanEnable).bytes());
    let Some(DeviceAction::Write(answer)) = device.next() else { panic!() };
    host.feed(now, &answer);
    assert!(host.any(|step| step == Step::Answers));
}

#[test]
fn a_scanner_that_was_switched_off_and_on_is_told_again_to_send_packets() {
    let mut cable = Cable::new(0);
    cable.run(1_000 * MS);
    cable.device = Device::new();
    for at in 0..4 {
        // Bare text, as it is set without the station; a person scans again when no beep answers.
        cable.device.read(cable.now, 'Q', &code(at));
        cable.settle();
        cable.run(1_000 * MS);
    }
    assert!(cable.rejected >= 1 && cable.arrived.len() <= 1);
    cable.arrived.clear();
    cable.scan(b"AFTER");
    cable.run(1_000 * MS);
    assert_eq!(cable.arrived, [b"AFTER"]);
}

/// Ten thousand scans, something wrong with every hundredth write on either way.
#[test]
fn ten_thousand_scans_over_a_bad_cable_none_lost_merged_or_doubled() {
    let mut cable = Cable::new(1);
    cable.run(8_000 * MS);
    for at in 0..10_000 {
        cable.scan(&code(at));
        cable.run(100 * MS);
    }
    cable.run(60_000 * MS);
    assert_eq!(cable.gave_up.len(), 0);
    assert_eq!(cable.arrived.len(), 10_000);
    assert!(cable.arrived == (0..10_000).map(code).collect::<Vec<_>>());
}

/// Three days at a counter with a cable that fails one write in ten and is pulled once an hour. What the scanner gave up
/// (it beeps an error) may have arrived, and then once.
#[test]
fn seventy_two_hours_with_a_very_bad_cable() {
    let hours = std::env::var("HUFU_TEST_HOURS").ok().and_then(|hours| hours.parse().ok()).unwrap_or(72);
    let mut cable = Cable::new(10);
    let mut at = 0;
    cable.run(20_000 * MS);
    while cable.now < Duration::from_secs(hours * 3600) {
        at += 1;
        if cable.chance.below(240) == 0 {
            cable.replug();
            cable.run(20_000 * MS);
        }
        let before = cable.gave_up.len();
        cable.scan(&code(at));
        let wait = 500 + cable.chance.below(29_000);
        cable.run(u32::try_from(wait).unwrap() * MS);
        if cable.gave_up.len() > before {
            cable.run(6_000 * MS); // the error beep is heard
        }
        if cable.chance.percent(20) {
            cable.host.tell(cable.now, Verdict::Accepted);
            cable.settle();
        }
    }
    cable.run(60_000 * MS);
    let known = |codes: &[Vec<u8>]| codes.iter().cloned().collect::<std::collections::BTreeSet<_>>();
    let (delivered, gave_up, arrived) =
        (known(&cable.delivered), known(&cable.gave_up), known(&cable.arrived));
    assert_eq!(arrived.len(), cable.arrived.len(), "none is doubled");
    assert!(arrived.is_superset(&delivered), "none that the scanner called delivered is lost");
    assert!(arrived.difference(&delivered).all(|code| gave_up.contains(code)), "none is torn or merged");
    assert!(cable.arrived.is_sorted_by_key(|code| code[..14].to_vec()), "in order");
    assert!(delivered.len() > usize::try_from(hours).unwrap() * 200 && gave_up.len() * 20 < delivered.len());
}
