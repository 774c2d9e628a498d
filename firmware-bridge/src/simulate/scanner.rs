//! A simulated scanner: sends the codes it is given, in its configured protocol, and shows the station's commands.

use super::act::{Act, Quirk};
use super::workshop::{Workshop, first};
use super::{Plug, SimulateError, View};
use crate::device::{Device as Configured, Scanner as Settings};
use crate::stream::{Address, Hid};
use hufu_protocol::scanner::line::{AimUse, Framing, Suffix};
use hufu_protocol::scanner::ssi::{Device, DeviceAction};
use hufu_protocol::scanner::{Aim, Feedback, Setup, hid};
use hufu_wire::message::DeviceRole;
use std::{path::PathBuf, time::Duration};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

/// What a loose plug sounds like.
pub(super) const NOISE: &[u8] = &[0xFF, 0x00, 0xFF, b'~', 0x80, b'x', 0x00, 0xFF];
/// Between two bytes of a slow scanner, as at 9600 baud. The longer a packet takes, the likelier a busy machine makes a
/// pause of 100 ms in it, which ends it.
const SLOWLY: Duration = Duration::from_millis(1);
/// How many of the station's words are kept.
const HEARD: usize = 32;
const QR: Aim = Aim { code: 'Q', modifier: '1' };

/// A counter has a scanner.
pub(super) fn simulate(
    workshop: &mut Workshop,
    configured: &[Configured],
) -> Result<Vec<Configured>, SimulateError> {
    let (name, settings) = first(configured, Configured::settings::<Settings>)
        .unwrap_or_else(|| ("scanner".to_owned(), Settings::default()));
    let (settings, address) = reached(settings, workshop.path("scanner"));
    let acts = workshop.hand(DeviceRole::Scanner);
    let (plug, view) = (workshop.plug("scanner")?, workshop.view.clone());
    workshop.tasks.spawn(run(plug, settings.setup.clone(), acts, view));
    Ok(vec![Configured::new(name, address, settings)])
}

/// How a scanner of these settings is reached over a simulated cable.
fn reached(scanner: Settings, path: PathBuf) -> (Settings, Address) {
    let Settings { setup, repeat } = scanner;
    match setup {
        Setup::Hid => (Settings { setup, repeat }, Address::Hid(Hid::Path(path))),
        // A terminal is no keyboard to take away from the desktop: the same framing, as bytes.
        Setup::Keyboard(framing) => {
            let setup = Setup::Line(framing, Feedback::None);
            (Settings { setup, repeat }, Address::Serial { path, baud: 115_200 })
        }
        setup => (Settings { setup, repeat }, Address::Serial { path, baud: 115_200 }),
    }
}

async fn run(plug: Plug, setup: Setup, mut acts: mpsc::Receiver<Act>, view: watch::Sender<View>) {
    let mut scanner = Scanner {
        plug,
        view,
        setup,
        ssi: Device::new(),
        started: Instant::now(),
        spoil: None,
        last: Vec::new(),
    };
    let mut bytes = [0u8; 256];
    loop {
        scanner.speak().await;
        let deadline = scanner.ssi.deadline().map(|deadline| scanner.started + deadline);
        tokio::select! {
            act = acts.recv() => {
                let Some(act) = act else { return };
                scanner.act(act).await;
            }
            read = scanner.plug.read(&mut bytes) => match read {
                Ok(count) => scanner.hear(bytes.get(..count).unwrap_or_default()),
                Err(error) => {
                    tracing::error!(%error, "the simulated scanner's port failed");
                    return;
                }
            },
            () = sleep_until(deadline.unwrap_or(scanner.started)), if deadline.is_some() => {
                scanner.ssi.tick(scanner.started.elapsed());
            }
        }
    }
}

struct Scanner {
    plug: Plug,
    view: watch::Sender<View>,
    setup: Setup,
    /// Used when the setup is SSI.
    ssi: Device,
    started: Instant,
    /// What happens to the next scan on its way.
    spoil: Option<Quirk>,
    /// The last scan as it was sent.
    last: Vec<u8>,
}

