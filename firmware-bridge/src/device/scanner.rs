//! A scanner's driver: bytes in, observations out, and the server's answers back to the scanner. Recording happens
//! elsewhere, so a slow disk does not overflow the port's buffer.

use super::{Ended, lamp::Lamp};
use crate::clock;
use crate::config;
use crate::outbox::Seen;
use crate::stream::Stream;
use hufu_protocol::scanner::{Rejection, Scan, Session, Step, repeat::Window};
use hufu_protocol::text;
use hufu_wire::message::{Condition, Observation, Verdict};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

/// How long a scanner may refuse what it is told.
const WRITE_WITHIN: Duration = Duration::from_secs(1);

const SILENT: &str = "扫描枪没有应答：请检查接线，并设为 SSI 模式、启用 ACK/NAK · the scanner does not answer: look at its cable, and set \
                      it to SSI with ACK/NAK handshaking";
const DEAF: &str = "扫描枪不接收数据，将重新打开 · the scanner takes no data; it is opened again";

pub(super) async fn drive(
    stream: Box<dyn Stream>,
    scanner: &config::Scanner,
    lamp: &Lamp,
    seen: &mpsc::Sender<Seen>,
    answers: &mut mpsc::Receiver<Verdict>,
) -> Ended {
    // What was said while the scanner was away is not for the next scan.
    while answers.try_recv().is_ok() {}
    let mut driver = Driver {
        stream,
        session: Session::new(&scanner.setup),
        opened: Instant::now(),
        window: Window::new(scanner.repeat),
        lamp,
        seen,
    };
    match driver.work(answers).await {
        Ok(never) => match never {},
        Err(ended) => ended,
    }
}

struct Driver<'a> {
    stream: Box<dyn Stream>,
    session: Session,
    opened: Instant,
    window: Window,
    lamp: &'a Lamp,
    seen: &'a mpsc::Sender<Seen>,
}

impl Driver<'_> {
    async fn work(
        &mut self,
        answers: &mut mpsc::Receiver<Verdict>,
    ) -> Result<std::convert::Infallible, Ended> {
        if !self.session.answers() {
            self.lamp.set(Condition::Ready);
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
                        return Err(Ended::Gone);
                    }
                    self.session.feed(self.opened.elapsed(), bytes.get(..count).unwrap_or_default());
                }
                Some(verdict) = answers.recv() => self.session.tell(self.opened.elapsed(), verdict),
                () = sleep_until(deadline.unwrap_or(self.opened)), if deadline.is_some() => {
                    self.session.tick(self.opened.elapsed());
                }
            }
        }
    }

    async fn carry_out(&mut self, step: Step) -> Result<(), Ended> {
        match step {
            Step::Scan(Scan::Code { data, aim }) => {
                self.lamp.set(Condition::Ready);
                let text = text::read(&data);
                let repeat = self.window.is_repeat(self.opened.elapsed(), &text);
                let symbology = aim.map(|aim| aim.code.to_string());
                let what = Observation::Scan { device: self.lamp.name().to_owned(), text, symbology, repeat };
                let sent = self.seen.send(Seen { at: clock::now(), what }).await;
                sent.map_err(|_| Ended::Trouble("工作站正在停止 · the station is stopping".to_owned()))
            }
            Step::Scan(Scan::Rejected { length, why }) => {
                self.lamp.trouble(rejected(length, why));
                Ok(())
            }
            Step::Write(bytes) => match timeout(WRITE_WITHIN, self.stream.write_all(&bytes)).await {
                Ok(written) => Ok(written?),
                Err(_elapsed) => Err(Ended::Trouble(DEAF.to_owned())),
            },
            Step::Answers => {
                self.lamp.set(Condition::Ready);
                Ok(())
            }
            Step::Silent => {
                self.lamp.trouble(SILENT);
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
    use super::super::Lamps;
    use super::*;
    use crate::config::{Device, Kind, Scanner};
    use crate::stream::{Address, Descriptor};
    use hufu_protocol::scanner::{Aim, Setup, hid, keyboard, line::Framing};
    use std::fs::OpenOptions;
    use std::io::Write;
    use tokio::task::JoinHandle;

    struct Driven {
        lamps: Lamps,
        seen: mpsc::Receiver<Seen>,
        answers: mpsc::Sender<Verdict>,
        task: JoinHandle<Ended>,
    }

    /// A driver at work on one end of something.
    fn driven(setup: Setup, stream: Box<dyn Stream>) -> Driven {
        let scanner = Scanner { setup, repeat: Duration::from_secs(5) };
        let kind = Kind::Scanner(scanner.clone());
        let device = Device { name: "scanner".to_owned(), address: Address::Tcp(String::new()), kind };
        let lamps = Lamps::new(std::slice::from_ref(&device));
        let lamp = lamps.of(&device);
        let (to_seen, seen) = mpsc::channel(64);
        let (answers, mut to_hear) = mpsc::channel(4);
        let task = tokio::spawn(async move { drive(stream, &scanner, &lamp, &to_seen, &mut to_hear).await });
        Driven { lamps, seen, answers, task }
    }

    impl Driven {
        async fn scan(&mut self) -> (String, Option<String>, bool) {
            let seen = timeout(Duration::from_secs(5), self.seen.recv()).await.unwrap().unwrap();
            match seen.what {
                Observation::Scan { text, symbology, repeat, .. } => (text, symbology, repeat),
                other => panic!("{other:?}"),
            }
        }

        fn condition(&self) -> Condition {
            self.lamps.watch().borrow()[0].condition.clone()
        }
    }

    /// Records of 24 bytes through a pipe, as they come from `/dev/input`.
    #[tokio::test]
    async fn a_scanner_that_types_is_read_and_the_same_label_again_is_marked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("event");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let open = || OpenOptions::new().read(true).write(true).open(&path).unwrap();
        let stream = Descriptor::new(open().into()).unwrap();
        let mut driven = driven(Setup::Keyboard(Framing::default()), Box::new(stream));
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
        let mut driven = driven(Setup::Hid, Box::new(near));
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
        assert!(matches!(driven.task.await.unwrap(), Ended::Gone));
    }

    #[tokio::test]
    async fn a_scanner_that_takes_no_bytes_is_opened_again_and_answers_do_not_pile_up() {
        let (near, _far) = tokio::io::duplex(8);
        let driven = driven(Setup::Ssi, Box::new(near));
        let mut said = 0;
        while driven.answers.try_send(Verdict::Accepted).is_ok() {
            said += 1;
        }
        assert!(said <= 4);
        let ended = timeout(Duration::from_secs(5), driven.task).await.unwrap().unwrap();
        assert!(matches!(ended, Ended::Trouble(_)));
    }
}
