//! Printers of all three languages over each transport: labels are read back from the picture that came out, faults keep
//! labels waiting, and what nobody can know is called unknown.

use crate::support::{config, qr_label, recorded, until};
use futures_util::future::join_all;
use hufu_protocol::Language;
use hufu_station::clock;
use hufu_station::device::{Device, Printer};
use hufu_station::simulate::{Fault, Rig, rig};
use hufu_station::state::PrintJob;
use hufu_station::station::{self, Station};
use hufu_station::stream::Address;
use hufu_wire::Raster;
use hufu_wire::message::{Condition, DeviceRole, JobState, Observation};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use uuid::Uuid;

#[derive(Clone, Copy, Debug)]
enum Over {
    Serial,
    Tcp,
    /// The way of `/dev/usb/lp0`: a device file.
    File,
}

struct TestStation {
    _dir: TempDir,
    rig: Rig,
    station: Station,
}

/// A station with a simulated printer; `before` happens to the printer before the station starts.
async fn bench(over: Over, setup: Printer, before: &[Fault]) -> TestStation {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    let address = Address::Tcp("127.0.0.1:0".to_owned());
    let wish = match over {
        Over::Tcp => address,
        Over::Serial | Over::File => Address::File("replaced by the simulation".into()),
    };
    config.devices = vec![Device::new("printer", wish, setup)];
    let rig = rig(&mut config, None).unwrap();
    config.devices.retain(|device| device.name == "printer");
    if let (Over::File, Address::Serial { path, .. }) = (over, config.devices[0].address.clone()) {
        config.devices[0].address = Address::File(path);
    }
    for fault in before {
        rig.counter.fault(DeviceRole::Printer, *fault).await.unwrap();
    }
    let station = station::start(&config).await.unwrap();
    TestStation { _dir: dir, rig, station }
}

pub(crate) fn speaking(language: Language) -> Printer {
    Printer { stall: Duration::from_millis(400), ..Printer::speaking(language) }
}

impl TestStation {
    async fn print(&self, id: u128, raster: Raster) {
        print(&self.station, id, raster).await;
    }

    async fn is(&self, id: u128, state: &str) {
        let what = format!("job {id} is {state}");
        until(&what, async || states(&self.station, id).await.last() == Some(&word_of(state))).await;
    }

    /// From the last byte of a label to what was made known of it in the end.
    async fn waited_for(&self, id: u128) -> Duration {
        let events = recorded(&self.station.state).await;
        let times: Vec<u64> = events
            .iter()
            .filter(|event| matches!(&event.what, Observation::Job { job, state, .. } if *job == Uuid::from_u128(id) && *state != JobState::Queued))
            .map(|event| u64::try_from(event.observed_at).unwrap())
            .collect();
        Duration::from_micros(times.last().unwrap() - times.first().unwrap())
    }

    fn condition(&self) -> Condition {
        self.station.devices.statuses.watch().borrow()[0].condition.clone()
    }

    async fn lamp_says(&self, word: &str) {
        let says = || matches!(self.condition(), Condition::Trouble { why } if why.contains(word));
        until(&format!("the lamp says {word}"), async || says()).await;
    }

    async fn fault(&self, fault: Fault) {
        self.rig.counter.fault(DeviceRole::Printer, fault).await.unwrap();
    }

    /// What can be read from the labels that came out, oldest first.
    fn texts(&self) -> Vec<String> {
        let view = self.rig.counter.view();
        let view = view.borrow();
        view.labels.iter().rev().map(|label| label.text.clone().unwrap_or_default()).collect()
    }
}

pub(crate) async fn print(station: &Station, id: u128, raster: Raster) {
    let job = PrintJob { id: Uuid::from_u128(id), title: format!("HF-{id}"), raster };
    station.state.jobs.queue(&job, clock::now()).await.unwrap();
}

fn word_of(state: &str) -> &'static str {
    ["queued", "sent", "confirmed", "unknown", "failed"].into_iter().find(|it| *it == state).unwrap()
}

