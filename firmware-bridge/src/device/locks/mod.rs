//! A lock board's driver (Modbus RTU): gives a lock one pulse, and says that the door is open when its sensor says so, not
//! when the board has obeyed. Doors that move by themselves are told too.

mod settings;

pub use settings::{Locks, Sensor};

use super::driver::{Context, DriveEnd, Driver, Driving, EventSender, Role, misdirected};
use super::order::{BOARD_ABSENT, Order};
use super::status::DeviceStatus;
use crate::stream::Stream;
use hufu_protocol::locker::modbus::{Answer, Request};
use hufu_wire::message::{Condition, DeviceRole, Door, Observation};
use std::convert::Infallible;
use std::num::NonZeroU8;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};
use uuid::Uuid;

const ANSWER_WITHIN: Duration = Duration::from_millis(300);
/// A damaged answer is asked for again this often.
const TRIES: usize = 3;
/// Three and a half characters at 9600 baud: what separates two frames.
const GAP: Duration = Duration::from_millis(5);
const LOOK_EVERY: Duration = Duration::from_millis(400);
const LOOK_WHILE_OPENING: Duration = Duration::from_millis(50);

const SILENT: &str = "锁控板没有应答：请检查电源、接线和地址 · the lock board does not answer: look at its power, cable and address";
const REFUSED: &str = "锁控板不支持此操作：请检查锁数设置 · the lock board refuses: look at the number of locks in the settings";
const DID_NOT_MOVE: &str = "已通电而门未打开：请检查锁舌和门 · the lock had its pulse and the door did not open: look at bolt and door";
const NO_SUCH_LOCK: &str = "没有这把锁，未开锁 · there is no such lock; nothing was opened";

pub(super) const ROLE: Role =
    Role { role: DeviceRole::Locks, word: "locks", title: "锁控板 · Lockers", read: settings::read };

impl Driver for Locks {
    fn role(&self) -> DeviceRole {
        ROLE.role
    }

    fn drive<'a>(&'a self, stream: Box<dyn Stream>, context: &'a mut Context) -> Driving<'a> {
        Box::pin(drive(stream, self, context))
    }
}

async fn drive(stream: Box<dyn Stream>, setup: &Locks, context: &mut Context) -> DriveEnd {
    let Context { status, events, orders, .. } = context;
    let mut drive = Drive { stream, setup: *setup, status, events, doors: Vec::new() };
    match drive.work(orders).await {
        Ok(never) => match never {},
        Err(ended) => ended,
    }
}

struct Drive<'a> {
    stream: Box<dyn Stream>,
    setup: Locks,
    status: &'a DeviceStatus,
    events: &'a EventSender,
    /// Which doors are open, as last told; empty before the first look.
    doors: Vec<bool>,
}

