//! kill -9 at any moment: what was recorded is there, no number is given twice, no label is printed twice.

use crate::support::{small_label, until};
use hufu_station::clock;
use hufu_station::outbox::desk::Desk;
use hufu_station::outbox::{Job, Outbox};
use hufu_wire::code::{Code, CodeKind};
use hufu_wire::message::{JobState, Observation};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use uuid::Uuid;

struct Running {
    child: Child,
    address: String,
}

/// Starts the program itself and waits for the address of its page.
fn start(dir: &Path) -> Running {
    let config = dir.join("station.toml");
    std::fs::write(&config, "name = \"test\"\ndata = \"data\"\nlisten = \"127.0.0.1:0\"").unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_hufu-station"))
        .args(["simulate", "--config"])
        .arg(&config)
        .env("RUST_LOG", "info")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = lines.find_map(|line| line.ok().filter(|line| line.contains("http://"))).unwrap();
    let address = line.split("http://").nth(1).unwrap().trim().to_owned();
    std::thread::spawn(move || lines.for_each(drop));
    Running { child, address }
}

impl Running {
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
    let mut recorded: Vec<(u64, String)> = Vec::new();
    for round in 0..5 {
        let station = start(dir.path());
        until("the scanner takes scans", async || station.scan("W").is_some()).await;
        for at in 0..20 {
            station.scan(&format!("R{round}-{at}")).unwrap();
        }
        let before = recorded.len() as u64;
        until("some are recorded", async || station.last_event() > before + 3).await;
        let said = station.last_event();
        station.kill();
        // Everything that was there before is still there, unchanged; what is new follows without a gap.
        let outbox = Outbox::open(&database).await.unwrap();
        let events = outbox.take_to_send(0, 10_000).await.unwrap();
        let now: Vec<(u64, String)> = events
            .iter()
            .filter_map(|event| crate::support::scan_text(event).map(|text| (event.number, text)))
            .collect();
        assert_eq!(now[..recorded.len()], recorded);
        let numbers: Vec<u64> = events.iter().map(|event| event.number).collect();
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
        assert!(numbers.len() as u64 >= said, "the station had said {said}, and {} are there", numbers.len());
        recorded = now;
    }
}

/// What was scanned for the thing in hand and the event that tells of it are one write: after a kill either both are there
/// or neither.
#[tokio::test]
async fn what_was_in_hand_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("data/outbox.db");
    std::fs::create_dir_all(dir.path().join("data")).unwrap();
    Outbox::open(&database).await.unwrap().begin_counting("陈静").await.unwrap();
    let slot = Code::new(CodeKind::Slot, "26", 1).to_string();
    for round in 0..3 {
        let station = start(dir.path());
        until("the scanner takes scans", async || station.scan(&slot).is_some()).await;
        for at in 0..20 {
            station.scan(&format!("R{round}-{at}")).unwrap();
        }
        let before = station.last_event();
        until("some are recorded", async || station.last_event() > before + 3).await;
        station.kill();
        let outbox = Outbox::open(&database).await.unwrap();
        let Desk::Counting(desk) = outbox.desk().await.unwrap() else { panic!("the count goes on") };
        let events = outbox.take_to_send(0, 10_000).await.unwrap();
        let seen = events.iter().filter(|event| match &event.what {
            Observation::Counted(seen) => seen.code != slot,
            other => panic!("{other:?}"),
        });
        assert_eq!(desk.seen, seen.count() as u64);
    }
}

#[tokio::test]
async fn no_kill_makes_a_label_come_out_twice() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("data/outbox.db");
    std::fs::create_dir_all(dir.path().join("data")).unwrap();
    let jobs: Vec<Uuid> = (1..=6).map(Uuid::from_u128).collect();
    {
        let outbox = Outbox::open(&database).await.unwrap();
        for id in &jobs {
            let job = Job { id: *id, title: id.to_string(), raster: small_label() };
            outbox.queue(&job, clock::now()).await.unwrap();
        }
    }
    for round in 0..6u64 {
        let station = start(dir.path());
        tokio::time::sleep(std::time::Duration::from_millis(120 + 90 * round)).await;
        station.kill();
    }
    let outbox = Outbox::open(&database).await.unwrap();
    let events = outbox.take_to_send(0, 10_000).await.unwrap();
    for id in jobs {
        let states: Vec<&JobState> = events
            .iter()
            .filter_map(|event| match &event.what {
                Observation::Job { job, state, .. } if *job == id => Some(state),
                _ => None,
            })
            .collect();
        let sent = states.iter().filter(|state| matches!(state, JobState::Sent)).count();
        let unknown = states.iter().filter(|state| matches!(state, JobState::Unknown { .. })).count();
        assert!(sent <= 1 && unknown <= 1 && sent + unknown <= 2, "{states:?}");
        if let Some(at) = states.iter().position(|state| matches!(state, JobState::Unknown { .. })) {
            assert_eq!(at, states.len() - 1, "an unknown job is left alone: {states:?}");
        }
    }
}