pub(crate) async fn states(station: &Station, id: u128) -> Vec<&'static str> {
    let events = recorded(&station.state).await;
    let word = |state: &JobState| match state {
        JobState::Queued => "queued",
        JobState::Sent => "sent",
        JobState::Confirmed => "confirmed",
        JobState::Unknown { .. } => "unknown",
        JobState::Failed { .. } => "failed",
    };
    events
        .iter()
        .filter_map(|event| match &event.what {
            Observation::Job { job, state, .. } if *job == Uuid::from_u128(id) => Some(word(state)),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn every_language_over_every_transport_confirms_a_label_that_can_be_read_back() {
    let one = async |language, over| {
        let bench = bench(over, speaking(language), &[]).await;
        bench.print(1, qr_label("HF-2026-000001")).await;
        bench.is(1, "confirmed").await;
        assert_eq!(states(&bench.station, 1).await, ["queued", "sent", "confirmed"], "{language:?} {over:?}");
        assert_eq!(bench.texts(), ["HF-2026-000001"], "{language:?} {over:?}");
        assert_eq!(bench.condition(), Condition::Ready, "{language:?} {over:?}");
    };
    for over in [Over::Serial, Over::Tcp, Over::File] {
        join_all(Language::ALL.map(|language| one(language, over))).await;
    }
}

#[tokio::test]
async fn a_hindered_printer_says_why_and_its_label_waits_until_it_is_put_right() {
    let one = async |language, cause, cure, word| {
        let bench = bench(Over::Tcp, speaking(language), &[cause]).await;
        bench.lamp_says(word).await;
        bench.print(1, qr_label("WAITS")).await;
        sleep(Duration::from_millis(300)).await;
        assert_eq!(states(&bench.station, 1).await, ["queued"], "{language:?} {cause:?}");
        bench.fault(cure).await;
        bench.is(1, "confirmed").await;
        assert_eq!(bench.texts(), ["WAITS"], "{language:?} {cause:?}");
    };
    use Language::{Escpos, Tspl, Zpl};
    join_all(vec![
        // Silence is all a Zebra says.
        one(Zpl, Fault::PaperOut, Fault::PaperIn, "does not answer"),
        one(Zpl, Fault::RibbonOut, Fault::RibbonIn, "does not answer"),
        one(Zpl, Fault::HeadOpen, Fault::HeadClosed, "does not answer"),
        one(Zpl, Fault::Pause, Fault::Resume, "paused"),
        one(Tspl, Fault::PaperOut, Fault::PaperIn, "paper"),
        one(Tspl, Fault::RibbonOut, Fault::RibbonIn, "ribbon"),
        one(Tspl, Fault::HeadOpen, Fault::HeadClosed, "head is open"),
        one(Tspl, Fault::Pause, Fault::Resume, "paused"),
        one(Escpos, Fault::PaperOut, Fault::PaperIn, "paper"),
        one(Escpos, Fault::HeadOpen, Fault::HeadClosed, "cover is open"),
        one(Escpos, Fault::Pause, Fault::Resume, "off line"),
    ])
    .await;
}

#[tokio::test]
async fn paper_that_runs_out_in_mid_label_is_awaited_and_the_label_comes_out_once() {
    let one = async |language| {
        let bench = bench(Over::Serial, speaking(language), &[]).await;
        until("it is ready", async || bench.condition() == Condition::Ready).await;
        bench.print(1, qr_label("ONCE")).await;
        bench.is(1, "sent").await;
        bench.fault(Fault::PaperOut).await;
        sleep(Duration::from_millis(900)).await;
        assert_eq!(states(&bench.station, 1).await, ["queued", "sent"], "{language:?}");
        bench.fault(Fault::PaperIn).await;
        bench.is(1, "confirmed").await;
        assert_eq!(bench.texts(), ["ONCE"], "{language:?}");
    };
    join_all(Language::ALL.map(one)).await;
}

#[tokio::test]
async fn a_printer_that_says_nothing_more_within_the_time_leaves_its_label_unknown() {
    let one = async |language| {
        // Long enough for two labels on a machine that has little time for this test.
        let confirm = Duration::from_secs(4);
        let bench = bench(Over::Tcp, Printer { confirm, ..speaking(language) }, &[]).await;
        bench.print(1, qr_label("LOST")).await;
        bench.is(1, "sent").await;
        bench.fault(Fault::PaperOut).await;
        bench.is(1, "unknown").await;
        assert!(bench.waited_for(1).await >= confirm, "{language:?}: given up before its time");
        // The printer holds it and prints it later; the station does not print it again.
        bench.fault(Fault::PaperIn).await;
        bench.print(2, qr_label("NEXT")).await;
        bench.is(2, "confirmed").await;
        assert_eq!(states(&bench.station, 1).await, ["queued", "sent", "unknown"], "{language:?}");
        assert_eq!(bench.texts(), ["LOST", "NEXT"], "{language:?}");
    };
    join_all(Language::ALL.map(one)).await;
}

/// The printer keeps its memory over an unplugging and loses it in a power cut. Either way the next label is a whole one.
#[tokio::test]
async fn a_label_cut_off_in_the_middle_is_unknown_and_does_not_spoil_the_next_one() {
    let one = async |language, cut| {
        let setup = Printer { stall: Duration::from_secs(4), ..speaking(language) };
        let bench = bench(Over::Tcp, setup, &[Fault::Slow]).await;
        bench.print(1, noise_label()).await;
        until("it is being sent", async || {
            bench
                .station
                .state
                .jobs
                .latest(1)
                .await
                .unwrap()
                .first()
                .is_some_and(|job| job.state == "sending")
        })
        .await;
        sleep(Duration::from_millis(300)).await;
        bench.fault(cut).await;
        bench.is(1, "unknown").await;
        bench.fault(Fault::Fast).await;
        bench.fault(Fault::Replug).await;
        bench.print(2, qr_label("WHOLE")).await;
        bench.is(2, "confirmed").await;
        assert_eq!(bench.texts(), ["WHOLE"], "{language:?} {cut:?}");
        assert_eq!(states(&bench.station, 1).await, ["queued", "unknown"], "{language:?} {cut:?}");
    };
    for cut in [Fault::Unplug, Fault::PowerCut] {
        join_all(Language::ALL.map(|language| one(language, cut))).await;
    }
}

/// Far more than the buffers of a connection hold, and not to be compressed.
fn noise_label() -> Raster {
    let mut state = 1u64;
    let bits = (0..1_000 * 8_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        })
        .collect();
    Raster::new(8_000, 8_000, 203, bits).unwrap()
}

/// A slow printer takes longer than the time within which a stuck one is noticed, and is not stuck.
#[tokio::test]
async fn a_slow_printer_is_not_a_stuck_one() {
    // A pseudo-terminal passes on 4 KiB at a time, for which this printer needs more than a second.
    let stall = Duration::from_secs(4);
    let setup = Printer { stall, ..speaking(Language::Tspl) };
    let bench = bench(Over::Serial, setup, &[Fault::Slow]).await;
    let bits = (0..=255u8).cycle().take(100 * 160).collect();
    bench.print(1, Raster::new(800, 160, 203, bits).unwrap()).await;
    let took =
        until("it is confirmed", async || states(&bench.station, 1).await.contains(&"confirmed")).await;
    assert!(took > stall, "the printer was not slow: {took:?}");
}

#[tokio::test]
async fn a_printer_that_accepts_and_never_reads_leaves_the_job_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let station = deaf(&listener, Language::Tspl).await;
    print(&station.1, 1, noise_label()).await;
    let _connection = listener.accept().await.unwrap();
    until("it is unknown", async || states(&station.1, 1).await == ["queued", "unknown"]).await;
}

