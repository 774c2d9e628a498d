//! An RFID reader's driver (LLRP): asked for a look, it lets the reader look for as long as is set and says which tags
//! answered, each once.

mod settings;

pub use settings::Reader;

use super::driver::{Context, DriveEnd, Driver, Driving, Role, misdirected};
use super::order::{Order, READER_ABSENT};
use crate::stream::Stream;
use hufu_protocol::rfid::{
    Epc,
    llrp::{Decoder, FromReader, ToReader},
};
use hufu_wire::message::{Condition, DeviceRole, Observation, Round, Tag};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

const ANSWER_WITHIN: Duration = Duration::from_secs(3);
/// A reader that loses power does not close its TCP connection, so it is polled.
const LOOK_WHEN_IDLE: Duration = Duration::from_secs(5);
/// How long after its round a reader may take to report.
const REPORT_WITHIN: Duration = Duration::from_millis(500);

const SILENT: &str =
    "读写器没有应答：请检查电源和网线 · the reader does not answer: look at its power and network cable";
const TAKEN: &str =
    "读写器正被其他程序使用 · another program uses the reader: it serves one at a time; close the other";
const STRANGE: &str = "该地址不是 LLRP 读写器 · what answers at this address is no LLRP reader";

pub(super) const ROLE: Role = Role {
    role: DeviceRole::Reader,
    word: "reader",
    title: "RFID 读写器 · RFID reader",
    read: settings::read,
};

impl Driver for Reader {
    fn role(&self) -> DeviceRole {
        ROLE.role
    }

    fn drive<'a>(&'a self, stream: Box<dyn Stream>, context: &'a mut Context) -> Driving<'a> {
        Box::pin(drive(stream, self, context))
    }
}

async fn drive(stream: Box<dyn Stream>, reader: &Reader, context: &mut Context) -> DriveEnd {
    let mut drive = Drive { stream, decoder: Decoder::default(), last_id: 0, tags: BTreeSet::new() };
    let ended = match drive.converse(reader, context).await {
        Ok(never) => match never {},
        Err(ended) => ended,
    };
    // Closes the LLRP session so that the reader accepts the next client at once; fails harmlessly if the reader is gone.
    let _ = timeout(ANSWER_WITHIN, drive.stream.write_all(&ToReader::Close.bytes(0))).await;
    ended
}

fn not_done(why: &str) -> Round {
    Round::NotDone { why: why.to_owned() }
}

struct Drive {
    stream: Box<dyn Stream>,
    decoder: Decoder,
    last_id: u32,
    /// What the round has shown so far.
    tags: BTreeSet<Epc>,
}

/// The reader's word on a request: 0 is yes.
struct Status {
    code: u16,
    text: String,
}

impl Drive {
    /// LLRP: the reader sends the first message. Rounds that an earlier client left running are deleted.
    async fn greet(&mut self) -> Result<(), DriveEnd> {
        let until = Instant::now() + ANSWER_WITHIN;
        loop {
            match self.hear(until).await? {
                None => return Err(DriveEnd::Trouble(STRANGE.to_owned())),
                Some((_, FromReader::Greeting { accepted: false })) => {
                    return Err(DriveEnd::Trouble(TAKEN.to_owned()));
                }
                Some((_, FromReader::Greeting { accepted: true })) => break,
                Some(_) => (),
            }
        }
        self.ask(ToReader::DeleteRounds).await.map(drop)
    }

    async fn converse(&mut self, reader: &Reader, context: &mut Context) -> Result<Infallible, DriveEnd> {
        self.greet().await?;
        context.status.set(Condition::Ready);
        loop {
            let until = Instant::now() + LOOK_WHEN_IDLE;
            tokio::select! {
                Some(order) = context.orders.recv() => match order {
                    Order::Inventory { request } => {
                        let (round, ended) = match self.round(reader.round).await {
                            Ok(round) => (round, Ok(())),
                            Err(DriveEnd::Gone) => (not_done(READER_ABSENT), Err(DriveEnd::Gone)),
                            Err(DriveEnd::Trouble(why)) => (not_done(&why), Err(DriveEnd::Trouble(why))),
                        };
                        let device = context.status.name().to_owned();
                        context.events.send(Observation::Tags { device, request: Some(request), round }).await;
                        ended?;
                    }
                    other => misdirected(other, &context.status),
                },
                idle = self.idle(until) => {
                    idle?;
                    self.ask(ToReader::GetCapabilities).await?;
                }
            }
        }
    }

    /// Answers keepalives and notices a hang-up until it is time.
    async fn idle(&mut self, until: Instant) -> Result<(), DriveEnd> {
        while self.hear(until).await?.is_some() {}
        Ok(())
    }

    async fn round(&mut self, duration: Duration) -> Result<Round, DriveEnd> {
        self.tags.clear();
        let duration_ms = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
        for request in [ToReader::AddRound { duration_ms }, ToReader::EnableRound, ToReader::StartRound] {
            let status = self.ask(request).await?;
            if status.code != 0 {
                self.ask(ToReader::DeleteRounds).await?;
                let why = format!(
                    "读写器拒绝盘点 · the reader refused to read tags (LLRP status {}): {}",
                    status.code, status.text
                );
                return Ok(Round::NotDone { why });
            }
        }
        let until = Instant::now() + duration + REPORT_WITHIN;
        while self.hear(until).await?.is_some() {}
        // Reports that were still on their way come before this answer.
        self.ask(ToReader::DeleteRounds).await?;
        let tags = self.tags.iter().map(|epc| Tag { epc: epc.hex(), name: epc.urn() }).collect();
        Ok(Round::Complete { tags })
    }

    async fn ask(&mut self, request: ToReader) -> Result<Status, DriveEnd> {
        self.last_id = self.last_id.wrapping_add(1);
        self.send(&request.bytes(self.last_id)).await?;
        let until = Instant::now() + ANSWER_WITHIN;
        loop {
            match self.hear(until).await? {
                None => return Err(DriveEnd::Trouble(SILENT.to_owned())),
                Some((id, FromReader::Status { code, text })) if id == self.last_id => {
                    return Ok(Status { code, text });
                }
                // An answer to somebody else's question, or an event.
                Some(_) => (),
            }
        }
    }

    /// The next message, keepalives answered and tags noted. `None` when it is time.
    async fn hear(&mut self, until: Instant) -> Result<Option<(u32, FromReader)>, DriveEnd> {
        let mut bytes = [0u8; 4096];
        loop {
            match self.decoder.take() {
                Err(error) => {
                    tracing::warn!(%error, "a reader");
                    return Err(DriveEnd::Trouble(STRANGE.to_owned()));
                }
                Ok(Some(told)) => {
                    match &told.what {
                        FromReader::KeepAlive => self.send(&ToReader::KeepAliveAck.bytes(told.id)).await?,
                        FromReader::Report(tags) => {
                            self.tags.extend(tags.iter().map(|tag| tag.epc.clone()));
                        }
                        _ => (),
                    }
                    return Ok(Some((told.id, told.what)));
                }
                Ok(None) => match timeout_at(until, self.stream.read(&mut bytes)).await {
                    Err(_elapsed) => return Ok(None),
                    Ok(read) => match read? {
                        0 => return Err(DriveEnd::Gone),
                        count => self.decoder.feed(bytes.get(..count).unwrap_or_default()),
                    },
                },
            }
        }
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), DriveEnd> {
        match timeout(ANSWER_WITHIN, self.stream.write_all(bytes)).await {
            Err(_elapsed) => Err(DriveEnd::Trouble(SILENT.to_owned())),
            Ok(written) => Ok(written?),
        }
    }
}
