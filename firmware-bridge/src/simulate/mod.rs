//! A station with simulated devices: real pseudo-terminals, real bytes, the real drivers. What a hand would do at a counter
//! (scan, weigh, tear off, unplug) comes from the virtual counter's page or from a script.

mod cabinet;
mod label;
mod locks;
mod page;
mod port;
mod printer;
mod pty;
mod reader;
mod scale;
mod scanner;
mod words;

pub use label::Label;
pub use page::router;
pub use printer::Troubles;
pub use pty::{Plug, Pty};

use crate::config::{Config, Device, Kind, Locks, Printer, Reader, Scale, Scanner, Sensor};
use crate::stream::{Address, Hid};
use hufu_protocol::Language;
use hufu_protocol::locker::modbus::Unit;
use hufu_protocol::scale::Protocol;
use hufu_protocol::scanner::{Feedback, Setup};
use hufu_wire::message::DeviceRole;
use port::Port;
use serde::{Deserialize, Serialize};
use std::{fs, io, num::NonZeroU8, path::Path, path::PathBuf, time::Duration};
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
    #[error("标签号须为十六进制，4 的倍数位 · a tag is hexadecimal digits, four or a multiple of four")]
    NoTag,
    #[error("没有这扇门 · there is no such door")]
    NoDoor,
}

/// One label hanging on the wall of shelves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hanging {
    pub code: String,
    pub name: String,
}

/// What a hand does to a device.
#[derive(Clone)]
enum Act {
    PlugIn,
    Unplug,
    Noise,
    /// The scanner reads this code.
    Send(Vec<u8>),
    /// The scanner does not behave.
    Quirk(Quirk),
    /// A change in what is wrong with the printer.
    Trouble(fn(&mut Troubles)),
    /// The printer loses its memory and its connection; plugging it in switches it on again.
    PowerCut,
    Load(scale::Load),
    /// What is wrong with the scale.
    Pan(scale::Pan),
    /// Says nothing more.
    Stuck(bool),
    /// What lies in the reader's field, in hexadecimal.
    Tags(Vec<String>),
    Door {
        lock: NonZeroU8,
        open: bool,
    },
    /// No bolt moves.
    Jam(bool),
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
#[expect(clippy::struct_excessive_bools, reason = "things that are so or not, independently")]
pub struct View {
    pub scanner_plugged: bool,
    pub printer_plugged: bool,
    pub scale_plugged: bool,
    pub slow: bool,
    /// What the scanner was told last, newest at the end.
    pub scanner_heard: Vec<String>,
    /// What is wrong with the printer.
    pub troubles: Troubles,
    /// As the scale's display shows it, "12.35 g".
    pub weight: String,
    /// Newest first.
    pub labels: Vec<Label>,
    pub reader_plugged: bool,
    /// Where other programs find the reader too, `host:port`.
    pub reader_at: String,
    pub reader_silent: bool,
    /// In the reader's field, in hexadecimal.
    pub tags: Vec<String>,
    pub locks_plugged: bool,
    pub locks_silent: bool,
    pub jammed: bool,
    /// Which doors are open; the first is that of lock 1.
    pub doors: Vec<bool>,
}

/// The hands at the virtual counter.
#[derive(Clone)]
pub struct Counter {
    scanner: mpsc::Sender<Act>,
    printer: mpsc::Sender<Act>,
    scale: mpsc::Sender<Act>,
    reader: mpsc::Sender<Act>,
    locks: mpsc::Sender<Act>,
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
    let configured = std::mem::take(&mut config.devices);
    let (scanner_name, scanner_setup) = known(&configured, |kind| match kind {
        Kind::Scanner(scanner) => Some(scanner.clone()),
        _ => None,
    })
    .unwrap_or_else(|| ("scanner".to_owned(), Scanner::default()));
    let (scanner_setup, scanner_at) = scanner_port(scanner_setup, folder.join("scanner"));
    let (printer_name, printer_setup) = known(&configured, |kind| match kind {
        Kind::Printer(setup) => Some(setup.clone()),
        _ => None,
    })
    .unwrap_or_else(|| ("printer".to_owned(), Printer::speaking(Language::Zpl)));
    let (scale_name, scale_setup) = known(&configured, |kind| match kind {
        Kind::Scale(setup) => Some(setup.clone()),
        _ => None,
    })
    .unwrap_or_else(|| ("scale".to_owned(), Scale::speaking(Protocol::Sics)));
    let wish = configured.iter().find(|device| device.role() == DeviceRole::Printer);
    let printer_port = match wish.and_then(|device| Port::tcp(&device.address)) {
        Some(socket) => socket.map_err(cannot)?,
        None => Port::Pty(plug("printer")?),
    };
    let (scanner_plug, scale_plug) = (plug("scanner")?, plug("scale")?);
    let serial = |word: &str| Address::Serial { path: folder.join(word), baud: 115_200 };
    let printer_at =
        printer_port.socket().map_or_else(|| serial("printer"), |socket| Address::Tcp(socket.to_string()));
    let mut devices = vec![
        Device { name: scanner_name, kind: Kind::Scanner(scanner_setup.clone()), address: scanner_at },
        Device { name: printer_name, kind: Kind::Printer(printer_setup.clone()), address: printer_at },
        Device { name: scale_name, kind: Kind::Scale(scale_setup.clone()), address: serial("scale") },
    ];
    let board = configured.iter().find_map(|device| match device.kind {
        Kind::Locks(setup) => Some(setup),
        _ => None,
    });
    let has_reader = configured.iter().any(|device| device.role() == DeviceRole::Reader);
    let (listener, reader_at) = reader::listen().map_err(cannot)?;
    // These join in where they are configured.
    devices.extend(configured.iter().filter_map(|device| {
        let address = match device.kind {
            Kind::Reader(_) => Address::Tcp(reader_at.to_string()),
            Kind::Locks(_) => Address::Serial { path: folder.join("locks"), baud: 9600 },
            _ => return None,
        };
        Some(Device { address, ..device.clone() })
    }));
    config.devices = devices;

