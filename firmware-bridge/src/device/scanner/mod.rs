//! A scanner's driver: bytes in, observations out, and the server's answers back to the scanner. Recording happens
//! elsewhere, so a slow disk does not overflow the port's buffer.

mod settings;

pub use settings::Scanner;

use super::driver::{Context, DriveEnd, Driver, Driving, EventSender, Role, misdirected};
use super::order::Order;
use super::status::DeviceStatus;
use crate::stream::Stream;
use hufu_protocol::scanner::{Rejection, Scan, Session, Step, repeat::Window};
use hufu_protocol::text;
use hufu_wire::message::{Condition, DeviceRole, Observation};
use hufu_wire::scanned::as_read;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

/// How long a scanner may refuse what it is told.
const WRITE_WITHIN: Duration = Duration::from_secs(1);

const SILENT: &str = "扫描枪没有应答：请检查接线，并设为 SSI 模式、启用 ACK/NAK · the scanner does not answer: look at its cable, and set \
                      it to SSI with ACK/NAK handshaking";
const DEAF: &str = "扫描枪不接收数据，将重新打开 · the scanner takes no data; it is opened again";

pub(super) const ROLE: Role =
    Role { role: DeviceRole::Scanner, word: "scanner", title: "扫描枪 · Scanner", read: settings::read };

impl Driver for Scanner {
    fn role(&self) -> DeviceRole {
        ROLE.role
    }

    fn drive<'a>(&'a self, stream: Box<dyn Stream>, context: &'a mut Context) -> Driving<'a> {
        Box::pin(drive(stream, self, context))
    }
}

async fn drive(stream: Box<dyn Stream>, scanner: &Scanner, context: &mut Context) -> DriveEnd {
    let Context { status, events, orders, .. } = context;
    // What was said while the scanner was away is not for the next scan.
    while orders.try_recv().is_ok() {}
    let mut drive = Drive {
        stream,
        session: Session::new(&scanner.setup),
        opened: Instant::now(),
        window: Window::new(scanner.repeat),
        status,
        events,
    };
    match drive.work(orders).await {
        Ok(never) => match never {},
        Err(ended) => ended,
    }
}

struct Drive<'a> {
    stream: Box<dyn Stream>,
    session: Session,
    opened: Instant,
    window: Window,
    status: &'a DeviceStatus,
    events: &'a EventSender,
}

impl Drive<'_> {
    async fn work(
        &mut self,
        orders: &mut mpsc::Receiver<Order>,
    ) -> Result<std::convert::Infallible, DriveEnd> {
        if !self.session.answers() {
            self.status.set(Condition::Ready);
        }
        let mut bytes = [0u8; 4096];
        loop {
            while let Some(step) = self.session.next() {
                self.carry_out(step).await?;
            }
            let deadline = self.session.deadline().map(|deadline| self.opened + deadline);
            tokio::select! {
                biased;
                read = self.stream.read(&mut bytes) => {
                    let count = read?;
                    if count == 0 {
                        return Err(DriveEnd::Gone);
                    }
                    self.session.feed(self.opened.elapsed(), bytes.get(..count).unwrap_or_default());
                }
                Some(order) = orders.recv() => match order {
                    Order::Verdict(verdict) => self.session.tell(self.opened.elapsed(), verdict),
                    other => misdirected(other, self.status),
                },
                () = sleep_until(deadline.unwrap_or(self.opened)), if deadline.is_some() => {
                    self.session.tick(self.opened.elapsed());
                }
            }
        }
    }

    async fn carry_out(&mut self, step: Step) -> Result<(), DriveEnd> {
        match step {
            Step::Scan(Scan::Code { data, aim }) => {
                self.status.set(Condition::Ready);
                let text = as_read(&text::read(&data));
                if text.is_empty() {
                    return Ok(());
                }
                let repeat = self.window.is_repeat(self.opened.elapsed(), &text);
                let symbology = aim.map(|aim| aim.code.to_string());
                let what =
                    Observation::Scan { device: self.status.name().to_owned(), text, symbology, repeat };
                match self.events.send(what).await {
                    true => Ok(()),
                    false => Err(DriveEnd::Trouble("工作站正在停止 · the station is stopping".to_owned())),
                }
            }
            Step::Scan(Scan::Rejected { length, why }) => {
                self.status.trouble(rejected(length, why));
                Ok(())
            }
            Step::Write(bytes) => match timeout(WRITE_WITHIN, self.stream.write_all(&bytes)).await {
                Ok(written) => Ok(written?),
                Err(_elapsed) => Err(DriveEnd::Trouble(DEAF.to_owned())),
            },
            Step::Answers => {
                self.status.set(Condition::Ready);
                Ok(())
            }
            Step::Silent => {
                self.status.trouble(SILENT);
                Ok(())
            }
        }
    }
}

