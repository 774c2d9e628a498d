//! The state of every device, for the page and the server. Only the latest counts.

use crate::config::Device;
use hufu_wire::message::{Condition, DeviceState};
use tokio::sync::watch;

#[derive(Clone)]
pub struct Lamps(watch::Sender<Vec<DeviceState>>);

/// One device's own lamp.
#[derive(Clone)]
pub(super) struct Lamp {
    lamps: Lamps,
    name: String,
}

impl Lamps {
    /// All dark.
    pub fn new(devices: &[Device]) -> Lamps {
        let states = devices.iter().map(|device| DeviceState {
            name: device.name.clone(),
            role: device.role(),
            condition: Condition::Absent,
        });
        Lamps(watch::Sender::new(states.collect()))
    }

    pub fn watch(&self) -> watch::Receiver<Vec<DeviceState>> {
        self.0.subscribe()
    }

    pub(super) fn of(&self, device: &Device) -> Lamp {
        Lamp { lamps: self.clone(), name: device.name.clone() }
    }
}

impl Lamp {
    pub(super) fn set(&self, condition: Condition) {
        self.lamps.0.send_if_modified(|states| {
            let Some(state) = states.iter_mut().find(|state| state.name == self.name) else { return false };
            if state.condition == condition {
                return false;
            }
            tracing::info!(device = self.name, ?condition, "device");
            state.condition = condition;
            true
        });
    }

    /// The device was found. A trouble stays until the driver has seen that it is over.
    pub(super) fn opening(&self) {
        let absent = |state: &DeviceState| state.name == self.name && state.condition == Condition::Absent;
        if self.lamps.0.borrow().iter().any(absent) {
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
