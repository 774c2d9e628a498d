//! A station with simulated devices: real pseudo-terminals, real bytes, the real drivers. What a hand would do at a counter
//! (scan, weigh, tear off, unplug) comes from the virtual counter's page or from a script.

mod label;
mod page;
mod printer;
mod pty;
mod scale;
mod scanner;
mod words;

pub use label::Label;
pub use page::router;
pub use pty::{Plug, Pty};

use crate::config::{Config, Device, Kind, Printer, Scanner};
use crate::stream::{Address, Hid};
use hufu_protocol::Language;
use hufu_protocol::scanner::{Feedback, Setup};
use hufu_wire::message::DeviceRole;
use serde::{Deserialize, Serialize};
use std::{fs, io, path::Path, path::PathBuf, time::Duration};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    #[error("虚拟设备无法创建 · the simulated devices cannot be made in {path}")]
    Pty { path: PathBuf, source: io::Error },
    #[error("货架清单无法读取 · the wall file cannot be read: {path}")]
    Wall { path: PathBuf, source: io::Error },
    #[error("货架清单有误 · the wall file is wrong: {0}")]
    WallSyntax(#[from] serde_json::Error),
    #[error("该设备已拔出 · that device is unplugged or gone")]
    Gone,
    #[error(
        "没有这张标签，或标签上没有可读的二维码 · no such label, or no code can be read from its picture"
    )]
    NoLabel,
    #[error("该设备没有这种故障 · that device has no such fault")]
    NoFault,
    #[error("重量须为十进制数字和单位 · a weight is a decimal number and a unit")]
    NoWeight,
}

/// One label hanging on the wall of shelves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hanging {
    pub code: String,
    pub name: String,
}

/// What a hand does to a device.
#[derive(Clone, Debug)]
enum Act {
    PlugIn,
    Unplug,
    Noise,
    /// The scanner reads this code.
    Send(Vec<u8>),
    /// The scanner does not behave.
    Quirk(Quirk),
    Paper(bool),
    /// Stops reading what it is sent.
    Stuck(bool),
    Load(scale::Load),
}

/// How a scanner does not behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quirk {
    Slow(bool),
    /// The second half of the next scan does not arrive.
    Half,
    /// The last byte of the next scan, of a packet its checksum, is another one.
    Checksum,
    /// The last scan leaves the scanner once more.
    Again,
}

/// What the counter looks like now.
#[derive(Clone, Debug, Default, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "six things that are so or not, independently")]
pub struct View {
    pub scanner_plugged: bool,
    pub printer_plugged: bool,
    pub scale_plugged: bool,
    pub paper: bool,
    pub stuck: bool,
    pub slow: bool,
    /// What the scanner was told last, newest at the end.
    pub scanner_heard: Vec<String>,
    /// As the scale's display shows it, "12.35 g".
    pub weight: String,
    /// Newest first.
    pub labels: Vec<Label>,
}

/// The hands at the virtual counter.
#[derive(Clone)]
pub struct Counter {
    scanner: mpsc::Sender<Act>,
    printer: mpsc::Sender<Act>,
    scale: mpsc::Sender<Act>,
    view: watch::Sender<View>,
    wall: std::sync::Arc<[Hanging]>,
}

/// The counter and the tasks of its devices; dropping it unplugs everything.
pub struct Rig {
    pub counter: Counter,
    _tasks: JoinSet<()>,
}

/// Makes the pseudo-terminals and the devices behind them, and points the configuration's devices at them. Names and
/// settings of configured devices are kept; a missing role is added.
pub fn rig(config: &mut Config, wall: Option<&Path>) -> Result<Rig, SimulateError> {
    let wall: Vec<Hanging> = match wall {
        None => Vec::new(),
        Some(path) => {
            let text = fs::read_to_string(path)
                .map_err(|source| SimulateError::Wall { path: path.to_owned(), source })?;
            serde_json::from_str(&text)?
        }
    };
    let folder = config.data.join("ports");
    let cannot = |source| SimulateError::Pty { path: folder.clone(), source };
    fs::create_dir_all(&folder).map_err(cannot)?;
    let plug = |role: &str| Plug::new(folder.join(role)).map_err(cannot);
    let (scanner_plug, printer_plug, scale_plug) = (plug("scanner")?, plug("printer")?, plug("scale")?);
    config.devices = devices(&config.devices, &folder);
    let speaks = config.devices.iter().find_map(|device| match &device.kind {
        Kind::Scanner(scanner) => Some(scanner.setup.clone()),
        _ => None,
    });

    let view = watch::Sender::new(View {
        scanner_plugged: true,
        printer_plugged: true,
        scale_plugged: true,
        paper: true,
        weight: scale::Load::default().display(),
        ..View::default()
    });
    let (scanner, scanner_acts) = mpsc::channel(64);
    let (printer, printer_acts) = mpsc::channel(64);
    let (scale, scale_acts) = mpsc::channel(64);
    let mut tasks = JoinSet::new();
    tasks.spawn(scanner::run(scanner_plug, speaks.unwrap_or_default(), scanner_acts, view.clone()));
    tasks.spawn(printer::run(printer_plug, printer_acts, view.clone()));
    tasks.spawn(scale::run(scale_plug, scale_acts, view.clone()));
    Ok(Rig { counter: Counter { scanner, printer, scale, view, wall: wall.into() }, _tasks: tasks })
}

