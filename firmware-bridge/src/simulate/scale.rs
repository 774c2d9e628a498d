//! A scale of any of the protocols: what is put on it takes a moment to settle, and until then the weight is called dynamic.
//! Those that are not asked send ten times a second.

use super::act::Act;
use super::pan::{Load, Pan};
use super::workshop::{Workshop, first};
use super::{Plug, SimulateError, View, scanner};
use crate::device::{Device, Scale as Setup};
use hufu_protocol::scale::{Protocol, milligrams};
use hufu_wire::message::DeviceRole;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval};

const SETTLING_TAKES: Duration = Duration::from_millis(600);
const SENDS_EVERY: Duration = Duration::from_millis(100);
/// A command longer than this is noise.
const LINE_MAX: usize = 64;

/// A counter has a scale.
pub(super) fn simulate(workshop: &mut Workshop, configured: &[Device]) -> Result<Vec<Device>, SimulateError> {
    let (name, setup) = first(configured, Device::settings::<Setup>)
        .unwrap_or_else(|| ("scale".to_owned(), Setup::speaking(Protocol::Sics)));
    let (plug, address) = (workshop.plug("scale")?, workshop.serial("scale", 115_200));
    let acts = workshop.hand(DeviceRole::Scale);
    workshop.view.send_modify(|view| view.weight = Load::default().display());
    workshop.tasks.spawn(run(plug, setup.clone(), acts, workshop.view.clone()));
    Ok(vec![Device::new(name, address, setup)])
}

