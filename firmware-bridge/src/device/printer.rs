//! A printer's driver: takes jobs from the outbox one at a time, and says of each what is known, no more.
//!
//! A printer that answers is asked before a job is claimed: while it wants paper, jobs wait and nothing is lost. From the
//! first byte on, a job's outcome is unknown until the printer says that the label is out.

use super::{Ended, lamp::Lamp};
use crate::clock;
use crate::config::Printer;
use crate::outbox::{Job, Outbox};
use crate::stream::Stream;
use hufu_protocol::printer::{
    encode,
    zpl::{ASK_STATUS, Status, StatusDecoder},
};
use hufu_wire::message::{Condition, JobState};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

/// Small pieces, so that a printer that takes bytes slowly is told apart from one that takes none.
const PIECE: usize = 512;
const ANSWER_WITHIN: Duration = Duration::from_secs(1);
const LOOK_WHEN_IDLE: Duration = Duration::from_secs(3);
const LOOK_IN_TROUBLE: Duration = Duration::from_millis(700);
const LOOK_WHILE_PRINTING: Duration = Duration::from_millis(150);

const SILENT: &str =
    "打印机没有应答：请检查纸、碳带、上盖 · the printer does not answer: look at paper, ribbon and cover";
const STUCK: &str = "打印机不再接收数据 · the printer takes no more bytes";
const UNCONFIRMED: &str = "打印机没有确认出签，请查看标签是否已出 · the printer did not confirm the label: look whether it came out";
const UNPLUGGED: &str = "发送途中连接中断，请查看标签是否已出 · the connection broke while sending: look whether the label came out";

pub(super) async fn drive(stream: Box<dyn Stream>, setup: &Printer, lamp: &Lamp, outbox: &Outbox) -> Ended {
    let changes = outbox.changes();
    let mut driver = Driver { stream, setup, lamp, outbox, changes, decoder: StatusDecoder::default() };
    match driver.work().await {
        Ok(never) => match never {},
        Err(ended) => ended,
    }
}

struct Driver<'a> {
    stream: Box<dyn Stream>,
    setup: &'a Printer,
    lamp: &'a Lamp,
    outbox: &'a Outbox,
    changes: watch::Receiver<u64>,
    decoder: StatusDecoder,
}

impl Driver<'_> {
    async fn work(&mut self) -> Result<std::convert::Infallible, Ended> {
        loop {
            let ready = self.look().await?;
            let mut pause = if ready { LOOK_WHEN_IDLE } else { LOOK_IN_TROUBLE };
            if ready {
                match self.outbox.claim(self.lamp.name(), clock::now()).await {
                    Ok(Some(job)) => {
                        self.print(&job).await?;
                        continue;
                    }
                    Ok(None) => (),
                    Err(error) => {
                        self.lamp.trouble(error.to_string());
                        pause = LOOK_IN_TROUBLE;
                    }
                }
            }
            self.rest(pause, ready).await?;
        }
    }

    /// Asks a printer that answers; lights the lamp; says whether a label may be sent.
    async fn look(&mut self) -> Result<bool, Ended> {
        if !self.setup.answers {
            self.lamp.set(Condition::Ready);
            return Ok(true);
        }
        let hindrance = self.ask().await?.map_or(Some(SILENT), |status| status.hindrance());
        match hindrance {
            Some(why) => self.lamp.trouble(why),
            None => self.lamp.set(Condition::Ready),
        }
        Ok(hindrance.is_none())
    }

    /// Waits for a job or for the time to look again, and notices an unplugging at once.
    async fn rest(&mut self, pause: Duration, ready: bool) -> Result<(), Ended> {
        let until = Instant::now() + pause;
        let mut bytes = [0u8; 256];
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(until) => return Ok(()),
                read = self.stream.read(&mut bytes) => if read? == 0 { return Err(Ended::Gone) },
                changed = self.changes.changed(), if ready => {
                    if changed.is_err() || self.outbox.has_queued().await.unwrap_or(true) {
                        return Ok(());
                    }
                }
            }
        }
    }

    async fn print(&mut self, job: &Job) -> Result<(), Ended> {
        let (state, ended) = match self.send(&encode(self.setup.language, &job.raster)).await {
            Err(ended) => {
                let why = match &ended {
                    Ended::Gone => UNPLUGGED,
                    Ended::Trouble(why) => why,
                };
                (JobState::Unknown { why: why.to_owned() }, Err(ended))
            }
            Ok(()) if !self.setup.answers => (JobState::Sent, Ok(())),
            Ok(()) => {
                self.report(job, JobState::Sent).await;
                match self.confirm().await {
                    Ok(true) => (JobState::Confirmed, Ok(())),
                    Ok(false) => (JobState::Unknown { why: UNCONFIRMED.to_owned() }, Ok(())),
                    Err(ended) => (JobState::Unknown { why: UNCONFIRMED.to_owned() }, Err(ended)),
                }
            }
        };
        self.report(job, state).await;
        ended
    }

    /// A report that cannot be kept now is kept later: the job stays claimed, and is never printed again meanwhile.
    async fn report(&mut self, job: &Job, state: JobState) {
        loop {
            match self.outbox.report(job.id, self.lamp.name(), state.clone(), clock::now()).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::error!(%error, job = %job.id, "the state of a print job could not be saved");
                    self.lamp.trouble(error.to_string());
                    sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// Polls until everything is out. A printer out of paper holds the label: it is waited for, within the time.
    async fn confirm(&mut self) -> Result<bool, Ended> {
        let until = Instant::now() + self.setup.confirm;
        while Instant::now() < until {
            match self.ask().await? {
                Some(status) if status.is_done() => {
                    self.lamp.set(Condition::Ready);
                    return Ok(true);
                }
                Some(status) => {
                    if let Some(hindrance) = status.hindrance() {
                        self.lamp.trouble(hindrance);
                    }
                }
                None => self.lamp.trouble(SILENT),
            }
            sleep(LOOK_WHILE_PRINTING).await;
        }
        Ok(false)
    }

    /// `None`: no answer in time, which such printers give when they need attention.
    async fn ask(&mut self) -> Result<Option<Status>, Ended> {
        self.drop_late_answers().await?;
        self.send(ASK_STATUS).await?;
        let until = Instant::now() + ANSWER_WITHIN;
        let mut bytes = [0u8; 256];
        loop {
            match tokio::time::timeout_at(until, self.stream.read(&mut bytes)).await {
                Err(_elapsed) => return Ok(None),
                Ok(read) => {
                    let count = read?;
                    if count == 0 {
                        return Err(Ended::Gone);
                    }
                    if let Some(status) = self.decoder.feed(bytes.get(..count).unwrap_or_default()) {
                        return Ok(Some(status));
                    }
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

    /// No flush: on a serial port it would block until the line is empty.
    async fn send(&mut self, bytes: &[u8]) -> Result<(), Ended> {
        for piece in bytes.chunks(PIECE) {
            match timeout(self.setup.stall, self.stream.write_all(piece)).await {
                Err(_elapsed) => return Err(Ended::Trouble(STUCK.to_owned())),
                Ok(written) => written?,
            }
        }
        Ok(())
    }
}
