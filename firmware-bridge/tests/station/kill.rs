//! kill -9 at any moment: what was recorded is there, no number is given twice, no label is printed twice.

use crate::support::{came_out, config, qr_label, recorded, spawn, until};
use hufu_protocol::Language;
use hufu_station::clock;
use hufu_station::device::{Device, Printer};
use hufu_station::simulate::{Fault, Rig, rig};
use hufu_station::state::offline_session::OfflineSession;
use hufu_station::state::{PrintJob, State};
use hufu_station::stream::Address;
use hufu_wire::code::{Code, CodeKind};
use hufu_wire::message::{DeviceRole, JobState, Observation};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Child;
use uuid::Uuid;

struct StationProcess {
    child: Child,
    address: String,
}

/// Starts the program itself and waits for the address of its page.
fn start(dir: &Path, command: &str, devices: &str) -> StationProcess {
    let config = dir.join("station.toml");
    let text = format!("name = \"test\"\ndata = \"data\"\nlisten = \"127.0.0.1:0\"\n{devices}");
    std::fs::write(&config, text).unwrap();
    let (child, address) = spawn(command, &config, "info");
    StationProcess { child, address }
}

impl StationProcess {
    fn scan(&self, text: &str) -> Option<String> {
        self.ask("POST /counter/scan", &format!("{{\"text\":\"{text}\"}}"))
    }

    /// The last event number the station says it has recorded.
    fn last_event(&self) -> u64 {
        let status = self.ask("GET /status", "").unwrap();
        let digits = status.split("\"last_event\":").nth(1).unwrap();
        digits.split(',').next().unwrap().parse().unwrap()
    }

