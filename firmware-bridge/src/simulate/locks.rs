//! A cabinet on a Modbus RTU board, wired as the configuration says. A coil that is on lets its door spring open, unless the
//! bolt is jammed; a door is shut by hand.

use super::act::Act;
use super::workshop::{Workshop, first, moved};
use super::{Plug, SimulateError, View, scanner};
use crate::device::{Device, Locks};
use hufu_protocol::locker::modbus::{checked, is_whole};
use hufu_wire::message::DeviceRole;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

/// A spring takes this long.
const OPENING_TAKES: Duration = Duration::from_millis(120);
/// Every request a station sends has this many bytes.
const REQUEST: usize = 8;

/// A cabinet, where one is configured.
pub(super) fn simulate(workshop: &mut Workshop, configured: &[Device]) -> Result<Vec<Device>, SimulateError> {
    let Some((_, setup)) = first(configured, Device::settings::<Locks>) else { return Ok(Vec::new()) };
    let plug = workshop.plug("locks")?;
    let acts = workshop.hand(DeviceRole::Locks);
    workshop.view.send_modify(|view| view.doors = vec![false; usize::from(setup.count.get())]);
    workshop.tasks.spawn(run(plug, setup, acts, workshop.view.clone()));
    Ok(moved(configured, DeviceRole::Locks, &workshop.serial("locks", 9600)))
}

async fn run(plug: Plug, setup: Locks, mut acts: mpsc::Receiver<Act>, view: watch::Sender<View>) {
    let coils = vec![false; usize::from(setup.count.get())];
    let received = Vec::new();
    let mut board = Board { plug, setup, view, received, coils, springs: None, jammed: false, silent: false };
    let mut bytes = [0u8; 256];
    loop {
        let (at, lock) = board.springs.unwrap_or((Instant::now(), 0));
        tokio::select! {
            act = acts.recv() => match act {
                None => return,
                Some(act) => board.suffer(act).await,
            },
            () = sleep_until(at), if board.springs.is_some() => {
                board.springs = None;
                board.set_door(lock, true);
            }
            read = board.plug.read(&mut bytes) => match read {
                Ok(count) => board.hear(bytes.get(..count).unwrap_or_default()).await,
                Err(error) => {
                    tracing::error!(%error, "the simulated lock board's port failed");
                    return;
                }
            },
        }
    }
}

struct Board {
    plug: Plug,
    setup: Locks,
    view: watch::Sender<View>,
    received: Vec<u8>,
    coils: Vec<bool>,
    /// The door that is about to spring open, counted from 0.
    springs: Option<(Instant, usize)>,
    jammed: bool,
    silent: bool,
}

impl Board {
    async fn suffer(&mut self, act: Act) {
        match act {
            Act::PlugIn | Act::Unplug => {
                let plugged = scanner::cable(&mut self.plug, &act);
                self.received.clear();
                self.view.send_modify(|view| view.set_plugged(DeviceRole::Locks, plugged));
            }
            Act::Noise => {
                self.plug.send(scanner::NOISE).await;
            }
            Act::Stuck(silent) => {
                self.silent = silent;
                self.view.send_modify(|view| view.set_silent(DeviceRole::Locks, silent));
            }
            Act::Jam(jammed) => {
                self.jammed = jammed;
                self.view.send_modify(|view| view.jammed = jammed);
            }
            Act::Door { lock, open } => self.set_door(usize::from(lock.get() - 1), open),
            _ => (),
        }
    }

    fn set_door(&self, at: usize, open: bool) {
        self.view.send_modify(|view| {
            if let Some(door) = view.doors.get_mut(at) {
                *door = open;
            }
        });
    }

    /// A board resynchronises at a pause; here, by giving up one byte after the other.
    async fn hear(&mut self, bytes: &[u8]) {
        self.received.extend_from_slice(bytes);
        while let Some(frame) = self.received.get(..REQUEST).map(<[u8]>::to_vec) {
            if !is_whole(&frame) {
                self.received.remove(0);
                continue;
            }
            self.received.drain(..REQUEST);
            if let Some(answer) = self.obey(&frame)
                && !self.silent
            {
                self.plug.send(&answer).await;
            }
        }
    }

    /// What an input says of its door.
    fn input(&self, open: bool) -> bool {
        open == self.setup.sensor.is_open(true)
    }

    /// `None` for what is addressed to another board.
    fn obey(&mut self, frame: &[u8]) -> Option<Vec<u8>> {
        let &[unit, function, first_high, first_low, value_high, value_low, ..] = frame else { return None };
        if !self.setup.unit.is(unit) {
            return None;
        }
        let first = usize::from(u16::from_be_bytes([first_high, first_low]));
        let value = u16::from_be_bytes([value_high, value_low]);
        let refused = |code| Some(checked(vec![unit, function | 0x80, code]));
        match function {
            1 | 2 if first + usize::from(value) > self.coils.len() => refused(2),
            1 | 2 => {
                let bits: Vec<bool> = match function {
                    1 => self.coils.clone(),
                    _ => self.view.borrow().doors.iter().map(|&open| self.input(open)).collect(),
                };
                let bits: Vec<bool> = bits.into_iter().skip(first).take(usize::from(value)).collect();
                let bytes: Vec<u8> = bits
                    .chunks(8)
                    .map(|byte| byte.iter().rev().fold(0, |sum, &bit| sum << 1 | u8::from(bit)))
                    .collect();
                let count = u8::try_from(bytes.len()).ok()?;
                Some(checked([vec![unit, function, count], bytes].concat()))
            }
            5 => match self.coils.get_mut(first) {
                None => refused(2),
                Some(_) if !matches!(value, 0 | 0xFF00) => refused(3),
                Some(coil) => {
                    *coil = value != 0;
                    if *coil && !self.jammed {
                        self.springs = Some((Instant::now() + OPENING_TAKES, first));
                    }
                    Some(frame.to_vec())
                }
            },
            _ => refused(1),
        }
    }
}
