//! Asks a device what it is, politely: only questions that change nothing, one at a time, each with a short time to answer.
//!
//! The order matters. A receipt printer prints whatever it does not understand, so its own question comes first and the
//! ones in letters are put only to what did not answer it. A device that speaks without being asked is listened to.

use crate::stream::Stream;
use hufu_protocol::Language;
use hufu_protocol::printer::zpl::{ASK_STATUS, StatusDecoder};
use hufu_protocol::rfid::llrp;
use hufu_protocol::scale::sics;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

/// What a device turned out to be, with the name it gave itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Printer {
        language: Language,
        answers: bool,
    },
    Scale,
    Reader,
    /// A scanner that speaks SSI packets.
    SsiScanner,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identification {
    pub(super) kind: Kind,
    pub(super) model: Option<String>,
}

/// How long a device may take to begin its answer.
const ANSWER_WITHIN: Duration = Duration::from_millis(350);
/// An answer has ended when nothing came for this long.
const PAUSE: Duration = Duration::from_millis(60);
const ANSWER_MAX: usize = 4096;

struct Question {
    bytes: &'static [u8],
    means: fn(&[u8]) -> Option<Identification>,
}

const QUESTIONS: &[Question] = &[
    // ESC/POS: DLE EOT 1, the printer's state.
    Question { bytes: b"\x10\x04\x01", means: escpos },
    // TSPL: ESC ! ?, the printer's state, in error too.
    Question { bytes: b"\x1b!?", means: tspl },
    // ZPL: ~HI, who are you; ~HS, how are you.
    Question { bytes: b"~HI\r\n", means: zpl_identity },
    Question { bytes: ASK_STATUS, means: zpl_status },
    // MT-SICS: the type of the balance; the empty line ends what the questions above have left in its buffer.
    Question { bytes: b"\r\nI2\r\n", means: scale },
    Question { bytes: b"SI\r\n", means: scale },
    // SSI: which revision is your software.
    Question { bytes: &[0x04, 0xA3, 0x04, 0x00, 0xFF, 0x55], means: ssi },
];

/// Puts the questions. `None`: nothing was understood, or the device is gone.
pub(super) async fn ask(stream: &mut dyn Stream) -> Option<Identification> {
    let unasked = listen(stream).await?;
    if let Some(known) = reader(&unasked).or_else(|| scale(&unasked)) {
        return Some(known);
    }
    for question in QUESTIONS {
        timeout(ANSWER_WITHIN, stream.write_all(question.bytes)).await.ok()?.ok()?;
        if let Some(known) = (question.means)(&listen(stream).await?) {
            return Some(known);
        }
    }
    None
}

/// What the device says, up to a pause. `None` when it is gone.
async fn listen(stream: &mut dyn Stream) -> Option<Vec<u8>> {
    let mut until = Instant::now() + ANSWER_WITHIN;
    let (mut heard, mut bytes) = (Vec::new(), [0u8; 512]);
    while heard.len() < ANSWER_MAX {
        match timeout_at(until, stream.read(&mut bytes)).await {
            Err(_elapsed) => break,
            Ok(Ok(0) | Err(_)) => return None,
            Ok(Ok(count)) => heard.extend_from_slice(bytes.get(..count).unwrap_or_default()),
        }
        until = Instant::now() + PAUSE;
    }
    Some(heard)
}

fn printer(language: Language, model: Option<String>) -> Identification {
    Identification { kind: Kind::Printer { language, answers: true }, model }
}

/// One byte with bits 1 and 4 set and bits 0 and 7 clear.
fn escpos(answer: &[u8]) -> Option<Identification> {
    let [status] = answer else { return None };
    (status & 0x93 == 0x12).then(|| printer(Language::Escpos, None))
}

/// One byte of flags.
fn tspl(answer: &[u8]) -> Option<Identification> {
    (answer.len() == 1).then(|| printer(Language::Tspl, None))
}

/// `STX model,version,dots per mm,memory,… ETX`.
fn zpl_identity(answer: &[u8]) -> Option<Identification> {
    let start = answer.iter().position(|&byte| byte == 0x02)? + 1;
    let end = start + answer.get(start..)?.iter().position(|&byte| byte == 0x03)?;
    let text = String::from_utf8_lossy(answer.get(start..end)?).into_owned();
    let (model, rest) = text.split_once(',')?;
    let is_identity = rest.contains(',') && !model.bytes().all(|byte| byte.is_ascii_digit());
    is_identity.then(|| printer(Language::Zpl, Some(model.trim().to_owned())))
}

