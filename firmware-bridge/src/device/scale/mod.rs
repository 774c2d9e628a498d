//! A scale's driver: asked for a weight, it asks or listens until the weight is stable, and otherwise says that it was not.

mod settings;
mod words;

pub use settings::Scale;

use super::driver::{Context, DriveEnd, Driver, Driving, EventSender, Role, misdirected};
use super::order::Order;
use super::status::DeviceStatus;
use crate::clock;
use crate::stream::Stream;
use hufu_protocol::scale::{Decoder, Steady, TareReply, sics};
use hufu_wire::Day;
use hufu_wire::message::{Basis, Condition, DeviceRole, Observation, Reading};
use std::convert::Infallible;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use uuid::Uuid;

const ANSWER_WITHIN: Duration = Duration::from_secs(1);
/// A single question or answer may be lost in transmission; after this many in a row the scale counts as silent.
const SILENT_AFTER: u32 = 2;
/// Scales without the tare command do not answer it, so the weight must not wait long.
const TARE_WITHIN: Duration = Duration::from_millis(300);
/// How long a weight may take to settle before it is reported as it is, unstable.
const SETTLE_WITHIN: Duration = Duration::from_secs(6);
/// A shorter overload is the jolt of putting a thing on the pan.
const OVERLOADED_FOR: Duration = Duration::from_secs(1);
const ASK_AGAIN: Duration = Duration::from_millis(150);
const LOOK_WHEN_IDLE: Duration = Duration::from_secs(2);

pub(super) const ROLE: Role =
    Role { role: DeviceRole::Scale, word: "scale", title: "电子秤 · Scale", read: settings::read };

impl Driver for Scale {
    fn role(&self) -> DeviceRole {
        ROLE.role
    }

    fn drive<'a>(&'a self, stream: Box<dyn Stream>, context: &'a mut Context) -> Driving<'a> {
        Box::pin(drive(stream, self, context))
    }
}

async fn drive(stream: Box<dyn Stream>, setup: &Scale, context: &mut Context) -> DriveEnd {
    let Context { status, events, orders, .. } = context;
    let mut drive = Drive {
        stream,
        setup,
        status,
        events,
        decoder: Decoder::new(setup.protocol, &setup.unit),
        steady: Steady::default(),
        opened: Instant::now(),
        unanswered: false,
    };
    match drive.work(orders).await {
        Ok(never) => match never {},
        Err(ended) => ended,
    }
}

struct Drive<'a> {
    stream: Box<dyn Stream>,
    setup: &'a Scale,
    status: &'a DeviceStatus,
    events: &'a EventSender,
    decoder: Decoder,
    steady: Steady,
    opened: Instant,
    /// A poll timed out; its answer may still arrive and must not be recorded as a weight sent by a person.
    unanswered: bool,
}