impl Scanner {
    async fn act(&mut self, act: Act) {
        match act {
            Act::Send(code) => match framed(&self.setup, &code) {
                Some(bytes) => {
                    self.last.clone_from(&bytes);
                    self.send(&bytes).await;
                }
                None => {
                    self.ssi.read(self.started.elapsed(), QR.code, &code);
                }
            },
            Act::Noise => sent(self.plug.send(NOISE).await),
            Act::Quirk(Quirk::Slow(slow)) => self.view.send_modify(|view| view.slow = slow),
            Act::Quirk(Quirk::Again) if self.setup == Setup::Ssi => self.ssi.send_again(),
            Act::Quirk(Quirk::Again) => {
                let last = self.last.clone();
                self.send(&last).await;
            }
            Act::Quirk(spoil) => self.spoil = Some(spoil),
            Act::PlugIn | Act::Unplug => {
                self.ssi = Device::new();
                let plugged = cable(&mut self.plug, &act);
                self.view.send_modify(|view| view.set_plugged(DeviceRole::Scanner, plugged));
            }
            _ => (),
        }
    }

    fn hear(&mut self, bytes: &[u8]) {
        if self.setup == Setup::Ssi {
            self.ssi.feed(self.started.elapsed(), bytes);
        } else {
            self.heard(bytes.escape_ascii().to_string());
        }
    }

    async fn speak(&mut self) {
        while let Some(said) = self.ssi.next() {
            match said {
                DeviceAction::Write(bytes) => self.send(&bytes).await,
                DeviceAction::Beep(code) => self.heard(format!("beep {code}")),
                DeviceAction::Light { on, leds } => {
                    self.heard(format!("light {leds} {}", if on { "on" } else { "off" }));
                }
                DeviceAction::Delivered => (),
                DeviceAction::GaveUp => self.heard("not acknowledged".to_owned()),
            }
        }
    }

    fn heard(&self, what: String) {
        self.view.send_modify(|view| {
            view.scanner_heard.push(what);
            let most = view.scanner_heard.len().saturating_sub(HEARD);
            view.scanner_heard.drain(..most);
        });
    }

    /// Sends a scan, spoilt if so ordered, and slowly if so ordered. Short packets are answers and commands.
    async fn send(&mut self, bytes: &[u8]) {
        let mut bytes = bytes.to_vec();
        let is_scan = self.setup != Setup::Ssi || bytes.get(1) == Some(&0xF3);
        match self.spoil.take_if(|_| is_scan) {
            Some(Quirk::Half) => bytes.truncate(bytes.len() / 2),
            Some(Quirk::Checksum) => bytes.iter_mut().rev().take(1).for_each(|last| *last ^= 0x10),
            _ => (),
        }
        if !self.view.borrow().slow {
            return sent(self.plug.send(&bytes).await);
        }
        for byte in bytes {
            sent(self.plug.send(&[byte]).await);
            sleep(SLOWLY).await;
        }
    }
}

/// A code as it is on the wire; `None` where it takes a conversation.
fn framed(setup: &Setup, code: &[u8]) -> Option<Vec<u8>> {
    let line = |framing: &Framing| {
        let aim: &[u8] = if framing.aim == AimUse::Required { b"]Q1" } else { b"" };
        let suffix: &[u8] = match framing.suffix {
            Suffix::LineEnd => b"\r",
            Suffix::Tab => b"\t",
            Suffix::Pause => b"",
        };
        [framing.prefix.as_slice(), aim, code, suffix].concat()
    };
    match setup {
        Setup::Line(framing, _) | Setup::Keyboard(framing) => Some(line(framing)),
        Setup::Hid => Some(hid::reports(QR, code).concat()),
        Setup::Ssi => None,
    }
}

fn sent(all: bool) {
    if !all {
        tracing::warn!("the simulated scanner's bytes were not taken");
    }
}

/// Plugs in or out; says whether the cable is in afterwards.
pub(super) fn cable(plug: &mut Plug, act: &Act) -> bool {
    let plug_in = matches!(act, Act::PlugIn);
    let done = if plug_in { plug.plug_in() } else { plug.unplug() };
    if let Err(error) = done {
        tracing::error!(%error, "a simulated cable could not be moved");
    }
    plug_in
}
