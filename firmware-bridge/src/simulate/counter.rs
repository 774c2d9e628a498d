//! The hands at the virtual counter.

use super::act::{Act, Fault};
use super::pan::Load;
use super::{Label, ShelfTag, SimulateError, View, reader};
use hufu_wire::message::DeviceRole;
use std::collections::BTreeMap;
use std::num::NonZeroU8;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

#[derive(Clone)]
pub struct Counter {
    devices: Arc<BTreeMap<DeviceRole, mpsc::Sender<Act>>>,
    view: watch::Sender<View>,
    wall: Arc<[ShelfTag]>,
}

impl Counter {
    pub(super) fn new(
        devices: BTreeMap<DeviceRole, mpsc::Sender<Act>>,
        view: watch::Sender<View>,
        wall: Vec<ShelfTag>,
    ) -> Counter {
        Counter { devices: Arc::new(devices), view, wall: wall.into() }
    }

    pub fn view(&self) -> watch::Receiver<View> {
        self.view.subscribe()
    }

    pub fn wall(&self) -> &[ShelfTag] {
        &self.wall
    }

    /// The scanner reads this text and sends it in whatever it speaks.
    pub async fn scan(&self, text: &str) -> Result<(), SimulateError> {
        if !self.view.borrow().plugged.contains(&DeviceRole::Scanner) {
            return Err(SimulateError::Gone);
        }
        let code = text.as_bytes().to_vec();
        self.act(DeviceRole::Scanner, Act::Send(code)).await
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
        let load = Load::new(value, unit).ok_or(SimulateError::NoWeight)?;
        self.act(DeviceRole::Scale, Act::Load(load)).await
    }

    /// Lays these tags into the reader's field in place of those that were there.
    pub async fn lay(&self, tags: Vec<String>) -> Result<(), SimulateError> {
        if tags.iter().any(|tag| reader::epc_bytes(tag).is_none()) {
            return Err(SimulateError::NoTag);
        }
        self.act(DeviceRole::Reader, Act::Tags(tags)).await
    }

    /// Moves a door by hand.
    pub async fn door(&self, lock: NonZeroU8, open: bool) -> Result<(), SimulateError> {
        if usize::from(lock.get()) > self.view.borrow().doors.len() {
            return Err(SimulateError::NoDoor);
        }
        self.act(DeviceRole::Locks, Act::Door { lock, open }).await
    }

    pub async fn fault(&self, role: DeviceRole, fault: Fault) -> Result<(), SimulateError> {
        self.act(role, fault.of(role)?).await
    }

    async fn act(&self, role: DeviceRole, act: Act) -> Result<(), SimulateError> {
        let device = self.devices.get(&role).ok_or(SimulateError::Gone)?;
        device.send(act).await.map_err(|_| SimulateError::Gone)
    }
}