fn devices(configured: &[Device], folder: &Path) -> Vec<Device> {
    let of = |role: DeviceRole, word: &str, kind: Kind| {
        let known = configured.iter().find(|device| device.role() == role);
        let (name, kind) = known.map_or((word.to_owned(), kind), |it| (it.name.clone(), it.kind.clone()));
        let path = folder.join(word);
        let (kind, address) = match kind {
            Kind::Scanner(Scanner { setup: Setup::Hid, repeat }) => {
                (Kind::Scanner(Scanner { setup: Setup::Hid, repeat }), Address::Hid(Hid::Path(path)))
            }
            // A terminal is no keyboard to take away from the desktop: the same framing, as bytes.
            Kind::Scanner(Scanner { setup: Setup::Keyboard(framing), repeat }) => {
                let setup = Setup::Line(framing, Feedback::None);
                (Kind::Scanner(Scanner { setup, repeat }), Address::Serial { path, baud: 115_200 })
            }
            kind => (kind, Address::Serial { path, baud: 115_200 }),
        };
        Device { name, kind, address }
    };
    let zpl = Printer {
        language: Language::Zpl,
        answers: true,
        stall: Duration::from_secs(5),
        confirm: Duration::from_secs(20),
    };
    vec![
        of(DeviceRole::Scanner, "scanner", Kind::Scanner(Scanner::default())),
        of(DeviceRole::Printer, "printer", Kind::Printer(zpl)),
        of(DeviceRole::Scale, "scale", Kind::Scale),
    ]
}

/// A device, as scripts name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    Scanner,
    Printer,
    Scale,
}

/// What can go wrong, and right again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    Unplug,
    Replug,
    Noise,
    /// The second half of the next scan does not arrive.
    HalfPacket,
    /// The next scan arrives with a wrong last byte: of a packet, its checksum.
    WrongChecksum,
    /// The last scan is sent once more, as if its acknowledgement had been lost.
    Resend,
    Slow,
    Fast,
    PaperOut,
    PaperIn,
    Stuck,
    Unstuck,
}

impl Counter {
    pub fn view(&self) -> watch::Receiver<View> {
        self.view.subscribe()
    }

    pub fn wall(&self) -> &[Hanging] {
        &self.wall
    }

    /// The scanner reads this text and sends it in whatever it speaks.
    pub async fn scan(&self, text: &str) -> Result<(), SimulateError> {
        if !self.view.borrow().scanner_plugged {
            return Err(SimulateError::Gone);
        }
        let code = text.as_bytes().to_vec();
        self.scanner.send(Act::Send(code)).await.map_err(|_| SimulateError::Gone)
    }

    /// Holds a printed label before the scanner: what its picture says is what is scanned.
    pub async fn scan_label(&self, number: u32) -> Result<String, SimulateError> {
        let label = self.label(number).ok_or(SimulateError::NoLabel)?;
        let text = label.text.ok_or(SimulateError::NoLabel)?;
        self.scan(&text).await?;
        Ok(text)
    }

    pub fn label(&self, number: u32) -> Option<Label> {
        self.view.borrow().labels.iter().find(|label| label.number == number).cloned()
    }

    /// Takes a label away from the printer.
    pub fn tear_off(&self, number: u32) -> Result<(), SimulateError> {
        let torn = self.view.send_if_modified(|view| {
            let before = view.labels.len();
            view.labels.retain(|label| label.number != number);
            view.labels.len() < before
        });
        if torn { Ok(()) } else { Err(SimulateError::NoLabel) }
    }

    /// Puts this weight on the scale in place of what was there; "0" takes it off.
    pub async fn weigh(&self, value: &str, unit: &str) -> Result<(), SimulateError> {
        let load = scale::Load::new(value, unit).ok_or(SimulateError::NoWeight)?;
        self.scale.send(Act::Load(load)).await.map_err(|_| SimulateError::Gone)
    }

    pub async fn fault(&self, which: Which, fault: Fault) -> Result<(), SimulateError> {
        let act = match (which, fault) {
            (_, Fault::Unplug) => Act::Unplug,
            (_, Fault::Replug) => Act::PlugIn,
            (_, Fault::Noise) => Act::Noise,
            (Which::Scanner, Fault::HalfPacket) => Act::Quirk(Quirk::Half),
            (Which::Scanner, Fault::WrongChecksum) => Act::Quirk(Quirk::Checksum),
            (Which::Scanner, Fault::Resend) => Act::Quirk(Quirk::Again),
            (Which::Scanner, Fault::Slow) => Act::Quirk(Quirk::Slow(true)),
            (Which::Scanner, Fault::Fast) => Act::Quirk(Quirk::Slow(false)),
            (Which::Printer, Fault::PaperOut) => Act::Paper(false),
            (Which::Printer, Fault::PaperIn) => Act::Paper(true),
            (Which::Printer, Fault::Stuck) => Act::Stuck(true),
            (Which::Printer, Fault::Unstuck) => Act::Stuck(false),
            _ => return Err(SimulateError::NoFault),
        };
        let device = match which {
            Which::Scanner => &self.scanner,
            Which::Printer => &self.printer,
            Which::Scale => &self.scale,
        };
        device.send(act).await.map_err(|_| SimulateError::Gone)
    }
}
