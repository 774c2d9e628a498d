//! Keeps each device open: found again within a second of being plugged back in, whatever it did meanwhile.

use super::driver::{Context, DriveEnd, EventSender};
use super::{Device, DeviceStatuses, Orders};
use crate::state::{NewEvent, State};
use crate::stream::{self, OpenError};
use hufu_wire::message::Condition;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How often an absent device is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long opening may take before it is tried again.
const OPEN_WITHIN: Duration = Duration::from_secs(5);

/// The devices at work. Dropping it stops them.
pub struct Devices {
    pub statuses: DeviceStatuses,
    pub orders: Orders,
    _tasks: JoinSet<()>,
}

/// Starts a task for each device.
pub fn start(devices: &[Device], state: &State, observed: &mpsc::Sender<NewEvent>) -> Devices {
    let statuses = DeviceStatuses::new(devices);
    let (orders, receivers) = Orders::new(devices);
    let mut tasks = JoinSet::new();
    for (device, orders) in devices.iter().zip(receivers) {
        let context = Context {
            status: statuses.of(device),
            events: EventSender::new(observed.clone()),
            jobs: state.jobs.clone(),
            orders,
        };
        tasks.spawn(DeviceTask { device: device.clone(), context }.run());
    }
    Devices { statuses, orders, _tasks: tasks }
}

/// One device and everything its driver may touch.
struct DeviceTask {
    device: Device,
    context: Context,
}

impl DeviceTask {
    async fn run(mut self) {
        loop {
            match timeout(OPEN_WITHIN, stream::open(&self.device.address)).await {
                Ok(Ok(stream)) => {
                    self.context.status.opening();
                    match self.device.driver.drive(stream, &mut self.context).await {
                        DriveEnd::Gone => self.context.status.set(Condition::Absent),
                        DriveEnd::Trouble(why) => self.context.status.trouble(why),
                    }
                }
                Ok(Err(OpenError::Absent)) => self.context.status.set(Condition::Absent),
                Ok(Err(error)) => self.context.status.trouble(error.to_string()),
                Err(_elapsed) => {
                    self.context.status.trouble("打开设备超时 · opening the device takes too long");
                }
            }
            self.context.refuse_orders().await;
            sleep(LOOK_EVERY).await;
        }
    }
}