    fn ask(&self, head: &str, body: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let request = format!(
            "{head} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.starts_with("HTTP/1.1 200").then_some(answer)
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn what_was_recorded_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("data/outbox.db");
    let mut kept: Vec<(u64, String)> = Vec::new();
    for round in 0..5 {
        let station = start(dir.path(), "simulate", "");
        until("the scanner takes scans", async || station.scan("W").is_some()).await;
        for at in 0..20 {
            station.scan(&format!("R{round}-{at}")).unwrap();
        }
        let before = kept.len() as u64;
        until("some are recorded", async || station.last_event() > before + 3).await;
        let said = station.last_event();
        station.kill();
        // Everything that was recorded before is still there, unchanged; what is new follows without a gap.
        let state = State::open(&database).await.unwrap();
        let events = recorded(&state).await;
        let now: Vec<(u64, String)> = events
            .iter()
            .filter_map(|event| crate::support::scan_text(event).map(|text| (event.number, text)))
            .collect();
        assert_eq!(now[..kept.len()], kept);
        let numbers: Vec<u64> = events.iter().map(|event| event.number).collect();
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
        assert!(numbers.len() as u64 >= said, "the station had said {said}, and {} are there", numbers.len());
        kept = now;
    }
}

/// What was scanned for the thing in hand and the event that tells of it are one write: after a kill either both are there
/// or neither.
#[tokio::test]
async fn what_was_in_hand_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("data/outbox.db");
    std::fs::create_dir_all(dir.path().join("data")).unwrap();
    State::open(&database).await.unwrap().session.begin_counting("陈静").await.unwrap();
    let slot = Code::new(CodeKind::Slot, "26", 1).to_string();
    for round in 0..3 {
        let station = start(dir.path(), "simulate", "");
        until("the scanner takes scans", async || station.scan(&slot).is_some()).await;
        let before = station.last_event();
        for at in 0..20 {
            station.scan(&format!("R{round}-{at}")).unwrap();
        }
        until("some are recorded", async || station.last_event() > before + 3).await;
        station.kill();
        let state = State::open(&database).await.unwrap();
        let OfflineSession::Counting(desk) = state.session.current().await.unwrap() else {
            panic!("the count goes on")
        };
        let events = recorded(&state).await;
        let seen = events.iter().filter(|event| match &event.what {
            Observation::Counted(seen) => seen.code != slot,
            other => panic!("{other:?}"),
        });
        assert_eq!(desk.seen, seen.count() as u64);
    }
}

/// How often a station is killed: a few times, or as often as the environment says.
fn kills() -> u32 {
    std::env::var("HUFU_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(8)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_kill_makes_a_label_come_out_twice_on_a_serial_port() {
    kill_in_mid_print(Language::Tspl, Address::File("replaced by the simulation".into())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_kill_makes_a_label_come_out_twice_over_tcp() {
    kill_in_mid_print(Language::Zpl, Address::Tcp("127.0.0.1:0".to_owned())).await;
}

/// The printer lives in this process and outlives every kill of the station, as a real one does.
async fn kill_in_mid_print(language: Language, address: Address) {
    let dir = tempfile::tempdir().unwrap();
    let settings = Printer::speaking(language);
    let mut config = config(dir.path());
    config.devices = vec![Device::new("printer", address, settings)];
    let rig = rig(&mut config, None).unwrap();
    // Slow enough that many kills fall between the first byte of a label and its last.
    rig.counter.fault(DeviceRole::Printer, Fault::Slow).await.unwrap();
    let printer = config.devices.iter().find(|device| device.name == "printer").unwrap();
    let place = match &printer.address {
        Address::Tcp(address) => format!("tcp = \"{address}\""),
        Address::Serial { path, .. } => format!("serial = \"{}\"", path.display()),
        other => panic!("{other:?}"),
    };
    let word = if language == Language::Zpl { "zpl" } else { "tspl" };
    let devices = format!("[[device]]\nrole = \"printer\"\n{place}\nlanguage = \"{word}\"");
    let database = dir.path().join("data/outbox.db");
    let mut last = 0;
    for round in 0..kills() {
        queue(&database, last + 1, last + 2).await;
        last += 2;
        let station = start(dir.path(), "run", &devices);
        let delay = u64::from(round * 7_919 % 1_100);
        tokio::time::sleep(std::time::Duration::from_millis(40 + delay)).await;
        station.kill();
    }
    // And one that is left to work until nothing waits.
    let station = start(dir.path(), "run", &devices);
    rig.counter.fault(DeviceRole::Printer, Fault::Fast).await.unwrap();
    let started = std::time::Instant::now();
    while open_jobs(&database).await > 0 {
        assert!(started.elapsed().as_secs() < 30 + u64::from(last), "jobs wait for ever");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    station.kill();
    account(&database, &rig, last).await;
}

async fn queue(database: &Path, from: u32, to: u32) {
    std::fs::create_dir_all(database.parent().unwrap()).unwrap();
    let state = State::open(database).await.unwrap();
    for id in from..=to {
        let (id, title) = (Uuid::from_u128(id.into()), format!("J{id}"));
        let raster = qr_label(&title);
        state.jobs.queue(&PrintJob { id, title, raster }, clock::now()).await.unwrap();
    }
}

/// How many jobs wait or are on their way, read beside the running station.
async fn open_jobs(database: &Path) -> i64 {
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    let mut connection = options.connect().await.unwrap();
    let sql = "select count(*) from job where state in ('queued', 'sending')";
    let open: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    open
}

/// Every job has an end, every label came out at most once, and what is called confirmed came out.
async fn account(database: &Path, rig: &Rig, last: u32) {
    let state = State::open(database).await.unwrap();
    let mut states: BTreeMap<Uuid, Vec<JobState>> = BTreeMap::new();
    for event in recorded(&state).await {
        if let Observation::Job { job, state, .. } = event.what {
            states.entry(job).or_default().push(state);
        }
    }
    let mut labels = came_out(rig);
    let mut unknown = 0;
    for id in 1..=last {
        let states = &states[&Uuid::from_u128(id.into())];
        let came_out = labels.remove(&format!("J{id}")).unwrap_or_default();
        let may = match states.last().unwrap() {
            JobState::Queued | JobState::Failed { .. } => 0..=0,
            JobState::Confirmed => 1..=1,
            JobState::Sent => 0..=1,
            JobState::Unknown { .. } => {
                unknown += 1;
                0..=1
            }
        };
        assert!(may.contains(&came_out), "J{id} came out {came_out} times: {states:?}");
        assert!(!matches!(states.last(), Some(JobState::Queued)), "J{id} was forgotten");
        let sent = states.iter().filter(|state| matches!(state, JobState::Sent)).count();
        assert!(sent <= 1, "J{id} was sent {sent} times: {states:?}");
        let ended = states.iter().position(|state| matches!(state, JobState::Unknown { .. }));
        assert!(ended.is_none_or(|at| at == states.len() - 1), "an unknown job is left alone: {states:?}");
    }
    assert!(labels.is_empty(), "labels that nobody ordered, or that cannot be read: {labels:?}");
    tracing::info!(kills = kills(), jobs = last, unknown, "accounted for");
}
