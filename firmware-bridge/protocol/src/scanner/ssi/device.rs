//! The scanner's side, as the guide describes it: sends each packet up to three times until it is acknowledged, obeys the
//! host and acknowledges. For the simulator, and for tests of the station's side.

use super::packet::{DATA_MAX, Decoder, Incoming, Opcode, Packet, Source};
use super::symbology;
use std::collections::VecDeque;
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(100);
const REPLY: Duration = Duration::from_secs(2);
const TRIES: u32 = 3;
/// Nothing is sent while it beeps an error.
const ERROR_BEEP: Duration = Duration::from_secs(1);
/// The parameter that decides between packets and bare text.
const DECODE_DATA_PACKETS: u8 = 0xEE;

/// What the scanner does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceAction {
    Write(Vec<u8>),
    Beep(u8),
    Light {
        on: bool,
        leds: u8,
    },
    /// A scan was acknowledged to its last packet.
    Delivered,
    /// Nobody acknowledged a scan; a real scanner beeps an error.
    GaveUp,
}

/// Switched on: scans, and sends them as bare text until it is told to send packets.
#[derive(Debug)]
pub struct Device {
    decoder: Decoder,
    heard: Duration,
    packets: bool,
    enabled: bool,
    /// The packets of scans not yet acknowledged, each scan's in order.
    waiting: VecDeque<VecDeque<Packet>>,
    sent: Option<(u32, Duration)>,
    beeping: Option<Duration>,
    /// The last packet of the last scan acknowledged.
    delivered: Option<Packet>,
    /// The host's last command, to obey it once though it be sent twice.
    obeyed: Option<Vec<u8>>,
    said: VecDeque<DeviceAction>,
}

impl Device {
    pub fn new() -> Device {
        Device {
            decoder: Decoder::default(),
            heard: Duration::ZERO,
            packets: false,
            enabled: true,
            waiting: VecDeque::new(),
            sent: None,
            beeping: None,
            delivered: None,
            obeyed: None,
            said: VecDeque::new(),
        }
    }

    /// Whether it sends scans in packets, as it was told.
    pub fn sends_packets(&self) -> bool {
        self.packets
    }

    /// Reads a code of the symbology with this AIM letter. `false`: the host has forbidden it.
    pub fn read(&mut self, now: Duration, symbology: char, data: &[u8]) -> bool {
        if !self.enabled {
            return false;
        }
        if !self.packets {
            self.said.push_back(DeviceAction::Write(data.to_vec()));
            return true;
        }
        let kind = symbology::kind(symbology);
        let pieces: Vec<&[u8]> = data.chunks(DATA_MAX - 1).collect();
        let packets = pieces.iter().enumerate().filter_map(|(at, piece)| {
            let packet = packet(Opcode::DecodeData, [&[kind], *piece].concat())?;
            Some(if at + 1 < pieces.len() { packet.continued() } else { packet })
        });
        self.waiting.push_back(packets.collect());
        self.pump(now);
        true
    }

    /// Sends the last scan again though it was acknowledged, as after an acknowledgement lost on the way.
    pub fn send_again(&mut self) {
        if let Some(packet) = self.delivered.clone() {
            self.write(&packet.resent());
        }
    }

    pub fn feed(&mut self, now: Duration, bytes: &[u8]) {
        self.heard = now;
        self.decoder.feed(bytes);
        self.take(now);
    }

    pub fn deadline(&self) -> Option<Duration> {
        let pause = self.decoder.is_within().then_some(self.heard + PAUSE);
        [pause, self.sent.map(|(_, until)| until), self.beeping].into_iter().flatten().min()
    }

    pub fn tick(&mut self, now: Duration) {
        if self.decoder.is_within() && now >= self.heard + PAUSE {
            self.decoder.pause();
            if self.take(now) {
                self.answer(Opcode::Nak, vec![1]);
            }
        }
        if self.sent.is_some_and(|(_, until)| now >= until) {
            self.try_again(now);
        }
        if self.beeping.is_some_and(|until| now >= until) {
            self.beeping = None;
            self.pump(now);
        }
    }

    /// Whether garbage stood at the end of what came.
    fn take(&mut self, now: Duration) -> bool {
        let mut garbage = false;
        while let Some(incoming) = self.decoder.next() {
            garbage = matches!(incoming, Incoming::Garbage { .. });
            if let Incoming::Packet(packet) = incoming {
                self.obey(now, &packet);
            }
        }
        garbage
    }

    fn obey(&mut self, now: Duration, command: &Packet) {
        match command.opcode {
            Opcode::Ack => return self.acknowledged(now),
            Opcode::Nak => return self.try_again(now),
            _ => self.answer(Opcode::Ack, Vec::new()),
        }
        let body = [&[command.opcode.byte()], command.data()].concat();
        if command.is_resent() && self.obeyed.as_ref() == Some(&body) {
            return;
        }
        self.obeyed = Some(body);
        match (command.opcode, command.data()) {
            (Opcode::ParamSend, [_, DECODE_DATA_PACKETS, on]) => self.packets = *on == 1,
            (Opcode::ScanEnable, _) => self.enabled = true,
            (Opcode::ScanDisable, _) => self.enabled = false,
            (Opcode::Beep, [code]) => self.said.push_back(DeviceAction::Beep(*code)),
            (Opcode::LedOn, [leds]) => self.said.push_back(DeviceAction::Light { on: true, leds: *leds }),
            (Opcode::LedOff, [leds]) => self.said.push_back(DeviceAction::Light { on: false, leds: *leds }),
            _ => (),
        }
    }

    fn acknowledged(&mut self, now: Duration) {
        if self.sent.take().is_none() {
            return;
        }
        if let Some(scan) = self.waiting.front_mut() {
            let packet = scan.pop_front();
            if scan.is_empty() {
                self.waiting.pop_front();
                self.delivered = packet;
                self.said.push_back(DeviceAction::Delivered);
            }
        }
        self.pump(now);
    }

    fn pump(&mut self, now: Duration) {
        if self.sent.is_none()
            && self.beeping.is_none()
            && let Some(packet) = self.waiting.front().and_then(VecDeque::front).cloned()
        {
            self.sent = Some((1, now + REPLY));
            self.write(&packet);
        }
    }

    fn try_again(&mut self, now: Duration) {
        let Some((tries, _)) = self.sent.take() else { return };
        if tries < TRIES {
            self.sent = Some((tries + 1, now + REPLY));
            if let Some(packet) = self.waiting.front().and_then(VecDeque::front).cloned() {
                self.write(&packet.resent());
            }
            return;
        }
        self.waiting.pop_front();
        self.said.push_back(DeviceAction::GaveUp);
        self.beeping = Some(now + ERROR_BEEP);
    }

    fn answer(&mut self, opcode: Opcode, data: Vec<u8>) {
        if let Some(packet) = packet(opcode, data) {
            self.write(&packet);
        }
    }

    fn write(&mut self, packet: &Packet) {
        self.said.push_back(DeviceAction::Write(packet.bytes()));
    }
}

fn packet(opcode: Opcode, data: Vec<u8>) -> Option<Packet> {
    Packet::new(opcode, Source::Scanner, 0, data)
}

impl Default for Device {
    fn default() -> Device {
        Device::new()
    }
}

impl Iterator for Device {
    type Item = DeviceAction;

    fn next(&mut self) -> Option<DeviceAction> {
        self.said.pop_front()
    }
}