    let view = watch::Sender::new(View {
        scanner_plugged: true,
        printer_plugged: true,
        scale_plugged: true,
        weight: scale::Load::default().display(),
        reader_plugged: has_reader,
        reader_at: if has_reader { reader_at.to_string() } else { String::new() },
        locks_plugged: board.is_some(),
        doors: board.map(|setup| vec![false; usize::from(setup.count.get())]).unwrap_or_default(),
        ..View::default()
    });
    let (scanner, scanner_acts) = mpsc::channel(64);
    let (printer, printer_acts) = mpsc::channel(64);
    let (scale, scale_acts) = mpsc::channel(64);
    let (reader, reader_acts) = mpsc::channel(64);
    let (locks, locks_acts) = mpsc::channel(64);
    let mut tasks = JoinSet::new();
    tasks.spawn(scanner::run(scanner_plug, scanner_setup.setup, scanner_acts, view.clone()));
    tasks.spawn(printer::run(printer_port, printer_setup, printer_acts, view.clone()));
    tasks.spawn(scale::run(scale_plug, scale_setup, scale_acts, view.clone()));
    if has_reader {
        tasks.spawn(reader::run(listener, reader_acts, view.clone()));
    }
    if let Some(setup) = board {
        tasks.spawn(locks::run(plug("locks")?, setup, locks_acts, view.clone()));
    }
    let counter = Counter { scanner, printer, scale, reader, locks, view, wall: wall.into() };
    Ok(Rig { counter, _tasks: tasks })
}

/// Adds what a counter can have and this one has not: an RFID reader and a cabinet of eight locks.
pub fn everything(config: &mut Config) {
    let has = |role| config.devices.iter().any(|device| device.role() == role);
    let reader = Kind::Reader(Reader { round: Duration::from_millis(500) });
    let cabinet = Unit::new(1).zip(NonZeroU8::new(8)).map(|(unit, count)| {
        let (pulse, open_within) = (Duration::from_millis(200), Duration::from_secs(1));
        Kind::Locks(Locks { unit, count, sensor: Sensor::OnWhenClosed, pulse, open_within })
    });
    let missing = [
        (!has(DeviceRole::Reader)).then_some(("reader", reader)),
        cabinet.filter(|_| !has(DeviceRole::Locks)).map(|kind| ("locks", kind)),
    ];
    let address = || Address::Tcp("replaced by the simulation".to_owned());
    let missing = missing.into_iter().flatten();
    config.devices.extend(missing.map(|(name, kind)| Device {
        name: name.to_owned(),
        kind,
        address: address(),
    }));
}

/// How a scanner of these settings is reached over a simulated cable.
fn scanner_port(scanner: Scanner, path: PathBuf) -> (Scanner, Address) {
    let Scanner { setup, repeat } = scanner;
    match setup {
        Setup::Hid => (Scanner { setup, repeat }, Address::Hid(Hid::Path(path))),
        // A terminal is no keyboard to take away from the desktop: the same framing, as bytes.
        Setup::Keyboard(framing) => {
            let setup = Setup::Line(framing, Feedback::None);
            (Scanner { setup, repeat }, Address::Serial { path, baud: 115_200 })
        }
        setup => (Scanner { setup, repeat }, Address::Serial { path, baud: 115_200 }),
    }
}

/// The name and the settings of the first device of a kind that is configured.
fn known<T>(configured: &[Device], setup: impl Fn(&Kind) -> Option<T>) -> Option<(String, T)> {
    configured.iter().find_map(|device| Some((device.name.clone(), setup(&device.kind)?)))
}

/// A device, as scripts name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    Scanner,
    Printer,
    Scale,
    Reader,
    Locks,
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
    PaperOut,
    PaperIn,
    RibbonOut,
    RibbonIn,
    HeadOpen,
    HeadClosed,
    Pause,
    Resume,
    Slow,
    Fast,
    Stuck,
    Unstuck,
    /// The printer loses everything in its memory; `replug` switches it on again.
    PowerCut,
    /// The weight never settles.
    Restless,
    Overloaded,
    Underloaded,
    /// The scale says nothing.
    Silent,
    /// Everything that was wrong with the scale is right again.
    Calm,
    /// No bolt of the cabinet moves.
    Jam,
    Unjam,
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