impl Drive<'_> {
    async fn work(&mut self, orders: &mut mpsc::Receiver<Order>) -> Result<Infallible, DriveEnd> {
        loop {
            match self.next().await? {
                Some(reading) => self.set_status(&reading),
                None => self.no_reading(),
            }
            self.rest(orders).await?;
        }
    }

    /// Ready, or past its calibration. The latter blocks nothing here: the server's rules decide what such a weight may
    /// be used for.
    fn set_status(&self, reading: &Reading) {
        if let Reading::Weight { unit, .. } = reading
            && let Some(refused) = words::unit(unit)
        {
            return self.status.trouble(refused);
        }
        match self.setup.calibration_due.filter(|due| *due < Day::of(clock::now())) {
            None => self.status.set(Condition::Ready),
            Some(due) => self.status.trouble(format!(
                "检定已于 {due} 到期，请送检；读数照常记录并注明 · the calibration ended on {due}: have the scale calibrated; \
                 weights are recorded and marked"
            )),
        }
    }

    /// Nothing came, or something that is no reading: then a person is shown what.
    fn no_reading(&self) {
        match self.decoder.unread() {
            Some(unread) => self.status.trouble(words::otherwise(unread)),
            None => self.status.trouble(words::SILENT),
        }
    }

    /// Waits for a request, for a weight sent by the scale's own key, or for the time to look again.
    async fn rest(&mut self, orders: &mut mpsc::Receiver<Order>) -> Result<(), DriveEnd> {
        let until = Instant::now() + LOOK_WHEN_IDLE;
        let mut bytes = [0u8; 256];
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(until) => return Ok(()),
                Some(order) = orders.recv() => match order {
                    Order::Weigh { request } => {
                        let (reading, ended) = match self.weigh().await {
                            Ok(reading) => (reading, Ok(())),
                            Err(ended) => (Reading::NotReady, Err(ended)),
                        };
                        self.observe(Some(request), reading).await;
                        ended?;
                    }
                    other => misdirected(other, self.status),
                },
                read = self.stream.read(&mut bytes) => {
                    let readings = self.heard(read?, &bytes)?;
                    // A late answer to a poll is not a weight sent by a person with the scale's own key.
                    let late = !readings.is_empty() && std::mem::take(&mut self.unanswered);
                    // A scale that sends continuously is only listened to when a weight was requested.
                    if self.setup.asked && !late {
                        for reading in readings {
                            self.observe(None, reading).await;
                        }
                    }
                }
            }
        }
    }

    async fn observe(&mut self, request: Option<Uuid>, reading: Reading) {
        let device = self.status.name().to_owned();
        let calibration_due = self.setup.calibration_due;
        self.events.send(Observation::Weight { device, request, reading, calibration_due }).await;
    }

    async fn weigh(&mut self) -> Result<Reading, DriveEnd> {
        self.drop_what_is_late().await?;
        self.steady = Steady::default();
        let until = Instant::now() + SETTLE_WITHIN;
        let mut latest = Reading::NotReady;
        let (mut overloaded_since, mut unanswered) = (None, 0);
        while Instant::now() < until {
            let next = self.next().await?;
            unanswered = if next.is_some() { 0 } else { unanswered + 1 };
            latest = match next {
                None if unanswered < SILENT_AFTER => continue,
                Some(reading @ Reading::Weight { stable: true, .. }) => {
                    self.set_status(&reading);
                    return self.with_tare(reading).await;
                }
                Some(reading @ (Reading::Overload | Reading::Underload)) => {
                    let since: Instant = *overloaded_since.get_or_insert_with(Instant::now);
                    if since.elapsed() >= OVERLOADED_FOR {
                        return Ok(reading);
                    }
                    reading
                }
                Some(reading) => {
                    overloaded_since = None;
                    reading
                }
                None => {
                    self.no_reading();
                    return Ok(Reading::NotReady);
                }
            };
            if self.setup.asked {
                sleep(ASK_AGAIN).await;
            }
        }
        Ok(latest)
    }

    /// The weight now, asked for or listened for. `None`: nothing came in time.
    async fn next(&mut self) -> Result<Option<Reading>, DriveEnd> {
        if self.setup.asked {
            self.drop_what_is_late().await?;
            let question = self.setup.protocol.question().unwrap_or_default();
            match timeout(ANSWER_WITHIN, self.stream.write_all(question)).await {
                Err(_elapsed) => return Ok(None),
                Ok(written) => written?,
            }
        }
        self.decoder.forget_unread();
        let until = Instant::now() + ANSWER_WITHIN;
        let mut bytes = [0u8; 256];
        loop {
            let Ok(read) = timeout_at(until, self.stream.read(&mut bytes)).await else {
                self.unanswered = true;
                return Ok(None);
            };
            if let Some(reading) = self.heard(read?, &bytes)?.pop() {
                self.unanswered = false;
                return Ok(Some(reading));
            }
        }
    }

    /// What the bytes say, oldest first.
    fn heard(&mut self, count: usize, bytes: &[u8]) -> Result<Vec<Reading>, DriveEnd> {
        if count == 0 {
            return Err(DriveEnd::Gone);
        }
        self.decoder.feed(bytes.get(..count).unwrap_or_default());
        let mut readings: Vec<Reading> = self.decoder.by_ref().collect();
        if !self.setup.protocol.tells_motion() {
            let at = self.opened.elapsed();
            readings = readings.into_iter().map(|reading| self.steady.judge(reading, at)).collect();
        }
        Ok(readings)
    }

    /// Whether the weight is net, and of what tare, asked of scales that tell it.
    async fn with_tare(&mut self, mut reading: Reading) -> Result<Reading, DriveEnd> {
        if !self.decoder.tells_tare() {
            return Ok(reading);
        }
        self.stream.write_all(sics::Command::TareWeight.bytes()).await?;
        let until = Instant::now() + TARE_WITHIN;
        let mut bytes = [0u8; 256];
        while self.decoder.tare().is_none() {
            let Ok(read) = timeout_at(until, self.stream.read(&mut bytes)).await else { break };
            self.heard(read?, &bytes)?;
        }
        if let (Reading::Weight { basis, tare, .. }, Some(TareReply::Is(said))) =
            (&mut reading, self.decoder.tare())
        {
            *basis = Some(if said.is_some() { Basis::Net } else { Basis::Gross });
            tare.clone_from(said);
        }
        Ok(reading)
    }

    /// Discards answers to earlier questions and weights from before the request.
    async fn drop_what_is_late(&mut self) -> Result<(), DriveEnd> {
        let mut bytes = [0u8; 256];
        while let Ok(read) = timeout(Duration::ZERO, self.stream.read(&mut bytes)).await {
            if read? == 0 {
                return Err(DriveEnd::Gone);
            }
        }
        self.decoder.reset();
        Ok(())
    }
}
