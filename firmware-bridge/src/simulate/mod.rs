//! A station with simulated devices: real pseudo-terminals, real bytes, the real drivers. What a hand would do at a counter
//! (scan, weigh, tear off, unplug) comes from the virtual counter's page or from a script.

mod act;
mod cabinet;
mod counter;
mod html;
mod label;
mod locks;
mod page;
mod pan;
mod port;
mod printer;
mod pty;
mod reader;
mod scale;
mod scanner;
mod troubles;
mod words;
mod workshop;

pub use act::Fault;
pub use counter::Counter;
pub use label::Label;
pub use page::router;
pub use pty::{Plug, Pty};
pub use troubles::Troubles;

use crate::config::Config;
use crate::device::{Device, Locks, Reader, Sensor};
use crate::stream::Address;
use hufu_protocol::locker::modbus::Unit;
use hufu_wire::message::DeviceRole;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::{fs, io, num::NonZeroU8, path::Path, path::PathBuf, time::Duration};
use tokio::task::JoinSet;
use workshop::{Simulation, Workshop};

/// Every role that can be simulated. A new one is a file and a line here.
const SIMULATIONS: &[Simulation] =
    &[scanner::simulate, printer::simulate, scale::simulate, reader::simulate, locks::simulate];

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
pub struct ShelfTag {
    pub code: String,
    pub name: String,
}

/// What the counter looks like now.
#[derive(Clone, Debug, Default, Serialize)]
pub struct View {
    /// The devices whose cable is in.
    pub plugged: BTreeSet<DeviceRole>,
    /// The devices that say nothing more.
    pub silent: BTreeSet<DeviceRole>,
    /// The scanner sends few bytes at a time.
    pub slow: bool,
    /// What the scanner was told last, newest at the end.
    pub scanner_heard: Vec<String>,
    /// What is wrong with the printer.
    pub troubles: Troubles,
    /// As the scale's display shows it, "12.35 g".
    pub weight: String,
    /// Newest first.
    pub labels: Vec<Label>,
    /// Where other programs find the reader too, `host:port`.
    pub reader_at: String,
    /// In the reader's field, in hexadecimal.
    pub tags: Vec<String>,
    pub jammed: bool,
    /// Which doors are open; the first is that of lock 1.
    pub doors: Vec<bool>,
}

impl View {
    fn set_plugged(&mut self, role: DeviceRole, plugged: bool) {
        set(&mut self.plugged, role, plugged);
    }

    fn set_silent(&mut self, role: DeviceRole, silent: bool) {
        set(&mut self.silent, role, silent);
    }
}

fn set(roles: &mut BTreeSet<DeviceRole>, role: DeviceRole, is: bool) {
    if is {
        roles.insert(role);
    } else {
        roles.remove(&role);
    }
}

/// The counter and the tasks of its devices; dropping it unplugs everything.
pub struct Rig {
    pub counter: Counter,
    _tasks: JoinSet<()>,
}

/// Makes the pseudo-terminals and the devices behind them, and points the configuration's devices at them. Names and
/// settings of configured devices are kept; a missing scanner, printer or scale is added.
pub fn rig(config: &mut Config, wall: Option<&Path>) -> Result<Rig, SimulateError> {
    let wall: Vec<ShelfTag> = match wall {
        None => Vec::new(),
        Some(path) => {
            let text = fs::read_to_string(path)
                .map_err(|source| SimulateError::Wall { path: path.to_owned(), source })?;
            serde_json::from_str(&text)?
        }
    };
    let mut workshop = Workshop::new(config.data.join("ports"))?;
    let mut devices = Vec::new();
    for simulate in SIMULATIONS {
        devices.extend(simulate(&mut workshop, &config.devices)?);
    }
    config.devices = devices;
    let Workshop { view, hands, tasks, .. } = workshop;
    Ok(Rig { counter: Counter::new(hands, view, wall), _tasks: tasks })
}

/// Adds what a counter can have and this one has not: an RFID reader and a cabinet of eight locks.
pub fn everything(config: &mut Config) {
    let has = |role| config.devices.iter().any(|device| device.role() == role);
    let address = || Address::Tcp("replaced by the simulation".to_owned());
    let reader = (!has(DeviceRole::Reader))
        .then(|| Device::new("reader", address(), Reader { round: Duration::from_millis(500) }));
    let size = Unit::new(1).zip(NonZeroU8::new(8)).filter(|_| !has(DeviceRole::Locks));
    let cabinet = size.map(|(unit, count)| {
        let (pulse, open_within) = (Duration::from_millis(200), Duration::from_secs(1));
        let locks = Locks { unit, count, sensor: Sensor::OnWhenClosed, pulse, open_within };
        Device::new("locks", address(), locks)
    });
    config.devices.extend([reader, cabinet].into_iter().flatten());
}