    /// Lays these tags into the reader's field in place of those that were there.
    pub async fn lay(&self, tags: Vec<String>) -> Result<(), SimulateError> {
        if tags.iter().any(|tag| reader::epc_bytes(tag).is_none()) {
            return Err(SimulateError::NoTag);
        }
        self.reader.send(Act::Tags(tags)).await.map_err(|_| SimulateError::Gone)
    }

    /// Moves a door by hand.
    pub async fn door(&self, lock: NonZeroU8, open: bool) -> Result<(), SimulateError> {
        if usize::from(lock.get()) > self.view.borrow().doors.len() {
            return Err(SimulateError::NoDoor);
        }
        self.locks.send(Act::Door { lock, open }).await.map_err(|_| SimulateError::Gone)
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
            (Which::Printer, fault) => fault.of_printer().ok_or(SimulateError::NoFault)?,
            (Which::Scale, Fault::Restless) => Act::Pan(scale::Pan::Restless),
            (Which::Scale, Fault::Overloaded) => Act::Pan(scale::Pan::Overloaded),
            (Which::Scale, Fault::Underloaded) => Act::Pan(scale::Pan::Underloaded),
            (Which::Scale, Fault::Silent) => Act::Pan(scale::Pan::Silent),
            (Which::Scale, Fault::Calm) => Act::Pan(scale::Pan::Well),
            (Which::Reader | Which::Locks, Fault::Stuck) => Act::Stuck(true),
            (Which::Reader | Which::Locks, Fault::Unstuck) => Act::Stuck(false),
            (Which::Locks, Fault::Jam) => Act::Jam(true),
            (Which::Locks, Fault::Unjam) => Act::Jam(false),
            _ => return Err(SimulateError::NoFault),
        };
        let device = match which {
            Which::Scanner => &self.scanner,
            Which::Printer => &self.printer,
            Which::Scale => &self.scale,
            Which::Reader => &self.reader,
            Which::Locks => &self.locks,
        };
        device.send(act).await.map_err(|_| SimulateError::Gone)
    }
}

impl Fault {
    fn of_printer(self) -> Option<Act> {
        let change: fn(&mut Troubles) = match self {
            Fault::PowerCut => return Some(Act::PowerCut),
            Fault::PaperOut => |it| it.paper_out = true,
            Fault::PaperIn => |it| it.paper_out = false,
            Fault::RibbonOut => |it| it.ribbon_out = true,
            Fault::RibbonIn => |it| it.ribbon_out = false,
            Fault::HeadOpen => |it| it.head_open = true,
            Fault::HeadClosed => |it| it.head_open = false,
            Fault::Pause => |it| it.paused = true,
            Fault::Resume => |it| it.paused = false,
            Fault::Slow => |it| it.slow = true,
            Fault::Fast => |it| it.slow = false,
            Fault::Stuck => |it| it.stuck = true,
            Fault::Unstuck => |it| it.stuck = false,
            _ => return None,
        };
        Some(Act::Trouble(change))
    }
}