async fn run(plug: Plug, setup: Setup, mut acts: mpsc::Receiver<Act>, view: watch::Sender<View>) {
    let since = Instant::now();
    let asked = setup.asked;
    let mut scale = Scale {
        plug,
        setup,
        view,
        load: Load::default(),
        tare: None,
        pan: Pan::Well,
        since,
        told_dynamic: true,
        line: Vec::new(),
    };
    let mut ticks = interval(SENDS_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut bytes = [0u8; 256];
    loop {
        tokio::select! {
            act = acts.recv() => match act {
                None => return,
                Some(act) => scale.suffer(act).await,
            },
            _ = ticks.tick(), if !asked => scale.say().await,
            read = scale.plug.read(&mut bytes) => match read {
                Ok(count) => scale.hear(bytes.get(..count).unwrap_or_default()).await,
                Err(error) => {
                    tracing::error!(%error, "the simulated scale's port failed");
                    return;
                }
            },
        }
    }
}

struct Scale {
    plug: Plug,
    setup: Setup,
    view: watch::Sender<View>,
    load: Load,
    /// What was on it when it was tared.
    tare: Option<Load>,
    pan: Pan,
    /// When the load was last changed.
    since: Instant,
    /// The first answer after a change is always a dynamic one.
    told_dynamic: bool,
    line: Vec<u8>,
}

impl Scale {
    async fn suffer(&mut self, act: Act) {
        match act {
            Act::PlugIn | Act::Unplug => {
                let plugged = scanner::cable(&mut self.plug, &act);
                self.line.clear();
                self.view.send_modify(|view| view.set_plugged(DeviceRole::Scale, plugged));
            }
            Act::Noise => {
                self.plug.send(scanner::NOISE).await;
            }
            Act::Load(load) => {
                self.view.send_modify(|view| view.weight = load.display());
                self.load = load;
                self.since = Instant::now();
                self.told_dynamic = false;
            }
            Act::Pan(pan) => self.pan = pan,
            _ => (),
        }
    }

    async fn hear(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let answer = match (self.setup.protocol, byte) {
                (Protocol::Toledo8217, b'W') => self.frame(),
                (Protocol::Toledo8217, _) => continue,
                (_, b'\n') => {
                    let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).trim().to_owned();
                    self.answer(&line)
                }
                _ => {
                    self.line.truncate(LINE_MAX);
                    self.line.push(byte);
                    continue;
                }
            };
            self.send(answer).await;
        }
    }

    async fn say(&mut self) {
        let frame = self.frame();
        self.send(frame).await;
    }

    async fn send(&mut self, bytes: Vec<u8>) {
        if self.pan != Pan::Silent && !bytes.is_empty() {
            self.plug.send(&bytes).await;
        }
    }

    fn is_settled(&mut self) -> bool {
        let settled = self.told_dynamic && self.since.elapsed() >= SETTLING_TAKES;
        self.told_dynamic = true;
        settled && self.pan != Pan::Restless
    }

    fn answer(&mut self, command: &str) -> Vec<u8> {
        match (self.setup.protocol, command) {
            (Protocol::Sics, command) => self.sics(command).into_bytes(),
            (Protocol::And, "Q") | (Protocol::Sbi, "\u{1b}P") => self.frame(),
            _ => Vec::new(),
        }
    }

    fn sics(&mut self, command: &str) -> String {
        let value = |id: &str, stability: char, load: &Load| {
            format!("{id} {stability} {:>10} {}\r\n", load.value, load.unit)
        };
        match (command, self.pan) {
            ("S" | "SI", Pan::Overloaded) => "S +\r\n".to_owned(),
            ("S" | "SI", Pan::Underloaded) => "S -\r\n".to_owned(),
            ("S" | "SI", _) => {
                let stability = if self.is_settled() { 'S' } else { 'D' };
                value("S", stability, &self.shown())
            }
            ("Z", _) => "Z A\r\n".to_owned(),
            ("T", _) => {
                self.tare = Some(self.load.clone());
                value("T", 'S', &self.load)
            }
            ("TAC", _) => {
                self.tare = None;
                "TAC A\r\n".to_owned()
            }
            ("TA", _) => value("TA", 'A', self.tare.as_ref().unwrap_or(&Load::default())),
            ("@" | "I4", _) => "I4 A \"SIM-0001\"\r\n".to_owned(),
            _ => "ES\r\n".to_owned(),
        }
    }

    /// What is left when the tare is taken off, with the load's own decimals.
    fn shown(&self) -> Load {
        let mg = |load: &Load| milligrams(&load.value, &load.unit).unwrap_or_default();
        let Some(tare) = &self.tare else { return self.load.clone() };
        let net = mg(&self.load) - mg(tare);
        let (_, _, decimals) = self.load.six_digits();
        let places: usize = match self.load.unit.as_str() {
            "mg" => 0,
            "g" => 3,
            _ => 6,
        };
        let digits = format!("{:0>width$}", net.unsigned_abs(), width = places + 1);
        let (whole, fraction) = digits.split_at_checked(digits.len() - places).unwrap_or((&digits, ""));
        let fraction = fraction.get(..decimals.min(places)).unwrap_or_default();
        let point = if fraction.is_empty() { "" } else { "." };
        let sign = if net < 0 { "-" } else { "" };
        Load { value: format!("{sign}{whole}{point}{fraction}"), unit: self.load.unit.clone() }
    }

    /// What the display shows, in the scale's protocol.
    fn frame(&mut self) -> Vec<u8> {
        let settled = self.is_settled();
        let (over, under) = (self.pan == Pan::Overloaded, self.pan == Pan::Underloaded);
        let (negative, digits, decimals) = self.load.six_digits();
        let unit = self.load.unit.clone();
        match self.setup.protocol {
            Protocol::Sics => Vec::new(),
            Protocol::And if over => b"OL,GS,+9999.99kg\r\n".to_vec(),
            Protocol::And if under => b"OL,GS,-9999.99kg\r\n".to_vec(),
            Protocol::And => {
                let (header, sign) = (if settled { "ST" } else { "US" }, if negative { '-' } else { '+' });
                let value = self.load.value.trim_start_matches('-');
                format!("{header},GS,{sign}{value:0>7}{unit:>2}\r\n").into_bytes()
            }
            Protocol::Sbi if over => b"      High    \r\n".to_vec(),
            Protocol::Sbi if under => b"      Low     \r\n".to_vec(),
            Protocol::Sbi => {
                let (sign, unit) =
                    (if negative { '-' } else { '+' }, if settled { unit.as_str() } else { "" });
                let value = self.load.value.trim_start_matches('-');
                format!("{sign}{value:>9} {unit:<3}\r\n").into_bytes()
            }
            Protocol::Toledo8217 => match (over, under, settled) {
                (true, ..) => b"\x02?\x02\r".to_vec(),
                (_, true, _) => b"\x02?\x04\r".to_vec(),
                (_, _, false) => b"\x02?\x01\r".to_vec(),
                _ => format!("\u{2}{:0>6}\r", self.load.value).into_bytes(),
            },
            Protocol::MtContinuous => {
                let bit = |is: bool, number: u8| u8::from(is) << number;
                let a = 0x20 | u8::try_from(decimals + 2).unwrap_or(2) & 7;
                let b =
                    0x20 | bit(negative, 1) | bit(over || under, 2) | bit(!settled, 3) | bit(unit == "kg", 4);
                let b = b | bit(under, 1);
                let c = 0x20 | u8::from(unit == "g");
                [&[0x02, a, b, c], digits.as_bytes(), b"000000\r"].concat()
            }
            Protocol::Yaohua if over || under => Vec::new(),
            Protocol::Yaohua => {
                // A display in motion changes its last digit.
                let last = if settled { digits.clone() } else { self.jumping(&digits) };
                let sign = if negative { '-' } else { '+' };
                let body = format!("{sign}{last}{decimals}");
                let check = body.bytes().fold(0, |check, byte| check ^ byte);
                format!("\u{2}{body}{check:02X}\u{3}").into_bytes()
            }
        }
    }

    fn jumping(&self, digits: &str) -> String {
        let jump = self.since.elapsed().as_millis() / SENDS_EVERY.as_millis() % 10;
        let (head, _) = digits.split_at_checked(digits.len().saturating_sub(1)).unwrap_or(("", ""));
        format!("{head}{jump}")
    }
}