impl Drive<'_> {
    async fn work(&mut self, orders: &mut mpsc::Receiver<Order>) -> Result<Infallible, DriveEnd> {
        // If the line broke during a pulse, a coil may still be on, and a coil that stays on burns out.
        for coil in 0..u16::from(self.setup.count.get()) {
            self.ask(Request::WriteCoil { coil, on: false }).await?;
        }
        loop {
            self.look().await?;
            self.status.set(Condition::Ready);
            let until = Instant::now() + LOOK_EVERY;
            let mut bytes = [0u8; 64];
            tokio::select! {
                () = sleep_until(until) => (),
                Some(order) = orders.recv() => match order {
                    Order::OpenLock { request, lock } => self.open(request, lock).await?,
                    other => misdirected(other, self.status),
                },
                // What a board says unasked is noise; an end is an unplugging.
                read = self.stream.read(&mut bytes) => if read? == 0 { return Err(DriveEnd::Gone) },
            }
        }
    }

    /// Tells of every door that is not as it was; at the first look, of every door.
    async fn look(&mut self) -> Result<(), DriveEnd> {
        let doors = self.sensors().await?;
        for (at, lock) in (1..=self.setup.count.get()).filter_map(NonZeroU8::new).enumerate() {
            let Some(&open) = doors.get(at) else { continue };
            if self.doors.get(at) != Some(&open) {
                self.observe(lock, None, if open { Door::Open } else { Door::Closed }).await;
            }
        }
        self.doors = doors;
        Ok(())
    }

    async fn observe(&mut self, lock: NonZeroU8, request: Option<Uuid>, door: Door) {
        let device = self.status.name().to_owned();
        self.events.send(Observation::Door { device, lock, request, door }).await;
    }

    async fn open(&mut self, request: Uuid, lock: NonZeroU8) -> Result<(), DriveEnd> {
        let (door, ended) = match self.pulse(lock).await {
            Ok(door) => (door, Ok(())),
            Err(DriveEnd::Gone) => (Door::NotOpened { why: BOARD_ABSENT.to_owned() }, Err(DriveEnd::Gone)),
            Err(DriveEnd::Trouble(why)) => {
                (Door::NotOpened { why: why.clone() }, Err(DriveEnd::Trouble(why)))
            }
        };
        if door == Door::Open
            && let Some(door) = self.doors.get_mut(usize::from(lock.get() - 1))
        {
            *door = true;
        }
        self.observe(lock, Some(request), door).await;
        ended
    }

    /// A door that is open already gets no pulse: nothing would move, and nothing could be told from it.
    async fn pulse(&mut self, lock: NonZeroU8) -> Result<Door, DriveEnd> {
        if lock > self.setup.count {
            return Ok(Door::NotOpened { why: NO_SUCH_LOCK.to_owned() });
        }
        if self.is_open(lock).await? {
            return Ok(Door::Open);
        }
        let coil = u16::from(lock.get() - 1);
        self.ask(Request::WriteCoil { coil, on: true }).await?;
        sleep(self.setup.pulse).await;
        self.ask(Request::WriteCoil { coil, on: false }).await?;
        let until = Instant::now() + self.setup.open_within;
        while Instant::now() < until {
            if self.is_open(lock).await? {
                return Ok(Door::Open);
            }
            sleep(LOOK_WHILE_OPENING).await;
        }
        Ok(Door::NotOpened { why: DID_NOT_MOVE.to_owned() })
    }

    async fn is_open(&mut self, lock: NonZeroU8) -> Result<bool, DriveEnd> {
        let doors = self.sensors().await?;
        doors
            .get(usize::from(lock.get() - 1))
            .copied()
            .ok_or_else(|| DriveEnd::Trouble(NO_SUCH_LOCK.to_owned()))
    }

    async fn sensors(&mut self) -> Result<Vec<bool>, DriveEnd> {
        let request = Request::ReadInputs { first: 0, count: self.setup.count.get() };
        match self.ask(request).await? {
            Answer::Bits(inputs) => {
                Ok(inputs.into_iter().map(|input| self.setup.sensor.is_open(input)).collect())
            }
            Answer::Written | Answer::Refused(_) => Err(DriveEnd::Trouble(REFUSED.to_owned())),
        }
    }

    /// The board's answer; retried when damaged, which is safe because every request here is idempotent.
    async fn ask(&mut self, request: Request) -> Result<Answer, DriveEnd> {
        for _ in 0..TRIES {
            match self.ask_once(request).await? {
                Some(Answer::Refused(code)) => {
                    tracing::warn!(code, ?request, "a lock board refused");
                    return Err(DriveEnd::Trouble(REFUSED.to_owned()));
                }
                Some(answer) => return Ok(answer),
                None => (),
            }
        }
        Err(DriveEnd::Trouble(SILENT.to_owned()))
    }

    /// `None`: no answer, or a damaged one.
    async fn ask_once(&mut self, request: Request) -> Result<Option<Answer>, DriveEnd> {
        self.drop_late_answers().await?;
        sleep(GAP).await;
        match timeout(ANSWER_WITHIN, self.stream.write_all(&request.bytes(self.setup.unit))).await {
            Err(_elapsed) => return Ok(None),
            Ok(written) => written?,
        }
        let until = Instant::now() + ANSWER_WITHIN;
        let (mut received, mut bytes) = (Vec::new(), [0u8; 64]);
        loop {
            let Ok(read) = timeout_at(until, self.stream.read(&mut bytes)).await else { return Ok(None) };
            let count = read?;
            if count == 0 {
                return Err(DriveEnd::Gone);
            }
            received.extend_from_slice(bytes.get(..count).unwrap_or_default());
            match request.answer(self.setup.unit, &received) {
                Ok(Some(answer)) => return Ok(Some(answer)),
                Ok(None) => (),
                Err(broken) => {
                    tracing::debug!(%broken, ?request, "a lock board");
                    sleep(ANSWER_WITHIN.saturating_sub(GAP) / 4).await;
                    return Ok(None);
                }
            }
        }
    }

    /// Discards answers to earlier questions, so that none is matched to the next question.
    async fn drop_late_answers(&mut self) -> Result<(), DriveEnd> {
        let mut bytes = [0u8; 64];
        while let Ok(read) = timeout(Duration::ZERO, self.stream.read(&mut bytes)).await {
            if read? == 0 {
                return Err(DriveEnd::Gone);
            }
        }
        Ok(())
    }
}
