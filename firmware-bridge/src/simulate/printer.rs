//! A printer of any of the three languages: takes labels, prints one after the other, and answers questions about itself in
//! its own language. A ZPL printer is silent while it wants paper, as current Zebra firmware is.

use super::act::Act;
use super::troubles::Troubles;
use super::workshop::{Workshop, first};
use super::{Label, SimulateError, View, port::Port, scanner};
use crate::clock;
use crate::device::{Device, Printer as Setup};
use crate::stream::Address;
use hufu_protocol::Language;
use hufu_protocol::printer::{DecodedLabel, PrinterEmulator, PrinterInput, Question};
use hufu_wire::message::DeviceRole;
use std::{collections::VecDeque, time::Duration};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

/// A 40 mm label at 150 mm/s.
const PRINTING_TAKES: Duration = Duration::from_millis(270);
/// A slow printer takes so many bytes, and then none for a while: 3.2 kB/s.
const SLOW_PIECE: usize = 64;
const SLOW_PAUSE: Duration = Duration::from_millis(20);
const SLOW_ARREARS: Duration = Duration::from_millis(500);
/// The resolution of the simulated printer.
const DPI: u32 = 203;
/// More copies than this of one label are a mistake.
const COPIES_MAX: u32 = 20;

/// A counter has a printer, on a network socket where the configured one is.
pub(super) fn simulate(workshop: &mut Workshop, configured: &[Device]) -> Result<Vec<Device>, SimulateError> {
    let (name, setup) = first(configured, Device::settings::<Setup>)
        .unwrap_or_else(|| ("printer".to_owned(), Setup::speaking(Language::Zpl)));
    let configured = configured.iter().find(|device| device.role() == DeviceRole::Printer);
    let port = match configured.and_then(|device| Port::tcp(&device.address)) {
        Some(socket) => socket.map_err(|source| workshop.cannot(source))?,
        None => Port::Pty(workshop.plug("printer")?),
    };
    let address = match port.socket() {
        Some(socket) => Address::Tcp(socket.to_string()),
        None => workshop.serial("printer", 115_200),
    };
    let acts = workshop.hand(DeviceRole::Printer);
    workshop.tasks.spawn(run(port, setup.clone(), acts, workshop.view.clone()));
    Ok(vec![Device::new(name, address, setup)])
}

async fn run(port: Port, setup: Setup, mut acts: mpsc::Receiver<Act>, view: watch::Sender<View>) {
    let mut printer = Printer {
        emulator: emulator(&setup),
        setup,
        port,
        view,
        waiting: VecDeque::new(),
        printing: None,
        troubles: Troubles::default(),
        printed: 0,
    };
    let mut bytes = [0u8; 4096];
    let mut read_from = Instant::now();
    loop {
        let done = printer.printing.unwrap_or_else(Instant::now);
        let most = if printer.troubles.slow { SLOW_PIECE } else { bytes.len() };
        let reads = !printer.troubles.stuck && Instant::now() >= read_from;
        tokio::select! {
            act = acts.recv() => match act {
                None => return,
                Some(act) => printer.suffer(&act).await,
            },
            () = sleep_until(done), if printer.printing.is_some() => printer.put_out().await,
            () = sleep_until(read_from), if !reads && !printer.troubles.stuck => (),
            read = printer.port.read(bytes.get_mut(..most).unwrap_or_default()), if reads => match read {
                Ok(count) => {
                    if printer.troubles.slow {
                        // Counted from when it was due, so that a busy machine does not make it slower still; but what
                        // it did not take while nothing came is not made up for.
                        read_from = read_from.max(Instant::now() - SLOW_ARREARS) + SLOW_PAUSE;
                    }
                    printer.hear(bytes.get(..count).unwrap_or_default()).await;
                }
                Err(error) => {
                    tracing::error!(%error, "the simulated printer's port failed");
                    return;
                }
            },
        }
        printer.start();
    }
}

fn emulator(setup: &Setup) -> PrinterEmulator {
    PrinterEmulator::new(setup.manner.language, setup.manner.polarity, DPI)
}

struct Printer {
    port: Port,
    setup: Setup,
    view: watch::Sender<View>,
    emulator: PrinterEmulator,
    waiting: VecDeque<PrinterTask>,
    /// When the label that is being printed will be out.
    printing: Option<Instant>,
    troubles: Troubles,
    printed: u32,
}

/// What a printer has to do, in its order.
enum PrinterTask {
    Label(DecodedLabel),
    /// ESC/POS: an answer when everything before it is out.
    Receipt,
}

