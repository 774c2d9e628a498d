//! Keeps each device open: found again within a second of being plugged back in, whatever it did meanwhile.

use super::{Answers, Ended, Lamps, Opening, lamp::Lamp, locks, printer, reader, scale, scanner};
use crate::config::{Device, Kind};
use crate::outbox::{Outbox, Seen};
use crate::stream::{self, OpenError};
use hufu_wire::message::{Condition, Verdict};
use std::collections::HashMap;
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
    /// Asks the first reader for an inventory round.
    pub inventory: Option<mpsc::Sender<Uuid>>,
    /// Opens a lock of the board of this name.
    pub locks: HashMap<String, mpsc::Sender<Opening>>,
    _tasks: JoinSet<()>,
}

/// Starts a task for each device.
pub fn start(devices: &[Device], outbox: &Outbox, seen: &mpsc::Sender<Seen>) -> Bench {
    let lamps = Lamps::new(devices);
    let mut tasks = JoinSet::new();
    let (mut weigh, mut inventory, mut locks) = (None, None, HashMap::new());
    let (answers, mut to_hear) = Answers::new(devices.iter().map(|device| device.name.as_str()));
    for device in devices {
        let (ask, asked) = mpsc::channel(16);
        let (open, to_open) = mpsc::channel(16);
        match device.kind {
            Kind::Scale(_) if weigh.is_none() => weigh = Some(ask),
            Kind::Reader(_) if inventory.is_none() => inventory = Some(ask),
            Kind::Locks(_) => drop(locks.insert(device.name.clone(), open)),
            _ => (),
        }
        let post = Post {
            lamp: lamps.of(device),
            device: device.clone(),
            outbox: outbox.clone(),
            seen: seen.clone(),
            asked,
            answers: to_hear.remove(&device.name).unwrap_or_else(|| mpsc::channel(1).1),
            to_open,
        };
        tasks.spawn(post.keep());
    }
    Bench { lamps, weigh, answers, inventory, locks, _tasks: tasks }
}

/// One device and everything its driver may touch.
struct Post {
    device: Device,
    lamp: Lamp,
    outbox: Outbox,
    seen: mpsc::Sender<Seen>,
    asked: mpsc::Receiver<Uuid>,
    answers: mpsc::Receiver<Verdict>,
    to_open: mpsc::Receiver<Opening>,
}

impl Post {
    async fn keep(mut self) {
        loop {
            match timeout(OPEN_WITHIN, stream::open(&self.device.address)).await {
                Ok(Ok(stream)) => {
                    self.lamp.opening();
                    match self.drive(stream).await {
                        Ended::Gone => self.lamp.set(Condition::Absent),
                        Ended::Trouble(why) => self.lamp.trouble(why),
                    }
                }
                Ok(Err(OpenError::Absent)) => self.lamp.set(Condition::Absent),
                Ok(Err(error)) => self.lamp.trouble(error.to_string()),
                Err(_elapsed) => self.lamp.trouble("打开设备超时 · opening the device takes too long"),
            }
            self.answer_not_ready().await;
            sleep(LOOK_EVERY).await;
        }
    }

    /// What is asked of a device that is not there is answered at once.
    async fn answer_not_ready(&mut self) {
        match self.device.kind {
            Kind::Scale(_) => scale::answer_not_ready(&mut self.asked, &self.lamp, &self.seen).await,
            Kind::Reader(_) => reader::answer_not_done(&mut self.asked, &self.lamp, &self.seen).await,
            Kind::Locks(_) => locks::answer_not_opened(&mut self.to_open, &self.lamp, &self.seen).await,
            Kind::Scanner(_) | Kind::Printer(_) => (),
        }
    }

    async fn drive(&mut self, stream: Box<dyn stream::Stream>) -> Ended {
        match &self.device.kind {
            Kind::Scanner(setup) => {
                scanner::drive(stream, setup, &self.lamp, &self.seen, &mut self.answers).await
            }
            Kind::Printer(setup) => printer::drive(stream, setup, &self.lamp, &self.outbox).await,
            Kind::Scale(setup) => scale::drive(stream, setup, &self.lamp, &self.seen, &mut self.asked).await,
            Kind::Reader(setup) => {
                reader::drive(stream, *setup, &self.lamp, &self.seen, &mut self.asked).await
            }
            Kind::Locks(setup) => {
                locks::drive(stream, *setup, &self.lamp, &self.seen, &mut self.to_open).await
            }
        }
    }
}