fn zpl_status(answer: &[u8]) -> Option<Identification> {
    StatusDecoder::default().feed(answer).map(|_| printer(Language::Zpl, None))
}

/// Any answer of the command set, a refusal too; a type stands in quotes behind `I2 A`.
fn scale(answer: &[u8]) -> Option<Identification> {
    let text = String::from_utf8_lossy(answer).into_owned();
    let model =
        text.lines().find_map(|line| Some(line.trim().strip_prefix("I2 A")?.trim().trim_matches('"')));
    let understood = model.is_some() || text.lines().any(|line| sics::parse(line.trim()).is_some());
    let model = model.filter(|model| !model.is_empty()).map(str::to_owned);
    understood.then_some(Identification { kind: Kind::Scale, model })
}

/// The first words of an LLRP reader.
fn reader(unasked: &[u8]) -> Option<Identification> {
    let mut decoder = llrp::Decoder::default();
    decoder.feed(unasked);
    let told = decoder.take().ok()??;
    matches!(told.what, llrp::FromReader::Greeting { .. })
        .then_some(Identification { kind: Kind::Reader, model: None })
}

/// `length A4 source status data… check`: the revision, with the checksum of the packet.
fn ssi(answer: &[u8]) -> Option<Identification> {
    let length = usize::from(*answer.first()?);
    let (packet, check) = answer.get(..length + 2)?.split_at(length);
    let sum = packet.iter().fold(0u16, |sum, &byte| sum.wrapping_add(u16::from(byte)));
    let whole = check == sum.wrapping_neg().to_be_bytes() && packet.get(1) == Some(&0xA4);
    let text = String::from_utf8_lossy(packet.get(4..)?).into_owned();
    let model = text.split_whitespace().next().map(str::to_owned);
    whole.then_some(Identification { kind: Kind::SsiScanner, model })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_tell_what_a_device_is() {
        let printer = |language, answers| Some(Kind::Printer { language, answers });
        let table: [(&str, Option<Identification>, Option<Kind>, &str); 12] = [
            ("receipt", escpos(&[0x16]), printer(Language::Escpos, true), ""),
            ("not one", escpos(&[0x00]), None, ""),
            ("label", tspl(&[0x00]), printer(Language::Tspl, true), ""),
            ("an echo", tspl(b"\x1b!?"), None, ""),
            (
                "zebra",
                zpl_identity(b"\x02ZD421-203dpi,V93.21.26Z,8,8176KB,X\x03\r\n"),
                printer(Language::Zpl, true),
                "ZD421-203dpi",
            ),
            ("a status", zpl_identity(b"\x02030,0,0,0320,000,0,0,0,000,0,0,0\x03"), None, ""),
            (
                "scale",
                scale(b"I2 A \"MS204TS/00 220.0090 g\"\r\n"),
                Some(Kind::Scale),
                "MS204TS/00 220.0090 g",
            ),
            ("old scale", scale(b"ES\r\nES\r\n"), Some(Kind::Scale), ""),
            ("weighing", scale(b"S D     12.31 g\r\n"), Some(Kind::Scale), ""),
            ("a code", scale(b"HF-2026-000123\r\n"), None, ""),
            ("nothing", scale(b""), None, ""),
            ("a reader", reader(b"\x04\x3E\0\0\0\x0A\0\0\0\x09"), None, ""),
        ];
        for (name, known, kind, model) in table {
            let expected = kind
                .map(|kind| Identification { kind, model: (!model.is_empty()).then(|| model.to_owned()) });
            assert_eq!(known, expected, "{name}");
        }
    }

    /// The question's own checksum, and an answer's: the same rule as every packet.
    #[test]
    fn a_scanner_that_speaks_packets_is_known_by_a_whole_one() {
        let mut answer = vec![0x09, 0xA4, 0x00, 0x00];
        answer.extend_from_slice(b"PAABL");
        let sum = answer.iter().fold(0u16, |sum, &byte| sum + u16::from(byte));
        answer.extend_from_slice(&sum.wrapping_neg().to_be_bytes());
        let known = Identification { kind: Kind::SsiScanner, model: Some("PAABL".to_owned()) };
        assert_eq!(ssi(&answer), Some(known));
        assert_eq!(QUESTIONS.last().unwrap().bytes, [0x04, 0xA3, 0x04, 0x00, 0xFF, 0x55]);
        *answer.last_mut().unwrap() ^= 1;
        assert_eq!(ssi(&answer), None);
    }
}
