//! An MT-SICS scale: what is put on it takes a moment to settle, and until then the weight is called dynamic.

use super::{Act, Plug, View, scanner};
use hufu_protocol::scale::milligrams;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

const SETTLING_TAKES: Duration = Duration::from_millis(600);

/// What lies on the scale, as its display shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Load {
    value: String,
    unit: String,
}

impl Default for Load {
    fn default() -> Load {
        Load { value: "0.00".to_owned(), unit: "g".to_owned() }
    }
}

impl Load {
    /// `None` when it is not a weight a scale could show.
    pub(super) fn new(value: &str, unit: &str) -> Option<Load> {
        milligrams(value, unit)?;
        let load = Load { value: value.to_owned(), unit: unit.to_owned() };
        (value.len() <= 10).then_some(load)
    }

    pub(super) fn display(&self) -> String {
        format!("{} {}", self.value, self.unit)
    }

    fn answer(&self, id: &str, stability: char) -> String {
        format!("{id} {stability} {:>10} {}\r\n", self.value, self.unit)
    }
}

pub(super) async fn run(plug: Plug, mut acts: mpsc::Receiver<Act>, view: watch::Sender<View>) {
    let since = Instant::now();
    let mut scale = Scale { plug, view, load: Load::default(), since, told_dynamic: true, line: Vec::new() };
    let mut bytes = [0u8; 256];
    loop {
        tokio::select! {
            act = acts.recv() => match act {
                None => return,
                Some(act) => scale.suffer(act).await,
            },
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
    view: watch::Sender<View>,
    load: Load,
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
                self.view.send_modify(|view| view.scale_plugged = plugged);
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
            _ => (),
        }
    }

    async fn hear(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' {
                let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).trim().to_owned();
                let answer = self.answer(&line);
                self.plug.send(answer.as_bytes()).await;
            } else {
                self.line.push(byte);
            }
        }
    }

    fn answer(&mut self, command: &str) -> String {
        match command {
            "S" | "SI" => {
                let settled = self.told_dynamic && self.since.elapsed() >= SETTLING_TAKES;
                self.told_dynamic = true;
                self.load.answer("S", if settled { 'S' } else { 'D' })
            }
            "Z" => "Z A\r\n".to_owned(),
            "T" => self.load.answer("T", 'S'),
            "@" | "I4" => "I4 A \"SIM-0001\"\r\n".to_owned(),
            _ => "ES\r\n".to_owned(),
        }
    }
}
