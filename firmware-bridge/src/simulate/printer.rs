//! A ZPL printer: takes labels, prints one after the other, answers `~HS`, and is silent while it wants paper, as current
//! Zebra firmware is.

use super::{Act, Label, Plug, View, scanner};
use crate::clock;
use hufu_protocol::printer::zpl::next_label;
use std::{collections::VecDeque, time::Duration};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

/// A 40 mm label at 150 mm/s.
const PRINTING_TAKES: Duration = Duration::from_millis(270);

pub(super) async fn run(plug: Plug, mut acts: mpsc::Receiver<Act>, view: watch::Sender<View>) {
    let mut printer = Printer {
        plug,
        view,
        received: Vec::new(),
        waiting: VecDeque::new(),
        printing: None,
        paper: true,
        stuck: false,
        printed: 0,
    };
    let mut bytes = [0u8; 4096];
    loop {
        let done = printer.printing.unwrap_or_else(Instant::now);
        tokio::select! {
            act = acts.recv() => match act {
                None => return,
                Some(act) => printer.suffer(&act).await,
            },
            () = sleep_until(done), if printer.printing.is_some() => printer.put_out(),
            read = printer.plug.read(&mut bytes), if !printer.stuck => match read {
                Ok(count) => printer.hear(bytes.get(..count).unwrap_or_default()).await,
                Err(error) => {
                    tracing::error!(%error, "the simulated printer's port failed");
                    return;
                }
            },
        }
        printer.start();
    }
}

struct Printer {
    plug: Plug,
    view: watch::Sender<View>,
    received: Vec<u8>,
    waiting: VecDeque<Vec<u8>>,
    /// When the label that is being printed will be out.
    printing: Option<Instant>,
    paper: bool,
    stuck: bool,
    printed: u32,
}

impl Printer {
    async fn suffer(&mut self, act: &Act) {
        match act {
            Act::PlugIn | Act::Unplug => {
                let plugged = scanner::cable(&mut self.plug, act);
                self.received.clear();
                self.view.send_modify(|view| view.printer_plugged = plugged);
            }
            Act::Noise => {
                self.plug.send(scanner::NOISE).await;
            }
            Act::Paper(paper) => {
                self.paper = *paper;
                self.view.send_modify(|view| view.paper = *paper);
            }
            Act::Stuck(stuck) => {
                self.stuck = *stuck;
                self.view.send_modify(|view| view.stuck = *stuck);
            }
            _ => (),
        }
    }

    async fn hear(&mut self, bytes: &[u8]) {
        self.received.extend_from_slice(bytes);
        loop {
            let question = find(&self.received, b"~HS");
            let label = find(&self.received, b"^XA");
            match (question, label) {
                (Some(at), other) if other.is_none_or(|label| at < label) => {
                    self.received.drain(..at + b"~HS".len());
                    self.answer().await;
                }
                (_, Some(_)) => match next_label(&mut self.received) {
                    Some(label) => self.waiting.push_back(label),
                    None => return,
                },
                _ => return,
            }
        }
    }

    async fn answer(&mut self) {
        if !self.paper {
            return;
        }
        let formats = self.waiting.len();
        let answer = format!(
            "\u{2}030,0,0,0320,{formats:03},0,0,0,000,0,0,0\u{3}\r\n\
             \u{2}000,0,0,0,0,2,4,0,{left:08},1,000\u{3}\r\n\u{2}1234,0\u{3}\r\n",
            left = u32::from(self.printing.is_some()),
        );
        self.plug.send(answer.as_bytes()).await;
    }

    fn start(&mut self) {
        if self.printing.is_none() && self.paper && !self.waiting.is_empty() {
            self.printing = Some(Instant::now() + PRINTING_TAKES);
        }
    }

    fn put_out(&mut self) {
        self.printing = None;
        let Some(zpl) = self.waiting.pop_front() else { return };
        self.printed += 1;
        match Label::print(self.printed, &zpl, clock::now()) {
            Ok(label) => self.view.send_modify(|view| view.labels.insert(0, label)),
            Err(error) => tracing::error!(%error, "the simulated printer was sent a label it cannot print"),
        }
    }
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}