/// What was thrown away, and what to do.
fn rejected(length: usize, why: Rejection) -> String {
    match why {
        Rejection::TooLong => format!(
            "收到 {length} 字节而无结束符，已丢弃：请检查后缀设置 · {length} bytes without an end were thrown away: check the suffix"
        ),
        Rejection::Torn => format!(
            "收到 {length} 字节干扰或残码，已丢弃，请重扫 · {length} bytes of noise or half a code were thrown away: scan again"
        ),
        Rejection::Mixed => format!(
            "收到 {length} 字节混有干扰，已丢弃，请重扫；若反复出现，请检查接线和扫描枪模式 · {length} bytes mixed with noise were \
             thrown away: scan again; if it happens again, look at the cable and at the scanner's mode"
        ),
        Rejection::Unmarked => format!(
            "收到 {length} 字节，缺少设定的前缀或 AIM 标识，已丢弃，请重扫 · {length} bytes without the prefix or AIM identifier this \
             scanner is set to send were thrown away: scan again"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Device, DeviceStatuses};
    use super::*;
    use crate::state::{NewEvent, State};
    use crate::stream::{Address, Descriptor};
    use hufu_protocol::scanner::{Aim, Setup, hid, keyboard, line::Framing};
    use hufu_wire::message::Verdict;
    use std::fs::OpenOptions;
    use std::io::Write;
    use tokio::task::JoinHandle;

    struct DrivenScanner {
        _dir: tempfile::TempDir,
        statuses: DeviceStatuses,
        observed: mpsc::Receiver<NewEvent>,
        orders: mpsc::Sender<Order>,
        task: JoinHandle<DriveEnd>,
    }

    /// A driver at work on one end of something.
    async fn driven(setup: Setup, stream: Box<dyn Stream>) -> DrivenScanner {
        let scanner = Scanner { setup, repeat: Duration::from_secs(5) };
        let device = Device::new("scanner", Address::Tcp(String::new()), scanner.clone());
        let statuses = DeviceStatuses::new(std::slice::from_ref(&device));
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(&dir.path().join("outbox.db")).await.unwrap();
        let (to_record, observed) = mpsc::channel(64);
        let (orders, receiver) = mpsc::channel(4);
        let mut context = Context {
            status: statuses.of(&device),
            events: EventSender::new(to_record),
            jobs: state.jobs.clone(),
            orders: receiver,
        };
        let task = tokio::spawn(async move { drive(stream, &scanner, &mut context).await });
        DrivenScanner { _dir: dir, statuses, observed, orders, task }
    }

    impl DrivenScanner {
        async fn scan(&mut self) -> (String, Option<String>, bool) {
            let event = timeout(Duration::from_secs(5), self.observed.recv()).await.unwrap().unwrap();
            match event.what {
                Observation::Scan { text, symbology, repeat, .. } => (text, symbology, repeat),
                other => panic!("{other:?}"),
            }
        }

        fn condition(&self) -> Condition {
            self.statuses.watch().borrow()[0].condition.clone()
        }
    }

    /// What stands around a code by a scanner's or a keyboard's setting is no part of it; the same label in two of these
    /// dresses is the same label.
    #[tokio::test]
    async fn a_code_is_recorded_without_what_the_scanner_puts_around_it() {
        let (near, mut far) = tokio::io::duplex(4096);
        let mut driven = driven(Setup::default(), Box::new(near)).await;
        for (bytes, text, repeat) in [
            (&b"\x02W26-0000123-3W\x03"[..], "W26-0000123-3W", false),
            (b"*W26-0000123-3W*\r\n", "W26-0000123-3W", true),
            (b"]C1010691234567892821\x1d10A7\x1d\r", "010691234567892821\u{1d}10A7", false),
            ("\u{2}Ｗ２６－０００\u{3}\r\n".as_bytes(), "W26-000", false),
            (b"\x02\x1d\x03\r\nNEXT\r", "NEXT", false),
        ] {
            far.write_all(bytes).await.unwrap();
            let scanned = driven.scan().await;
            assert_eq!((scanned.0.as_str(), scanned.2), (text, repeat), "{bytes:x?}");
        }
        driven.task.abort();
    }

    /// Records of 24 bytes through a pipe, as they come from `/dev/input`.
    #[tokio::test]
    async fn a_scanner_that_types_is_read_and_the_same_label_again_is_marked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("event");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let open = || OpenOptions::new().read(true).write(true).open(&path).unwrap();
        let stream = Descriptor::new(open().into()).unwrap();
        let mut driven = driven(Setup::Keyboard(Framing::default()), Box::new(stream)).await;
        let mut pipe = open();
        for (text, repeat) in [("]Q1HF-2026 \"@\"", false), ("]Q1HF-2026 \"@\"", true), ("hf\x1d7", false)] {
            for record in keyboard::typed(text.as_bytes()).chunks(keyboard::RECORD) {
                pipe.write_all(record).unwrap();
            }
            let data = text.trim_start_matches("]Q1").to_owned();
            let aim = text.starts_with(']').then(|| "Q".to_owned());
            assert_eq!(driven.scan().await, (data, aim, repeat));
        }
        driven.task.abort();
    }

    /// Reports of 64 bytes through a socket pair, as they come from `/dev/hidraw`.
    #[tokio::test]
    async fn a_report_scanner_is_read_and_half_a_code_is_reported() {
        let (near, mut far) = tokio::net::UnixStream::pair().unwrap();
        let mut driven = driven(Setup::Hid, Box::new(near)).await;
        let aim = Aim { code: 'd', modifier: '1' };
        let long = "物证-0123456789".repeat(9);
        for report in hid::reports(aim, long.as_bytes()) {
            far.write_all(&report).await.unwrap();
        }
        assert_eq!(driven.scan().await, (long.clone(), Some("d".to_owned()), false));
        far.write_all(&hid::reports(aim, long.as_bytes())[0]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert!(matches!(driven.condition(), Condition::Trouble { .. }));
        far.write_all(&hid::reports(aim, b"NEXT")[0]).await.unwrap();
        assert_eq!(driven.scan().await.0, "NEXT");
        assert_eq!(driven.condition(), Condition::Ready);
        drop(far);
        assert!(matches!(driven.task.await.unwrap(), DriveEnd::Gone));
    }

    #[tokio::test]
    async fn a_scanner_that_takes_no_bytes_is_opened_again_and_answers_do_not_pile_up() {
        let (near, _far) = tokio::io::duplex(8);
        let driven = driven(Setup::Ssi, Box::new(near)).await;
        let mut said = 0;
        while driven.orders.try_send(Order::Verdict(Verdict::Accepted)).is_ok() {
            said += 1;
        }
        assert!(said <= 4);
        let ended = timeout(Duration::from_secs(5), driven.task).await.unwrap().unwrap();
        assert!(matches!(ended, DriveEnd::Trouble(_)));
    }
}
