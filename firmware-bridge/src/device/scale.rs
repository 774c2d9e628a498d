//! A scale's driver: asked for a weight, it asks the scale until the weight is stable, and otherwise says that it was not.

use super::{Ended, lamp::Lamp};
use crate::clock;
use crate::outbox::Seen;
use crate::stream::Stream;
use hufu_protocol::scale::sics::{Answer, Command, Decoder};
use hufu_wire::message::{Condition, Observation, Reading};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use uuid::Uuid;

const ANSWER_WITHIN: Duration = Duration::from_secs(1);
/// How long a weight may take to settle before it is reported as it is, unstable.
const SETTLE_WITHIN: Duration = Duration::from_secs(6);
const ASK_AGAIN: Duration = Duration::from_millis(150);
const LOOK_WHEN_IDLE: Duration = Duration::from_secs(2);

const SILENT: &str =
    "电子秤没有应答：请检查电源和接线 · the scale does not answer: look at its power and cable";

pub(super) async fn drive(
    stream: Box<dyn Stream>,
    lamp: &Lamp,
    seen: &mpsc::Sender<Seen>,
    asked: &mut mpsc::Receiver<Uuid>,
) -> Ended {
    let mut driver = Driver { stream, lamp, seen, decoder: Decoder::default() };
    match driver.work(asked).await {
        Ok(never) => match never {},
        Err(ended) => ended,
    }
}

/// Requests that arrive while there is no scale are answered at once, and never with a zero.
pub(super) async fn answer_not_ready(
    asked: &mut mpsc::Receiver<Uuid>,
    lamp: &Lamp,
    seen: &mpsc::Sender<Seen>,
) {
    while let Ok(request) = asked.try_recv() {
        observe(lamp, seen, Some(request), Reading::NotReady).await;
    }
}

/// The receiver ends only when the station stops.
async fn observe(lamp: &Lamp, seen: &mpsc::Sender<Seen>, request: Option<Uuid>, reading: Reading) {
    let what = Observation::Weight { device: lamp.name().to_owned(), request, reading };
    if seen.send(Seen { at: clock::now(), what }).await.is_err() {
        tracing::warn!("a weight was not recorded: the station is stopping");
    }
}

struct Driver<'a> {
    stream: Box<dyn Stream>,
    lamp: &'a Lamp,
    seen: &'a mpsc::Sender<Seen>,
    decoder: Decoder,
}

impl Driver<'_> {
    async fn work(&mut self, asked: &mut mpsc::Receiver<Uuid>) -> Result<std::convert::Infallible, Ended> {
        loop {
            match self.ask().await? {
                Some(_) => self.lamp.set(Condition::Ready),
                None => self.lamp.trouble(SILENT),
            }
            self.rest(asked).await?;
        }
    }

    /// Waits for a request, for a weight sent by the scale's own key, or for the time to look again.
    async fn rest(&mut self, asked: &mut mpsc::Receiver<Uuid>) -> Result<(), Ended> {
        let until = Instant::now() + LOOK_WHEN_IDLE;
        let mut bytes = [0u8; 256];
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(until) => return Ok(()),
                Some(request) = asked.recv() => {
                    let (reading, ended) = match self.weigh().await {
                        Ok(reading) => (reading, Ok(())),
                        Err(ended) => (Reading::NotReady, Err(ended)),
                    };
                    observe(self.lamp, self.seen, Some(request), reading).await;
                    ended?;
                }
                read = self.stream.read(&mut bytes) => {
                    let count = read?;
                    if count == 0 {
                        return Err(Ended::Gone);
                    }
                    self.decoder.feed(bytes.get(..count).unwrap_or_default());
                    for answer in self.decoder.by_ref() {
                        if let Answer::Weight(reading) = answer {
                            observe(self.lamp, self.seen, None, reading).await;
                        }
                    }
                }
            }
        }
    }

    async fn weigh(&mut self) -> Result<Reading, Ended> {
        let until = Instant::now() + SETTLE_WITHIN;
        let mut latest = Reading::NotReady;
        while Instant::now() < until {
            latest = match self.ask().await? {
                Some(Reading::Weight { stable: true, value, unit, milligrams }) => {
                    return Ok(Reading::Weight { stable: true, value, unit, milligrams });
                }
                Some(reading) => reading,
                None => {
                    self.lamp.trouble(SILENT);
                    return Ok(Reading::NotReady);
                }
            };
            sleep(ASK_AGAIN).await;
        }
        Ok(latest)
    }

    /// The weight now. `None`: no answer in time.
    async fn ask(&mut self) -> Result<Option<Reading>, Ended> {
        self.drop_late_answers().await?;
        match timeout(ANSWER_WITHIN, self.stream.write_all(Command::Now.bytes())).await {
            Err(_elapsed) => return Ok(None),
            Ok(written) => written?,
        }
        let until = Instant::now() + ANSWER_WITHIN;
        let mut bytes = [0u8; 256];
        loop {
            for answer in self.decoder.by_ref() {
                if let Answer::Weight(reading) = answer {
                    return Ok(Some(reading));
                }
            }
            match timeout_at(until, self.stream.read(&mut bytes)).await {
                Err(_elapsed) => return Ok(None),
                Ok(read) => {
                    let count = read?;
                    if count == 0 {
                        return Err(Ended::Gone);
                    }
                    self.decoder.feed(bytes.get(..count).unwrap_or_default());
                }
            }
        }
    }

    /// An answer to an earlier question must not be taken for the answer to the next one.
    async fn drop_late_answers(&mut self) -> Result<(), Ended> {
        let mut bytes = [0u8; 256];
        while let Ok(read) = timeout(Duration::ZERO, self.stream.read(&mut bytes)).await {
            if read? == 0 {
                return Err(Ended::Gone);
            }
        }
        self.decoder.reset();
        Ok(())
    }
}
