//! Printers whose answers come late: no answer to an earlier question, and no sign of an earlier label, confirms a label.
//! The printer here is a script that decides, byte for byte, what is said before what.

use crate::printers::{print, speaking, states, station_at};
use crate::support::{qr_label, small_label, until};
use hufu_protocol::Language;
use hufu_protocol::printer::{PrinterEmulator, PrinterInput, Question, tspl::Polarity};
use hufu_station::device::Printer;
use hufu_station::station::Station;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// How long after what the station sent, and which bytes; answers leave in the order of what they answer.
type Answer = (Duration, Vec<u8>);

/// A station whose printer answers as the script says.
async fn station_with_printer(
    setup: Printer,
    script: impl FnMut(PrinterInput) -> Option<Answer> + Send + 'static,
) -> (TempDir, Station) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let language = setup.manner.language;
    let station = station_at(&address, setup).await;
    tokio::spawn(async move {
        let (peer, _) = listener.accept().await.unwrap();
        play(peer, language, script).await;
    });
    station
}

async fn play(peer: TcpStream, language: Language, mut script: impl FnMut(PrinterInput) -> Option<Answer>) {
    let (mut reader, mut writer) = peer.into_split();
    let (answers, mut to_send) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        while let Some((at, answer)) = to_send.recv().await {
            sleep_until(at).await;
            if writer.write_all(&answer).await.is_err() {
                return;
            }
        }
    });
    let mut emulator = PrinterEmulator::new(language, Polarity::ZeroIsBlack, 203);
    let mut bytes = [0u8; 4096];
    while let Ok(count @ 1..) = reader.read(&mut bytes).await {
        emulator.feed(&bytes[..count]);
        for heard in emulator.by_ref() {
            if let Some((late, answer)) = script(heard) {
                answers.send((Instant::now() + late, answer)).unwrap();
            }
        }
    }
}

fn at_once(bytes: &[u8]) -> Answer {
    (Duration::ZERO, bytes.to_vec())
}

/// `~HS`: so many labels are not out.
fn host_status(formats: u32) -> Vec<u8> {
    format!(
        "\u{2}030,0,0,0320,{formats:03},0,0,0,000,0,0,0\u{3}\r\n\
         \u{2}000,0,0,0,0,2,4,0,00000000,1,000\u{3}\r\n\u{2}1234,0\u{3}\r\n"
    )
    .into_bytes()
}

async fn becomes_unknown(station: &Station, job: u128) {
    let ended = async || matches!(states(station, job).await.last(), Some(&"unknown" | &"confirmed"));
    until("the job has ended", ended).await;
    assert_eq!(states(station, job).await, ["queued", "sent", "unknown"], "job {job}");
}

/// ESC/POS, `GS r 1`: a receipt has no number. The first label's comes when the second's is already asked for, and the
/// second label never comes out.
#[tokio::test]
async fn the_receipt_of_an_earlier_label_confirms_no_later_one() {
    let setup = Printer { confirm: Duration::from_millis(1_200), ..speaking(Language::Escpos) };
    let mut labels = 0;
    let (_dir, station) = station_with_printer(setup, move |heard| match heard {
        PrinterInput::Label(_) => {
            labels += 1;
            None
        }
        PrinterInput::Question(Question::RealTime(_)) => Some(at_once(&[0x12])),
        PrinterInput::Question(Question::Receipt) if labels == 1 => None,
        PrinterInput::Question(Question::Receipt) => Some(at_once(&[0x00])),
        _ => None,
    })
    .await;
    print(&station, 1, small_label()).await;
    becomes_unknown(&station, 1).await;
    print(&station, 2, small_label()).await;
    becomes_unknown(&station, 2).await;
}