#[tokio::test]
async fn a_connection_reset_under_the_label_leaves_the_job_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let station = deaf(&listener, Language::Zpl).await;
    print(&station.1, 1, qr_label("RESET")).await;
    let (mut peer, _) = listener.accept().await.unwrap();
    let mut some = [0u8; 100];
    peer.read_exact(&mut some).await.unwrap();
    // Closed with bytes unread: the system answers with a reset.
    drop(peer);
    until("it is unknown", async || states(&station.1, 1).await == ["queued", "unknown"]).await;
}

#[tokio::test]
async fn a_printer_that_closes_its_half_is_absent_and_its_labels_wait() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (_dir, station) = station_at(&address, speaking(Language::Zpl)).await;
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut peer, _)) = listener.accept().await {
            peer.shutdown().await.unwrap();
            open.push(peer);
        }
    });
    print(&station, 1, qr_label("WAITS")).await;
    let absent = || station.devices.statuses.watch().borrow()[0].condition == Condition::Absent;
    until("it is absent", async || absent()).await;
    sleep(Duration::from_millis(600)).await;
    assert_eq!(states(&station, 1).await, ["queued"]);
}

#[tokio::test]
async fn a_printer_that_serves_another_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    let address = Address::Tcp("127.0.0.1:0".to_owned());
    let settings = speaking(Language::Zpl);
    config.devices = vec![Device::new("printer", address, settings)];
    let rig = rig(&mut config, None).unwrap();
    config.devices.retain(|device| device.name == "printer");
    let Address::Tcp(address) = &config.devices[0].address else { panic!() };
    let mut other = TcpStream::connect(address).await.unwrap();
    other.write_all(b"~HS\r\n").await.unwrap();
    let mut answer = [0u8; 16];
    other.read_exact(&mut answer).await.unwrap();
    let bench = TestStation { station: station::start(&config).await.unwrap(), _dir: dir, rig };
    bench.lamp_says("does not answer").await;
    bench.print(1, qr_label("WAITS")).await;
    drop(other);
    bench.is(1, "confirmed").await;
    assert_eq!(bench.texts(), ["WAITS"]);
}

/// A station whose printer is somewhere else, and is asked nothing.
async fn deaf(listener: &TcpListener, language: Language) -> (TempDir, Station) {
    let address = listener.local_addr().unwrap().to_string();
    station_at(&address, Printer { answers: false, ..speaking(language) }).await
}

pub(crate) async fn station_at(address: &str, setup: Printer) -> (TempDir, Station) {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    let (settings, address) = (setup, Address::Tcp(address.to_owned()));
    config.devices = vec![Device::new("printer", address, settings)];
    let station = station::start(&config).await.unwrap();
    (dir, station)
}
