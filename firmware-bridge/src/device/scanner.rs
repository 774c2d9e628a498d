//! A scanner's driver: bytes in, observations out. Recording happens elsewhere, so a slow disk does not overflow the
//! port's buffer.

use super::{Ended, lamp::Lamp};
use crate::clock;
use crate::outbox::Seen;
use crate::stream::Stream;
use hufu_protocol::{
    scanner::line::{Decoder, Framing, Scan, Suffix},
    text,
};
use hufu_wire::message::{Condition, Observation};
use std::time::Duration;
use tokio::{io::AsyncReadExt, sync::mpsc, time::timeout};

/// A scanner sends a code in one go; after this much silence a code without suffix has ended.
const PAUSE: Duration = Duration::from_millis(80);
/// No scanner pauses this long within a code.
const SILENCE: Duration = Duration::from_secs(1);

pub(super) async fn drive(
    mut stream: Box<dyn Stream>,
    framing: &Framing,
    lamp: &Lamp,
    seen: &mpsc::Sender<Seen>,
) -> Ended {
    let quiet = if framing.suffix == Suffix::Pause { PAUSE } else { SILENCE };
    let mut decoder = Decoder::new(framing.clone());
    let mut bytes = [0u8; 4096];
    lamp.set(Condition::Ready);
    loop {
        let read = if decoder.is_within() {
            timeout(quiet, stream.read(&mut bytes)).await
        } else {
            Ok(stream.read(&mut bytes).await)
        };
        match read {
            Ok(Ok(0) | Err(_)) => return Ended::Gone,
            Ok(Ok(count)) => decoder.feed(bytes.get(..count).unwrap_or_default()),
            Err(_silent) if framing.suffix == Suffix::Pause => decoder.pause(),
            Err(_silent) => decoder.silence(),
        }
        for scan in decoder.by_ref() {
            match scan {
                Scan::Code { data, aim } => {
                    lamp.set(Condition::Ready);
                    let what = Observation::Scan {
                        device: lamp.name().to_owned(),
                        text: text::read(&data),
                        symbology: aim.map(|aim| aim.code.to_string()),
                    };
                    if seen.send(Seen { at: clock::now(), what }).await.is_err() {
                        return Ended::Trouble("工作站正在停止 · the station is stopping".to_owned());
                    }
                }
                Scan::TooLong { length } => lamp.trouble(format!(
                    "收到 {length} 字节而无结束符，已丢弃 · {length} bytes without an end were thrown away: check the suffix"
                )),
                Scan::Broken { length } => lamp.trouble(format!(
                    "收到 {length} 字节干扰或残码，已丢弃，请重扫 · {length} bytes of noise or half a code were thrown away: scan again"
                )),
            }
        }
    }
}
