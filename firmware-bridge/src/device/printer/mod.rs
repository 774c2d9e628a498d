//! A printer's driver: takes print jobs one at a time, and says of each what is known, no more.
//!
//! A printer that answers is polled before a job is claimed: while it is out of paper, jobs stay queued. From the first byte
//! on, a job's outcome is unknown until the printer reports that the label is out.

mod settings;

pub use settings::Printer;

use super::driver::{Context, DriveEnd, Driver, Driving, Role};
use super::status::DeviceStatus;
use crate::clock;
use crate::state::{Jobs, PrintJob};
use crate::stream::Stream;
use hufu_protocol::printer::{Hindrance, Inquiry, InquiryStep, LabelFate, Status, Watch, cancel};
use hufu_wire::message::{Condition, DeviceRole, JobState};
use std::convert::Infallible;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// Written in small pieces: the stall timeout then measures a printer that accepts nothing, not one that accepts slowly.
const PIECE: usize = 512;
const ANSWER_WITHIN: Duration = Duration::from_secs(1);
const LOOK_WHEN_IDLE: Duration = Duration::from_secs(3);
const LOOK_IN_TROUBLE: Duration = Duration::from_millis(700);
/// Shorter than printing a label takes, so that at least one status poll falls within it.
const LOOK_WHILE_PRINTING: Duration = Duration::from_millis(80);
/// A printer that reports no problem and no progress for this long is assumed to have finished reporting.
const SAYS_NOTHING_AFTER: Duration = Duration::from_secs(4);
/// After an unanswered question the line must be quiet for this long before the next answer is trusted.
const STILL_FOR: Duration = Duration::from_millis(300);
/// The operating system reports a broken connection up to this long after the last write.
const CUT_IS_NOTICED_WITHIN: Duration = Duration::from_millis(400);

const SILENT: &str = "打印机没有应答：请检查纸、碳带、上盖；从不应答的打印机请设 answers = false · the printer does not \
                      answer: look at paper, ribbon and cover; for one that never answers set answers = false";
const RESTLESS: &str = "打印机线路有干扰：请检查接线 · the printer's line is noisy: look at the cable";
const BUSY: &str = "打印机还在打印先前的标签，新标签等它打完 · the printer is still printing an earlier label; new ones wait for it";
const STUCK: &str = "打印机不再接收数据 · the printer takes no more bytes";
const UNCONFIRMED: &str = "打印机没有确认出签，请查看标签是否已出 · the printer did not confirm the label: look whether it came out";
const UNPLUGGED: &str = "发送途中连接中断，请查看标签是否已出 · the connection broke while sending: look whether the label came out";
const NOTHING_SENT: &str = "打印机未收到任何数据，标签没有打印，可以重新打印 · the printer took no byte, so no label was printed: print it again";

pub(super) const ROLE: Role =
    Role { role: DeviceRole::Printer, word: "printer", title: "标签机 · Printer", read: settings::read };

impl Driver for Printer {
    fn role(&self) -> DeviceRole {
        ROLE.role
    }

    fn drive<'a>(&'a self, stream: Box<dyn Stream>, context: &'a mut Context) -> Driving<'a> {
        Box::pin(drive(stream, self, context))
    }
}

async fn drive(stream: Box<dyn Stream>, setup: &Printer, context: &Context) -> DriveEnd {
    let Context { status, jobs, .. } = context;
    let changes = jobs.changes();
    let inquiry = Inquiry::new(setup.manner.language);
    let mut drive =
        Drive { stream, setup, status, jobs, changes, inquiry, unanswered: false, settled: false };
    match drive.work().await {
        Ok(never) => match never {},
        Err(ended) => ended,
    }
}

struct Drive<'a> {
    stream: Box<dyn Stream>,
    setup: &'a Printer,
    status: &'a DeviceStatus,
    jobs: &'a Jobs,
    changes: watch::Receiver<u64>,
    inquiry: Inquiry,
    /// A question timed out; its answer may still arrive and must not be matched to the next question.
    unanswered: bool,
    /// Receipts owed from before this connection have been drained ([`Drive::settle_receipts`]).
    settled: bool,
}

/// A write that stopped before its end.
struct PartialWrite {
    taken: usize,
    ended: DriveEnd,
}

impl From<PartialWrite> for DriveEnd {
    fn from(torn: PartialWrite) -> DriveEnd {
        torn.ended
    }
}

