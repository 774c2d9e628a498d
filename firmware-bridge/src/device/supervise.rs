//! Keeps each device open: found again within a second of being plugged back in, whatever it did meanwhile.

use super::{Answers, Ended, Lamps, lamp::Lamp, printer, scale, scanner};
use crate::config::{Device, Kind};
use crate::outbox::{Outbox, Seen};
use crate::stream::{self, OpenError};
use hufu_wire::message::{Condition, Verdict};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// How often an absent device is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long opening may take before it is tried again.
const OPEN_WITHIN: Duration = Duration::from_secs(5);

/// The devices at work. Dropping it stops them.
pub struct Bench {
    pub lamps: Lamps,
    /// Asks the first scale for a reading; `None` when the station has no scale.
    pub weigh: Option<mpsc::Sender<Uuid>>,
    /// Tells a scanner what the server thinks of its scan.
    pub answers: Answers,
    _tasks: JoinSet<()>,
}

/// Starts a task for each device.
pub fn start(devices: &[Device], outbox: &Outbox, seen: &mpsc::Sender<Seen>) -> Bench {
    let lamps = Lamps::new(devices);
    let mut tasks = JoinSet::new();
    let mut weigh = None;
    let (answers, mut to_hear) = Answers::new(devices.iter().map(|device| device.name.as_str()));
    for device in devices {
        let (ask, asked) = mpsc::channel(16);
        if matches!(device.kind, Kind::Scale(_)) && weigh.is_none() {
            weigh = Some(ask);
        }
        let post = Post {
            lamp: lamps.of(device),
            device: device.clone(),
            outbox: outbox.clone(),
            seen: seen.clone(),
            asked,
            answers: to_hear.remove(&device.name).unwrap_or_else(|| mpsc::channel(1).1),
        };
        tasks.spawn(post.keep());
    }
    Bench { lamps, weigh, answers, _tasks: tasks }
}

/// One device and everything its driver may touch.
struct Post {
    device: Device,
    lamp: Lamp,
    outbox: Outbox,
    seen: mpsc::Sender<Seen>,
    asked: mpsc::Receiver<Uuid>,
    answers: mpsc::Receiver<Verdict>,
}

impl Post {
    async fn keep(mut self) {
        loop {
            match timeout(OPEN_WITHIN, stream::open(&self.device.address)).await {
                Ok(Ok(stream)) => {
                    self.lamp.set(Condition::Opening);
                    match self.drive(stream).await {
                        Ended::Gone => self.lamp.set(Condition::Absent),
                        Ended::Trouble(why) => self.lamp.trouble(why),
                    }
                }
                Ok(Err(OpenError::Absent)) => self.lamp.set(Condition::Absent),
                Ok(Err(error)) => self.lamp.trouble(error.to_string()),
                Err(_elapsed) => self.lamp.trouble("打开设备超时 · opening the device takes too long"),
            }
            scale::answer_not_ready(&mut self.asked, &self.lamp, &self.seen).await;
            sleep(LOOK_EVERY).await;
        }
    }

    async fn drive(&mut self, stream: Box<dyn stream::Stream>) -> Ended {
        match &self.device.kind {
            Kind::Scanner(setup) => {
                scanner::drive(stream, setup, &self.lamp, &self.seen, &mut self.answers).await
            }
            Kind::Printer(setup) => printer::drive(stream, setup, &self.lamp, &self.outbox).await,
            Kind::Scale(setup) => scale::drive(stream, setup, &self.lamp, &self.seen, &mut self.asked).await,
        }
    }
}
