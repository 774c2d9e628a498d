//! The state of every device, for the page and the server. Only the latest counts.

use super::Device;
use hufu_wire::message::{Condition, DeviceState};
use tokio::sync::watch;

#[derive(Clone)]
pub struct DeviceStatuses(watch::Sender<Vec<DeviceState>>);

/// The status of one device, as its driver tells it.
#[derive(Clone)]
pub(super) struct DeviceStatus {
    all: DeviceStatuses,
    name: String,
}

impl DeviceStatuses {
    /// All absent.
    pub fn new(devices: &[Device]) -> DeviceStatuses {
        let states = devices.iter().map(|device| DeviceState {
            name: device.name.clone(),
            role: device.role(),
            condition: Condition::Absent,
        });
        DeviceStatuses(watch::Sender::new(states.collect()))
    }

    pub fn watch(&self) -> watch::Receiver<Vec<DeviceState>> {
        self.0.subscribe()
    }

    pub(super) fn of(&self, device: &Device) -> DeviceStatus {
        DeviceStatus { all: self.clone(), name: device.name.clone() }
    }
}

impl DeviceStatus {
    pub(super) fn set(&self, condition: Condition) {
        self.all.0.send_if_modified(|states| {
            let Some(state) = states.iter_mut().find(|state| state.name == self.name) else { return false };
            if state.condition == condition {
                return false;
            }
            tracing::info!(device = self.name, ?condition, "device");
            state.condition = condition;
            true
        });
    }

    /// The device was found. A trouble is cleared only by the driver, when it has verified that it is over.
    pub(super) fn opening(&self) {
        let absent = |state: &DeviceState| state.name == self.name && state.condition == Condition::Absent;
        if self.all.0.borrow().iter().any(absent) {
            self.set(Condition::Opening);
        }
    }

    pub(super) fn trouble(&self, why: impl Into<String>) {
        self.set(Condition::Trouble { why: why.into() });
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}