/// The same over a new connection: the printer kept the first label, and with it the receipt it owes.
#[tokio::test]
async fn the_receipt_of_a_label_of_an_earlier_connection_confirms_no_later_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let setup = Printer { confirm: Duration::from_millis(1_200), ..speaking(Language::Escpos) };
    let (_dir, station) = station_at(&address, setup).await;
    tokio::spawn(async move {
        let (first, _) = listener.accept().await.unwrap();
        // Ends where the label's receipt is asked for.
        let (cut, is_cut) = tokio::sync::oneshot::channel();
        let (mut cut, mut labels) = (Some(cut), 0);
        let conversation = play(first, Language::Escpos, move |heard| match heard {
            PrinterInput::Label(_) => {
                labels += 1;
                None
            }
            PrinterInput::Question(Question::RealTime(_)) => Some(at_once(&[0x12])),
            PrinterInput::Question(Question::Receipt) if labels == 0 => Some(at_once(&[0x00])),
            PrinterInput::Question(Question::Receipt) => {
                cut.take().map(|cut| cut.send(()));
                None
            }
            _ => None,
        });
        tokio::select! {
            () = conversation => (),
            _ = is_cut => (),
        }
        let (second, _) = listener.accept().await.unwrap();
        let (mut labels, mut owed) = (0, vec![0x00]);
        play(second, Language::Escpos, move |heard| match heard {
            PrinterInput::Label(_) => {
                labels += 1;
                None
            }
            PrinterInput::Question(Question::RealTime(_)) => Some(at_once(&[0x12])),
            // The first label comes out a little later, and with it the receipts of all that is not behind the second.
            PrinterInput::Question(Question::Receipt) => {
                if labels == 0 {
                    owed.push(0x00);
                }
                Some((Duration::from_millis(600), std::mem::take(&mut owed)))
            }
            _ => None,
        })
        .await;
    });
    print(&station, 1, small_label()).await;
    becomes_unknown(&station, 1).await;
    print(&station, 2, small_label()).await;
    becomes_unknown(&station, 2).await;
}

/// TSPL says whether it prints, not what. The first label is printed when the second one is waiting, and the second one
/// never is.
#[tokio::test]
async fn the_printing_of_an_earlier_label_confirms_no_later_one() {
    const OUT_OF_PAPER: u8 = 0x04;
    const PRINTING: u8 = 0x20;
    let setup = Printer { confirm: Duration::from_millis(1_200), ..speaking(Language::Tspl) };
    let paper_is_in = Arc::new(AtomicBool::new(false));
    let (mut labels, mut printing_for, is_in) = (0, 6, paper_is_in.clone());
    let (_dir, station) = station_with_printer(setup, move |heard| match heard {
        PrinterInput::Label(_) => {
            labels += 1;
            None
        }
        PrinterInput::Question(_) if labels == 0 => Some(at_once(&[0x00])),
        PrinterInput::Question(_) if !is_in.load(Ordering::Relaxed) => Some(at_once(&[OUT_OF_PAPER])),
        PrinterInput::Question(_) if printing_for > 0 => {
            printing_for -= 1;
            Some(at_once(&[PRINTING]))
        }
        PrinterInput::Question(_) => Some(at_once(&[0x00])),
        _ => None,
    })
    .await;
    print(&station, 1, small_label()).await;
    becomes_unknown(&station, 1).await;
    paper_is_in.store(true, Ordering::Relaxed);
    print(&station, 2, small_label()).await;
    becomes_unknown(&station, 2).await;
}

/// ZPL: the time for the first label ends between a question and its answer, which comes when the next question has been
/// asked. Taken for its answer, everything after would be one answer behind.
#[tokio::test]
async fn a_question_cut_off_by_the_end_of_the_time_is_not_answered_later() {
    let setup = Printer { confirm: Duration::from_millis(500), ..speaking(Language::Zpl) };
    let (mut labels, mut cut_off) = (0, false);
    let (_dir, station) = station_with_printer(setup, move |heard| match heard {
        PrinterInput::Label(_) => {
            labels += 1;
            None
        }
        PrinterInput::Question(_) => {
            let late = match labels {
                1 if !cut_off => {
                    cut_off = true;
                    600
                }
                // After the bytes of the second label, when it is sent on the answer that came late.
                1 => 250,
                _ => 0,
            };
            // The first label is out when its time is over; the second never is.
            Some((Duration::from_millis(late), host_status(u32::from(labels == 2))))
        }
        _ => None,
    })
    .await;
    print(&station, 1, small_label()).await;
    print(&station, 2, small_label()).await;
    becomes_unknown(&station, 1).await;
    becomes_unknown(&station, 2).await;
}

/// Every answer tells the state at the time of its question. The first comes so late that it meets the second question;
/// taken for its answer, everything after would be one answer behind, and the label would be confirmed by what was said
/// before it was sent.
#[tokio::test]
async fn an_answer_to_an_earlier_question_confirms_no_label() {
    let setup = Printer { confirm: Duration::from_millis(1_200), ..speaking(Language::Zpl) };
    let (mut labels, mut questions) = (0, 0);
    let (_dir, station) = station_with_printer(setup, move |heard| match heard {
        PrinterInput::Label(_) => {
            labels += 1;
            None
        }
        PrinterInput::Question(_) => {
            questions += 1;
            let late = if questions == 1 { 1_800 } else { 50 };
            Some((Duration::from_millis(late), host_status(labels)))
        }
        _ => None,
    })
    .await;
    print(&station, 1, qr_label("BUSY")).await;
    becomes_unknown(&station, 1).await;
}