impl Printer {
    async fn suffer(&mut self, act: &Act) {
        match act {
            Act::PlugIn | Act::Unplug => self.cable(matches!(act, Act::PlugIn)),
            Act::PowerCut => {
                // What was in its memory is lost, a label that was half printed too.
                self.cable(false);
                self.emulator = emulator(&self.setup);
                self.waiting.clear();
                self.printing = None;
            }
            Act::Noise => {
                self.port.send(scanner::NOISE).await;
            }
            Act::Trouble(change) => {
                change(&mut self.troubles);
                if self.troubles.keep_from_printing() {
                    self.printing = None;
                }
                let troubles = self.troubles;
                self.view.send_modify(|view| view.troubles = troubles);
            }
            _ => (),
        }
    }

    fn cable(&mut self, plug_in: bool) {
        let done = if plug_in { self.port.plug_in() } else { self.port.unplug() };
        if let Err(error) = done {
            tracing::error!(%error, "a simulated cable could not be moved");
        }
        self.view.send_modify(|view| view.set_plugged(DeviceRole::Printer, plug_in));
    }

    async fn hear(&mut self, bytes: &[u8]) {
        self.emulator.feed(bytes);
        while let Some(heard) = self.emulator.next() {
            match heard {
                PrinterInput::Question(Question::Receipt) => self.waiting.push_back(PrinterTask::Receipt),
                PrinterInput::Question(question) => self.answer(question).await,
                PrinterInput::Label(label) => self.waiting.push_back(PrinterTask::Label(label)),
                PrinterInput::Unprintable(why) => {
                    tracing::warn!(why, "the simulated printer was sent a label it cannot print");
                }
                // A whole ZPL format is printed all the same; the others cancel what they have.
                PrinterInput::Cancelled if self.setup.manner.language == Language::Zpl => (),
                PrinterInput::Cancelled => {
                    self.waiting.clear();
                    self.printing = None;
                }
            }
        }
        self.give_receipts().await;
    }

    async fn answer(&mut self, question: Question) {
        let it = self.troubles;
        let bit = |is: bool, number: u8| u8::from(is) << number;
        let answer = match question {
            Question::HostStatus if it.paper_out || it.ribbon_out || it.head_open => return,
            Question::HostStatus => self.host_status(),
            Question::Status => {
                let byte =
                    bit(it.head_open, 0) | bit(it.paper_out, 2) | bit(it.ribbon_out, 3) | bit(it.paused, 4);
                vec![byte | bit(self.printing.is_some(), 5)]
            }
            Question::RealTime(1) => vec![0x12 | bit(it.keep_from_printing(), 3)],
            Question::RealTime(2) => vec![0x12 | bit(it.head_open, 2) | bit(it.paper_out, 5)],
            Question::RealTime(3) => vec![0x12],
            Question::RealTime(_) => vec![if it.paper_out { 0x72 } else { 0x12 }],
            Question::Receipt => return,
        };
        self.port.send(&answer).await;
    }

    fn host_status(&self) -> Vec<u8> {
        let formats = self.waiting.len();
        let (paused, partial) = (u8::from(self.troubles.paused), u8::from(self.emulator.is_within_format()));
        format!(
            "\u{2}030,0,{paused},0320,{formats:03},0,0,{partial},000,0,0,0\u{3}\r\n\
             \u{2}000,0,0,0,0,2,4,0,{left:08},1,000\u{3}\r\n\u{2}1234,0\u{3}\r\n",
            left = u32::from(self.printing.is_some()),
        )
        .into_bytes()
    }

    /// Receipts that are due because nothing is left before them.
    async fn give_receipts(&mut self) {
        while let Some(PrinterTask::Receipt) = self.waiting.front() {
            if self.troubles.keep_from_printing() {
                return;
            }
            self.waiting.pop_front();
            self.port.send(&[0x00]).await;
        }
    }

    fn start(&mut self) {
        if self.printing.is_none() && !self.troubles.keep_from_printing() && !self.waiting.is_empty() {
            self.printing = Some(Instant::now() + PRINTING_TAKES);
        }
    }

    async fn put_out(&mut self) {
        self.printing = None;
        match self.waiting.pop_front() {
            Some(PrinterTask::Label(label)) => {
                for _ in 0..label.copies.min(COPIES_MAX) {
                    self.printed += 1;
                    let label = Label::print(self.printed, &label.raster, clock::now());
                    self.view.send_modify(|view| view.labels.insert(0, label));
                }
            }
            Some(receipt @ PrinterTask::Receipt) => self.waiting.push_front(receipt),
            None => (),
        }
        self.give_receipts().await;
    }
}
