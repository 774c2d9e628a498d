//! Scanners of every kind on real pseudo-terminals, with everything that goes wrong on a cable; and the server's answer on
//! its way back to the one that scanned.

use crate::support::{FakeServer, TestStation, bench_with, config, recorded, scan_text, until};
use hufu_protocol::scanner::line::{AimUse, Framing};
use hufu_protocol::scanner::{Feedback, Setup};
use hufu_station::config::Config;
use hufu_station::device::{Device, Scanner};
use hufu_station::simulate::{Fault, Pty};
use hufu_station::station;
use hufu_station::stream::Address;
use hufu_wire::FromServer;
use hufu_wire::message::{Condition, DeviceRole, Observation, Verdict};
use std::os::unix::fs::symlink;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::sleep;

fn scanner(setup: Setup) -> Device {
    let settings = Scanner { setup, repeat: Duration::from_millis(300) };
    Device::new("scanner", Address::Tcp("replaced".to_owned()), settings)
}

/// A station whose simulated scanner speaks this.
async fn speaking(setup: Setup) -> TestStation {
    let bench = bench_with(|config| config.devices.push(scanner(setup))).await;
    bench.ready("scanner").await;
    bench
}

async fn scanned(bench: &TestStation, expected: &[&str]) {
    until(&format!("{expected:?} are recorded"), async || bench.scans().await == expected).await;
}

/// Scans as a person does: again, when the scanner beeps that nobody took the code. A machine with no time to spare can keep
/// a scanner waiting until it gives up.
async fn scan_until_recorded(bench: &TestStation, text: &str, expected: &[&str]) {
    let counter = &bench.rig.counter;
    let gave_up = || {
        let view = counter.view();
        let view = view.borrow();
        view.scanner_heard.iter().filter(|heard| *heard == "not acknowledged").count()
    };
    let mut beeps = gave_up();
    counter.scan(text).await.unwrap();
    until(&format!("{expected:?} are recorded"), async || {
        if gave_up() > beeps {
            beeps = gave_up();
            counter.scan(text).await.unwrap();
        }
        bench.scans().await == expected
    })
    .await;
}

fn scans_wanted(by_default: usize) -> usize {
    std::env::var("HUFU_TEST_SCANS").ok().and_then(|scans| scans.parse().ok()).unwrap_or(by_default)
}

#[tokio::test]
async fn whatever_happens_to_a_packet_a_scan_is_recorded_once() {
    let bench = speaking(Setup::Ssi).await;
    let counter = &bench.rig.counter;
    counter.scan("A1").await.unwrap();
    scanned(&bench, &["A1"]).await;
    counter.fault(DeviceRole::Scanner, Fault::WrongChecksum).await.unwrap();
    counter.scan("B2").await.unwrap();
    scanned(&bench, &["A1", "B2"]).await;
    counter.fault(DeviceRole::Scanner, Fault::HalfPacket).await.unwrap();
    counter.scan("C3").await.unwrap();
    scanned(&bench, &["A1", "B2", "C3"]).await;
    counter.fault(DeviceRole::Scanner, Fault::Resend).await.unwrap();
    counter.fault(DeviceRole::Scanner, Fault::Noise).await.unwrap();
    counter.fault(DeviceRole::Scanner, Fault::Slow).await.unwrap();
    // Longer than one packet.
    let long = "D4".repeat(300);
    scan_until_recorded(&bench, &long, &["A1", "B2", "C3", &long]).await;
    counter.fault(DeviceRole::Scanner, Fault::Fast).await.unwrap();
    counter.fault(DeviceRole::Scanner, Fault::Unplug).await.unwrap();
    until("it is absent", async || bench.condition("scanner") == Condition::Absent).await;
    counter.fault(DeviceRole::Scanner, Fault::Replug).await.unwrap();
    bench.ready("scanner").await;
    counter.scan("E5").await.unwrap();
    scanned(&bench, &["A1", "B2", "C3", &long, "E5"]).await;
}

#[tokio::test]
async fn reports_and_framed_lines_are_read_over_the_same_cable() {
    let framing = Framing { prefix: b"~S".to_vec(), aim: AimUse::Required, ..Framing::default() };
    for setup in [Setup::Hid, Setup::Line(framing, Feedback::None)] {
        let bench = speaking(setup).await;
        bench.rig.counter.fault(DeviceRole::Scanner, Fault::Noise).await.unwrap();
        sleep(Duration::from_millis(100)).await;
        bench.rig.counter.scan("HF-\u{1d}7").await.unwrap();
        scanned(&bench, &["HF-\u{1d}7"]).await;
        let events = bench.events().await;
        let Observation::Scan { symbology, .. } = &events[0].what else { panic!() };
        assert_eq!(symbology.as_deref(), Some("Q"));
    }
}