impl Drive<'_> {
    async fn work(&mut self) -> Result<Infallible, DriveEnd> {
        self.forget_half_a_label().await?;
        loop {
            let ready = self.look().await?;
            let mut pause = if ready { LOOK_WHEN_IDLE } else { LOOK_IN_TROUBLE };
            if ready {
                self.settle_receipts().await?;
                match self.jobs.claim(self.status.name(), clock::now()).await {
                    Ok(Some(job)) => {
                        self.print(&job).await?;
                        continue;
                    }
                    Ok(None) => (),
                    Err(error) => {
                        self.status.trouble(error.to_string());
                        pause = LOOK_IN_TROUBLE;
                    }
                }
            }
            self.rest(pause, ready).await?;
        }
    }

    /// A printer whose connection broke in the middle of a label would read the next label as the rest of it.
    async fn forget_half_a_label(&mut self) -> Result<(), DriveEnd> {
        match self.jobs.last_is_unknown(self.status.name()).await {
            Ok(true) => Ok(self.send(cancel(self.setup.manner.language)).await?),
            Ok(false) => Ok(()),
            Err(error) => Err(DriveEnd::Trouble(error.to_string())),
        }
    }

    /// Drains receipts that belong to labels of an earlier connection. The printer's buffer survives a broken
    /// connection, and receipts carry no number; but they are given in order, so once one requested now has arrived, no
    /// older one can.
    async fn settle_receipts(&mut self) -> Result<(), DriveEnd> {
        if self.settled || !self.setup.answers {
            return Ok(());
        }
        self.settled = true;
        let question = self.inquiry.ask_receipt();
        if question.is_empty() {
            return Ok(());
        }
        self.send(question).await?;
        let until = Instant::now() + SAYS_NOTHING_AFTER;
        while !self.inquiry.has_receipt() && Instant::now() < until {
            // Reads until the line is quiet: an older receipt and this one arrive back to back.
            self.overhear(STILL_FOR, until).await?;
        }
        Ok(())
    }

    /// Polls the status of a printer that answers, publishes it, and returns whether a label may be sent.
    async fn look(&mut self) -> Result<bool, DriveEnd> {
        if !self.setup.answers {
            self.status.set(Condition::Ready);
            return Ok(true);
        }
        let was_unanswered = self.unanswered;
        let mut answer = self.ask().await?;
        if answer.is_some() && was_unanswered {
            // This may be the late answer to the earlier question. Once the line is quiet, the next answer is the
            // matching one.
            if !self.is_still().await? {
                self.status.trouble(RESTLESS);
                return Ok(false);
            }
            answer = self.ask().await?;
            self.unanswered = answer.is_none();
        }
        let hindrance = match answer {
            None => Some(SILENT),
            Some(Status { hindrance: Some(hindrance), .. }) => Some(hindrance.words()),
            Some(status) => (!self.inquiry.may_follow(status)).then_some(BUSY),
        };
        match hindrance {
            Some(why) => self.status.trouble(why),
            None => self.status.set(Condition::Ready),
        }
        Ok(hindrance.is_none())
    }

    /// Waits for a job or for the next poll, and notices an unplugged device at once.
    async fn rest(&mut self, pause: Duration, ready: bool) -> Result<(), DriveEnd> {
        let until = Instant::now() + pause;
        let mut bytes = [0u8; 256];
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(until) => return Ok(()),
                read = self.stream.read(&mut bytes) => match read? {
                    0 => return Err(DriveEnd::Gone),
                    // Late receipts must be counted here too, or the next label's would be matched to an earlier one.
                    count => self.inquiry.overhear(bytes.get(..count).unwrap_or_default()),
                },
                changed = self.changes.changed(), if ready => {
                    if changed.is_err() || self.jobs.has_queued().await.unwrap_or(true) {
                        return Ok(());
                    }
                }
            }
        }
    }

    async fn print(&mut self, job: &PrintJob) -> Result<(), DriveEnd> {
        let sent = match self.send(&self.setup.manner.encode(&job.raster)).await {
            Ok(()) if !self.setup.answers => self.notice_a_cut().await,
            Ok(()) => Ok(()),
            Err(PartialWrite { taken: 0, ended }) => {
                self.report(job, JobState::Failed { why: NOTHING_SENT.to_owned() }).await;
                return Err(ended);
            }
            Err(torn) => Err(torn.ended),
        };
        if let Err(ended) = sent {
            let why = match &ended {
                DriveEnd::Gone => UNPLUGGED,
                DriveEnd::Trouble(why) => why,
            };
            self.report(job, JobState::Unknown { why: why.to_owned() }).await;
            return Err(ended);
        }
        self.report(job, JobState::Sent).await;
        if !self.setup.answers {
            return Ok(());
        }
        let unknown = || JobState::Unknown { why: UNCONFIRMED.to_owned() };
        match self.confirm().await {
            Ok(LabelFate::Out) => self.report(job, JobState::Confirmed).await,
            Ok(LabelFate::NotYet) => self.report(job, unknown()).await,
            // No problem reported: the job stays `sent`, and scanning the printed label confirms it.
            Ok(LabelFate::NoSign) => (),
            Err(ended) => {
                self.report(job, unknown()).await;
                return Err(ended);
            }
        }
        Ok(())
    }

    /// Retries until the state is saved. Meanwhile the job stays claimed, so it is not printed again.
    async fn report(&mut self, job: &PrintJob, state: JobState) {
        loop {
            match self.jobs.report(job.id, self.status.name(), state.clone(), clock::now()).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::error!(%error, job = %job.id, "the state of a print job could not be saved");
                    self.status.trouble(error.to_string());
                    sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// Polls until the label is out. A printer without paper keeps the label in its buffer, so it is polled until the
    /// timeout.
    async fn confirm(&mut self) -> Result<LabelFate, DriveEnd> {
        let until = Instant::now() + self.setup.confirm;
        let known = timeout_at(until, self.ask_until_known()).await;
        known.unwrap_or_else(|_elapsed| {
            // The timeout may have cancelled a question before its answer arrived.
            self.unanswered = true;
            Ok(LabelFate::NotYet)
        })
    }

    async fn ask_until_known(&mut self) -> Result<LabelFate, DriveEnd> {
        let mut watch = Watch::default();
        let (mut says_nothing_since, mut receipts) = (None, 0);
        self.drop_late_answers().await?;
        let question = self.inquiry.ask_receipt();
        self.send(question).await?;
        loop {
            let answer = self.ask().await?;
            if self.inquiry.receipts_given() != receipts {
                // A receipt arrived, if only for an earlier label: the printer is not silent.
                receipts = self.inquiry.receipts_given();
                says_nothing_since = None;
            }
            let known = answer.map(|status| watch.judge(status, self.inquiry.has_receipt()));
            match known {
                Some(LabelFate::NoSign) => {
                    let since = *says_nothing_since.get_or_insert_with(Instant::now);
                    self.status.set(Condition::Ready);
                    if since.elapsed() >= SAYS_NOTHING_AFTER {
                        self.inquiry.write_off_receipts();
                        return Ok(LabelFate::NoSign);
                    }
                }
                Some(LabelFate::Out) => {
                    self.status.set(Condition::Ready);
                    return Ok(LabelFate::Out);
                }
                Some(LabelFate::NotYet) | None => {
                    says_nothing_since = None;
                    let why = answer.map_or(Some(SILENT), |status| status.hindrance.map(Hindrance::words));
                    if let Some(why) = why {
                        self.status.trouble(why);
                    }
                }
            }
            sleep(LOOK_WHILE_PRINTING).await;
        }
    }

    /// `None`: no answer in time. Some printers do not answer while they need attention.
    async fn ask(&mut self) -> Result<Option<Status>, DriveEnd> {
        self.drop_late_answers().await?;
        let mut question = self.inquiry.begin();
        loop {
            self.send(question).await?;
            match self.answer().await? {
                Some(InquiryStep::Ask(next)) => question = next,
                Some(InquiryStep::Status(status)) => return Ok(Some(status)),
                None => {
                    self.unanswered = true;
                    return Ok(None);
                }
            }
        }
    }

    async fn answer(&mut self) -> Result<Option<InquiryStep>, DriveEnd> {
        let until = Instant::now() + ANSWER_WITHIN;
        let mut bytes = [0u8; 256];
        loop {
            let Ok(read) = timeout_at(until, self.stream.read(&mut bytes)).await else { return Ok(None) };
            let count = read?;
            if count == 0 {
                return Err(DriveEnd::Gone);
            }
            if let Some(turn) = self.inquiry.feed(bytes.get(..count).unwrap_or_default()) {
                return Ok(Some(turn));
            }
        }
    }

    /// Discards answers to earlier questions, so that none is matched to the next question.
    async fn drop_late_answers(&mut self) -> Result<(), DriveEnd> {
        self.overhear(Duration::ZERO, Instant::now() + ANSWER_WITHIN).await.map(drop)
    }

    /// Waits until the line is quiet. `false` if it never is.
    async fn is_still(&mut self) -> Result<bool, DriveEnd> {
        self.overhear(STILL_FOR, Instant::now() + ANSWER_WITHIN).await
    }

    /// Reads, keeping only receipts, until nothing arrives for `pause`; `false` if that does not happen before `until`.
    async fn overhear(&mut self, pause: Duration, until: Instant) -> Result<bool, DriveEnd> {
        let mut bytes = [0u8; 256];
        while let Ok(read) = timeout(pause, self.stream.read(&mut bytes)).await {
            let count = read?;
            if count == 0 {
                return Err(DriveEnd::Gone);
            }
            self.inquiry.overhear(bytes.get(..count).unwrap_or_default());
            if Instant::now() >= until {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// For a printer that never answers, the one thing that can be verified: the connection did not break during the
    /// last bytes.
    async fn notice_a_cut(&mut self) -> Result<(), DriveEnd> {
        self.overhear(CUT_IS_NOTICED_WITHIN, Instant::now() + CUT_IS_NOTICED_WITHIN).await.map(drop)
    }

    /// Not flushed: on a serial port that blocks until the line is empty. The stall timeout restarts with every
    /// accepted byte.
    async fn send(&mut self, bytes: &[u8]) -> Result<(), PartialWrite> {
        let mut taken = 0;
        while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
            let piece = rest.get(..PIECE).unwrap_or(rest);
            let ended = match timeout(self.setup.stall, self.stream.write(piece)).await {
                Err(_elapsed) => DriveEnd::Trouble(STUCK.to_owned()),
                Ok(Ok(0) | Err(_)) => DriveEnd::Gone,
                Ok(Ok(count)) => {
                    taken += count;
                    continue;
                }
            };
            return Err(PartialWrite { taken, ended });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::driver::EventSender;
    use super::super::{Device, DeviceStatuses};
    use super::*;
    use crate::state::State;
    use crate::stream::Address;
    use hufu_protocol::Language;
    use hufu_wire::Raster;
    use hufu_wire::message::Observation;
    use tokio::io::duplex;
    use uuid::Uuid;

    /// The printer is gone between its answer and the first byte of the label: here, and only here, it is known that no
    /// label came out.
    #[tokio::test]
    async fn a_label_of_which_no_byte_was_taken_has_failed() {
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(&dir.path().join("outbox.db")).await.unwrap();
        let setup = Printer::speaking(Language::Zpl);
        let address = Address::Tcp("unused".to_owned());
        let device = Device::new("printer", address, setup.clone());
        let (to_record, _observed) = tokio::sync::mpsc::channel(1);
        let (_orders, orders) = tokio::sync::mpsc::channel(1);
        let context = Context {
            status: DeviceStatuses::new(std::slice::from_ref(&device)).of(&device),
            events: EventSender::new(to_record),
            jobs: state.jobs.clone(),
            orders,
        };
        let raster = Raster::new(8, 1, 203, vec![0xFF]).unwrap();
        state.jobs.queue(&PrintJob { id: Uuid::nil(), title: "HF-1".to_owned(), raster }, 1).await.unwrap();
        let (mut printer, ours) = duplex(4096);
        let ready = b"\x02030,0,0,0320,000,0,0,0,000,0,0,0\x03\r\n\
            \x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n";
        let peer = async move {
            let mut question = [0u8; 5];
            printer.read_exact(&mut question).await.unwrap();
            printer.write_all(ready).await.unwrap();
        };
        let (ended, ()) = tokio::join!(drive(Box::new(ours), &setup, &context), peer);
        assert!(matches!(ended, DriveEnd::Gone));
        let events = state.events.to_send(0, 10).await.unwrap();
        let states: Vec<JobState> = events
            .into_iter()
            .filter_map(|stored| match stored.event.what {
                Observation::Job { state, .. } => Some(state),
                _ => None,
            })
            .collect();
        assert_eq!(states, [JobState::Queued, JobState::Failed { why: NOTHING_SENT.to_owned() }]);
    }
}
