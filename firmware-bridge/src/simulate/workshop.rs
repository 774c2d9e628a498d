//! Where simulated devices are made: the folder of their ports, their tasks, and the hands that reach them.

use super::act::Act;
use super::{Plug, SimulateError, View};
use crate::device::Device;
use crate::stream::Address;
use hufu_wire::message::DeviceRole;
use std::any::Any;
use std::collections::BTreeMap;
use std::{fs, io, path::PathBuf};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// Makes the devices of one role, and says how the station reaches them.
pub(super) type Simulation = fn(&mut Workshop, &[Device]) -> Result<Vec<Device>, SimulateError>;

pub(super) struct Workshop {
    folder: PathBuf,
    pub(super) view: watch::Sender<View>,
    pub(super) hands: BTreeMap<DeviceRole, mpsc::Sender<Act>>,
    pub(super) tasks: JoinSet<()>,
}

impl Workshop {
    pub(super) fn new(folder: PathBuf) -> Result<Workshop, SimulateError> {
        fs::create_dir_all(&folder).map_err(|source| SimulateError::Pty { path: folder.clone(), source })?;
        let view = watch::Sender::new(View::default());
        Ok(Workshop { folder, view, hands: BTreeMap::new(), tasks: JoinSet::new() })
    }

    pub(super) fn plug(&self, word: &str) -> Result<Plug, SimulateError> {
        Plug::new(self.path(word)).map_err(|source| self.cannot(source))
    }

    pub(super) fn path(&self, word: &str) -> PathBuf {
        self.folder.join(word)
    }

    pub(super) fn serial(&self, word: &str, baud: u32) -> Address {
        Address::Serial { path: self.path(word), baud }
    }

    pub(super) fn cannot(&self, source: io::Error) -> SimulateError {
        SimulateError::Pty { path: self.folder.clone(), source }
    }

    /// Plugs a device in, and gives what its hand does to it.
    pub(super) fn hand(&mut self, role: DeviceRole) -> mpsc::Receiver<Act> {
        let (hand, acts) = mpsc::channel(64);
        self.hands.insert(role, hand);
        self.view.send_modify(|view| view.set_plugged(role, true));
        acts
    }
}

/// The name and the settings of the first device of a kind that is configured.
pub(super) fn first<T: Any + Clone>(
    configured: &[Device],
    settings: impl Fn(&Device) -> Option<&T>,
) -> Option<(String, T)> {
    configured.iter().find_map(|device| Some((device.name.clone(), settings(device)?.clone())))
}

/// The configured devices of a role that join in under their own names, at the address of the simulated one.
pub(super) fn moved(configured: &[Device], role: DeviceRole, address: &Address) -> Vec<Device> {
    let mut devices: Vec<Device> =
        configured.iter().filter(|device| device.role() == role).cloned().collect();
    for device in &mut devices {
        device.address = address.clone();
    }
    devices
}