#[tokio::test]
async fn a_label_that_lies_under_the_beam_is_recorded_each_time_and_marked() {
    let bench = speaking(Setup::default()).await;
    for _ in 0..2 {
        bench.rig.counter.scan("A1").await.unwrap();
    }
    scanned(&bench, &["A1", "A1"]).await;
    sleep(Duration::from_millis(400)).await;
    bench.rig.counter.scan("A1").await.unwrap();
    scanned(&bench, &["A1", "A1", "A1"]).await;
    let marks = bench.events().await.into_iter().map(|event| match event.what {
        Observation::Scan { repeat, .. } => repeat,
        other => panic!("{other:?}"),
    });
    assert_eq!(marks.collect::<Vec<_>>(), [false, true, false]);
}

/// What the server says is said by the scanner that scanned, while the person still stands there.
#[tokio::test]
async fn the_scanner_itself_says_what_the_server_thinks() {
    let table = [
        (Setup::Ssi, Verdict::Accepted, vec!["beep 0", "light 1 on", "light 1 off"]),
        (Setup::Ssi, Verdict::Refused, vec!["beep 8", "light 2 on", "light 2 off"]),
        (Setup::Line(Framing::default(), Feedback::Honeywell), Verdict::Accepted, vec!["\\x1b7"]),
        (Setup::Line(Framing::default(), Feedback::Honeywell), Verdict::Repeated, vec!["\\x1b7\\x1b7"]),
        (Setup::Line(Framing::default(), Feedback::Honeywell), Verdict::Unknown, vec!["\\x1b8"]),
        (Setup::default(), Verdict::Accepted, vec![]),
    ];
    for (setup, verdict, expected) in table {
        let server = FakeServer::new().await;
        let address = server.address();
        let bench = bench_with(|config: &mut Config| {
            config.server = Some(address);
            config.devices.push(scanner(setup));
        })
        .await;
        let mut talk = server.greet(0).await;
        bench.ready("scanner").await;
        bench.rig.counter.scan("A1").await.unwrap();
        let event = talk.event().await.number;
        let answer = FromServer::Answer { event, verdict, sentence: "架 A-03".to_owned() };
        talk.say(&answer).await;
        let heard = || bench.rig.counter.view().borrow().scanner_heard.clone();
        until(&format!("{expected:?} is heard"), async || heard() == expected).await;
    }
}

/// A port that is held open for days, and a scan among noise every hundredth time: none lost, merged or doubled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_lines_in_random_pieces_with_noise_arrive_once_and_in_order() {
    let count = scans_wanted(10_000);
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    let mut pty = Pty::open().unwrap();
    let link = dir.path().join("by-id");
    symlink(pty.path().unwrap(), &link).unwrap();
    let framing = Framing { prefix: b"~S".to_vec(), ..Framing::default() };
    let mut device = scanner(Setup::Line(framing, Feedback::None));
    device.address = Address::Serial { path: link, baud: 9600 };
    config.devices = vec![device];
    let station = station::start(&config).await.unwrap();
    let expected: Vec<String> = (0..count).map(|at| format!("HF-2026-{at:06}")).collect();
    let mut bytes = Vec::new();
    let mut chance = 0x2026_1127_u64;
    for (at, code) in expected.iter().enumerate() {
        if at % 100 == 50 {
            for _ in 0..40 {
                chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                bytes.push(chance.to_be_bytes()[0]);
            }
        }
        bytes.extend_from_slice(b"~S");
        bytes.extend_from_slice(code.as_bytes());
        bytes.extend_from_slice(if at % 3 == 0 { b"\r\n" } else { b"\r" });
    }
    sleep(Duration::from_millis(300)).await;
    let mut rest = bytes.as_slice();
    let mut size = 1;
    while !rest.is_empty() {
        size = (size * 7 + 3) % 61 + 1;
        let (piece, after) = rest.split_at(size.min(rest.len()));
        pty.device().write_all(piece).await.unwrap();
        rest = after;
    }
    let last = count as u64;
    until("all are recorded", async || station.state.events.numbers().await.unwrap().last >= last).await;
    let events = recorded(&station.state).await;
    let scans: Vec<String> = events.iter().filter_map(scan_text).collect();
    assert_eq!(scans, expected);
}

/// The same in packets, with the simulated scanner spoiling every hundredth one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_packets_of_which_some_are_spoilt_arrive_once_and_in_order() {
    let bench = speaking(Setup::Ssi).await;
    let counter = &bench.rig.counter;
    let expected: Vec<String> = (0..scans_wanted(1_000)).map(|at| format!("HF-2026-{at:06}")).collect();
    for (at, code) in expected.iter().enumerate() {
        match at % 400 {
            50 => counter.fault(DeviceRole::Scanner, Fault::WrongChecksum).await.unwrap(),
            150 => counter.fault(DeviceRole::Scanner, Fault::HalfPacket).await.unwrap(),
            250 => counter.fault(DeviceRole::Scanner, Fault::Noise).await.unwrap(),
            350 => counter.fault(DeviceRole::Scanner, Fault::Resend).await.unwrap(),
            _ => (),
        }
        counter.scan(code).await.unwrap();
        let last = at as u64 + 1;
        until("it is recorded", async || bench.station.state.events.numbers().await.unwrap().last >= last)
            .await;
    }
    assert_eq!(bench.scans().await, expected);
}
